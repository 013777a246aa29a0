"""An app that gives its access back: protocol A16; RFC 7009."""

import secrets
from urllib.parse import urlsplit

import pytest

from keys import ClientKey
from oauth import refused

SCOPE = "openid offline_access launch/patient patient/*.rs"
METHODS = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]


@pytest.fixture
def app(register):
    return register()


@pytest.fixture
def tokens(app, patient):
    return app.tokens(patient, scope=SCOPE)


def reads(app, tokens):
    """Whether the access token reads, and a refusal is the one that sends an app to refresh."""
    answer = app.fhir(tokens["access_token"], "Patient/maja-oconnor")
    assert answer.status_code in (200, 401)
    if answer.status_code == 401:
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    return answer.status_code == 200


def is_done(answer):
    """RFC 7009 §2.2: 200, and nothing to read."""
    assert (answer.status_code, answer.content) == (200, b""), answer.text
    assert answer.headers["cache-control"] == "no-store"
    return True


# RFC 7009 §2.1, by each way of being a client
@pytest.mark.parametrize("method", METHODS)
def test_revoking_the_refresh_token_ends_everything_at_once(register, patient, method):
    """Requirements 203 and 204"""
    app = register("--auth-method", method, key=ClientKey() if method == "private_key_jwt" else None)
    tokens = app.tokens(patient, scope=SCOPE)
    second = app.refresh(tokens["refresh_token"]).json()
    assert reads(app, tokens) and reads(app, second)
    assert is_done(app.revoke(second["refresh_token"]))
    assert not reads(app, tokens) and not reads(app, second)
    for each in (tokens, second):
        assert refused(app.refresh(each["refresh_token"]))


def test_revoking_an_access_token_ends_that_one_alone(app, tokens):
    """Requirement 204"""
    second = app.refresh(tokens["refresh_token"]).json()
    assert is_done(app.revoke(tokens["access_token"]))
    assert not reads(app, tokens) and reads(app, second)
    third = app.refresh(second["refresh_token"])
    assert third.status_code == 200 and reads(app, third.json())


def test_revoking_a_spent_refresh_token_ends_its_line_too(app, tokens):
    """Requirement 204: whoever has the old one means the whole."""
    second = app.refresh(tokens["refresh_token"]).json()
    assert is_done(app.revoke(tokens["refresh_token"]))
    assert not reads(app, second) and refused(app.refresh(second["refresh_token"]))


def test_one_access_of_a_person_goes_and_the_others_stay(register, patient):
    """RFC 7009 §2.1: the same authorization grant, and no other."""
    app, other = register(), register()
    first, again, elsewhere = (each.tokens(patient, scope=SCOPE) for each in (app, app, other))
    assert is_done(app.revoke(first["refresh_token"]))
    assert not reads(app, first) and reads(app, again) and reads(other, elsewhere)
    assert app.refresh(again["refresh_token"]).status_code == 200


def test_a_revoked_token_is_inactive_and_its_code_gives_no_more(resource_server, app, patient):
    request = app.request(scope=SCOPE)
    answer = patient.authorize(request)
    tokens = app.exchange(request, answer).json()
    assert is_done(app.revoke(tokens["refresh_token"]))
    for name in ("access_token", "refresh_token"):
        assert resource_server.introspect(tokens[name]).json() == {"active": False}
    assert refused(app.exchange(request, answer))


def test_an_access_that_was_given_back_is_no_connected_app_any_more(app, tokens, patient):
    """Requirement 207"""
    page = patient.open("/portal/apps")
    assert any(("app", app.client_id) in form.fields for form in page.forms)
    assert is_done(app.revoke(tokens["refresh_token"]))
    page = patient.open("/portal/apps")
    assert page.status == 200 and not any(("app", app.client_id) in form.fields for form in page.forms)


def test_a_service_revokes_its_token(service):
    client = service()
    tokens = client.backend("system/Patient.rs").json()
    assert reads(client, tokens)
    assert is_done(client.revoke(tokens["access_token"])) and not reads(client, tokens)


# RFC 7009 §2.2
@pytest.mark.parametrize(
    "token", ["nonsense", "vst_rt_" + "A" * 43, "vst_at_" + "A" * 43, "é", "x" * 5000, "' OR 1=1"], ids=range(6)
)
def test_what_is_no_token_is_as_good_as_revoked(app, token):
    """Requirement 203"""
    assert is_done(app.revoke(token))


