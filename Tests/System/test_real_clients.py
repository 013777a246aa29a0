"""Client libraries that other people wrote, unmodified, and what further ones send and expect: protocol C.

Authlib does everything that an app can do here. One thing its users have to know: PrivateKeyJWT makes assertions that live
an hour unless it is told otherwise, and it uses a jti again when it is given claims, so it is made anew for each request.
A session refreshes with the scope that it asked for, whatever a person made of it.

fhirclient does PKCE since version 4.3. It finds the endpoints in the CapabilityStatement alone, which describe_security
is for. It asks for its launch by itself, and signs nothing: a backend service hands it a ready assertion.
"""

import base64
import time
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from fhirclient.client import FHIRClient
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.server import FHIRNotFoundException, FHIRPermissionDeniedException, FHIRUnauthorizedException
from joserfc import jws

from keys import ClientKey, claims_of, text
from oauth import Answer, challenge, refused

SCOPE = "openid fhirUser offline_access launch/patient patient/*.rs"


def arrive(person, url, **choices):
    """A person follows an app's link; where they are led in the end."""
    answer = person.authorize(SimpleNamespace(url=url), **choices)
    assert isinstance(answer, Answer), answer.text[:400]
    return answer.url


# Authlib


class Authlib:
    """A program written with Authlib: what its documentation says, and nothing more."""

    def __init__(self, app, method, **options):
        self.app, self.method, self.urls = app, method, app.discovered
        self.session = OAuth2Session(
            app.client_id,
            app.key.key if app.key else app.secret,
            token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            redirect_uri=app.redirect_uri,
            code_challenge_method="S256",
            token_endpoint=self.urls["token_endpoint"],
            verify=app.instance["CA_CERT"],
            trust_env=False,
            **options,
        )

    def signing(self):
        """The session, with a new proof where it signs."""
        if self.method == "private_key_jwt":
            key, url = self.app.key, self.urls["token_endpoint"]
            proof = PrivateKeyJWT(
                url, claims={"exp": int(time.time()) + 240}, headers={"kid": key.kid}, alg=key.algorithm
            )
            self.session.register_client_auth_method(proof)
        return self.session

    def sign_in(self, person, **choices):
        verifier = text() * 2
        url, state = self.session.create_authorization_url(
            self.urls["authorization_endpoint"], code_verifier=verifier, aud=self.app.instance.fhir
        )
        return self.signing().fetch_token(
            self.urls["token_endpoint"],
            authorization_response=arrive(person, url, **choices),
            state=state,
            code_verifier=verifier,
        )

    def reads(self):
        return self.session.get(f"{self.app.instance.fhir}/Patient/maja-oconnor").status_code == 200


@pytest.fixture(params=["none", "client_secret_basic", "client_secret_post", "private_key_jwt"])
def authlib(request, register):
    """The same program as each kind of app."""
    key = ClientKey("RS384") if request.param == "private_key_jwt" else None
    return Authlib(register("--auth-method", request.param, key=key), request.param, scope=SCOPE)


def test_authlib_goes_the_whole_way_as_each_kind_of_app(authlib, patient):
    tokens = authlib.sign_in(patient)
    assert tokens["patient"] == "maja-oconnor" and tokens["scope"] == SCOPE and tokens["expires_at"]
    assert authlib.reads()
    refreshed = authlib.signing().refresh_token()
    assert refreshed["access_token"] != tokens["access_token"] and refreshed["patient"] == "maja-oconnor"
    assert authlib.reads()
    if authlib.method != "none":
        url = authlib.urls["introspection_endpoint"]
        found = authlib.signing().introspect_token(url, token=refreshed["access_token"])
        assert found.json()["active"] is True and found.json()["patient"] == "maja-oconnor"
    answer = authlib.signing().revoke_token(authlib.urls["revocation_endpoint"], token=refreshed["refresh_token"])
    assert answer.status_code == 200
    assert not authlib.reads()
    with pytest.raises(OAuthError) as refusal:
        authlib.signing().refresh_token()
    assert refusal.value.error == "invalid_grant" and refusal.value.description


def test_authlib_refreshes_by_itself_what_has_run_out(register, patient):
    kept = []
    app = register("--confidential")
    client = Authlib(app, "client_secret_basic", scope=SCOPE, update_token=lambda token, **_: kept.append(dict(token)))
    first = dict(client.sign_in(patient))
    client.session.token = {**first, "expires_at": int(time.time()) - 1}
    assert client.reads() and len(kept) == 1
    assert kept[0]["refresh_token"] != first["refresh_token"] and kept[0]["scope"] == SCOPE


