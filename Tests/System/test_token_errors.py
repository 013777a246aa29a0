"""Codes that cannot be exchanged, and requests that are none: protocol A7, A10, threats T."""

import base64
import concurrent.futures
import secrets
from urllib.parse import urlencode

import pytest

from oauth import refused

SCOPE = "openid offline_access launch/patient patient/*.rs"


@pytest.fixture
def begun(patient, rounds):
    """A request of the demo app that was allowed, and its answer with the code."""
    request = rounds.request(scope=SCOPE)
    return request, patient.authorize(request)


def test_a_code_used_twice_ends_its_tokens(rounds, begun):
    tokens = rounds.exchange(*begun).json()
    assert rounds.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    assert refused(rounds.exchange(*begun), "invalid_grant")
    assert rounds.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert refused(rounds.refresh(tokens["refresh_token"]), "invalid_grant")


def test_a_stolen_code_without_its_verifier_ends_nobodys_tokens(rounds, reporting, begun):
    tokens = rounds.exchange(*begun).json()
    assert refused(rounds.exchange(*begun, code_verifier=secrets.token_urlsafe(48)), "invalid_grant")
    assert refused(reporting.exchange(*begun), "invalid_grant")
    assert refused(rounds.exchange(*begun, redirect_uri="https://evil.example/"), "invalid_grant")
    assert rounds.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200


@pytest.mark.parametrize("verifier", ["none", "challenge", "wrong", "short", "characters"])
def test_a_wrong_verifier_is_refused_without_spending_the_code(rounds, begun, verifier):
    request, _ = begun
    sent = {
        "none": "",
        "challenge": request.parameters["code_challenge"],
        "wrong": secrets.token_urlsafe(48),
        "short": "x" * 42,
        "characters": "é" * 43,
    }[verifier]
    error = "invalid_request" if verifier == "none" else "invalid_grant"
    assert refused(rounds.exchange(*begun, code_verifier=sent), error)
    assert rounds.exchange(*begun).status_code == 200


def test_the_fifth_wrong_verifier_spends_the_code(rounds, begun):
    for _ in range(4):
        assert refused(rounds.exchange(*begun, code_verifier=secrets.token_urlsafe(48)), "invalid_grant")
    assert rounds.exchange(*begun).status_code == 200


def test_after_five_wrong_verifiers_the_right_one_is_too_late(rounds, begun):
    for _ in range(5):
        assert refused(rounds.exchange(*begun, code_verifier=secrets.token_urlsafe(48)), "invalid_grant")
    assert refused(rounds.exchange(*begun), "invalid_grant")


def test_fifty_parallel_exchanges_have_one_winner_and_no_trouble(rounds, begun):
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: rounds.exchange(*begun), range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 49
    assert all(refused(answer, "invalid_grant") for answer in answers if answer.status_code == 400)
    winner = next(answer for answer in answers if answer.status_code == 200).json()
    assert rounds.fhir(winner["access_token"], "Patient/maja-oconnor").status_code == 401, "the code was used twice"


def test_a_code_belongs_to_its_client_and_stays_good(rounds, reporting, register, begun):
    for other in (reporting, register()):
        assert refused(other.exchange(*begun), "invalid_grant")
        assert refused(other.exchange(*begun, redirect_uri=rounds.redirect_uri), "invalid_grant")
    assert rounds.exchange(*begun).status_code == 200


@pytest.mark.parametrize("change", ["/", "?x=1", "#x", "upper", None])
def test_the_redirect_uri_is_the_one_of_the_request(rounds, begun, change):
    uri = None if change is None else rounds.redirect_uri.upper() if change == "upper" else rounds.redirect_uri + change
    assert refused(rounds.exchange(*begun, redirect_uri=uri), "invalid_grant" if uri else "invalid_request")
    assert rounds.exchange(*begun).status_code == 200


@pytest.mark.parametrize(
    "code",
    ["unknown", "vst_ac_" + "A" * 43, "%00", "é", "x" * 10_000],
    ids=["word", "well formed", "percent", "not ASCII", "long"],
)
def test_a_code_that_nobody_gave_is_refused(rounds, begun, code):
    request, _ = begun
    assert refused(rounds.exchange(request, {"code": code}), "invalid_grant")


def test_guesses_at_codes_are_all_refused(rounds, begun):
    request, _ = begun
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = pool.map(
            lambda _: rounds.exchange(request, {"code": "vst_ac_" + secrets.token_urlsafe(32)}), range(100)
        )
        assert all(answer.status_code in (400, 429) for answer in answers)


