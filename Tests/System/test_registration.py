"""Apps that register themselves and manage that: RFC 7591, RFC 7592; protocol A4."""

import json
import os
import signal
import time

import pytest

from instance import until
from keys import ClientKey, key_set
from oauth import Answer, App, refused

SCOPE = "openid fhirUser launch/patient offline_access patient/*.rs"
DOCUMENTS = (
    "/fhir/.well-known/smart-configuration",
    "/fhir/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server/fhir",
)


@pytest.fixture(scope="module")
def configured(instance):
    """Sets [registration] and lets the programs read it; afterwards everything is as it was."""
    before = instance.configuration.read_text()

    def reloads(name):
        return (instance.directory / f"log/{name}.log").read_text().count('"reloaded"')

    def write(text):
        instance.configuration.write_text(text)
        for name in ("register", "discovery"):
            count = reloads(name)
            os.kill(instance.pid(name), signal.SIGHUP)
            until(lambda: reloads(name) > count)

    def configure(mode, approve=False, scopes=None):
        lines = ["[registration]", f'mode = "{mode}"', f"approve_patient_apps = {str(approve).lower()}"]
        write("\n".join([before, *lines, *([f'scopes = "{scopes}"'] if scopes else []), ""]))

    yield configure
    write(before)


class Registration:
    """An app's dealings with the registration endpoint; what it registered is deleted afterwards."""

    def __init__(self, instance):
        self.instance, self.made = instance, []

    def send(self, method, url, token=None, **options):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        while True:
            with self.instance.http() as http:
                answer = http.request(method, url, headers=headers, **options)
            # The web server's own limit, which is no part of what is tested.
            if answer.status_code != 429 or "Too many requests" not in answer.text:
                return answer
            time.sleep(1)

    def post(self, metadata, token=None, **options):
        answer = self.send("POST", f"{self.instance.base}/oauth2/register", token, json=metadata, **options)
        if answer.status_code == 201:
            self.made.append(answer.json()["client_id"])
        return answer

    def app(self, metadata=None, token=None, key=None):
        """A registration that has to work, and the app that it makes."""
        metadata = {
            "client_name": "Registered app",
            "redirect_uris": ["https://registered.example/cb"],
            "scope": SCOPE,
            **(metadata or {}),
        }
        answer = self.post(metadata, token)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        app = App(
            self.instance,
            told["client_id"],
            "https://registered.example/cb",
            told.get("client_secret"),
            key,
            told["token_endpoint_auth_method"] == "client_secret_post",
        )
        app.told, app.token, app.url = told, told["registration_access_token"], told["registration_client_uri"]
        return app

    def update(self, app, **changes):
        ours = ("registration_access_token", "registration_client_uri", "client_id_issued_at")
        told = self.send("GET", app.url, app.token).json()
        metadata = {name: value for name, value in told.items() if name not in ours}
        return self.send("PUT", app.url, app.token, json={**metadata, **changes})


@pytest.fixture
def registration(instance):
    registration = Registration(instance)
    yield registration
    for identity in registration.made:
        if identity in str(instance.cli("client", "list")):
            instance.cli("client", "delete", identity)


@pytest.fixture
def initial_token(instance):
    def make(*options):
        return instance.cli("registration-token", "create", "--label", "Tests", *options)["initial_access_token"]

    yield make
    if instance.cli("registration-token", "list")["tokens"]:
        instance.cli("registration-token", "delete", "Tests")


def status(app, tokens):
    return app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code


# RFC 7591 §3
def test_it_is_off_unless_somebody_switches_it_on(instance, http, registration, configured):
    configured("off")
    for method, path in (("POST", ""), ("GET", "/x"), ("PUT", "/x"), ("DELETE", "/x")):
        answer = registration.send(method, f"{instance.base}/oauth2/register{path}", json={})
        assert refused(answer, "registration_not_supported", 404)
    for document in DOCUMENTS:
        assert "registration_endpoint" not in http.get(f"{instance.base}{document}").json()
    instance.cli("registration-token", "create", "--label", "x", expect=1)


def test_discovery_tells_of_it_where_it_is_on(instance, http, configured):
    """Requirement 20"""
    configured("token")
    for document in DOCUMENTS:
        assert http.get(f"{instance.base}{document}").json()["registration_endpoint"] == (
            f"{instance.base}/oauth2/register"
        )
    assert f"{instance.base}/oauth2/register" in str(instance.cli("metadata", "snippet"))


# RFC 7591 §3, RFC 6750 §3.1
def test_a_token_of_the_hospital_lets_so_many_register(instance, registration, initial_token, configured):
    configured("token")
    answer = registration.post({})
    assert refused(answer, "invalid_token", 401)
    assert answer.headers["www-authenticate"] == f'Bearer realm="{instance.fhir}"'
    answer = registration.post({}, "vst_ia_nothing")
    assert refused(answer, "invalid_token", 401) and 'error="invalid_token"' in answer.headers["www-authenticate"]
    token = initial_token("--uses", "2")
    assert refused(registration.post({"redirect_uris": ["http://x.example/"]}, token), "invalid_redirect_uri")
    apps = [registration.app(token=token) for _ in range(2)]
    assert refused(registration.post({}, token), "invalid_token", 401)
    assert instance.cli("registration-token", "list")["tokens"] == []
    assert {app.told["approval"] for app in apps} == {"pending"}


