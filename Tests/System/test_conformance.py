"""What docs/conformance.md promises and no other test proves."""

import runpy
from urllib.parse import urlencode

import pytest

from instance import PROJECT
from oauth import Answer

# What each capability that is published means, by the test that proves it.
CAPABILITIES = {
    "launch-ehr": "test_ehr_launch.py::test_an_app_launched_in_the_portal_gets_the_patient_that_was_chosen_there",
    "launch-standalone": "test_standalone.py::test_a_clinician_signs_in_picks_a_patient_and_allows",
    "authorize-post": "test_standalone.py::test_a_posted_request_equals_one_in_the_address",
    "client-public": "test_standalone.py::test_a_patient_signs_in_allows_and_the_app_gets_the_own_record",
    "client-confidential-symmetric": "test_token_errors.py::test_a_secret_may_come_raw_or_percent_encoded",
    "client-confidential-asymmetric": "test_asymmetric.py::test_an_app_that_signs_gets_tokens_and_refreshes_them",
    "sso-openid-connect": "test_standalone.py::test_the_id_token_says_who_is_signed_in",
    "context-banner": "test_ehr_launch.py::test_the_whole_context_arrives_as_members_of_the_token_response",
    "context-style": "test_launch_api.py::test_the_style_is_there_for_every_page_and_for_ever",
    "context-ehr-patient": "test_ehr_launch.py::test_a_patient_launches_with_the_own_record",
    "context-ehr-encounter": "test_ehr_launch.py::test_the_encounter_of_now_comes_along",
    "context-standalone-patient": "test_standalone.py::test_a_clinician_signs_in_picks_a_patient_and_allows",
    "context-standalone-encounter": "test_standalone.py::test_an_app_that_asks_for_a_visit_gets_the_one_that_is_picked",
    "permission-offline": "test_refresh.py::test_a_refresh_gives_new_tokens_and_repeats_the_context",
    "permission-online": "test_online_access.py::test_signing_out_ends_it_at_once",
    "permission-patient": "test_fhir.py::test_a_search_shows_this_patient_and_all_of_it",
    "permission-user": "test_fhir.py::test_a_users_scope_reaches_the_patients_of_that_user",
    "permission-v1": "test_standalone.py::test_a_version_1_scope_keeps_its_spelling",
    "permission-v2": "test_fhir.py::test_a_category_scope_shows_exactly_that_category",
}


@pytest.fixture
def documents(instance, http):
    """The SMART configuration and the OpenID document."""
    names = ("smart-configuration", "openid-configuration")
    return [http.get(f"{instance.fhir}/.well-known/{name}").json() for name in names]


# Requirement 36
def test_each_capability_that_is_published_has_a_test_of_its_behaviour(documents):
    assert sorted(documents[0]["capabilities"]) == sorted(CAPABILITIES)
    names = runpy.run_path(str(PROJECT / "Scripts/spec-map"))["names"]
    for test in CAPABILITIES.values():
        file, name = test.split("::")
        assert name in names(PROJECT, f"Tests/System/{file}"), test


# Requirements 21, 23, 227, 228, 235, 236, 237, 242, 243
def test_what_is_not_offered_is_not_advertised(instance, http, documents):
    absent = {
        "associated_endpoints",
        "backchannel_logout_supported",
        "check_session_iframe",
        "device_authorization_endpoint",
        "dpop_signing_alg_values_supported",
        "end_session_endpoint",
        "mtls_endpoint_aliases",
        "pushed_authorization_request_endpoint",
        "require_pushed_authorization_requests",
        "smart_app_state_endpoint",
        "tls_client_certificate_bound_access_tokens",
        "user_access_brand_bundle",
        "user_access_brand_identifier",
        "userinfo_endpoint",
    }
    for document in documents:
        assert not absent & document.keys()
        assert not {"tls_client_auth", "self_signed_tls_client_auth"} & set(
            document["token_endpoint_auth_methods_supported"]
        )
        assert not {"implicit", "password"} & set(document["grant_types_supported"])
    assert http.get(f"{instance.fhir}/.well-known/udap").status_code == 404


# Requirement 15
def test_every_scope_that_is_listed_is_granted_to_who_is_registered_for_it(
    instance, clinician, patient, register, documents
):
    listed = [scope for scope in documents[0]["scopes_supported"] if not scope.startswith("system/")]
    app = register(scope=" ".join(listed))
    launch = instance.cli(
        "launch", "create", "--user", clinician.username, "--client", app.client_id, "--patient", "maja-oconnor"
    )
    tokens = app.tokens(clinician, scope=" ".join(listed), launch=launch["launch"])
    assert tokens["scope"].split() == listed


# Requirement 78
def test_a_request_of_32_kilobytes_is_taken_by_post(patient, rounds):
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    scopes = [f"patient/Observation.rs?category={system}|code-{number}" for number in range(330)]
    request = rounds.request(scope=" ".join(["launch/patient", *scopes]))
    assert len(urlencode(request.parameters)) > 32_000
    page = patient.sign_in(
        patient.follow(patient.post(rounds.discovered["authorization_endpoint"], request.parameters))
    )
    answer = patient.submit(page.form("/portal/consent"), button=("decision", "allow"))
    assert isinstance(answer, Answer), answer.text[:400]
    assert rounds.exchange(request, answer).json()["scope"].split() == ["launch/patient", *scopes]


# Requirements 89, 143
def test_no_code_and_no_token_lies_in_the_store(instance, patient, rounds):
    request = rounds.request(scope="openid offline_access launch/patient patient/*.rs")
    answer = patient.authorize(request)
    tokens = rounds.exchange(request, answer).json()
    again = rounds.refresh(tokens["refresh_token"]).json()
    secrets = [answer["code"], request.verifier]
    secrets += [each[name] for each in (tokens, again) for name in ("access_token", "refresh_token", "id_token")]
    with instance.database() as database:
        database.execute("SELECT count(*) FROM grants WHERE nonce = ?", (request.nonce,)).fetchone()
    stored = b"".join(path.read_bytes() for path in (instance.directory / "data").glob("vestibule.db*"))
    assert request.nonce.encode() in stored, "it is this store that is looked at"
    assert not any(secret.encode() in stored for secret in secrets)


# Requirement 114
def test_a_launch_that_has_no_encounter_goes_on_without_the_one_that_was_asked_for(instance, clinician, register):
    scope = "launch launch/patient launch/encounter patient/*.rs"
    app = register(scope=scope)
    launch = instance.cli(
        "launch", "create", "--user", clinician.username, "--client", app.client_id, "--patient", "maja-oconnor"
    )
    tokens = app.tokens(clinician, scope=scope, launch=launch["launch"])
    assert tokens["patient"] == "maja-oconnor" and "encounter" not in tokens


# Requirement 201
def test_nobody_is_told_of_another_clients_refresh_token(patient, rounds, reporting):
    tokens = rounds.tokens(patient, scope="offline_access launch/patient patient/*.rs")
    assert reporting.introspect(tokens["refresh_token"]).json() == {"active": False}
    assert rounds.refresh(tokens["refresh_token"]).status_code == 200
