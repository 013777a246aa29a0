"""What Inferno and the ONC (g)(10) test procedure ask of a server, as they ask it: a test for each of theirs."""

import re
import secrets
import socket
import ssl
import time
import warnings

import pytest
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from oauth import Answer, refused

SCOPE = "launch/patient openid fhirUser offline_access patient/*.rs"
PEOPLE = {"Patient", "Practitioner", "RelatedPerson", "Person"}


@pytest.fixture
def smart(instance, http):
    return http.get(f"{instance.fhir}/.well-known/smart-configuration").json()


@pytest.fixture
def openid(smart, http):
    """The OpenID document, found by the issuer of the SMART configuration."""
    answer = http.get(f"{smart['issuer'].rstrip('/')}/.well-known/openid-configuration")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
    return answer.json()


@pytest.fixture
def keys(openid, http):
    """The RSA keys by name, each made into a key without anything but its bare members."""
    answer = http.get(openid["jwks_uri"])
    assert answer.status_code == 200 and isinstance(answer.json()["keys"], list)
    found = [key for key in answer.json()["keys"] if key["kty"] == "RSA"]
    return {key["kid"]: RSAKey.import_key({name: key[name] for name in ("kty", "n", "e")}) for key in found}


@pytest.fixture
def tokens(patient, rounds):
    return rounds.tokens(patient, scope=SCOPE)


# Discovery


def test_well_known_capabilities(smart):
    """Requirements 6, 7, 8, 9, 11 and 12: the members that must be there, each of its type."""
    for name in ("authorization_endpoint", "token_endpoint", "issuer", "jwks_uri"):
        assert isinstance(smart[name], str) and smart[name].startswith("https://")
    for name in ("capabilities", "grant_types_supported", "code_challenge_methods_supported"):
        assert smart[name] and all(isinstance(each, str) for each in smart[name])
    assert "authorization_code" in smart["grant_types_supported"]
    assert "S256" in smart["code_challenge_methods_supported"]
    assert "plain" not in smart["code_challenge_methods_supported"]


def test_openid_required_configuration_fields(openid):
    """Requirement 31"""
    assert {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    } <= openid.keys()
    assert "RS256" in openid["id_token_signing_alg_values_supported"]


def test_openid_retrieve_jwks(keys):
    """Requirement 34: an RSA key that is made of its bare members alone."""
    assert keys and all(keys)


