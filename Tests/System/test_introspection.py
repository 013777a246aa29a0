"""What a token is, for who may know: protocol A15; RFC 7662, SMART token-introspection."""

import json
import time

import pytest

from keys import ClientKey, claims_of
from oauth import refused

SCOPE = "openid fhirUser offline_access launch patient/*.rs"
CONTEXT = {
    "patient": "maja-oconnor",
    "encounter": "maja-oconnor-visit-1",
    "intent": "reconcile-medications",
    "need_patient_banner": "false",
    "smart_style_url": "https://styles.example/one.json",
    "tenant": "ward/7",
    "fhirContext": json.dumps(
        [
            {"reference": "Observation/a-1"},
            {"canonical": "https://ehr.example/Questionnaire/q", "type": "Questionnaire"},
            {"identifier": {"system": "https://ehr.example/orders", "value": "17"}, "type": "ServiceRequest"},
        ]
    ),
}
INACTIVE = {"active": False}


@pytest.fixture
def launched(ehr, register, clinician):
    """An app and the tokens of its EHR launch, in which the EHR told all that there is to tell."""
    app = register()
    launch = ehr.prepare(app, clinician.username, **CONTEXT).json()
    return app, app.tokens(clinician, scope=SCOPE, launch=launch["launch"])


@pytest.fixture
def asking(resource_server, register, service):
    """Everybody who may ask about every token, each in their own way."""
    signing = register("--resource-server", scope=None, has_pages=False, key=ClientKey())
    bearer = service(scope="__introspect")
    token = bearer.backend("__introspect").json()["access_token"]

    def by_bearer(text, **fields):
        with bearer.instance.http() as http:
            return http.post(
                bearer.discovered["introspection_endpoint"],
                data={"token": text, **fields},
                headers={"authorization": f"Bearer {token}"},
            )

    return {"secret": resource_server.introspect, "assertion": signing.introspect, "bearer": by_bearer}


@pytest.mark.parametrize("way", ["secret", "assertion", "bearer"])
def test_a_fhir_server_is_told_all_of_any_apps_token(instance, launched, asking, way):
    """Requirements 194, 195, 196 and 197; RFC 7662 §2.1, §2.2, SMART token-introspection"""
    app, tokens = launched
    answer = asking[way](tokens["access_token"])
    found = answer.json()
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert found["active"] is True and found["client_id"] == app.client_id and found["token_type"] == "Bearer"
    assert set(found["scope"].split()) == set(tokens["scope"].split()) == set(SCOPE.split())
    context = (*CONTEXT, "patient")
    assert {name: found[name] for name in context} == {name: tokens[name] for name in context}
    assert len(found["fhirContext"]) == 3 and found["need_patient_banner"] is False
    claims = claims_of(tokens["id_token"])
    assert all(found[name] == claims[name] for name in ("iss", "sub", "fhirUser"))
    assert found["iss"] == found["aud"] == instance.fhir
    assert "refresh_token" not in found and tokens["access_token"] not in answer.text


def test_the_times_are_whole_numbers(launched, resource_server):
    """Requirement 199"""
    _, tokens = launched
    answer = resource_server.introspect(tokens["access_token"])
    found = answer.json()
    assert type(found["exp"]) is type(found["iat"]) is int and f'"exp":{found["exp"]}' in answer.text
    assert abs(found["exp"] - time.time() - tokens["expires_in"]) < 10


def test_what_was_not_granted_is_not_told(register, resource_server, patient):
    """Requirement 197: who it is, only to whom was told; no context that is not there."""
    app = register()
    tokens = app.tokens(patient, scope="launch/patient patient/Patient.rs")
    found = resource_server.introspect(tokens["access_token"]).json()
    assert found["active"] is True and found["patient"] == "maja-oconnor"
    assert not {"sub", "fhirUser", "encounter", "intent", "fhirContext", "tenant"} & found.keys()


def test_a_narrowed_token_is_told_as_narrow_as_it_is(register, resource_server, patient):
    """Requirement 195"""
    app = register()
    tokens = app.tokens(patient, scope="offline_access launch/patient patient/*.rs")
    narrow = app.refresh(tokens["refresh_token"], scope="patient/Observation.rs").json()
    assert resource_server.introspect(narrow["access_token"]).json()["scope"] == "patient/Observation.rs"


