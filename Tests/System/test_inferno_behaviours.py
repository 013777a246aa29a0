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

from instance import until
from keys import ClientKey
from oauth import Answer, refused

SCOPE = "launch/patient openid fhirUser offline_access patient/*.rs"
PEOPLE = {"Patient", "Practitioner", "RelatedPerson", "Person"}
# What (g)(10) wants to be able to do, by the names of SMART (AUT-PAT-25).
CERTIFIED = {
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "permission-offline",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
}
THO, US_CORE = "http://terminology.hl7.org/CodeSystem", "http://hl7.org/fhir/us/core/CodeSystem"
# The categories that a person must be able to choose among (AUT-PAT-28, and the certification guide).
CATEGORIES = {
    "Condition": [
        f"{THO}/condition-category|encounter-diagnosis",
        f"{THO}/condition-category|problem-list-item",
        f"{US_CORE}/condition-category|health-concern",
    ],
    "Observation": [
        f"{US_CORE}/us-core-category|sdoh",
        f"{THO}/observation-category|social-history",
        f"{THO}/observation-category|laboratory",
        f"{THO}/observation-category|survey",
        f"{THO}/observation-category|vital-signs",
        f"{THO}/observation-category|procedure",
    ],
}


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
    """Requirements 6, 7, 8, 9, 10, 11 and 12: the members that must be there, each of its type."""
    for name in ("authorization_endpoint", "token_endpoint", "issuer", "jwks_uri"):
        assert isinstance(smart[name], str) and smart[name].startswith("https://")
    for name in ("capabilities", "grant_types_supported", "code_challenge_methods_supported"):
        assert smart[name] and all(isinstance(each, str) for each in smart[name])
    assert {"authorization_code", "client_credentials"} <= set(smart["grant_types_supported"])
    assert "S256" in smart["code_challenge_methods_supported"]
    assert "plain" not in smart["code_challenge_methods_supported"]


def test_well_known_capabilities_for_certification(smart):
    """Requirements 13, 14 and 249, AUT-PAT-25"""
    assert set(smart["capabilities"]) >= CERTIFIED
    assert "private_key_jwt" in smart["token_endpoint_auth_methods_supported"]
    assert {"RS384", "ES384"} <= set(smart["token_endpoint_auth_signing_alg_values_supported"])


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


def test_style_of_a_launch(instance, http, clinician, register):
    """Requirement 119: an EHR that says nothing of style has one all the same, and any page may read it."""
    app = register()
    launch = instance.cli(
        *("launch", "create", "--user", clinician.username, "--client", app.client_id, "--patient", "maja-oconnor")
    )
    tokens = app.tokens(clinician, scope="launch patient/*.rs", launch=launch["launch"])
    answer = http.get(tokens["smart_style_url"], headers={"origin": "https://app.example"})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
    assert answer.headers["access-control-allow-origin"] == "*"
    style = answer.json()
    assert style["color_background"].startswith("#") and style["font_family_body"] and style["dim_font_size"]


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


@pytest.mark.parametrize("caller", ["itself", "resource server", "bearer"])
def test_introspection_of_an_active_token(request, patient, reporting, keys, http, caller):
    """Requirements 193 to 197, TOK-INTRO-1: as the token response had it, to whoever may ask."""
    tokens = reporting.tokens(patient, scope=SCOPE)
    if caller == "itself":
        answer = reporting.introspect(tokens["access_token"])
    elif caller == "resource server":
        answer = request.getfixturevalue("resource_server").introspect(tokens["access_token"])
    else:
        service = request.getfixturevalue("service")(scope="__introspect")
        answer = http.post(
            reporting.discovered["introspection_endpoint"],
            data={"token": tokens["access_token"]},
            headers={"authorization": f"Bearer {service.backend('__introspect').json()['access_token']}"},
        )
    found = answer.json()
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


def allowed(person, app, scope, is_kept):
    """The whole flow with some boxes unticked: those stay ticked whose value is kept."""
    request = app.request(scope=scope)
    form = person.sign_in(person.open(request.url)).form("/portal/consent")
    for each in form.inputs:
        each.is_sent = is_kept(each.value) if each.is_box else each.is_sent
    response = app.exchange(request, person.submit(form, button=("decision", "allow")))
    assert response.status_code == 200, response.text
    return response.json()


def category_of(resource):
    codings = [coding for each in resource["category"] for coding in each.get("coding", [])]
    return {f"{coding['system']}|{coding['code']}" for coding in codings}


def entries(answer):
    assert answer.status_code == 200, answer.text
    return {each["resource"]["id"]: each["resource"] for each in answer.json().get("entry", [])}


@pytest.fixture
def everything(clinician, register):
    """All there is of a type in the patient's record, as a clinician without limits finds it."""
    app = register()
    token = app.tokens(clinician, scope="user/*.rs")["access_token"]
    return lambda kind: entries(app.fhir(token, f"{kind}?patient=Patient/maja-oconnor&_count=200"))


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