@pytest.mark.parametrize("missing", ["grant_type", "code", "redirect_uri", "code_verifier"])
def test_a_missing_parameter_is_named(rounds, begun, missing):
    response = rounds.exchange(*begun, **{missing: None})
    assert refused(response, "invalid_request") and missing in response.json()["error_description"]


@pytest.mark.parametrize(
    "grant",
    [
        "password",
        "implicit",
        "refresh",
        "AUTHORIZATION_CODE",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
)
def test_other_grants_are_not_offered(rounds, grant):
    assert refused(rounds.post({"grant_type": grant, "username": "maja", "password": "x"}), "unsupported_grant_type")


@pytest.fixture
def raw(rounds, http):
    """A request to the token endpoint in any shape."""
    return lambda method="POST", query="", **options: http.request(
        method, rounds.discovered["token_endpoint"] + query, **options
    )


def test_other_methods_are_refused(raw):
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = raw(method)
        assert answer.status_code == 405 and "POST" in answer.headers["allow"]


def test_other_bodies_are_refused(raw, rounds, begun):
    request, answer = begun
    fields = {
        "grant_type": "authorization_code",
        "client_id": "rounds",
        "code": answer["code"],
        "redirect_uri": rounds.redirect_uri,
        "code_verifier": request.verifier,
    }
    assert refused(raw(json=fields), "invalid_request")
    assert refused(raw(files={name: (None, value) for name, value in fields.items()}), "invalid_request")
    assert refused(
        raw(content=b"grant_type=authorization_code", headers={"content-type": "text/plain"}), "invalid_request"
    )
    assert refused(raw(content=b"grant_type=authorization_code"), "invalid_request")
    assert refused(
        raw(content=b"grant_type=%zz", headers={"content-type": "application/x-www-form-urlencoded"}), "invalid_request"
    )
    assert refused(
        raw(
            content="grant_type".encode("utf-16"),
            headers={"content-type": "application/x-www-form-urlencoded; charset=utf-16"},
        ),
        "invalid_request",
    )
    assert rounds.exchange(*begun).status_code == 200, "nothing was spent"


def test_a_form_with_a_charset_is_a_form(raw, rounds, begun):
    request, answer = begun
    body = urlencode(
        {
            "grant_type": "authorization_code",
            "client_id": "rounds",
            "code": answer["code"],
            "redirect_uri": rounds.redirect_uri,
            "code_verifier": request.verifier,
        }
    )
    response = raw(content=body, headers={"content-type": "application/x-www-form-urlencoded;charset=UTF-8"})
    assert response.status_code == 200


def test_parameters_in_the_address_are_refused(raw, rounds, begun):
    request, answer = begun
    fields = {
        "grant_type": "authorization_code",
        "client_id": "rounds",
        "redirect_uri": rounds.redirect_uri,
        "code_verifier": request.verifier,
    }
    assert refused(raw(query=f"?code={answer['code']}", data=fields), "invalid_request")


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "unknown"])
def test_a_parameter_sent_twice_is_refused(raw, rounds, begun, name):
    request, answer = begun
    fields = {
        "grant_type": "authorization_code",
        "client_id": "rounds",
        "code": answer["code"],
        "redirect_uri": rounds.redirect_uri,
        "code_verifier": request.verifier,
        "unknown": "x",
    }
    doubled = {**fields, name: [fields[name], fields[name]]}
    assert refused(raw(data=doubled), "invalid_request")
    assert rounds.exchange(*begun).status_code == 200


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/introspect", "/oauth2/authorize", "/portal/sign-in"])
def test_a_huge_body_is_refused_before_it_is_sent(instance, path):
    answer = instance.raw(
        f"POST {path} HTTP/1.1\nHost: localhost\nContent-Type: application/x-www-form-urlencoded\n"
        "Content-Length: 1000000",
        is_whole=False,
    )
    assert answer.startswith("HTTP/1.1 413")


def test_countless_parameters_are_refused(raw, rounds):
    form = {"content-type": "application/x-www-form-urlencoded"}
    for count in (201, 5_000, 10_000):
        assert refused(raw(content="&".join(["a=1"] * count), headers=form), "invalid_request")
    assert refused(rounds.refresh("x"), "invalid_grant"), "it goes on"