def test_a_token_of_a_backend_service_is_told(service, resource_server):
    client = service()
    token = client.backend("system/Patient.rs").json()["access_token"]
    found = resource_server.introspect(token).json()
    assert (found["active"], found["client_id"], found["scope"]) == (True, client.client_id, "system/Patient.rs")


# Who is told of what


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_an_app_is_told_of_its_own_tokens_alone(register, launched, patient, method):
    """Requirement 194: by whichever way it proves itself."""
    app, tokens = launched
    other = register("--auth-method", method, key=ClientKey() if method == "private_key_jwt" else None)
    own = other.tokens(patient, scope="launch/patient patient/*.rs")["access_token"]
    assert other.introspect(own).json()["active"] is True
    answer = other.introspect(tokens["access_token"])
    assert (answer.status_code, answer.json()) == (200, INACTIVE)


def test_a_public_app_is_told_by_its_own_token(launched, rounds, patient, http):
    """Requirement 194"""
    app, tokens = launched

    def ask(token, bearer):
        headers = {"authorization": f"Bearer {bearer}"}
        return http.post(app.discovered["introspection_endpoint"], data={"token": token}, headers=headers)

    assert ask(tokens["access_token"], tokens["access_token"]).json()["active"] is True
    other = rounds.tokens(patient)["access_token"]
    assert ask(tokens["access_token"], other).json() == ask(other, tokens["access_token"]).json() == INACTIVE


def test_a_bearer_needs_the_scope_for_it(service, launched, http):
    """Requirement 194; SMART token-introspection#authorization-to-perform-token-introspection"""
    app, tokens = launched
    client = service(scope="__introspect system/Patient.rs")
    for scope, expected in (("system/Patient.rs", False), ("system/Patient.rs __introspect", True)):
        bearer = client.backend(scope).json()["access_token"]
        answer = http.post(
            app.discovered["introspection_endpoint"],
            data={"token": tokens["access_token"]},
            headers={"authorization": f"Bearer {bearer}"},
        )
        assert answer.status_code == 200 and answer.json()["active"] is expected


def test_no_person_gives_an_app_the_right_to_see_all_tokens(instance, register, patient, launched, http):
    """The scope is the administrator's to give; a public app can never have it."""
    said = instance.refuses(
        "client", "add", "--name", "x", "--redirect-uri", "https://x.example/", "--scope", "__introspect"
    )
    assert "__introspect" in said
    plain = register("--confidential")
    tokens = plain.tokens(patient, scope="launch/patient patient/*.rs __introspect")
    assert "__introspect" not in tokens["scope"]
    answer = http.post(
        plain.discovered["introspection_endpoint"],
        data={"token": launched[1]["access_token"]},
        headers={"authorization": f"Bearer {tokens['access_token']}"},
    )
    assert answer.json() == INACTIVE


def test_nobody_in_particular_is_told_nothing(launched, http):
    """Requirement 194; RFC 7662 §2.1"""
    app, tokens = launched
    url, form = app.discovered["introspection_endpoint"], {"token": tokens["access_token"]}
    for options in (
        {"data": form},
        {"data": {**form, "client_id": app.client_id}},
        {"data": form, "auth": (app.client_id, "")},
        {"data": {**form, "client_id": app.client_id, "client_secret": "x"}},
    ):
        answer = http.post(url, **options)
        assert refused(answer, "invalid_client", 401) and tokens["patient"] not in answer.text
    for bearer in ("vst_at_" + "A" * 43, tokens["refresh_token"], tokens["id_token"]):
        answer = http.post(url, data=form, headers={"authorization": f"Bearer {bearer}"})
        assert refused(answer, "invalid_token", 401)
        challenge = answer.headers["www-authenticate"]
        assert challenge.startswith("Bearer ") and 'error="invalid_token"' in challenge


def test_a_fhir_server_that_was_disabled_is_told_nothing(instance, resource_server, launched):
    instance.cli("client", "disable", resource_server.client_id)
    assert refused(resource_server.introspect(launched[1]["access_token"]), "invalid_client", 401)


