"""What patients decide reaches the FHIR server and the consent platform of the site, once for each version: protocol E8."""

import base64
import contextlib
import hashlib
import json
import re
import signal
import subprocess
import time
import tomllib

import httpx
import pytest

from instance import until
from oauth import refused
from receiver import is_signed

SCOPE = "openid offline_access launch/patient patient/Patient.rs patient/Observation.rs"


@pytest.fixture
def app(register):
    return register()


def records(instance, app):
    return instance.cli("consent", "list", "--client", app.client_id)["consents"]


def on_fhir_server(instance, record):
    """The resource as the FHIR server has it, asked around the enforcement."""
    upstream = tomllib.loads(instance.configuration.read_text())["fhir"]["upstream"]
    digest = hashlib.sha256(record["id"].encode()).hexdigest()[:32]
    return httpx.get(f"{upstream}/Consent/vestibule-{digest}", headers={"accept": "application/fhir+json"})


def test_a_consent_and_its_withdrawal_are_told_once_and_in_order(instance, app, patient, platform, courier):
    tokens = app.tokens(patient, scope=SCOPE)
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    courier("--once")
    [record] = records(instance, app)
    resource = on_fhir_server(instance, record).json()
    assert (resource["status"], resource["provision"]["type"]) == ("active", "permit")
    assert resource["patient"] == {"reference": "Patient/maja-oconnor"}
    codes = [each["coding"][0]["code"] for each in resource["provision"]["action"]]
    assert "http://smarthealthit.org/fhir/scopes/patient/Observation.rs" in codes
    assert "[x]" in base64.b64decode(resource["sourceAttachment"]["data"]).decode()

    page = patient.open("/portal/apps")
    [form] = [each for each in page.forms if ("app", app.client_id) in each.fields]
    patient.submit(form)
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    courier("--once")
    courier("--once")
    assert on_fhir_server(instance, record).json()["status"] == "inactive"
    assert [event["type"] for event in platform.about(app)] == ["consent.given", "consent.withdrawn"]
    assert instance.cli("consent", "deliveries")["deliveries"] == []


def test_each_event_is_signed_as_standard_webhooks_are(instance, app, patient, platform, courier):
    app.tokens(patient, scope=SCOPE)
    courier("--once")
    secret = instance.cli("consent", "webhook-secret")["secret"]
    assert secret.startswith("whsec_")
    [(path, fields, body)] = platform.events
    fields = {name.lower(): value for name, value in fields.items()}
    assert path == "/hooks/vestibule?site=north" and fields["content-type"] == "application/json"
    assert is_signed(platform.events[0], secret) and not is_signed(platform.events[0], "whsec_c2VjcmV0")
    assert b"Maja" not in body


def test_from_allowing_two_kinds_to_the_end_of_it(instance, app, patient, platform):
    """A patient's whole story with the instance's own courier: protocol E4, E8, E10."""
    own = [line for line in instance.configuration.read_text().splitlines() if line.startswith("fhir = true")]
    assert own, "the demonstration keeps consents on its FHIR server"
    with instance.configured("consent", f'platform = "{platform.url}"', "courier"):
        request = app.request(scope=f"{SCOPE} patient/Condition.rs")
        answer = patient.authorize(request, unticked=("patient/Condition",))
        tokens = app.exchange(request, answer).json()
        assert "Condition" not in tokens["scope"]
        for _ in range(3):
            assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
        assert app.fhir(tokens["access_token"], "Observation?patient=maja-oconnor").status_code == 200
        assert app.fhir(tokens["access_token"], "Condition?patient=maja-oconnor").status_code == 403

        # The app is listed with its reads, which enforce stores every few seconds.
        def card():
            cards = patient.open("/portal/apps").answer.text.split('<li class="card">')
            [mine] = [each for each in cards if f'value="{app.client_id}"' in each]
            return re.search(r"(\d+) times, last on", mine)

        assert int(until(card)[1]) >= 4
        [record] = records(instance, app)
        until(lambda: platform.about(app))
        assert on_fhir_server(instance, record).json()["status"] == "active"

        page = patient.open("/portal/apps")
        [form] = [each for each in page.forms if ("app", app.client_id) in each.fields]
        began = time.monotonic()
        patient.submit(form)
        assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
        print(f"withdrawn and refused within {time.monotonic() - began:.3f} s")
        assert refused(app.refresh(tokens["refresh_token"]), "invalid_grant")
        until(lambda: len(platform.about(app)) == 2)
        assert on_fhir_server(instance, record).json()["status"] == "inactive"
        time.sleep(3)
        assert [event["type"] for event in platform.about(app)] == ["consent.given", "consent.withdrawn"]
    assert instance.cli("audit", "verify")["sound"]