def test_nul_and_control_characters_are_no_trouble(rounds):
    for value in ("\0", "a\0b"):
        assert refused(rounds.post({"grant_type": value}), "invalid_request")
        assert refused(rounds.refresh(value), "invalid_request")
    for value in ("\r\n", "\x1b[31m", "\u202e", "😀" * 500):
        assert refused(rounds.post({"grant_type": value}), "unsupported_grant_type")
        assert refused(rounds.refresh(value), "invalid_grant")


# Who the client is


@pytest.fixture
def secret_begun(patient, reporting):
    request = reporting.request(scope="launch/patient patient/*.rs")
    return request, patient.authorize(request)


def exchange(app, request, answer, headers=None, **more):
    with app.instance.http() as http:
        return http.post(
            app.discovered["token_endpoint"],
            headers=headers or {},
            data={
                "grant_type": "authorization_code",
                "code": answer["code"],
                "redirect_uri": app.redirect_uri,
                "code_verifier": request.verifier,
                **more,
            },
        )


def basic(text):
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def test_a_secret_may_come_raw_or_percent_encoded(reporting, patient):
    encoded = "".join(f"%{byte:02X}" for byte in reporting.secret.encode())
    for secret in (reporting.secret, encoded):
        request = reporting.request(scope="launch/patient patient/*.rs")
        response = exchange(reporting, request, patient.authorize(request), basic(f"reporting:{secret}"))
        assert response.status_code == 200, response.text


def test_the_name_may_stand_in_the_body_too_if_it_is_the_same(reporting, secret_begun):
    header = basic(f"reporting:{reporting.secret}")
    assert refused(exchange(reporting, *secret_begun, header, client_id="rounds"), "invalid_request")
    assert exchange(reporting, *secret_begun, header, client_id="reporting").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        basic("reporting:wrong"),
        basic("reporting:"),
        basic("reporting"),
        basic("unknown:x"),
        basic(":"),
        basic("rounds:"),
        {"authorization": "Basic ???"},
        {"authorization": "Basic"},
        {"authorization": "Bearer x"},
        {"authorization": "Digest x"},
    ],
    ids=range(10),
)
def test_a_client_that_cannot_prove_itself_is_refused(reporting, secret_begun, header):
    response = exchange(reporting, *secret_begun, header)
    assert refused(response, "invalid_client", 401)
    assert response.headers["www-authenticate"].startswith("Basic ")
    assert exchange(reporting, *secret_begun, basic(f"reporting:{reporting.secret}")).status_code == 200


def test_a_confidential_client_must_prove_itself(reporting, secret_begun):
    assert refused(exchange(reporting, *secret_begun, client_id="reporting"), "invalid_client", 401)
    assert refused(exchange(reporting, *secret_begun), "invalid_client", 401)


def test_a_public_client_has_no_secret(rounds, begun):
    assert refused(exchange(rounds, *begun, basic("rounds:anything")), "invalid_client", 401)
    assert refused(exchange(rounds, *begun), "invalid_client", 401)


def test_more_than_one_way_to_prove_itself_is_refused(reporting, secret_begun):
    header = basic(f"reporting:{reporting.secret}")
    assert refused(exchange(reporting, *secret_begun, header, client_secret=reporting.secret), "invalid_request")
    assert refused(
        exchange(reporting, *secret_begun, header, client_assertion="x.y.z", client_assertion_type="urn:x"),
        "invalid_request",
    )


def test_a_secret_in_the_body_is_not_taken(reporting, secret_begun):
    response = exchange(reporting, *secret_begun, client_id="reporting", client_secret=reporting.secret)
    assert refused(response, "invalid_client", 401) and reporting.secret not in response.text


def test_refusals_of_wrong_secrets_and_unknown_clients_look_alike(reporting, secret_begun):
    answers = [exchange(reporting, *secret_begun, basic(text)).json() for text in ("reporting:wrong", "unknown:wrong")]
    assert answers[0] == answers[1]


def test_a_confidential_client_refreshes_by_its_secret_alone(instance, patient, register):
    app = register("--confidential")
    tokens = app.tokens(patient, scope=SCOPE)
    with instance.http() as http:
        fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert refused(
            http.post(app.discovered["token_endpoint"], data={**fields, "client_id": app.client_id}),
            "invalid_client",
            401,
        )
        assert refused(http.post(app.discovered["token_endpoint"], data=fields), "invalid_client", 401)
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_lifetimes_of_a_client_are_its_own(patient, register):
    app = register("--access-token-lifetime", "120", "--refresh-token-lifetime", "600")
    assert app.tokens(patient, scope=SCOPE)["expires_in"] == 120
