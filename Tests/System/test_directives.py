"""What a patient denies elsewhere wins, on the next use of everything: protocol E2 to E6."""

import time

import pytest

from oauth import refused

SCOPE = "openid offline_access launch/patient patient/Patient.rs patient/Observation.rs"
MAJA = "maja-oconnor"
FHIR_JSON = {"accept": "application/fhir+json"}


@pytest.fixture
def app(register):
    return register()


@pytest.fixture
def deny(instance):
    """Enters a directive about Maja, which is lifted after the test."""
    made = []

    def enter(*options, patient=MAJA, reason="form signed at the desk"):
        found = instance.cli("consent", "deny", "--patient", patient, *options, "--reason", reason)
        made.append(found["id"])
        return found["id"]

    yield enter
    for each in made:
        if instance.cli("consent", "directives", "--id", each)["status"] == "active":
            instance.cli("consent", "lift", each, "--reason", "end of the test")


def test_a_directive_stops_everything_an_app_has_and_lifting_it_opens_it_again(instance, app, patient, deny):
    """Protocol E3 to E6; requirement 206"""
    tokens = app.tokens(patient, scope=SCOPE)
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 200
    directive = deny("--client", app.client_id)
    begun = time.monotonic()
    answer = app.fhir(tokens["access_token"], f"Patient/{MAJA}")
    delay = time.monotonic() - begun
    assert answer.status_code == 401 and 'error="invalid_token"' in answer.headers["www-authenticate"]
    print(f"\ndirective: the very next request, {delay * 1000:.1f} ms later, was refused")
    assert refused(app.refresh(tokens["refresh_token"]))
    assert patient.authorize(app.request(scope=SCOPE))["error"] == "access_denied"
    found = instance.cli("consent", "directives", "--client", app.client_id, "--status", "active")["directives"]
    assert [each["id"] for each in found] == [directive]

    instance.cli("consent", "lift", directive, "--reason", "they changed their mind")
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 200
    assert app.refresh(tokens["refresh_token"]).status_code == 200
    record = instance.cli("consent", "directives", "--id", directive)
    assert (record["status"], record["version"], record["statement"]) == ("inactive", 2, "they changed their mind")


def test_what_is_denied_in_part_is_cut_out_of_scopes_and_answers(app, patient, deny):
    """Protocol E2 and E4"""
    tokens = app.tokens(patient, scope=SCOPE)
    deny("--client", app.client_id, "--resource-types", "Observation")
    assert app.fhir(tokens["access_token"], f"Observation?patient={MAJA}").status_code == 403
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 200
    refreshed = app.refresh(tokens["refresh_token"])
    assert refreshed.status_code == 200 and "Observation" not in refreshed.json()["scope"]
    assert "Observation" not in app.tokens(patient, scope=SCOPE)["scope"]


def test_a_code_that_is_out_is_worth_nothing(app, patient, deny):
    """Protocol E3"""
    request = app.request(scope=SCOPE)
    answer = patient.authorize(request)
    deny("--client", app.client_id)
    assert refused(app.exchange(request, answer))


def test_a_service_for_everybody_does_not_see_who_denies_it(service, deny):
    """Protocol E6"""
    client = service(scope="system/*.rs")
    token = client.backend("system/*.rs").json()["access_token"]

    def ids(path):
        answer = client.fhir(token, path)
        assert answer.status_code == 200, answer.text
        entries = answer.json().get("entry", [])
        return {each["resource"].get("subject", {}).get("reference") or each["resource"]["id"] for each in entries}

    before = ids("Patient")
    assert MAJA in before and f"Patient/{MAJA}" in ids("Observation?code=8867-4")
    deny("--client", client.client_id)
    assert ids("Patient") == before - {MAJA}
    rest = ids("Observation?code=8867-4")
    assert rest and f"Patient/{MAJA}" not in rest
    assert client.fhir(token, f"Patient/{MAJA}").status_code == 404
    assert client.fhir(token, "Patient/jose-alvarez-nunez").status_code == 200
    assert not ids(f"Observation?patient={MAJA}")
    assert client.fhir(token, f"Patient/{MAJA}/$everything").status_code == 403
    refusal = client.fhir(token, "$export", headers={"Prefer": "respond-async", **FHIR_JSON})
    assert refusal.status_code == 403 and "leave it out" in refusal.text


