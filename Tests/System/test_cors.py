"""Which web pages may read what: protocol A2, threats T17."""

from urllib.parse import urlsplit

import pytest

STRANGERS = ["https://evil.example", "null", "http://localhost", "https://localhost", "file://", "https://localhost:1"]


@pytest.fixture
def origin(instance):
    """The origin of the demo app."""
    parts = urlsplit(instance["APP_URL"])
    return f"{parts.scheme}://{parts.netloc}"


@pytest.fixture
def places(instance):
    return {
        "token": f"{instance.base}/oauth2/token",
        "introspect": f"{instance.base}/oauth2/introspect",
        "revoke": f"{instance.base}/oauth2/revoke",
        "fhir": f"{instance.fhir}/Patient/maja-oconnor",
    }


def preflight(http, url, origin, method="POST", headers="authorization,content-type"):
    return http.options(
        url,
        headers={"origin": origin, "access-control-request-method": method, "access-control-request-headers": headers},
    )


def is_open(answer, origin):
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Origin" in answer.headers["vary"]
    return True


def is_closed(answer):
    assert not any(name.startswith("access-control-allow") for name in answer.headers), answer.headers
    return True


@pytest.mark.parametrize("place", ["token", "introspect", "revoke", "fhir"])
def test_the_registered_origin_may_ask(http, places, origin, place):
    answer = preflight(http, places[place], origin)
    assert answer.status_code == 204 and is_open(answer, origin)
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {"authorization", "content-type"} <= {
        name.strip() for name in answer.headers["access-control-allow-headers"].split(",")
    }


@pytest.mark.parametrize("place", ["token", "introspect", "revoke", "fhir"])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_strange_origin_may_not(http, places, place, stranger):
    assert is_closed(preflight(http, places[place], stranger))
    assert is_closed(http.post(places[place], headers={"origin": stranger}))


def test_spellings_of_a_registered_origin_are_strange(http, places, origin):
    for spelling in (
        origin.upper(),
        f"{origin}/",
        f"{origin}.evil.example",
        origin.replace("https", "http"),
        f"{origin} x",
    ):
        assert is_closed(preflight(http, places["token"], spelling)), spelling


def test_errors_can_be_read_by_the_registered_origin(http, places, origin):
    for answer in (
        http.post(places["token"], data={"grant_type": "x"}, headers={"origin": origin}),
        http.post(
            places["token"],
            data={"grant_type": "refresh_token", "refresh_token": "x", "client_id": "x"},
            headers={"origin": origin},
        ),
        http.get(places["token"], headers={"origin": origin}),
        http.get(places["fhir"], headers={"origin": origin}),
        http.get(places["fhir"], headers={"origin": origin, "authorization": "Bearer x"}),
        http.get(places["fhir"] + "%20x", headers={"origin": origin}),
    ):
        assert answer.status_code in (400, 401, 405) and is_open(answer, origin), answer.request.url


def test_the_challenge_can_be_read(http, places, origin):
    answer = http.get(places["fhir"], headers={"origin": origin})
    assert "WWW-Authenticate" in answer.headers["access-control-expose-headers"]


def test_answers_can_be_read_by_the_registered_origin_alone(patient, rounds, origin):
    token = rounds.tokens(patient)["access_token"]
    for path in (
        "Patient/maja-oconnor",
        "Condition?_count=1",
        "Patient/nobody",
        "Observation?patient=gerda-thorvaldsen",
    ):
        assert is_open(rounds.fhir(token, path, headers={"origin": origin}), origin), path
        assert is_closed(rounds.fhir(token, path, headers={"origin": "https://evil.example"})), path


def test_what_nginx_streams_is_as_open_as_what_is_checked(clinician, register, origin):
    app = register()
    token = app.tokens(clinician, scope="openid user/*.rs")["access_token"]
    assert is_open(app.fhir(token, "Patient/maja-oconnor", headers={"origin": origin}), origin)
    assert is_closed(app.fhir(token, "Patient/maja-oconnor", headers={"origin": "https://evil.example"}))


def test_the_origin_of_a_new_app_is_open_at_once_and_closed_when_it_is_disabled(instance, http, register, places):
    app = register("--origin", "https://extra.example:8443")
    own = "https://" + urlsplit(app.redirect_uri).netloc
    for each in (own, "https://extra.example:8443"):
        assert is_open(preflight(http, places["token"], each), each)
    instance.cli("client", "disable", app.client_id)
    assert is_closed(preflight(http, places["token"], own))


def test_pages_and_the_authorization_endpoint_are_open_to_nobody(http, instance, origin):
    for path in ("/oauth2/authorize", "/portal", "/portal/sign-in", "/portal/apps", "/oauth2/launch"):
        assert is_closed(preflight(http, instance.base + path, origin))
        assert is_closed(http.get(instance.base + path, headers={"origin": origin}))


def test_a_wildcard_never_comes_with_credentials(http, instance, origin):
    for path in ("/fhir/metadata", "/fhir/.well-known/smart-configuration", "/oauth2/jwks"):
        answer = http.get(instance.base + path, headers={"origin": origin})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
