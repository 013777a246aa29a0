"""The owner of an app hears of what patients allow the app, and of its end, and nothing keeps others waiting: protocol E8."""

import json
import signal
import subprocess
import time

import pytest

from instance import until
from receiver import is_signed

SCOPE = "openid offline_access launch/patient patient/Patient.rs patient/Observation.rs"


@pytest.fixture
def owner(receiver):
    return receiver()


@pytest.fixture
def app(instance, register):
    app = register()
    yield app
    # Nothing of it waits in other tests.
    instance.cli("client", "update", app.client_id, "--no-consent-webhook")


def tell(instance, app, owner):
    """Has the app's owner told from now on; gives the secret."""
    return instance.cli("client", "update", app.client_id, "--consent-webhook", owner.url)["webhook_secret"]


def end(app, patient):
    page = patient.open("/portal/apps")
    [form] = [each for each in page.forms if ("app", app.client_id) in each.fields]
    patient.submit(form)


def waiting(instance, app):
    deliveries = instance.cli("consent", "deliveries")["deliveries"]
    return [each for each in deliveries if each["to"] == f"app:{app.client_id}"]


def test_an_owner_hears_of_its_own_app_from_then_on(instance, register, app, patient, owner, platform, courier):
    other = register()
    app.tokens(patient, scope=SCOPE)
    secret = tell(instance, app, owner)
    end(app, patient)
    app.tokens(patient, scope=SCOPE)
    patient.authorize(app.request(scope=SCOPE), decision="deny")
    other.tokens(patient, scope=SCOPE)
    courier("--once")
    courier("--once")
    events = owner.about(app)
    assert len(owner.events) == len(events)
    assert sorted(each["type"] for each in events) == ["consent.given", "consent.withdrawn"]
    [given] = [each["data"] for each in events if each["type"] == "consent.given"]
    assert set(given) == {"iss", "consent", "version", "status", "client_id", "patient", "scope"}
    assert (given["iss"], given["patient"], given["status"]) == (instance.fhir, "maja-oconnor", "active")
    assert set(given["scope"].split()) == set(SCOPE.split())
    assert all(is_signed(each, secret) and b"Maja" not in each[2] for each in owner.events)
    # The platform's secret is another one, and it hears of everything.
    assert not is_signed(owner.events[0], instance.cli("consent", "webhook-secret")["secret"])
    assert len(platform.about(app)) == 4 and len(platform.about(other)) == 1


def test_whose_record_it_is_an_owner_hears_where_the_app_was_told(instance, app, patient, owner, courier):
    tell(instance, app, owner)
    tokens = app.tokens(patient, scope="openid fhirUser")
    assert "patient" not in tokens
    courier("--once")
    assert all("patient" not in each["data"] for each in owner.about(app))


def test_an_owner_that_is_down_keeps_nobody_waiting(instance, register, app, patient, owner, receiver, platform, courier):
    well, other = receiver(), register()
    owner.delay = 60
    for each, host in ((app, owner), (other, well)):
        tell(instance, each, host)
        for _ in range(3):
            each.tokens(patient, scope=SCOPE)
    began = time.monotonic()
    said = courier("--once")
    assert time.monotonic() - began < 25 and "did not answer in time" in said
    assert len(owner.events) == 1 and len(well.about(other)) == 3 and len(platform.about(app)) == 3
    late = waiting(instance, app)
    assert len(late) == 3 and all("did not answer in time" in each["error"] for each in late)
    # It rests, and the platform hears of more meanwhile, at once.
    app.tokens(patient, scope=SCOPE)
    began = time.monotonic()
    courier("--once")
    assert time.monotonic() - began < 5 and len(platform.about(app)) == 4 and len(owner.events) == 1
    # Days pass in the store.
    owner.delay = 0
    instance.execute("UPDATE destinations SET rests_until = 0; UPDATE deliveries SET due_at = 0 WHERE delivered_at IS NULL")
    courier("--once")
    assert len(owner.about(app)) == 1 + 4 and waiting(instance, app) == []


