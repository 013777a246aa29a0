"""Consent records: grants live and die with them, at once: protocol E; issue 500 of the (g)(10) test kit asks for an hour."""

import time

import pytest

from oauth import refused

SCOPE = "openid offline_access launch/patient patient/Patient.rs patient/Observation.rs"


@pytest.fixture
def app(register):
    return register()


@pytest.fixture
def tokens(app, patient):
    return app.tokens(patient, scope=SCOPE)


@pytest.fixture
def consent(instance, app, tokens):
    records = instance.cli("consent", "list", "--client", app.client_id, "--status", "active")["consents"]
    assert len(records) == 1
    return records[0]["id"]


def test_a_record_says_who_what_and_which_words(instance, app, consent):
    """Protocol E9"""
    record = instance.cli("consent", "show", consent)
    assert (record["client"], record["patient"], record["version"]) == (app.client_id, "maja-oconnor", 1)
    assert record["allowed"] == SCOPE and record["requested"] == SCOPE
    assert record["purpose"] == "PATRQT"
    assert "[x]" in record["wording"] and "Maja" not in record["wording"]


def test_a_withdrawal_by_staff_holds_on_the_next_request(instance, app, tokens, consent):
    """Requirement 206; protocol E6 and E10"""
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    instance.cli("consent", "withdraw", consent)
    begun = time.monotonic()
    answer = app.fhir(tokens["access_token"], "Patient/maja-oconnor")
    delay = time.monotonic() - begun
    assert answer.status_code == 401 and 'error="invalid_token"' in answer.headers["www-authenticate"]
    print(f"\nwithdrawal: the very next request, {delay * 1000:.1f} ms later, was refused")
    assert refused(app.refresh(tokens["refresh_token"]))
    record = instance.cli("consent", "show", consent)
    assert (record["status"], record["version"]) == ("inactive", 2)
    assert "inactive" in instance.refuses("consent", "withdraw", consent)


def test_a_narrowing_by_staff_holds_on_the_next_request(instance, app, tokens, consent):
    """Protocol E4"""
    less = "openid launch/patient offline_access patient/Patient.rs"
    assert app.fhir(tokens["access_token"], "Observation?patient=maja-oconnor").status_code == 200
    instance.cli("consent", "narrow", consent, "--scope", less)
    assert app.fhir(tokens["access_token"], "Observation?patient=maja-oconnor").status_code == 403
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    answer = app.refresh(tokens["refresh_token"], scope=SCOPE)
    assert answer.status_code == 200 and set(answer.json()["scope"].split()) == set(less.split())
    wider = instance.refuses("consent", "narrow", consent, "--scope", SCOPE)
    assert "only ever narrowed" in wider
    assert "no scope" in instance.refuses("consent", "narrow", consent, "--scope", "patient/Patient.rz")
    assert "there is no consent" in instance.refuses("consent", "show", "nobody")


def test_the_patient_s_own_button_withdraws(instance, app, patient, tokens, consent):
    page = patient.open("/portal/apps")
    [form] = [each for each in page.forms if ("app", app.client_id) in each.fields]
    patient.submit(form)
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert instance.cli("consent", "show", consent)["status"] == "inactive"