def test_authlib_hears_why_a_code_is_refused(register, patient):
    """Requirement 145"""
    client = Authlib(register(), "none", scope=SCOPE)
    url, state = client.session.create_authorization_url(
        client.urls["authorization_endpoint"], code_verifier=text() * 2, aud=client.app.instance.fhir
    )
    with pytest.raises(OAuthError) as refusal:
        client.session.fetch_token(authorization_response=arrive(patient, url), state=state, code_verifier=text() * 2)
    assert refusal.value.error == "invalid_grant" and "code_verifier" in refusal.value.description


def test_authlib_refreshes_what_a_person_has_narrowed(register, patient):
    """Requirement 158, RFC 6749 §6: it asks for all of its scopes at each refresh, and is given what was granted."""
    granted = "offline_access launch/patient patient/Patient.rs"
    client = Authlib(register(), "none", scope=f"{granted} patient/Immunization.rs patient/Goal.cruds system/*.rs")
    tokens = client.sign_in(patient, unticked=("patient/Immunization", "patient/Goal"))
    assert tokens["scope"] == granted
    for _ in range(2):
        tokens = client.session.refresh_token()
        assert tokens["scope"] == granted and client.reads()
    answer = client.session.get(f"{client.app.instance.fhir}/Immunization?patient=maja-oconnor")
    assert answer.status_code == 403
    with pytest.raises(OAuthError) as refusal:
        client.session.refresh_token(scope=f"{client.session.scope} patient/Condition.rs")
    assert refusal.value.error == "invalid_scope" and granted in refusal.value.description


def test_authlib_as_a_backend_service(service):
    client = Authlib(service(), "private_key_jwt", scope="system/Patient.rs")
    tokens = client.signing().fetch_token(grant_type="client_credentials")
    assert tokens["scope"] == "system/Patient.rs" and tokens["expires_in"] <= 300 and client.reads()
    answer = client.session.get(f"{client.app.instance.fhir}/Condition?_count=1")
    assert answer.status_code == 403


def test_authlib_hears_why_its_usual_assertion_is_refused(service):
    """Requirements 188, 189: it lives an hour, and names no key."""
    app = service()
    client = Authlib(app, "private_key_jwt", scope="system/Patient.rs")
    url = client.urls["token_endpoint"]
    for proof, words in (
        (PrivateKeyJWT(url, alg="ES384"), "no kid"),
        (PrivateKeyJWT(url, headers={"kid": app.key.kid}, alg="ES384"), "300 s is allowed"),
    ):
        client.session.register_client_auth_method(proof)
        with pytest.raises(OAuthError) as refusal:
            client.session.fetch_token(grant_type="client_credentials")
        assert refusal.value.error == "invalid_client" and words in refusal.value.description


# fhirclient


@pytest.fixture
def described(instance, monkeypatch):
    """The instance as its administrator sets it up for apps that read nothing but the CapabilityStatement."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", instance["CA_CERT"])
    monkeypatch.setenv("NO_PROXY", "localhost")
    with instance.configured("fhir", "describe_security = true", "enforce"):
        yield instance


@pytest.fixture
def fhir_client(described):
    """fhirclient's FHIRClient for one of our apps, which has looked at the server."""

    def make(app, scope, **settings):
        usual = {
            "app_id": app.client_id,
            "app_secret": app.secret,
            "api_base": described.fhir,
            "redirect_uri": app.redirect_uri,
        }
        client = FHIRClient(settings={**usual, "scope": scope, **settings})
        assert client.prepare() is False, "there is something to sign in to"
        return client

    return make


@pytest.mark.parametrize("method", ["none", "client_secret_basic"])
def test_fhirclient_launches_by_itself_and_reads(fhir_client, register, patient, method):
    """Also says state and client_id once more in the body, which is ignored or the same."""
    client = fhir_client(register("--auth-method", method), "openid fhirUser offline_access patient/*.read")
    client.handle_callback(arrive(patient, client.authorize_url))
    assert client.ready and client.patient_id == "maja-oconnor"
    assert "O'Connor" in client.human_name(client.patient.name[0])
    search = Observation.where({"patient": client.patient_id, "_count": "5"})
    found = list(search.perform_resources_iter(client.server))
    assert found and all(each.subject.reference == "Patient/maja-oconnor" for each in found)
    with pytest.raises(FHIRNotFoundException):
        Patient.read("gerda-thorvaldsen", client.server)
    before = client.server.auth.access_token
    assert client.reauthorize() and client.server.auth.access_token != before
    assert Patient.read("maja-oconnor", client.server).id == "maja-oconnor"