def test_an_event_that_comes_twice_is_the_same_event(instance, app, patient, owner, courier):
    """Killed while the owner, who has heard it, has not answered yet."""
    secret = tell(instance, app, owner)
    app.tokens(patient, scope=SCOPE)
    owner.delay = 9
    process = subprocess.Popen(courier.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until(lambda: owner.events)
    process.send_signal(signal.SIGKILL)
    process.wait()
    owner.delay = 0
    instance.execute("UPDATE deliveries SET due_at = due_at - 60 WHERE delivered_at IS NULL")
    courier("--once")
    first, second = ({name.lower(): value for name, value in event[1].items()} for event in owner.events)
    assert first["webhook-id"] == second["webhook-id"] and owner.events[0][2] == owner.events[1][2]
    assert all(is_signed(each, secret) for each in owner.events)


def test_a_secret_is_changed_without_a_gap(instance, app, patient, owner, courier):
    old = tell(instance, app, owner)
    assert instance.cli("client", "webhook-secret", app.client_id)["webhook_secret"] == old
    new = instance.cli("client", "webhook-secret", app.client_id, "--rotate", "--overlap-hours", "1")
    instance.cli("client", "webhook-secret", app.client_id, "--overlap-hours", "1", expect=64)
    assert new["webhook_secret"] != old and new["old_secret_signs_until"]
    app.tokens(patient, scope=SCOPE)
    courier("--once")
    [event] = owner.events
    assert is_signed(event, old) and is_signed(event, new["webhook_secret"])
    instance.execute("UPDATE destinations SET earlier_until = 1 WHERE earlier_until IS NOT NULL")
    app.tokens(patient, scope=SCOPE)
    courier("--once")
    assert not is_signed(owner.events[1], old) and is_signed(owner.events[1], new["webhook_secret"])


def test_an_owner_leads_nowhere_inside(instance, app, patient, owner, receiver, courier):
    inside = receiver()
    owner.status, owner.location = 307, inside.url
    tell(instance, app, owner)
    app.tokens(patient, scope=SCOPE)
    courier("--once")
    assert [each["error"] for each in waiting(instance, app)] == ["status 307"] and inside.events == []
    instance.cli("client", "update", app.client_id, "--consent-webhook", "https://10.255.0.1/hooks")
    courier("--once")
    [late] = waiting(instance, app)
    assert "has no public address" in late["error"]


def test_what_is_set_is_shown_and_what_is_removed_hears_nothing(instance, register, patient, owner, courier):
    app = register("--consent-webhook", owner.url)
    shown = instance.cli("client", "show", app.client_id)
    assert shown["consent_webhook"] == owner.url and "whsec_" not in json.dumps(shown)
    app.tokens(patient, scope=SCOPE)
    again = instance.cli("client", "update", app.client_id, "--name", "Renamed app")
    assert again["consent_webhook"] == owner.url and "webhook_secret" not in again
    first = instance.cli("client", "webhook-secret", app.client_id)["webhook_secret"]
    instance.cli("client", "update", app.client_id, "--no-consent-webhook")
    courier("--once")
    assert owner.events == [] and waiting(instance, app) == []
    assert "consent_webhook" not in instance.cli("client", "show", app.client_id)
    assert "has no webhook" in instance.refuses("client", "webhook-secret", app.client_id)
    assert tell(instance, app, owner) != first
    acts = [
        json.loads(row["details"])["reason"]
        for row in instance.cli("audit", "list", "--limit", "100000")["events"]
        if row["event"] == "client_webhook" and row.get("client") == app.client_id
    ]
    assert sorted(acts) == ["removed", "set", "set"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--consent-webhook", "http://app.example/hooks"), "is https"),
        (("--consent-webhook", "https://app.example/#x"), "no fragment"),
        (("--consent-webhook", "hooks"), "not an absolute URL"),
        (("--consent-webhook", "https://app.example/", "--no-consent-webhook"), "exclude each other"),
    ],
)
def test_what_cannot_be_is_refused(instance, app, options, complaint):
    assert complaint in instance.refuses("client", "update", app.client_id, *options)
    assert "consent_webhook" not in instance.cli("client", "show", app.client_id)
