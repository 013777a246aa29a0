"""Clients that sign: protocol A14; RFC 7523 §2.2, §3, SMART client-confidential-asymmetric."""

import base64
import hashlib
import hmac
import json
import secrets
import time

import pytest
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from joserfc.jwk import ECKey

from instance import until
from keys import ClientKey, claims_of, compact, key_set, text
from oauth import refused

SCOPE = "openid fhirUser offline_access launch/patient patient/*.rs"


@pytest.fixture
def app(register):
    return register(key=ClientKey())


@pytest.fixture
def ask(service):
    """A backend service asks for a token with this assertion, which is what most of these tests are about."""
    known = service()

    def send(assertion=None, client=known, **fields):
        return client.backend("system/Patient.rs", **client.proof(assertion), **fields)

    send.client = known
    return send


def invalid(answer, *words):
    """401 invalid_client, and a description in which each of these words stands."""
    assert refused(answer, "invalid_client", 401)
    description = answer.json()["error_description"]
    assert all(word in description for word in words), description
    return True


# The flow


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
def test_an_app_that_signs_gets_tokens_and_refreshes_them(register, patient, algorithm):
    """Requirements 134, 164 and 187: a new assertion at each request, and nothing without one."""
    app = register(key=ClientKey(algorithm))
    tokens = app.tokens(patient, scope=SCOPE)
    assert tokens["patient"] == "maja-oconnor" and tokens["scope"].split() == SCOPE.split()
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    for _ in range(2):
        answer = app.refresh(tokens["refresh_token"])
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_the_shorter_algorithms_are_for_who_is_registered_for_them(register, service, algorithm):
    key = ClientKey(algorithm)
    assert service("--algorithm", algorithm, key=key).backend("system/Patient.rs").status_code == 200
    other = service(key=ClientKey("RS384", kid=key.kid))
    assert invalid(other.backend("system/Patient.rs", **other.proof(other.assertion(key))), algorithm, "RS384")


def test_the_registered_algorithm_alone_is_taken(service):
    client = service("--algorithm", "ES384")
    assert client.backend("system/Patient.rs").status_code == 200
    assert invalid(ask_with(client, client.assertion(ClientKey("RS384"))), "RS384 is not registered")


def test_without_an_assertion_a_client_that_signs_is_nobody(app, patient, http):
    """Requirement 164"""
    request = app.request(scope=SCOPE)
    answer = patient.authorize(request)
    code = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": app.redirect_uri,
        "code_verifier": request.verifier,
    }
    url = app.discovered["token_endpoint"]
    assert invalid(http.post(url, data={**code, "client_id": app.client_id}), "client_assertion")
    assert invalid(http.post(url, data=code, auth=(app.client_id, "secret")), "client_assertion")
    tokens = app.exchange(request, answer)
    assert tokens.status_code == 200, "nothing was spent"
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens.json()["refresh_token"]}
    for fields in (refresh, {**refresh, "client_id": app.client_id}):
        assert invalid(http.post(url, data=fields), "client_assertion")
    assert app.refresh(tokens.json()["refresh_token"]).status_code == 200


def test_the_name_may_stand_beside_the_assertion_if_it_is_the_same(ask, service):
    """Requirement 131"""
    assert ask(client_id=ask.client.client_id).status_code == 200
    assert refused(ask(client_id=service().client_id), "invalid_request")


def test_the_issuer_is_a_good_audience_too(ask, instance):
    """Requirement 191"""
    assert ask(ask.client.assertion(aud=instance.fhir)).status_code == 200
    assert ask(ask.client.assertion(aud=[ask.client.discovered["token_endpoint"]])).status_code == 200


def test_an_assertion_without_typ_iat_and_nbf_is_taken(ask):
    assert ask(ask.client.assertion(header={"typ": None}, iat=None)).status_code == 200
    assert ask(ask.client.assertion(nbf=int(time.time()))).status_code == 200


def test_assertions_of_another_library_are_taken(ask):
    """Requirement 180: Authlib's, with the kid that the guide demands and an end within its five minutes."""
    client = ask.client
    signed = private_key_jwt_sign(
        client.key.key,
        client.client_id,
        client.discovered["token_endpoint"],
        alg="ES384",
        header={"kid": client.key.kid, "typ": "JWT"},
        claims={"exp": int(time.time()) + 200},
    )
    assert ask(signed).status_code == 200


# Refusals


def ask_with(client, assertion):
    return client.backend("system/Patient.rs", **client.proof(assertion))


def now(offset):
    return int(time.time()) + offset