def test_fhirclient_is_launched_from_an_ehr(fhir_client, ehr, register, person):
    app = register()
    launch = ehr.prepare(app, "amara", patient="maja-oconnor", encounter="maja-oconnor-visit-1").json()["launch"]
    client = fhir_client(app, "openid fhirUser patient/*.rs", launch_token=launch)
    client.handle_callback(arrive(person(), client.authorize_url))
    assert client.launch_context["encounter"] == "maja-oconnor-visit-1" and client.patient.id == "maja-oconnor"


def test_fhirclient_goes_on_with_a_state_that_it_kept(fhir_client, register, patient):
    """As in a web application: one request makes the link, another takes the answer, a third one reads."""
    client = fhir_client(register(), "offline_access patient/*.rs")
    url = client.authorize_url
    returned = FHIRClient(state=client.state)
    returned.handle_callback(arrive(patient, url))
    later = FHIRClient(state=returned.state)
    assert later.patient.id == "maja-oconnor"


def test_fhirclient_as_a_backend_service(fhir_client, service):
    app = service()
    client = fhir_client(app, "system/Patient.rs", jwt_token=app.assertion())
    client.wants_patient = False
    client.authorize()
    assert Patient.read("gerda-thorvaldsen", client.server).id == "gerda-thorvaldsen"
    with pytest.raises(FHIRPermissionDeniedException):
        Observation.read("any", client.server)


def test_fhirclient_sees_that_its_token_has_ended(fhir_client, register, patient):
    """Requirement 218: 401, upon which it asks anew."""
    app = register()
    client = fhir_client(app, "offline_access patient/*.rs")
    client.handle_callback(arrive(patient, client.authorize_url))
    app.revoke(client.server.auth.refresh_token)
    with pytest.raises(FHIRUnauthorizedException):
        Patient.read("maja-oconnor", client.server)