def test_tls(instance):
    """Requirement 230: TLS 1.2 is spoken, TLS 1.1 is not."""

    def spoken(newest):
        tls = ssl.create_default_context(cafile=instance["CA_CERT"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tls.minimum_version = tls.maximum_version = newest
        with socket.create_connection(("127.0.0.1", instance.port), timeout=30) as plain:
            return tls.wrap_socket(plain, server_hostname="localhost").version()

    assert spoken(ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    with pytest.raises(ssl.SSLError):
        spoken(ssl.TLSVersion.TLSv1_1)


# Authorization


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_authorization_request(patient, rounds, method):
    """Requirement 59, AUT-PAT-27: either way leads to a code with the state."""
    request = rounds.request(scope=SCOPE)
    if method == "GET":
        page = patient.open(request.url)
    else:
        page = patient.follow(patient.post(rounds.discovered["authorization_endpoint"], request.parameters))
    answer = patient.submit(patient.sign_in(page).form("/portal/consent"), button=("decision", "allow"))
    assert isinstance(answer, Answer) and answer["state"] == request.state and answer["code"]


def test_invalid_aud(instance, patient, rounds):
    """Requirement 66, AUT-PAT-13 and AUT-PAT-37: whatever becomes of it, there is no code."""
    for aud in (f"{instance.fhir}/invalid_aud", "https://inferno.example.org/invalid_aud"):
        answer = patient.open(rounds.request(scope=SCOPE, aud=aud).url)
        assert isinstance(answer, Answer) and "code" not in answer and answer["error"] == "invalid_request"


def test_invalid_launch(clinician, register):
    """Requirement 68: a launch that nobody made gets no code."""
    app = register()
    request = app.request(scope="launch openid patient/*.rs", launch=secrets.token_urlsafe())
    answer = clinician.open(request.url)
    assert isinstance(answer, Answer) and "code" not in answer and answer["error"]


@pytest.mark.parametrize("verifier", ["none", "empty", "wrong", "challenge"])
def test_invalid_pkce(patient, rounds, verifier):
    """Requirement 132: each is 400 or 401."""
    request = rounds.request(scope=SCOPE)
    sent = {
        "none": None,
        "empty": "",
        "wrong": f"{secrets.token_hex()}-{secrets.token_hex()}",
        "challenge": request.parameters["code_challenge"],
    }[verifier]
    answer = rounds.exchange(request, patient.authorize(request), code_verifier=sent)
    assert answer.status_code in (400, 401) and "access_token" not in answer.json()


def test_pkce_plain_is_refused(patient, rounds):
    """Requirement 70"""
    for changes in ({"code_challenge_method": "plain"}, {"code_challenge_method": None}):
        assert "code" not in patient.open(rounds.request(scope=SCOPE, **changes).url)


# Token response


def is_token_response(body):
    assert {"access_token", "token_type", "expires_in", "scope"} <= body.keys()
    assert body["token_type"].lower() == "bearer"
    assert all(isinstance(body[name], str) for name in ("access_token", "token_type", "scope"))
    assert isinstance(body["expires_in"], int) and not isinstance(body["expires_in"], bool) and body["expires_in"] > 0
    assert isinstance(body.get("refresh_token", ""), str)
    return True


def test_token_response_body(tokens):
    """Requirements 111 and 138: each member of its type, and every scope that was asked for."""
    assert is_token_response(tokens)
    assert set(SCOPE.split()) <= set(tokens["scope"].split())


def test_token_response_headers(patient, rounds):
    """Requirement 140"""
    request = rounds.request(scope=SCOPE)
    answer = rounds.exchange(request, patient.authorize(request))
    assert "no-store" in answer.headers["cache-control"] and "no-cache" in answer.headers["pragma"]


def test_a_confidential_client_sends_its_secret_as_it_is(patient, reporting):
    """Requirement 135: HTTP Basic of id and secret, nothing encoded before base64."""
    assert is_token_response(reporting.tokens(patient, scope="launch/patient patient/*.rs"))


def test_patient_context(tokens, rounds):
    """Requirements 113 and 116, AUT-PAT-29: the patient is told and can be read."""
    answer = rounds.fhir(tokens["access_token"], f"Patient/{tokens['patient']}")
    assert answer.status_code == 200 and answer.json()["resourceType"] == "Patient"
    assert answer.json()["id"] == tokens["patient"]


@pytest.fixture
def launched(instance, clinician, register):
    """An EHR launch with all that an EHR may tell, and the app that was launched."""
    app = register()
    visit = "maja-oconnor-visit-1"
    launch = instance.cli(
        *("launch", "create", "--user", clinician.username, "--client", app.client_id, "--patient", "maja-oconnor"),
        *("--encounter", visit, "--need-patient-banner", "true", "--intent", "review"),
        *("--smart-style-url", "https://style.example/smart-v1.json"),
        *("--fhir-context", '[{"reference":"Condition/c-1"},{"canonical":"https://ehr.example/Questionnaire/q-1"}]'),
    )
    return app, app.tokens(clinician, scope="launch openid fhirUser patient/*.rs user/*.rs", launch=launch["launch"])


def test_encounter_context(launched):
    """Requirements 30 and 116: the encounter is told and can be read."""
    app, tokens = launched
    answer = app.fhir(tokens["access_token"], f"Encounter/{tokens['encounter']}")
    assert answer.status_code == 200 and answer.json()["id"] == tokens["encounter"]


def test_ehr_launch_context(launched):
    """Requirements 117, 118 and 119: the banner a Boolean, intent and style texts."""
    _, tokens = launched
    assert tokens["need_patient_banner"] is True and tokens["intent"] == "review"
    assert tokens["smart_style_url"].startswith("https://")


def test_fhir_context(launched):
    """Requirements 121, 122 and 123: objects; a reference of type and id, a canonical that ends in both."""
    _, tokens = launched
    assert tokens["fhirContext"]
    for item in tokens["fhirContext"]:
        assert isinstance(item, dict) and {"reference", "canonical", "identifier"} & item.keys()
        ending = (item.get("reference") or item["canonical"]).split("/")[-2:]
        assert re.fullmatch("[A-Z][A-Za-z]+", ending[0]) and re.fullmatch(r"[A-Za-z0-9.-]{1,64}", ending[1])
        assert ending[0] not in ("Patient", "Encounter") or item.get("role", "launch") != "launch"
        assert item.get("role", "launch")


# OpenID Connect


def test_openid_token_header(tokens, keys):
    """Requirement 150: RS256, and a key of the set."""
    header = jws.extract_compact(tokens["id_token"].encode()).headers()
    assert header["alg"] == "RS256" and header["kid"] in keys


@pytest.mark.parametrize("who", ["patient", "clinician"])
def test_openid_token_payload(request, rounds, openid, keys, who):
    """Requirements 32 and 149: the claims, and a signature that holds."""
    tokens = rounds.tokens(request.getfixturevalue(who), scope=SCOPE)
    header = jws.extract_compact(tokens["id_token"].encode()).headers()
    claims = jwt.decode(tokens["id_token"], keys[header["kid"]], algorithms=["RS256"]).claims
    assert {"iss", "sub", "aud", "exp", "iat"} <= claims.keys()
    assert claims["iss"] == openid["issuer"] and claims["aud"] == rounds.client_id
    assert claims["exp"] > time.time() and claims["nonce"] == tokens["request"].nonce
    assert claims["sub"].strip() and len(claims["sub"]) < 256


@pytest.mark.parametrize("who", ["patient", "clinician"])
def test_openid_fhir_user_claim(request, rounds, keys, who):
    """Requirements 151 and 152: a person's resource, which the app may read."""
    tokens = rounds.tokens(request.getfixturevalue(who), scope=SCOPE)
    header = jws.extract_compact(tokens["id_token"].encode()).headers()
    user = jwt.decode(tokens["id_token"], keys[header["kid"]], algorithms=["RS256"]).claims["fhirUser"]
    kind, identity = user.split("/")[-2:]
    answer = rounds.fhir(tokens["access_token"], f"{kind}/{identity}")
    assert kind in PEOPLE and answer.status_code == 200
    assert (answer.json()["resourceType"], answer.json()["id"]) == (kind, identity)


# Refresh


@pytest.mark.parametrize("scope", [None, SCOPE])
def test_token_refresh(rounds, tokens, scope):
    """Requirements 158, 160 and 162: with the scopes of the first answer and without; none new comes back."""
    answer = rounds.refresh(tokens["refresh_token"], **({"scope": tokens["scope"]} if scope else {}))
    assert answer.status_code == 200 and is_token_response(answer.json())
    assert set(answer.json()["scope"].split()) <= set(tokens["scope"].split())
    assert "no-store" in answer.headers["cache-control"] and "no-cache" in answer.headers["pragma"]
    found = rounds.fhir(answer.json()["access_token"], f"Patient/{tokens['patient']}")
    assert found.status_code == 200


def test_invalid_refresh_token(rounds, tokens):
    """Requirement 169, AUT-PAT-23: 400 or 401."""
    answer = rounds.refresh(tokens["refresh_token"] + secrets.token_hex(8))
    assert answer.status_code in (400, 401) and "access_token" not in answer.json()


def test_refresh_tokens_are_good_for_three_months(instance, rounds, tokens):
    """Requirement 167, AUT-PAT-21, AUT-PAT-22 and AUT-PAT-35: the first one, and the next after each use."""
    for token in (tokens["refresh_token"], rounds.refresh(tokens["refresh_token"]).json()["refresh_token"]):
        assert token
        with instance.database() as database:
            left = database.execute(
                "SELECT max(expires_at) - max(issued_at) FROM refresh_tokens WHERE grant_id = "
                "(SELECT id FROM grants WHERE nonce = ?)",
                (tokens["request"].nonce,),
            ).fetchone()[0]
        assert left >= 92 * 86_400


# Introspection


def test_introspection_of_an_active_token(patient, reporting, keys):
    """Requirements 195, 196 and 197: as the token response had it."""
    tokens = reporting.tokens(patient, scope=SCOPE)
    found = reporting.introspect(tokens["access_token"]).json()
    assert found["active"] is True and found["client_id"] == reporting.client_id
    assert sorted(found["scope"].split()) == sorted(tokens["scope"].split())
    assert isinstance(found["exp"], int) and found["exp"] > time.time()
    assert found["patient"] == tokens["patient"]
    header = jws.extract_compact(tokens["id_token"].encode()).headers()
    claims = jwt.decode(tokens["id_token"], keys[header["kid"]], algorithms=["RS256"]).claims
    assert all(found[name] == claims[name] for name in ("iss", "sub", "fhirUser"))


def test_introspection_of_an_invalid_token(reporting):
    """Requirement 198: inactive, and nothing beside it."""
    answer = reporting.introspect("invalid_token_value")
    assert (answer.status_code, answer.json()) == (200, {"active": False})


# Consent


def test_offline_access_is_said(patient, rounds):
    """Requirement 212, AUT-PAT-11"""
    page = patient.sign_in(patient.open(rounds.request(scope=SCOPE).url))
    assert "while you are away" in page.text
    page = patient.open(rounds.request(scope=SCOPE.replace("offline_access ", "")).url)
    assert "while you are away" not in page.text


def test_denied(patient, rounds):
    """Requirement 92: who says no is heard."""
    answer = patient.authorize(rounds.request(scope=SCOPE), decision="deny")
    assert answer["error"] == "access_denied" and "code" not in answer


def test_a_code_of_another_request_is_refused(patient, rounds):
    """Requirement 86"""
    request, other = rounds.request(scope=SCOPE), rounds.request(scope=SCOPE)
    answer = patient.authorize(request)
    assert refused(rounds.exchange(other, answer))