# RFC 7591 §3.2.1, RFC 7592 §2.2, §2.3
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_from_the_registration_to_the_end(instance, registration, initial_token, configured, patient, method):
    """Requirements 57 and 58: it waits, is approved, works, asks for more, waits again, and goes."""
    configured("token", approve=False, scopes=f"{SCOPE} user/*.rs")
    app = registration.app({"token_endpoint_auth_method": method}, initial_token())
    assert app.told["client_secret_expires_at"] == 0 and app.told["scope"] == SCOPE
    assert app.url == f"{instance.base}/oauth2/register/{app.client_id}"

    page = patient.open(app.request().url)
    assert page.status == 400 and "waits for the approval" in page.text
    assert app.client_id in str(instance.cli("client", "list", "--pending"))
    shown = instance.cli("client", "show", app.client_id)
    assert shown["status"] == "pending" and shown["self_registered"] is True
    assert instance.cli("client", "approve", app.client_id)["status"] == "active"

    tokens = app.tokens(patient, scope=SCOPE)
    assert status(app, tokens) == 200
    assert registration.update(app, scope="openid launch/patient offline_access patient/Patient.rs").status_code == 200
    tokens = app.refresh(tokens["refresh_token"]).json()
    assert status(app, tokens) == 200 and "patient/*.rs" not in tokens["scope"]

    answer = registration.update(app, scope=f"{SCOPE} user/*.rs", client_name="Something else")
    assert answer.status_code == 200 and answer.json()["approval"] == "pending"
    assert status(app, tokens) == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert instance.cli("client", "approve", app.client_id)["name"] == "Something else"
    assert status(app, tokens) == 200

    gone = registration.send("DELETE", app.url, app.token)
    assert gone.status_code == 204 and gone.content == b"" and gone.headers["cache-control"] == "no-store"
    assert status(app, tokens) == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert refused(registration.send("GET", app.url, app.token), "invalid_token", 401)
    instance.cli("client", "show", app.client_id, expect=1)


def test_an_app_for_patients_begins_at_once_where_the_hospital_says_so(registration, configured, patient):
    configured("open", approve=True)
    app = registration.app({"token_endpoint_auth_method": "none"})
    assert app.told["approval"] == "approved" and "client_secret" not in app.told
    tokens = app.tokens(patient, scope=SCOPE)
    assert status(app, tokens) == 200
    assert app.refresh(tokens["refresh_token"]).status_code == 200
    with app.instance.http() as http:
        preflight = http.options(
            app.discovered["token_endpoint"],
            headers={"origin": "https://registered.example", "access-control-request-method": "POST"},
        )
    assert preflight.headers["access-control-allow-origin"] == "https://registered.example"


# RFC 9700 §4.11.2
def test_what_an_app_says_of_itself_never_has_anybody_told_of_patients(instance, registration, initial_token, configured):
    configured("token")
    words = {name: "https://registered.example/hooks" for name in ("consent_webhook", "consent-webhook", "webhook", "url")}
    app = registration.app(words, initial_token())
    assert "consent_webhook" not in instance.cli("client", "show", app.client_id)
    instance.cli("client", "update", app.client_id, "--consent-webhook", "https://hospital.example/hooks")
    assert registration.update(app, **words).status_code == 200
    assert instance.cli("client", "show", app.client_id)["consent_webhook"] == "https://hospital.example/hooks"


def test_nobody_is_bounced_to_an_app_that_nobody_vouches_for(instance, registration, configured, patient):
    """Requirement 82: what it asked wrongly is shown, with a link; a decision, and prompt=none, are told as ever."""
    configured("open", approve=True)
    app = registration.app({"token_endpoint_auth_method": "none"})
    listed = {each["client_id"]: each["verified"] for each in instance.cli("client", "list")["clients"]}
    assert listed[app.client_id] is False and listed["rounds"] is True

    wrong = app.request(scope="system/*.rs")
    page = patient.open(wrong.url)
    assert not isinstance(page, Answer) and page.status == 400
    assert "Registered app asked for access" in page.text and "This app is unverified" in page.text
    assert "The way back leads to registered.example" in page.text and "Quote this number" in page.text
    told = Answer(next(link for link in page.links if link.startswith("https://registered.example/")))
    assert (told["error"], told["state"], told["iss"]) == ("invalid_scope", wrong.state, instance.fhir)

    silent = patient.open(app.request(scope=SCOPE, prompt="none").url)
    assert silent["error"] == "login_required"
    assert patient.authorize(app.request(scope=SCOPE), decision="deny")["error"] == "access_denied"
    asked = patient.open(app.request(scope=SCOPE).url)
    assert asked.has_form("/portal/consent") and "This app is unverified" in asked.text
    assert app.tokens(patient, scope=SCOPE)["access_token"]

    assert instance.cli("client", "approve", app.client_id)["verified"] is True
    assert patient.open(wrong.url)["error"] == "invalid_scope"
    # It becomes another app behind the administrator's back, and the policy lets it go on.
    assert registration.update(app, client_name="Another app").json()["approval"] == "approved"
    assert instance.cli("client", "show", app.client_id)["verified"] is False


