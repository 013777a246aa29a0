"""Parents, carers and others who act for a patient until a day: protocol E12."""

import base64
import hashlib
import json
import time
import tomllib

import httpx
import pytest

from instance import until
from oauth import Answer, refused

SCOPE = "openid fhirUser offline_access launch/patient patient/Patient.rs patient/Observation.rs user/Patient.rs"
FHIR = {"accept": "application/fhir+json"}
PARENT = "RelatedPerson/rosa-o-connor"


@pytest.fixture
def app(register):
    return register()


@pytest.fixture
def parent(instance, account):
    """Somebody who acts for Maja for a day."""
    person = account("--fhir-user", PARENT, name="Rosa O'Connor")
    represent(instance, person, "maja-oconnor")
    return person


def represent(instance, person, patient, end="2099-05-03"):
    return instance.cli(
        "proxy", "add", person.username, "--patient", patient, "--until", end, "--relationship", "parent"
    )


def claims(id_token):
    part = id_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_an_app_is_about_the_child_and_its_user_is_the_parent(instance, app, parent, resource_server):
    """Requirement 148; protocol E12"""
    tokens = app.tokens(parent, scope=SCOPE)
    page = next(each for each in parent.seen if each.has_form("/portal/consent"))
    assert "You answer for Maja" in page.text and "As a parent, until 3 May 2099" in page.text
    assert tokens["patient"] == "maja-oconnor"
    assert claims(tokens["id_token"])["fhirUser"] == f"{instance.fhir}/{PARENT}"
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    for other in ("Patient/robin-achterberg", "Observation?patient=robin-achterberg"):
        assert app.fhir(tokens["access_token"], other).status_code in (403, 404)
    found = app.fhir(tokens["access_token"], "Patient").json()
    assert [each["resource"]["id"] for each in found["entry"]] == ["maja-oconnor"]
    assert "Maja Elisabet" in parent.open("/portal/apps").text
    assert resource_server.introspect(tokens["access_token"]).json()["active"] is True


def test_with_two_children_an_app_gets_the_one_who_was_chosen(instance, app, parent):
    represent(instance, parent, "robin-achterberg")
    request = app.request(scope=SCOPE)
    page = parent.sign_in(parent.open(request.url))
    assert page.title.startswith("For whom are you here?") and "Maja" in page.text and "Achterberg" in page.text
    chosen = next(each for each in page.forms if ("patient", "robin-achterberg") in each.fields)
    page = parent.submit(chosen)
    answer = parent.submit(page.form("/portal/consent"), button=("decision", "allow"))
    assert isinstance(answer, Answer)
    tokens = app.exchange(request, answer).json()
    assert tokens["patient"] == "robin-achterberg"
    assert app.fhir(tokens["access_token"], "Patient/robin-achterberg").status_code == 200
    # user/ scopes reach no further than what was chosen.
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 404


def test_when_it_is_removed_the_next_request_fails(instance, app, parent):
    """Protocol E6"""
    tokens = app.tokens(parent, scope=SCOPE)
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    instance.cli("proxy", "remove", parent.username, "--patient", "maja-oconnor")
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert refused(app.refresh(tokens["refresh_token"]))
    # Whoever becomes a proxy once more begins anew.
    represent(instance, parent, "maja-oconnor")
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert "does not act" in instance.refuses("proxy", "remove", parent.username, "--patient", "robin-achterberg")


def test_when_its_time_is_over_everything_is(instance, app, account, resource_server):
    person = account("--fhir-user", PARENT, name="Rosa O'Connor")
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 20))
    represent(instance, person, "maja-oconnor", end)
    tokens = app.tokens(person, scope=SCOPE)
    assert 0 < tokens["expires_in"] <= 20
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    until(lambda: app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401, 30, 1)
    assert refused(app.refresh(tokens["refresh_token"]))
    assert resource_server.introspect(tokens["access_token"]).json() == {"active": False}
    assert "No patients yet" in person.open("/portal").text
    [record] = instance.cli("proxy", "list", "--user", person.username)["proxies"]
    assert record["holds"] is False and record["patient"] == "maja-oconnor"


def test_the_patient_reads_of_it_and_the_fhir_server_knows_who_answered(instance, app, parent, patient):
    app.tokens(parent, scope=SCOPE)
    words = patient.sign_in(patient.open("/portal/activity")).text
    assert "Rosa O'Connor may act for you." in words and "Rosa O'Connor allowed Test app" in words
    [record] = instance.cli("consent", "list", "--client", app.client_id, "--status", "active")["consents"]
    digest = hashlib.sha256(record["id"].encode()).hexdigest()[:32]
    upstream = tomllib.loads(instance.configuration.read_text())["fhir"]["upstream"]
    upstream = f"{upstream}/Consent/vestibule-{digest}"
    heard = until(lambda: (answer := httpx.get(upstream, headers=FHIR)).status_code == 200 and answer.json(), 30, 0.5)
    assert heard["patient"]["reference"] == "Patient/maja-oconnor"
    assert [each["reference"] for each in heard["performer"]] == [PARENT]
    acts = instance.cli("audit", "list", "--limit", "100000", "--user", parent.username)["events"]
    assert "proxy_add" in {each["event"] for each in acts}


def test_the_administrator_is_told_what_cannot_be(instance, account, parent, clinician):
    day = ("--until", "2099-01-01", "--relationship", "parent")
    assert "no Patient or RelatedPerson" in instance.refuses(
        "proxy", "add", clinician.username, "--patient", "maja-oconnor", *day
    )
    assert "lies in the past" in instance.refuses(
        "proxy", "add", parent.username, "--patient", "maja-oconnor", "--until", "2020-01-01", *day[2:]
    )
    assert "one of" in instance.refuses(
        "proxy", "add", parent.username, "--patient", "maja-oconnor", *day[:2], "--relationship", "aunt"
    )
    assert "is that patient" in instance.refuses("proxy", "add", "maja", "--patient", "maja-oconnor", *day)
    assert "there is no user" in instance.refuses("proxy", "add", "nobody", "--patient", "maja-oconnor", *day)