# Refresh tokens


def test_a_refresh_token_is_its_own_clients_business(register, patient, asking):
    """Requirement 201"""
    app = register("--confidential")
    tokens = app.tokens(patient, scope="offline_access launch/patient patient/*.rs")
    found = app.introspect(
        tokens["refresh_token"],
    ).json()
    assert found["active"] is True and found["client_id"] == app.client_id and type(found["exp"]) is int
    assert found["exp"] - time.time() > 91 * 86_400
    for ask in asking.values():
        assert ask(tokens["refresh_token"]).json() == INACTIVE
    successor = app.refresh(tokens["refresh_token"]).json()["refresh_token"]
    assert app.introspect(tokens["refresh_token"]).json() == INACTIVE
    assert app.introspect(successor).json()["active"] is True


# Inactive


def test_inactive_is_all_that_is_said(instance, resource_server, register, patient):
    """Requirement 198; RFC 7662 §2.2: unknown, ended, expired, of a disabled app or person: all the same."""
    app = register()

    def fresh():
        return app.tokens(patient, scope="openid offline_access launch/patient patient/*.rs")

    def is_inactive(token):
        answer = resource_server.introspect(token)
        assert answer.status_code == 200 and answer.text == '{"active":false}', answer.text
        return True

    for unknown in ("x", "vst_at_" + "A" * 43, "vst_ac_" + "A" * 43, "é😀", "x" * 5000, "a b", "' OR 1=1"):
        assert is_inactive(unknown)
    assert refused(resource_server.introspect("\0"), "invalid_request")
    tokens = fresh()
    assert is_inactive(tokens["id_token"]) and is_inactive(tokens["access_token"][:-1])
    assert is_inactive(tokens["access_token"] + "A") and is_inactive(tokens["access_token"].upper())
    assert app.revoke(tokens["refresh_token"]).status_code == 200
    assert is_inactive(tokens["access_token"])
    tokens = fresh()
    with instance.database() as database:
        ended = (
            "UPDATE access_tokens SET expires_at = issued_at WHERE grant_id = (SELECT id FROM grants WHERE nonce = ?)"
        )
        assert database.execute(ended, (tokens["request"].nonce,)).rowcount == 1
    assert is_inactive(tokens["access_token"])
    tokens = fresh()
    instance.cli("client", "disable", app.client_id)
    assert is_inactive(tokens["access_token"])


def test_a_token_of_a_person_who_was_locked_out_is_inactive(instance, resource_server, account, rounds):
    somebody = account("--access", "all")
    token = rounds.tokens(somebody, scope="launch/patient patient/*.rs")["access_token"]
    assert resource_server.introspect(token).json()["active"] is True
    instance.cli("user", "disable", somebody.username)
    assert resource_server.introspect(token).json() == INACTIVE


def test_the_hint_is_a_hint(resource_server, launched):
    """RFC 7662 §2.1: wrong or unknown, the token is found."""
    for hint in ("access_token", "refresh_token", "unknown"):
        answer = resource_server.post(
            {"token": launched[1]["access_token"], "token_type_hint": hint}, "introspection_endpoint"
        )
        assert answer.json()["active"] is True


def test_what_is_no_question_is_refused(resource_server, http):
    url, auth = (
        resource_server.discovered["introspection_endpoint"],
        (resource_server.client_id, resource_server.secret),
    )
    for options in (
        {"data": {}},
        {"data": {"token": ""}},
        {"data": {"token": ["a", "b"]}},
        {"json": {"token": "x"}},
        {"data": {"token": "x"}, "params": {"token": "x"}},
    ):
        assert refused(http.post(url, auth=auth, **options), "invalid_request")
    answer = http.get(url, params={"token": "x"}, auth=auth)
    assert answer.status_code == 405 and "POST" in answer.headers["allow"] and answer.json()["error"]


def test_the_token_may_stand_in_no_address(resource_server, launched, http):
    url, auth = (
        resource_server.discovered["introspection_endpoint"],
        (resource_server.client_id, resource_server.secret),
    )
    answer = http.post(url, params={"token": launched[1]["access_token"]}, auth=auth)
    assert answer.status_code == 400 and "active" not in answer.text