def test_an_app_that_nobody_agrees_to_goes_after_90_days(instance, registration, configured):
    configured("open", approve=True, scopes=f"{SCOPE} user/*.rs")
    waiting, begun = registration.app({"scope": "openid user/*.rs"}), registration.app()
    with instance.database() as database:
        for app in (waiting, begun):
            past = int(time.time()) - 90 * 86_400 - 9
            database.execute("UPDATE clients SET created_at = ? WHERE id = ?", (past, app.client_id))
    assert instance.cli("db", "purge")["clients"] >= 1
    instance.cli("client", "show", waiting.client_id, expect=1)
    assert instance.cli("client", "show", begun.client_id)["status"] == "active"
    assert refused(registration.send("GET", waiting.url, waiting.token), "invalid_token", 401)


def test_an_initial_access_token_vouches_for_who_brings_it(instance, registration, initial_token, configured, patient):
    configured("token", approve=True)
    app = registration.app({"token_endpoint_auth_method": "none"}, initial_token())
    shown = instance.cli("client", "show", app.client_id)
    assert shown["verified"] is True and shown["status"] == "active"
    assert patient.open(app.request(scope="system/*.rs").url)["error"] == "invalid_scope"


def test_a_refused_app_stays_refused(instance, registration, configured, patient):
    configured("open", approve=True)
    app = registration.app()
    instance.cli("client", "reject", app.client_id)
    assert registration.update(app).json()["approval"] == "rejected"
    page = patient.open(app.request().url)
    assert not isinstance(page, Answer) and page.status == 400 and "not approved" in page.text


@pytest.mark.parametrize("algorithm", ["RS384", "ES384"])
def test_a_backend_service_registers_with_its_key(instance, registration, configured, algorithm):
    configured("open", approve=True, scopes="openid patient/*.rs system/Patient.rs")
    key = ClientKey(algorithm)
    metadata = {
        "redirect_uris": [],
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": json.loads(key_set(key)),
        "scope": "system/Patient.rs system/Observation.rs",
    }
    app = registration.app(metadata, key=key)
    assert app.told["scope"] == "system/Patient.rs" and app.told["approval"] == "pending"
    assert app.told["jwks"]["keys"][0]["kid"] == key.kid
    assert refused(app.backend("system/Patient.rs"), "invalid_client", 401)
    instance.cli("client", "approve", app.client_id)
    tokens = app.backend("system/Patient.rs").json()
    assert status(app, tokens) == 200
    # New keys at the same place stop nothing: a client that rotates its keys has to bring them.
    other = ClientKey(algorithm)
    assert registration.update(app, jwks=json.loads(key_set(other))).json()["approval"] == "approved"
    assert status(app, tokens) == 200


# RFC 6585 §4
def test_an_address_that_registers_too_much_waits(registration, configured):
    configured("open")
    answers = [registration.post({}) for _ in range(21)]
    assert all(refused(answer, "invalid_redirect_uri") for answer in answers)
    answer = registration.post({})
    assert refused(answer, "temporarily_unavailable", 429) and int(answer.headers["retry-after"]) > 0


def test_nothing_but_json_of_a_fair_size_is_read(instance, registration, configured):
    configured("open")
    url = f"{instance.base}/oauth2/register"
    assert refused(registration.send("POST", url, data={"redirect_uris": "https://x.example/"}), "invalid_request")
    large = {"client_name": "x" * 70_000}
    assert registration.send("POST", url, json=large).status_code == 413
    assert registration.send("POST", f"{url}/a/b", json={}).status_code == 404


def test_no_token_and_no_secret_of_a_registration_stands_in_a_log(
    instance, registration, initial_token, configured, patient
):
    configured("token", approve=True)
    token = initial_token()
    app = registration.app(token=token)
    app.tokens(patient, scope=SCOPE)
    registration.update(app, client_name="Another name")
    registration.send("GET", app.url, "vst_ra_somebody-elses")
    logs = "".join(instance.logs().values())
    assert app.client_id in logs and "client_registered" in logs
    for secret in (token, app.token, app.secret, "vst_ra_somebody-elses"):
        assert secret not in logs
    with instance.database() as database:
        dump = str([tuple(row) for row in database.execute("SELECT * FROM clients")])
    assert app.token not in dump and app.secret not in dump