def test_fhirclient_finds_no_way_in_where_security_is_not_described(instance, register, monkeypatch):
    """Why describe_security is there: without it this client takes the server for an open one."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", instance["CA_CERT"])
    monkeypatch.setenv("NO_PROXY", "localhost")
    client = FHIRClient(settings={"app_id": register().client_id, "api_base": instance.fhir})
    assert client.prepare() is True and client.authorize_url is None


# @fhir-dsl/smart (C1)


def encoded(value):
    """encodeURIComponent of JavaScript."""
    return quote(value, safe="-_.!~*'()")


def basic(pair):
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def test_fhir_dsl_finds_both_endpoints_under_any_spelling_of_the_base(instance, http):
    for base in (instance.fhir, f"{instance.fhir}/"):
        answer = http.get(
            f"{base.removesuffix('/')}/.well-known/smart-configuration", headers={"accept": "application/json"}
        )
        assert {"authorization_endpoint", "token_endpoint"} <= answer.json().keys()
        assert "refresh_token" in answer.json()["grant_types_supported"]


def test_fhir_dsl_says_its_name_twice_and_encodes_its_secret(register, patient, http):
    """Requirements 131, 135: client_id in the body beside Basic, id and secret percent-encoded before base64."""
    app = register("--confidential")
    request = app.request(scope=SCOPE)
    fields = {
        "grant_type": "authorization_code",
        "code": patient.authorize(request)["code"],
        "redirect_uri": app.redirect_uri,
        "client_id": app.client_id,
        "code_verifier": request.verifier,
    }
    header = basic(f"{encoded(app.client_id)}:{encoded(app.secret)}")
    url = app.discovered["token_endpoint"]
    tokens = http.post(url, data=fields, headers={"accept": "application/json", **header}).json()
    assert type(tokens["expires_in"]) is int, "it takes nothing but a number"
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": app.client_id}
    assert http.post(url, data=fields, headers=header).status_code == 200


def test_fhir_dsl_as_a_backend_service(service, http):
    """Requirements 146, 189: no client_id beside the assertion, exactly 300 seconds; the kid that it may forget is named."""
    app = service()
    now = int(time.time())
    fields = {"grant_type": "client_credentials", "scope": "system/Patient.rs"}
    url = app.discovered["token_endpoint"]
    answer = http.post(url, data={**fields, **app.proof(app.assertion(iat=now, exp=now + 300))})
    assert answer.status_code == 200 and type(answer.json()["expires_in"]) is int
    answer = http.post(url, data={**fields, **app.proof(app.assertion(header={"kid": None}))})
    assert refused(answer, "invalid_client", 401) and "kid" in answer.json()["error_description"]


def test_fhir_dsl_encodes_what_stands_in_a_scope_and_finds_it_again(register, patient):
    """Requirement 101"""
    system = encoded("http://terminology.hl7.org/CodeSystem/observation-category|laboratory")
    scope = f"patient/Observation.rs?category={system}"
    app = register()
    tokens = app.tokens(patient, scope=f"launch/patient {scope}")
    assert scope in tokens["scope"].split()
    found = app.fhir(tokens["access_token"], "Observation?_count=50").json()["entry"]
    assert found and all("laboratory" in str(entry["resource"]["category"]) for entry in found)


def test_fhir_dsl_in_two_processes_keeps_its_line(register, patient):
    """Requirement 165: both find the same token in their store, and refresh it."""
    app = register()
    tokens = app.tokens(patient, scope=SCOPE)
    one, other = (app.refresh(tokens["refresh_token"]).json() for _ in range(2))
    assert one["refresh_token"] == other["refresh_token"]
    assert app.refresh(other["refresh_token"]).status_code == 200


def test_fhir_dsl_refreshes_at_401_and_only_then(register, patient):
    """Requirement 218: a missing scope is 403, and a token that has ended 401."""
    app = register()
    tokens = app.tokens(patient, scope="offline_access launch/patient patient/Patient.rs")
    assert app.fhir(tokens["access_token"], "Condition?_count=1").status_code == 403
    app.revoke(tokens["access_token"])
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert app.refresh(tokens["refresh_token"]).status_code == 200


# AKHester-Technologies/akhester-smart-on-fhir (C2)

AKHESTER = "openid patient/Patient.rs patient/Condition.rs patient/MedicationRequest.rs"


def akhester_url(app, request, **more):
    """Built without encoding: colons and slashes as they are, blanks as %20."""
    parameters = {**request.parameters, **more}
    del parameters["nonce"]
    query = "&".join(f"{name}={value}" for name, value in parameters.items()).replace(" ", "%20")
    return f"{app.discovered['authorization_endpoint']}?{query}"


def akhester_tokens(app, request, code):
    """The body that it sends, and the checks that it makes; public alone."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect_uri,
        "client_id": app.client_id,
        "code_verifier": request.verifier,
    }
    with app.instance.http() as http:
        answer = http.post(app.discovered["token_endpoint"], data=fields)
        keys = http.get(app.discovered["token_endpoint"].removesuffix("/token") + "/jwks")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
    tokens = answer.json()
    assert tokens["expires_in"] > 120 and keys.status_code == 200
    header = jws.extract_compact(tokens["id_token"].encode()).headers()
    claims = claims_of(tokens["id_token"])
    assert header["alg"] == "RS256" and header["kid"] in {key["kid"] for key in keys.json()["keys"]}
    assert claims["iss"] == app.instance.fhir and app.client_id in claims["aud"]
    assert claims["exp"] > time.time() - 60 and claims["sub"]
    return tokens, claims


def test_akhester_starts_by_itself(register, patient):
    """Requirements 47, 105, 154: the raw address is read, the scopes come back to the letter, and who it is has a name."""
    app = register(scope=f"fhirUser launch launch/patient {AKHESTER}")
    request = app.request(scope=f"launch/patient {AKHESTER}")
    request.verifier = text() * 4
    assert len(request.verifier) == 128
    url = akhester_url(app, request, code_challenge=challenge(request.verifier))
    tokens, claims = akhester_tokens(app, request, Answer(arrive(patient, url))["code"])
    assert set(AKHESTER.split()) <= set(tokens["scope"].split()) and tokens["patient"] == "maja-oconnor"
    assert "refresh_token" not in tokens, "it asks for none"
    assert claims["sub"]


def test_akhester_is_launched_from_the_ehr(ehr, register, person):
    """Requirement 47: the handle goes into the address as it is."""
    app = register(scope=f"fhirUser launch {AKHESTER}")
    launch = ehr.prepare(app, "amara", patient="maja-oconnor", encounter="maja-oconnor-visit-1").json()["launch"]
    request = app.request(scope=f"launch fhirUser {AKHESTER}", launch=launch)
    answer = Answer(arrive(person(), akhester_url(app, request)))
    tokens, claims = akhester_tokens(app, request, answer["code"])
    assert tokens["encounter"] == "maja-oconnor-visit-1" and tokens["need_patient_banner"] is True
    assert tokens["smart_style_url"].startswith("https://") and tokens["scope"].split()[0] == "launch"
    assert claims["name"] == "Dr. Amara Lindqvist" and claims["fhirUser"].endswith("/Practitioner/dr-amara-lindqvist")