def test_limited_scope_grant(patient, register):
    """Requirements 211 and 213, AUT-PAT-33 and AUT-PAT-34: what was unticked is not granted, and not given."""
    types = ["Patient", "Condition", "Observation", "Immunization", "Procedure", "MedicationRequest"]
    closed = {"Immunization", "Procedure", "MedicationRequest"}
    app = register()
    scope = "launch/patient openid fhirUser offline_access " + " ".join(f"patient/{kind}.rs" for kind in types)
    tokens = allowed(patient, app, scope, lambda value: not any(kind in value for kind in closed))
    assert tokens["scope"].split() == [each for each in scope.split() if not any(kind in each for kind in closed)]
    for kind in types[1:]:
        assert app.fhir(tokens["access_token"], kind).status_code == (403 if kind in closed else 200), kind


@pytest.mark.parametrize("suffix", ["rs", "read"], ids=["version 2", "version 1"])
def test_granular_scope_selection(patient, register, everything, suffix):
    """Requirements 98, 214 and 215: of a whole type a person allows some categories, and no more comes of it."""
    chosen = {"Condition": CATEGORIES["Condition"][1:], "Observation": CATEGORIES["Observation"][2:4]}
    app = register()
    tokens = allowed(
        patient,
        app,
        f"launch/patient patient/Patient.{suffix} patient/Condition.{suffix} patient/Observation.{suffix}",
        lambda value: (
            "/other" not in value
            and ("category=" not in value or any(code in value for codes in chosen.values() for code in codes))
        ),
    )
    granted = [each for each in tokens["scope"].split() if "Condition" in each or "Observation" in each]
    assert sorted(granted) == sorted(
        f"patient/{kind}.rs?category={each}" for kind, categories in chosen.items() for each in categories
    )
    for kind, categories in chosen.items():
        there = everything(kind)
        visible = {name for name, each in there.items() if category_of(each) & set(categories)}
        assert set(entries(app.fhir(tokens["access_token"], f"{kind}?_count=200"))) == visible
        hidden = sorted(there.keys() - visible)
        assert hidden and app.fhir(tokens["access_token"], f"{kind}/{hidden[0]}").status_code == 404


@pytest.mark.parametrize("kind, category", [(kind, each) for kind in CATEGORIES for each in CATEGORIES[kind]])
def test_each_category_that_certification_names(patient, register, everything, kind, category):
    """Requirements 98 and 99, AUT-PAT-28: it is granted as it was asked for, and shows exactly its own."""
    scope = f"launch/patient patient/{kind}.rs?category={category}"
    app = register()
    tokens = app.tokens(patient, scope=scope)
    assert tokens["scope"] == scope
    expected = {name for name, each in everything(kind).items() if category in category_of(each)}
    assert set(entries(app.fhir(tokens["access_token"], f"{kind}?_count=200"))) == expected


# Revocation


def test_token_revocation(patient, register):
    """Requirements 206 and 207: at the person's word, from the next request on."""
    app = register()
    tokens = app.tokens(patient, scope=SCOPE)
    assert app.fhir(tokens["access_token"], f"Patient/{tokens['patient']}").status_code == 200
    page = patient.open(app.discovered["management_endpoint"])
    form = next(each for each in page.forms if ("app", app.client_id) in each.fields + each.buttons)
    patient.submit(form, button=form.buttons[0] if form.buttons[0][0] else None)
    answer = until(lambda: app.fhir(tokens["access_token"], f"Patient/{tokens['patient']}"))
    assert answer.status_code == 401
    answer = app.refresh(tokens["refresh_token"])
    assert answer.status_code in (400, 401) and "access_token" not in answer.json()


# Backend Services


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
def test_backend_services_authorization_request(service, algorithm):
    """Requirements 172, 173, 175, 176, 177 and 187, AUT-SYS-3 and AUT-SYS-8"""
    client = service(key=ClientKey(algorithm), scope="system/Patient.rs")
    answer = client.backend("system/Patient.rs system/Observation.rs")
    assert answer.status_code == 200 and is_token_response(answer.json())
    assert answer.json()["scope"] == "system/Patient.rs" and answer.json()["expires_in"] <= 300
    assert "refresh_token" not in answer.json()
    token = answer.json()["access_token"]
    assert client.fhir(token, "Patient/maja-oconnor").status_code == 200
    assert client.fhir(token, "Observation").status_code == 403


def test_backend_services_invalid_grant_type(service):
    """Requirement 146: 400."""
    answer = service().backend("system/Patient.rs", grant_type="not_a_grant_type")
    assert answer.status_code == 400 and answer.json()["error"] == "unsupported_grant_type"


def test_backend_services_invalid_client_assertion(service):
    """Requirements 146 and 188: 400 or 401."""
    client = service()
    answer = client.post(
        {
            "grant_type": "client_credentials",
            "scope": "system/Patient.rs",
            **client.proof(),
            "client_assertion_type": "not_an_assertion_type",
        }
    )
    assert answer.status_code in (400, 401) and "access_token" not in answer.json()


@pytest.mark.parametrize("claim", ["iss", "sub", "aud"])
def test_backend_services_invalid_jwt(service, claim):
    """Requirements 146 and 188, AUT-SYS-7: 400 or 401, `invalid_client`."""
    client = service()
    proof = client.proof(client.assertion(**{claim: f"not_a_valid_{claim}"}))
    answer = client.backend("system/Patient.rs", **proof)
    assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client"


# Codes


def test_a_code_of_another_request_is_refused(patient, rounds):
    """Requirement 86"""
    request, other = rounds.request(scope=SCOPE), rounds.request(scope=SCOPE)
    answer = patient.authorize(request)
    assert refused(rounds.exchange(other, answer))