def test_revoking_twice_is_revoking(app, tokens):
    for name in ("access_token", "refresh_token", "refresh_token", "access_token"):
        assert is_done(app.revoke(tokens[name]))
    assert not reads(app, tokens)


def test_an_id_token_is_nothing_to_revoke(app, tokens):
    assert is_done(app.revoke(tokens["id_token"])) and reads(app, tokens)


# RFC 7009 §2.1
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "unknown", "é", "x" * 500])
def test_the_hint_may_be_wrong(app, tokens, hint):
    """Requirement 203"""
    assert is_done(app.revoke(tokens["refresh_token"], token_type_hint=hint)) and not reads(app, tokens)


def test_a_public_app_may_leave_its_name_out(app, tokens, http):
    """As it may at a refresh: the token says whose it is."""
    answer = http.post(app.discovered["revocation_endpoint"], data={"token": tokens["refresh_token"]})
    assert is_done(answer) and not reads(app, tokens)


# RFC 7009 §2.1: the client is proven first, and it is the token's
@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_token_of_another_client_is_refused_and_stays_good(app, tokens, rounds, reporting, register, name):
    """Requirement 205"""
    for other in (rounds, reporting, register(key=ClientKey())):
        assert refused(other.revoke(tokens[name]), "invalid_grant")
    assert reads(app, tokens) and app.refresh(tokens["refresh_token"]).status_code == 200


def test_a_client_has_to_prove_itself(register, patient, http):
    """Requirement 203"""
    app = register("--confidential")
    tokens = app.tokens(patient, scope=SCOPE)
    url, form = app.discovered["revocation_endpoint"], {"token": tokens["refresh_token"]}
    for options in (
        {"data": form},
        {"data": {**form, "client_id": app.client_id}},
        {"data": form, "auth": (app.client_id, "wrong")},
        {"data": {**form, "client_id": app.client_id, "client_secret": app.secret}},
        {"data": {**form, "client_id": "nobody"}},
        {"data": form, "headers": {"authorization": f"Bearer {tokens['access_token']}"}},
    ):
        answer = http.post(url, **options)
        assert refused(answer, "invalid_client", 401) and "www-authenticate" in answer.headers
    assert reads(app, tokens) and app.refresh(tokens["refresh_token"]).status_code == 200


def test_a_stranger_who_names_no_client_learns_nothing(app, http):
    answer = http.post(app.discovered["revocation_endpoint"], data={"token": secrets.token_urlsafe()})
    assert refused(answer, "invalid_client", 401)


# RFC 7009 §2.2.1
def test_what_is_no_request_is_refused(app, tokens, http):
    url, form = app.discovered["revocation_endpoint"], {"token": tokens["access_token"], "client_id": app.client_id}
    for options in (
        {"data": {"client_id": app.client_id}},
        {"data": {**form, "token": ""}},
        {"data": {**form, "token": [tokens["access_token"], "x"]}},
        {"json": form},
        {"params": form},
        {"data": form, "params": {"x": "1"}},
    ):
        assert refused(http.post(url, **options), "invalid_request"), options
    for method in ("GET", "PUT", "DELETE"):
        answer = http.request(method, url)
        assert answer.status_code == 405 and "POST" in answer.headers["allow"] and answer.json()["error"]
    assert reads(app, tokens)


# RFC 7009 §2.3
def test_the_apps_own_page_may_revoke_and_no_other(app, tokens, http):
    url, origin = app.discovered["revocation_endpoint"], "https://" + urlsplit(app.redirect_uri).netloc
    preflight = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    answer = http.options(url, headers={"origin": origin, **preflight})
    assert answer.status_code == 204 and answer.headers["access-control-allow-origin"] == origin
    answer = http.options(url, headers={"origin": "https://evil.example", **preflight})
    assert "access-control-allow-origin" not in answer.headers
    answer = app.post({"token": tokens["access_token"]}, "revocation_endpoint", headers={"origin": origin})
    assert is_done(answer) and answer.headers["access-control-allow-origin"] == origin


def test_revocation_is_where_discovery_says(instance, http):
    """Requirement 19"""
    found = http.get(f"{instance.fhir}/.well-known/smart-configuration").json()
    assert found["revocation_endpoint"] == f"{instance.base}/oauth2/revoke"
    assert set(found["revocation_endpoint_auth_methods_supported"]) == set(METHODS)