CLAIMS = {
    "expired": (lambda: {"exp": now(-100), "iat": now(-400)}, ("expired", " s ago", "clock is behind")),
    "too long": (lambda: {"exp": now(3600)}, ("lies 3", " s in the future", "300 s is allowed")),
    "iat ahead": (lambda: {"iat": now(200)}, ("iat", " s in the future", "clock is ahead")),
    "nbf ahead": (lambda: {"nbf": now(200)}, ("nbf", " s in the future", "clock is ahead")),
    "no exp": (lambda: {"exp": None}, ("no exp",)),
    "exp no number": (lambda: {"exp": "soon"}, ("exp must be a number",)),
    "exp at the end of time": (lambda: {"exp": 1e300}, ("exp must be a number",)),
    "no aud": (lambda: {"aud": None}, ("no aud", "/oauth2/token")),
    "aud of another": (lambda: {"aud": "https://other.example/token"}, ("aud", "/oauth2/token")),
    "aud with a slash": (lambda: {"aud": "https://localhost/fhir/"}, ("aud", "/oauth2/token")),
    "two auds": (lambda: {"aud": ["https://other.example/token", "https://localhost/fhir"]}, ("several aud",)),
    "no iss": (lambda: {"iss": None}, ("no iss",)),
    "no sub": (lambda: {"sub": None}, ("no sub",)),
    "iss of another": (lambda: {"iss": "https://other.example"}, ("iss and sub", "differ")),
    "sub of another": (lambda: {"sub": "rounds"}, ("iss and sub", "differ")),
    "no jti": (lambda: {"jti": None}, ("no jti",)),
    "empty jti": (lambda: {"jti": ""}, ("jti", "1 to 255")),
    "long jti": (lambda: {"jti": "x" * 256}, ("jti", "1 to 255")),
    "jti no text": (lambda: {"jti": 7}, ("jti must be a string",)),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_that_are_wrong_are_said(ask, case):
    """Requirements 181, 188 and 190: each is invalid_client, and the description says what to do."""
    claims, words = CLAIMS[case]
    assert invalid(ask(ask.client.assertion(**claims())), *words)


def test_a_clock_that_is_a_minute_wrong_is_forgiven(ask):
    """Requirement 190"""
    assert ask(ask.client.assertion(iat=now(-340), exp=now(-40))).status_code == 200
    assert ask(ask.client.assertion(iat=now(50), exp=now(350))).status_code == 200
    assert ask(ask.client.assertion(exp=now(300))).status_code == 200


def test_a_header_that_is_wrong_is_said(ask):
    """Requirements 180, 183 and 189"""
    for header, words in (
        ({"kid": None}, ("no kid",)),
        ({"kid": ""}, ("no kid",)),
        ({"kid": "unknown"}, ("kid", "no ES384 key")),
        ({"typ": "at+jwt"}, ("typ", "JWT")),
        ({"jku": "https://evil.example/jwks"}, ("jku", "no jwks_uri registered")),
        ({"crit": ["exp"]}, ("crit",)),
    ):
        assert invalid(ask(ask.client.assertion(header=header)), *words), header


def test_a_key_that_is_not_registered_is_refused(ask):
    stranger = ClientKey("ES384", kid=ask.client.key.kid)
    assert invalid(ask(ask.client.assertion(stranger)), "signature")
    assert invalid(ask(ask.client.assertion(ClientKey("RS384", kid=ask.client.key.kid))), "no RS384 key")


def test_a_changed_assertion_is_refused(ask):
    header, _, signature = ask.client.assertion().split(".")
    other = ask.client.assertion().split(".")[1]
    assert invalid(ask(f"{header}.{other}.{signature}"), "signature")
    for broken in (f"{header}.{other}.", f"{header}.{other}.AAAA", f"{header}.{other}.{signature}x"):
        assert invalid(ask(broken))


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS384", "RS512", "PS384", "ES512", "EdDSA", ""])
def test_no_other_algorithm_is_taken(ask, algorithm):
    """Requirement 187; RFC 8725 §3.1"""
    client = ask.client
    claims = claims_of(client.assertion())
    header = {"alg": algorithm, "typ": "JWT", "kid": client.key.kid}
    assert invalid(ask(compact(header, claims, b"" if "one" in algorithm else secrets.token_bytes(96))), "alg")


def test_the_public_key_is_no_shared_secret(ask):
    """RFC 8725 §2.1: an assertion whose HMAC has the published key for its secret."""
    client = ask.client
    head, payload, _ = compact({"alg": "HS256", "kid": client.key.kid}, claims_of(client.assertion())).split(".")
    for secret in (client.key.key.as_pem(private=False), key_set(client.key).encode()):
        digest = hmac.new(secret, f"{head}.{payload}".encode(), hashlib.sha256).digest()
        forged = compact({"alg": "HS256", "kid": client.key.kid}, claims_of(f"x.{payload}.x"), digest)
        assert invalid(ask(forged), "alg")


def test_what_is_no_assertion_is_refused(ask):
    for text_ in ("x", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "." * 100, "x" * 20_000, "{}.{}.{}"):
        assert invalid(ask(text_)), text_


def test_both_parts_of_the_proof_have_to_be_there(ask, http):
    """RFC 7523 §2.2"""
    client = ask.client
    proof, fields = client.proof(), {"grant_type": "client_credentials", "scope": "system/Patient.rs"}
    url = client.discovered["token_endpoint"]
    for name in proof:
        alone = http.post(url, data={**fields, name: proof[name]})
        assert invalid(alone, "missing")
    wrong = http.post(url, data={**fields, **proof, "client_assertion_type": "not_a_type"})
    assert invalid(wrong, "client_assertion_type must be")
    both = http.post(url, data={**fields, **proof}, auth=(client.client_id, "secret"))
    assert refused(both, "invalid_request")
    twice = http.post(url, data={**fields, **proof, "client_assertion": [client.assertion(), client.assertion()]})
    assert refused(twice, "invalid_request")
    assert http.post(url, data={**fields, **proof}).status_code == 200, "nothing of it was spent"


def test_who_is_not_registered_for_keys_cannot_sign(ask, rounds, reporting):
    for name, words in (
        (rounds.client_id, "not registered for private_key_jwt"),
        (reporting.client_id, "not registered for private_key_jwt"),
        ("nobody-here", "is not registered"),
    ):
        assertion = ask.client.key.assertion(name, rounds.discovered["token_endpoint"])
        assert invalid(ask(assertion), words)


def test_a_disabled_client_cannot_sign_itself_in(ask, instance):
    instance.cli("client", "disable", ask.client.client_id)
    assert invalid(ask(), "disabled")


# Once each


def test_an_assertion_is_good_once(ask):
    """Requirement 182"""
    assertion = ask.client.assertion()
    assert ask(assertion).status_code == 200
    assert invalid(ask(assertion), "jti")
    jti = claims_of(assertion)["jti"]
    assert invalid(ask(ask.client.assertion(jti=jti)), "jti"), "newly signed is no newer"
    assert ask().status_code == 200


def test_the_jti_of_another_client_counts_for_that_one_alone(ask, service):
    other, jti = service(), text()
    assert ask(ask.client.assertion(jti=jti)).status_code == 200
    assert ask_with(other, other.assertion(jti=jti)).status_code == 200


def test_an_assertion_that_was_refused_spends_no_jti(ask):
    """A stranger who has seen a jti cannot use it up."""
    jti = text()
    assert invalid(ask(ask.client.assertion(ClientKey("ES384", kid=ask.client.key.kid), jti=jti)))
    assert ask(ask.client.assertion(jti=jti)).status_code == 200


def test_an_assertion_is_good_once_among_all_endpoints(app, patient):
    """RFC 7009 §2.1, RFC 7662 §2.1: each program remembers what the others took."""
    token = app.tokens(patient, scope=SCOPE)["access_token"]
    assertion = app.assertion()
    assert app.post({"token": token, **app.proof(assertion)}, "introspection_endpoint").json()["active"] is True
    for endpoint in ("introspection_endpoint", "revocation_endpoint"):
        assert invalid(app.post({"token": token, **app.proof(assertion)}, endpoint), "jti")
    assert invalid(app.post({"grant_type": "client_credentials", "scope": "x", **app.proof(assertion)}), "jti")
    assert app.introspect(token).json()["active"] is True


# Where the keys are


def test_keys_are_fetched_from_the_registered_address(service, key_host):
    """Requirements 53, 184"""
    key = ClientKey("RS384")
    host = key_host(key, cache="max-age=60")
    client = service("--jwks-uri", host.url, key=key)
    assert client.backend("system/Patient.rs").status_code == 200
    path, headers = host.requests[0]
    assert (path, headers["Accept"]) == ("/" + host.url.split("/", 3)[3], "application/json")
    assert not {"Authorization", "Cookie"} & headers.keys()


def test_a_jku_must_be_the_registered_address_to_the_letter(service, key_host):
    """Requirement 183"""
    key, other = ClientKey(), ClientKey()
    host, elsewhere = key_host(key), key_host(other)
    client = service("--jwks-uri", host.url, key=key)
    assert ask_with(client, client.assertion(header={"jku": host.url})).status_code == 200
    for jku in (f"{host.url}/", host.url.upper(), f"{host.url}?x", host.url.replace("127.0.0.1", "localhost")):
        assert invalid(ask_with(client, client.assertion(header={"jku": jku})), "jku", "not exactly"), jku
    strange = client.assertion(other, header={"jku": elsewhere.url})
    assert invalid(ask_with(client, strange), "jku") and not elsewhere.requests, "nobody was asked there"


def test_a_key_file_on_this_machine_is_read_again_when_it_changes(instance, service):
    """Requirement 186"""
    old, new = ClientKey(), ClientKey("RS384")
    path = instance.directory / "etc" / f"keys-{secrets.token_hex(4)}.json"
    path.write_text(key_set(old))
    try:
        client = service("--jwks-file", str(path), "--jwks-uri", "https://keys.example/jwks", key=old)
        assert client.backend("system/Patient.rs").status_code == 200
        assert ask_with(client, client.assertion(header={"jku": "https://keys.example/jwks"})).status_code == 200
        path.write_text(key_set(new))
        assert ask_with(client, client.assertion(new)).status_code == 200
        assert invalid(ask_with(client, client.assertion(old)), "kid")
        path.unlink()
        assert invalid(ask_with(client, client.assertion(new)), "administrator")
    finally:
        path.unlink(missing_ok=True)


def test_one_of_two_keys_is_picked_by_its_name(service, key_host):
    """Requirement 183: exactly one."""
    one, two = ClientKey("RS384"), ClientKey("ES384")
    client = service("--jwks-uri", key_host(one, two).url, key=one)
    for key in (one, two):
        assert ask_with(client, client.assertion(key)).status_code == 200
    assert invalid(ask_with(client, client.assertion(one, header={"kid": two.kid})), "no RS384 key")


def test_two_keys_of_one_name_are_told_apart_by_their_kind_or_not_at_all(service, key_host):
    rsa, curve, twin = ClientKey("RS384", "same"), ClientKey("ES384", "same"), ClientKey("ES384", "same")
    client = service("--jwks-uri", key_host(rsa, curve).url, key=rsa)
    for key in (rsa, curve):
        assert ask_with(client, client.assertion(key)).status_code == 200
    client = service("--jwks-uri", key_host(curve, twin).url, key=curve)
    for key in (curve, twin):
        assert invalid(ask_with(client, client.assertion(key)), "several")


def test_a_new_key_at_the_address_is_found_by_asking_once_more(service, key_host):
    """Requirement 186: an unknown kid has the set fetched again, and not for each guess."""
    old, new = ClientKey(), ClientKey("RS384")
    host = key_host(old, cache="max-age=3600")
    client = service("--jwks-uri", host.url, key=old)
    assert client.backend("system/Patient.rs").status_code == 200
    host.keys = [new]
    assert client.backend("system/Patient.rs").status_code == 200, "the kept set is still good"
    assert len(host.requests) == 1
    assert ask_with(client, client.assertion(new)).status_code == 200
    assert len(host.requests) == 2 and "no-cache" in host.requests[1][1]["Cache-Control"]
    for _ in range(5):
        assert invalid(ask_with(client, client.assertion(ClientKey("RS384"))), "kid")
    assert len(host.requests) == 2, "five guesses cost the host nothing"
    assert invalid(ask_with(client, client.assertion(old)), "kid")


def test_an_administrator_replaces_keys_at_once(instance, service):
    old, new = ClientKey(), ClientKey()
    client = service(key=old)
    assert client.backend("system/Patient.rs").status_code == 200
    instance.cli("client", "set-keys", client.client_id, "--jwks", "-", text=key_set(new))
    assert invalid(ask_with(client, client.assertion(old)), "kid")
    assert until(lambda: ask_with(client, client.assertion(new)).status_code == 200)


SERVICE = ("--name", "x", "--grant-type", "client_credentials", "--scope", "system/Patient.rs")


def test_no_private_key_is_taken_and_no_weak_one(instance):
    """Requirements 55 and 187, at registration."""
    key = ClientKey()
    private = key.key.as_dict(private=True)
    nameless = {name: value for name, value in key.public.items() if name != "kid"}
    weak = {**ClientKey("RS384").public, "n": base64.urlsafe_b64encode(b"\xff" * 128).decode().rstrip("=")}
    other = ECKey.generate_key("P-521", {"kid": "521"}).as_dict(private=False)
    for keys, word in (
        ([private], "private"),
        ([nameless], "kid"),
        ([weak], "2048"),
        ([other], "curve"),
        ([key.public, key.public], "same kid"),
        ([], "no key"),
    ):
        said = instance.refuses("client", "add", *SERVICE, "--jwks", "-", text=json.dumps({"keys": keys}))
        assert word in said, said


def test_an_address_of_keys_is_an_address_that_may_be_asked(instance):
    """Requirement 186: https, or this machine in a demonstration."""
    for url in (
        "http://keys.example/jwks",
        "ftp://keys.example/jwks",
        "https://u:p@keys.example/",
        "keys.json",
        "https://x/#k",
    ):
        assert "jwks_uri" in (said := instance.refuses("client", "add", *SERVICE, "--jwks-uri", url)) or "URL" in said