def test_akhester_refreshes_while_the_person_is_online(register, patient):
    """Requirement 166: with a registration that lets it have online_access."""
    app = register(scope=f"online_access launch/patient {AKHESTER}")
    tokens = app.tokens(patient, scope=f"launch/patient online_access {AKHESTER}")
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": app.client_id}
    assert app.post(fields).status_code == 200


# smart-on-fhir/client-js (C3)


def test_client_js_asks_with_a_slash_behind_the_base(instance, register, patient, http):
    """Requirement 66: exactly one slash and the well-known name; the aud as it was given."""
    configuration = http.get(
        f"{instance.fhir}/.well-known/smart-configuration", headers={"origin": "https://a.example"}
    )
    assert configuration.headers["access-control-allow-origin"] == "*"
    assert "S256" in configuration.json()["code_challenge_methods_supported"], "or it sends no challenge"
    app = register()
    assert app.tokens(patient, scope=SCOPE, aud=f"{instance.fhir}/", state="0123456789abcdef")["patient"]


def test_client_js_refreshes_as_a_public_app_without_its_name(register, patient, http):
    """Requirement 164: the granted scopes tell it that it may."""
    app = register()
    tokens = app.tokens(patient, scope=SCOPE)
    assert "offline_access" in tokens["scope"].split()
    origin = "https://" + urlsplit(app.redirect_uri).netloc
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    answer = http.post(app.discovered["token_endpoint"], data=fields, headers={"origin": origin})
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true", "for who sends its cookies along"


def test_client_js_signs_once_and_is_told_that_it_has_to_sign_again(register, patient, http):
    """Requirement 164: its assertions live 120 seconds and come without client_id; at a refresh it sends none."""
    app = register(key=ClientKey())
    request = app.request(scope=SCOPE)
    fields = {
        "grant_type": "authorization_code",
        "code": patient.authorize(request)["code"],
        "redirect_uri": app.redirect_uri,
        "code_verifier": request.verifier,
        **app.proof(app.assertion(exp=int(time.time()) + 120)),
    }
    answer = http.post(app.discovered["token_endpoint"], data=fields)
    assert answer.status_code == 200
    fields = {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}
    answer = http.post(app.discovered["token_endpoint"], data=fields)
    assert refused(answer, "invalid_client", 401)
    assert "client_assertion" in answer.json()["error_description"]


def test_client_js_reads_errors_and_finds_its_user(register, patient):
    """Requirements 40, 151: from a page of its own; the last two parts of fhirUser are a type and an id."""
    app = register()
    tokens = app.tokens(patient, scope=SCOPE)
    origin = {"origin": "https://" + urlsplit(app.redirect_uri).netloc}
    kind, identity = claims_of(tokens["id_token"])["fhirUser"].split("/")[-2:]
    answer = app.fhir(tokens["access_token"], f"{kind}/{identity}", headers=origin)
    assert answer.json()["id"] == identity and answer.headers["access-control-allow-origin"] == origin["origin"]
    for path in ("Patient/nobody", "Practitioner?_count=1"):
        answer = app.fhir("vst_at_x", path, headers=origin)
        assert answer.status_code == 401 and answer.headers["access-control-allow-origin"] == origin["origin"]


def test_client_js_shows_the_reason_of_a_refusal(register, patient):
    """Requirement 80"""
    answer = patient.authorize(register().request(scope=SCOPE), decision="deny")
    assert answer["error"] == "access_denied" and answer["error_description"] and answer["state"]


# Inferno as a client (C5)


def test_inferno_sends_a_free_form_header_for_introspection(service, rounds, patient, http):
    """Requirement 194: whatever the tester typed, a bearer of the right scope or a secret."""
    client = service(scope="__introspect")
    token = client.backend("__introspect").json()["access_token"]
    asked = rounds.tokens(patient, scope=SCOPE)["access_token"]
    for header in (f"Bearer {token}", f"bearer {token}"):
        answer = http.post(
            rounds.discovered["introspection_endpoint"], data={"token": asked}, headers={"authorization": header}
        )
        assert answer.json()["active"] is True


def test_inferno_sends_its_secret_raw_and_refreshes_with_scope_and_without(register, patient, http):
    """Requirements 135, 158"""
    app = register("--confidential")
    tokens = app.tokens(patient, scope=SCOPE)
    for more in ({"scope": tokens["scope"]}, {}):
        fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **more}
        answer = http.post(
            app.discovered["token_endpoint"], data=fields, headers=basic(f"{app.client_id}:{app.secret}")
        )
        assert answer.status_code == 200
        tokens = answer.json()