def test_a_clinician_s_app_loses_one_patient_and_keeps_the_others(app, clinician, deny):
    scope = "openid launch/patient patient/Patient.rs user/Patient.rs"
    tokens = app.tokens(clinician, patient="MRN-10057", scope=scope)
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 200
    deny("--all-apps")
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 404
    assert app.fhir(tokens["access_token"], "Patient/jose-alvarez-nunez").status_code == 200
    answer = clinician.authorize(app.request(scope=scope))
    assert answer["error"] == "access_denied"


def test_a_launch_of_an_app_that_sees_nothing_is_refused_where_it_is_prepared(instance, ehr, app, clinician, deny):
    """SMART app-launch#launch-app-ehr-launch: by the EHR, in the portal, by the administrator"""
    assert ehr.prepare(app, "amara", patient=MAJA).status_code == 201
    directive = deny("--client", app.client_id)
    answer = ehr.prepare(app, "amara", patient=MAJA)
    assert refused(answer, "access_denied") and MAJA not in answer.text
    assert "see nothing of the record" in answer.json()["error_description"]
    assert ehr.prepare(app, "amara", patient="jose-alvarez-nunez").status_code == 201
    create = ("launch", "create", "--user", "amara", "--client", app.client_id, "--patient", MAJA)
    assert "see nothing of the record" in instance.refuses(*create)
    clinician.sign_in()
    page = clinician.open(f"/portal?patient={MAJA}")
    form = next(form for form in page.forms if ("client", app.client_id) in form.fields)
    answer = clinician.submit(form)
    assert answer.status == 403 and "may see nothing of the record" in answer.text
    # What is denied in part is cut out later, and not told here.
    instance.cli("consent", "lift", directive, "--reason", "another form")
    deny("--client", app.client_id, "--resource-types", "Observation")
    assert ehr.prepare(app, "amara", patient=MAJA).status_code == 201
    assert instance.cli(*create)["launch"]


def test_introspection_says_inactive(app, patient, deny, resource_server):
    """Protocol E5"""
    tokens = app.tokens(patient, scope=SCOPE)
    assert resource_server.introspect(tokens["access_token"]).json()["active"] is True
    deny("--all-apps")
    assert resource_server.introspect(tokens["access_token"]).json() == {"active": False}


def test_a_directive_ends_by_itself(instance, app, patient, deny):
    tokens = app.tokens(patient, scope=SCOPE)
    deny("--client", app.client_id, "--from", "2020-01-01", "--until", "2099-12-31")
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 401
    # Time passes.
    instance.execute(f"UPDATE consent_rules SET ends_at = 1 WHERE client = '{app.client_id}'")
    assert app.fhir(tokens["access_token"], f"Patient/{MAJA}").status_code == 200


@pytest.mark.parametrize(
    "options, words",
    [
        (("--client", "nobody"), "there is no client nobody"),
        ((), "--all-apps"),
        (("--all-apps", "--resource-types", "Observations"), "no type of FHIR R4"),
        (("--all-apps", "--resource-types", "Organization"), "nobody's own"),
        (("--all-apps", "--scope", "patient/Observation.xyz"), "no patient/ scope"),
        (("--all-apps", "--scope", "user/Observation.rs"), "no patient/ scope"),
        (("--all-apps", "--until", "tomorrow"), "neither a date"),
        (("--all-apps", "--until", "2020-01-01"), "over before it begins"),
    ],
)
def test_what_cannot_be_meant_is_refused(instance, options, words):
    assert words in instance.refuses("consent", "deny", "--patient", MAJA, *options, "--reason", "x")
