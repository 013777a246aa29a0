"""What patients decide elsewhere comes in by a webhook, a Subscription or a look at the FHIR server: protocol E7."""

import base64
import contextlib
import hashlib
import hmac
import json
import secrets
import subprocess
import time
import tomllib

import httpx
import pytest

MAJA = "maja-oconnor"
SCOPE = "openid offline_access launch/patient patient/Patient.rs patient/Observation.rs"
CODES = "http://terminology.hl7.org/CodeSystem/"


@pytest.fixture
def app(register):
    return register()


@pytest.fixture(autouse=True)
def lifted(instance):
    """No directive about Maja outlives its test."""
    yield
    for each in instance.cli("consent", "directives", "--patient", MAJA, "--status", "active")["directives"]:
        instance.cli("consent", "lift", each["id"], "--reason", "end of the test")


def denial(app, identity=None, status="active", version=1, **provision):
    """A Consent by which Maja denies an app."""
    actor = {"role": {"text": "recipient"}, "reference": {"identifier": {"value": app.client_id}}}
    return {
        "resourceType": "Consent",
        "id": identity or f"told-{secrets.token_hex(6)}",
        "meta": {"versionId": str(version), "lastUpdated": f"2026-11-27T10:00:{version:02}Z"},
        "status": status,
        "scope": {"coding": [{"system": f"{CODES}consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{MAJA}"},
        "provision": {"type": "deny", "actor": [actor], **provision},
    }


class Upstream:
    """The FHIR server, asked around the enforcement."""

    def __init__(self, instance):
        self.base = tomllib.loads(instance.configuration.read_text())["fhir"]["upstream"]

    def put(self, consent):
        body = {name: value for name, value in consent.items() if name != "meta"}
        answer = httpx.put(
            f"{self.base}/Consent/{consent['id']}", json=body, headers={"content-type": "application/fhir+json"}
        )
        assert answer.status_code in (200, 201), answer.text


@pytest.fixture
def upstream(instance):
    return Upstream(instance)


@pytest.fixture
def inbound(instance):
    """What others have to know, while they may tell anything."""
    with instance.configured("consent", 'inbound = ["webhook", "notification"]', "consents"):
        yield instance.cli("consent", "inbound")


class Platform:
    """A consent platform that repeats itself, mixes things up and lies, as a test wants it."""

    def __init__(self, instance, known):
        self.instance, self.url = instance, known["webhook"]
        self.key = base64.b64decode(known["webhook_secret"].removeprefix("whsec_"))

    def tell(self, body, key=None, age=0, identity=None, **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        identity, at = identity or f"msg_{secrets.token_hex(8)}", str(int(time.time()) - age)
        signature = hmac.new(key or self.key, f"{identity}.{at}.".encode() + content, hashlib.sha256).digest()
        headers = {
            "webhook-id": identity,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
            "content-type": "application/json",
            **headers,
        }
        with self.instance.http() as http:
            answer = http.post(self.url, content=content, headers=headers)
        return answer.status_code, answer.json().get("status", answer.json().get("error"))


@pytest.fixture
def platform(instance, inbound):
    return Platform(instance, inbound)


def is_open(app, tokens):
    return app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 200


def test_a_signed_consent_acts_on_the_next_request(instance, app, patient, platform):
    """Protocol E7c and E10; FHIR R4 consent"""
    tokens = app.tokens(patient, scope=SCOPE)
    assert is_open(app, tokens)
    begun = time.monotonic()
    assert platform.tell(denial(app)) == (200, "recorded")
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 401
    print(f"\nwebhook: refused {(time.monotonic() - begun) * 1000:.1f} ms after the platform began to tell")
    [record] = instance.cli("consent", "directives", "--client", app.client_id)["directives"]
    assert (record["source"], record["denied"], record["for"]) == ("webhook", ["patient/*.cruds"], [app.client_id])


def test_repeated_and_reordered_messages_come_to_the_same(app, patient, platform):
    tokens = app.tokens(patient, scope=SCOPE)
    first, second, third = (
        denial(app, "series", "active", 1),
        denial(app, "series", "inactive", 2),
        denial(app, "series", "active", 3),
    )
    assert platform.tell(second, identity="msg_2") == (200, "recorded")
    assert platform.tell(first) == (200, "unchanged")
    assert is_open(app, tokens)
    assert platform.tell(third) == (200, "changed") and not is_open(app, tokens)
    for each in (third, second, first, third):
        assert platform.tell(each, identity="msg_2") == (200, "unchanged")
    assert not is_open(app, tokens)


def test_lies_are_refused(instance, app, patient, platform):
    tokens = app.tokens(patient, scope=SCOPE)
    assert platform.tell(denial(app), key=b"another key") == (401, "invalid_client")
    assert platform.tell(denial(app), age=600) == (401, "invalid_client")
    assert platform.tell(denial(app), age=-600) == (401, "invalid_client")
    assert platform.tell(denial(app), **{"webhook-signature": "v1,AAAA"}) == (401, "invalid_client")
    assert platform.tell(b"{") == (400, "invalid_request")
    assert platform.tell({"resourceType": "Patient", "id": MAJA}) == (400, "invalid_request")
    assert platform.tell({**denial(app), "patient": {"reference": "Patient/../x"}}) == (400, "invalid_request")
    assert platform.tell(b"x" * (2 << 20))[0] == 413
    assert is_open(app, tokens)
    refused = instance.cli("audit", "list", "--event", "directive_record")["events"]
    assert len([each for each in refused if each["outcome"] == "refused"]) >= 3


def test_what_is_in_force_and_not_understood_denies_everything(app, patient, platform):
    tokens = app.tokens(patient, scope=SCOPE)
    assert platform.tell(denial(app, type="perhaps")) == (200, "recorded")
    assert not is_open(app, tokens)


def test_a_notification_has_the_consent_fetched_whatever_it_says(instance, app, patient, inbound, upstream):
    """FHIR R4 subscription"""
    tokens = app.tokens(patient, scope=SCOPE)
    consent = denial(app)
    upstream.put(consent)
    name, value = inbound["header"].split(": ")

    def notify(rest="", method="POST", header=value, **options):
        with instance.http() as http:
            return http.request(method, f"{inbound['endpoint']}{rest}", headers={name: header}, **options)

    assert notify(f"/Consent/{consent['id']}", "PUT", header="Bearer wrong").status_code == 401
    assert is_open(app, tokens)
    said = notify(json={**consent, "status": "inactive", "provision": {"type": "permit"}})
    assert said.json() == {"status": "recorded"} and not is_open(app, tokens)
    assert notify(f"/Consent/{consent['id']}", "PUT").json() == {"status": "unchanged"}
    upstream.put({**consent, "status": "inactive"})
    assert notify().json() == {"status": "changed"} and is_open(app, tokens)


def test_nothing_is_taken_where_it_is_not_switched_on(instance):
    with instance.http() as http:
        for path in ("/oauth2/consents", "/oauth2/consents/notify", "/oauth2/consents/notify/Consent/1"):
            assert http.post(f"{instance.base}{path}", json={}).status_code == 404
    assert "inbound" in instance.refuses("consent", "inbound")


@pytest.fixture
def look(instance, tmp_path):
    """Runs one round of a courier that follows the FHIR server."""
    configuration = tmp_path / "courier.toml"
    configuration.write_text(instance.configuration.read_text().replace("[consent]\n", '[consent]\nfollow = "5s"\n'))

    def run():
        done = subprocess.run(
            [instance.programs / "vestibule-courier", "--config", configuration, "--once"],
            capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run


def test_a_site_without_a_way_in_looks_at_the_fhir_server(instance, app, patient, upstream, look):
    """Protocol E7e; FHIR R4 search#lastUpdated"""
    tokens = app.tokens(patient, scope=SCOPE)
    look()
    assert is_open(app, tokens)
    consent = denial(app)
    upstream.put(consent)
    look()
    assert not is_open(app, tokens)
    before = instance.cli("consent", "directives", "--client", app.client_id)
    look()
    assert instance.cli("consent", "directives", "--client", app.client_id) == before
    upstream.put({**consent, "status": "inactive"})
    look()
    assert is_open(app, tokens)


def test_our_own_record_that_somebody_ends_at_the_fhir_server_ends(instance, app, patient, upstream, look):
    """Protocol E7; and what the courier writes of that itself is nothing new."""
    tokens = app.tokens(patient, scope=SCOPE)
    look()
    [record] = instance.cli("consent", "list", "--client", app.client_id)["consents"]
    digest = hashlib.sha256(record["id"].encode()).hexdigest()[:32]
    address = f"{upstream.base}/Consent/vestibule-{digest}"
    resource = httpx.get(address, headers={"accept": "application/fhir+json"}).json()
    assert resource["status"] == "active"
    upstream.put({**resource, "status": "inactive"})
    look()
    assert not is_open(app, tokens)
    for _ in range(2):
        look()
    [record] = instance.cli("consent", "list", "--client", app.client_id)["consents"]
    assert (record["status"], record["version"]) == ("inactive", 2)
    assert instance.cli("consent", "deliveries")["deliveries"] == []
    assert not instance.cli("consent", "directives", "--client", app.client_id)["directives"]