def test_a_refusal_is_told_as_well(instance, app, patient, platform, courier):
    patient.authorize(app.request(scope=SCOPE), decision="deny")
    courier("--once")
    assert [event["type"] for event in platform.about(app)] == ["consent.refused"]
    [record] = records(instance, app)
    assert on_fhir_server(instance, record).json()["provision"]["type"] == "deny"


def test_while_the_platform_is_down_nothing_is_lost(instance, app, patient, platform, courier):
    platform.status = 503
    app.tokens(patient, scope=SCOPE)
    said = courier("--once")
    [waiting] = instance.cli("consent", "deliveries")["deliveries"]
    assert (waiting["to"], waiting["attempts"], waiting["error"]) == ("platform", 1, "status 503")
    assert "status 503" in said and "Maja" not in said and app.client_id not in said
    # The FHIR server has heard all the same.
    [record] = records(instance, app)
    assert on_fhir_server(instance, record).json()["status"] == "active"
    platform.status = 204
    platform.events.clear()
    until(lambda: courier("--once") and False or platform.about(app), seconds=30, every=2)
    assert [event["type"] for event in platform.about(app)] == ["consent.given"]
    assert instance.cli("consent", "deliveries")["deliveries"] == []


def test_a_courier_that_is_killed_in_the_middle_leaves_nothing_undone(instance, app, patient, platform, courier):
    """Killed between the act and the delivery, and while it waits for the platform's answer."""
    app.tokens(patient, scope=SCOPE)
    platform.delay = 30
    process = subprocess.Popen(courier.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: instance.cli("consent", "deliveries")["deliveries"][0]["attempts"] == 1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    platform.delay = 0
    platform.events.clear()
    [waiting] = instance.cli("consent", "deliveries")["deliveries"]
    assert "delivered" not in waiting
    # It is the dead one's for a minute; the rest of the minute is not waited for here.
    instance.execute("UPDATE deliveries SET due_at = due_at - 60 WHERE delivered_at IS NULL")
    courier("--once")
    assert [event["type"] for event in platform.about(app)] == ["consent.given"]


def test_it_goes_its_rounds_until_it_is_told_to_stop(app, patient, platform, courier):
    process = subprocess.Popen(courier.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        app.tokens(patient, scope=SCOPE)
        until(lambda: platform.about(app))
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    assert [line["event"] for line in lines][:1] == ["started"] and lines[-1]["event"] == "stopped"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ('platform = "ftp://platform.example"', "must be an https URL"),
        ('platform = "https://a:b@platform.example"', "must be an https URL"),
        ('plattform = "https://platform.example"', "platform"),
    ],
)
def test_what_is_configured_wrongly_is_said(instance, tmp_path, lines, complaint):
    configuration = tmp_path / "wrong.toml"
    configuration.write_text(instance.configuration.read_text().replace("[consent]\n", f"[consent]\n{lines}\n"))
    done = subprocess.run(
        [instance.programs / "vestibule-courier", "--config", configuration, "--check"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0 and complaint in done.stderr and re.search(r"wrong\.toml:\d+: ", done.stderr)
