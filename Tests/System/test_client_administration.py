"""How an administrator registers clients: apps, backend services, EHRs, FHIR servers."""

import secrets
import subprocess

import pytest

from keys import ClientKey, key_set
from oauth import refused

URI = "https://app.example/callback"
APP = ("--redirect-uri", URI, "--scope", "openid patient/*.rs")
BACKEND = ("--grant-type", "client_credentials", "--scope", "system/Patient.rs")


@pytest.fixture
def add(instance):
    """client add, and what client show says of it then; it is deleted afterwards."""
    made = []

    def make(*options, text=""):
        identity = f"test-{secrets.token_hex(6)}"
        answer = instance.cli("client", "add", "--name", "Test client", "--id", identity, *options, text=text)
        made.append(identity)
        return {**instance.cli("client", "show", identity), "secret": answer.get("client_secret")}

    yield make
    for identity in made:
        instance.cli("client", "delete", identity)


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "jwks.json"
    path.write_text(key_set(ClientKey("RS384", "k1"), ClientKey("ES384", "k2")))
    return path


def test_each_kind_of_client_is_shown_as_it_is(add, key_file):
    basic, post, key = "client_secret_basic", "client_secret_post", "private_key_jwt"
    for options, kind, method, has_secret in (
        (APP, "public", "none", False),
        ((*APP, "--confidential"), "confidential", basic, True),
        ((*APP, "--confidential", "--auth-method", basic), "confidential", basic, True),
        ((*APP, "--auth-method", post), "confidential", post, True),
        ((*APP, "--auth-method", key, "--jwks", key_file), "confidential", key, False),
        ((*APP, "--jwks", key_file), "confidential", key, False),
        ((*BACKEND, "--jwks", key_file), "backend", key, False),
        (("--ehr",), "ehr", basic, True),
        (("--ehr", "--jwks", key_file), "ehr", key, False),
        (("--resource-server",), "resource-server", basic, True),
        (("--resource-server", "--auth-method", post), "resource-server", post, True),
    ):
        client = add(*map(str, options))
        assert (client["kind"], client["auth_method"], client["status"]) == (kind, method, "active"), options
        assert bool(client["secret"]) == has_secret and client["self_registered"] is False


def test_keys_are_pasted_or_named(add, instance, key_file):
    """Requirement 53; SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys"""
    pasted = add(*BACKEND, "--jwks", "-", text=key_file.read_text())
    assert pasted["jwks_kids"] == ["k1", "k2"] and pasted["algorithms"] == ["ES384", "RS384"]
    named = add(*BACKEND, "--jwks-uri", "https://app.example/jwks", "--algorithm", "RS256", "--algorithm", "ES256")
    assert named["jwks_uri"] == "https://app.example/jwks" and named["algorithms"] == ["ES256", "RS256"]
    mirrored = add(*BACKEND, "--jwks-uri", "https://app.example/jwks", "--jwks-mirror", "https://mirror.example/app")
    assert mirrored["jwks_mirror"] == "https://mirror.example/app"
    filed = add(*BACKEND, "--jwks-file", str(key_file), "--jwks-uri", "https://app.example/jwks")
    assert filed["jwks_file"] == str(key_file) and filed["jwks_uri"] == "https://app.example/jwks"

    changed = instance.cli("client", "set-keys", pasted["client_id"], "--jwks-uri", "https://app.example/new")
    assert changed["jwks_uri"] == "https://app.example/new" and changed["jwks_kids"] == []
    instance.cli("client", "set-keys", pasted["client_id"], expect=64)
    instance.cli("client", "set-keys", "rounds", "--jwks", str(key_file), expect=1)


def test_new_keys_hold_at_once_and_the_old_ones_no_more(instance, service):
    key, other = ClientKey("ES384"), ClientKey("ES384")
    client = service(key=key)
    assert client.backend("system/Patient.rs").status_code == 200
    instance.cli("client", "set-keys", client.client_id, "--jwks", "-", text=key_set(other))
    assert refused(client.backend("system/Patient.rs"), "invalid_client", 401)
    client.key = other
    assert client.backend("system/Patient.rs").status_code == 200


URIS = (
    "https://app.example/#x",
    "https://*.app.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://app.example/",
    "myapp:/callback",
    "/relative",
    "//app.example/",
    "https:///x",
    "",
)
SCOPES = (
    "nonsense",
    "patient/*.dus",
    "system/*.rs",
    "patient/Observation.rs?category:in=x",
    "openid __introspect",
    "",
)


@pytest.mark.parametrize(
    "options",
    [
        # Requirement 56: redirect URIs
        *(("--scope", "openid", "--redirect-uri", uri) for uri in URIS),
        (*APP, "--redirect-uri", "com.example.app:/callback"),
        *(("--redirect-uri", URI, "--scope", scope) for scope in SCOPES),
        (*APP, "--launch-url", "http://app.example/"),
        (*APP, "--launch-url", "javascript:x"),
        (*APP, "--origin", "https://app.example/"),
        (*APP, "--origin", "app.example"),
        (*APP, "--id", "a b"),
        (*APP, "--id", ""),
        (*APP, "--name", "two\nlines"),
        (*APP, "--name", ""),
        (*APP, "--access-token-lifetime", "1"),
        (*APP, "--auth-method", "client_secret_jwt"),
        (*APP, "--auth-method", "private_key_jwt"),
        (*APP, "--confidential", "--auth-method", "none"),
        (*APP, "--jwks-uri", "http://app.example/jwks"),
        (*APP, "--jwks-uri", "https://app.example/jwks#x"),
        (*APP, "--jwks-uri", "https://app.example/jwks", "--confidential"),
        (*APP, "--jwks-mirror", "https://app.example/jwks"),
        (*APP, "--jwks-file", "relative.json"),
        (*APP, "--jwks", "-", "--jwks-uri", "https://app.example/jwks"),
        (*APP, "--jwks-uri", "https://app.example/jwks", "--algorithm", "HS256"),
        (*APP, "--grant-type", "implicit"),
        (*APP, "--grant-type", "refresh_token"),
        (*APP, "--grant-type", "client_credentials", "--jwks-uri", "https://app.example/jwks"),
        (*BACKEND, "--confidential"),
        (*BACKEND,),
        ("--grant-type", "client_credentials", "--scope", "patient/*.rs", "--jwks-uri", "https://app.example/jwks"),
        ("--scope", "openid"),
        ("--ehr", "--auth-method", "none"),
        ("--resource-server", "--scope", "openid"),
        (),
    ],
)
def test_what_cannot_be_registered_is_refused(instance, options):
    before = instance.cli("client", "list")
    instance.cli("client", "add", "--name", "x", *options, expect=64)
    assert instance.cli("client", "list") == before


def test_what_is_there_already_or_cannot_be_read_is_said(instance, tmp_path):
    instance.cli("client", "add", "--name", "x", *APP, "--id", "rounds", expect=1)
    instance.cli("client", "add", "--name", "x", *APP, "--jwks", str(tmp_path / "nothing"), expect=1)
    private = ClientKey("ES384").key.as_dict(private=True)
    text = '{"keys":[%s]}' % str(private).replace("'", '"')
    instance.cli("client", "add", "--name", "x", *APP, "--jwks", "-", text=text, expect=64)


def test_a_client_is_changed_and_what_is_not_named_stays(instance, add):
    client = add(*APP, "--launch-url", "https://app.example/launch", "--origin", "https://more.example")
    update = ("client", "update", client["client_id"])
    changed = instance.cli(
        *(*update, "--name", "New name", "--organization", "Acme Health", "--scope", "openid patient/Patient.rs", "--trusted", "--native"),
        *("--redirect-uri", "https://new.example/cb", "--access-token-lifetime", "120"),
    )
    assert changed["name"] == "New name" and changed["scope"] == "openid patient/Patient.rs"
    assert changed["redirect_uris"] == ["https://new.example/cb"] and changed["access_token_lifetime"] == 120
    assert changed["organization"] == "Acme Health"
    assert changed["trusted"] is True and changed["native"] is True
    assert changed["launch_urls"] == client["launch_urls"] and changed["grant_types"] == client["grant_types"]
    assert changed["origins"] == ["https://new.example", "https://more.example"]
    changed = instance.cli(*update, "--untrusted", "--no-native", "--no-launch-url", "--no-origin")
    assert changed["trusted"] is False and changed["native"] is False and changed["launch_urls"] == []
    assert changed["origins"] == ["https://new.example"] and changed["name"] == "New name"
    for options in (
        (),
        ("--scope", "system/*.rs"),
        ("--scope", "nonsense"),
        ("--redirect-uri", "http://x.example/"),
        ("--grant-type", "client_credentials"),
        ("--launch-url", "https://app.example/launch", "--no-launch-url"),
        ("--name", " "),
    ):
        instance.cli(*update, *options, expect=64)
    instance.cli("client", "update", "nobody", "--name", "x", expect=1)


def test_people_read_whose_app_it_is(instance, register, patient):
    app = register("--organization", "Acme Health", scope="openid launch/patient patient/*.rs")
    patient.sign_in()
    page = patient.open(app.request(scope="openid launch/patient patient/*.rs").url)
    assert "It is an app of Acme Health" in page.text and "Rowan Bay Hospital has looked at it" in page.text
    instance.cli("client", "update", app.client_id, "--organization", "Acme Health Ltd")
    assert "It is an app of Acme Health Ltd" in patient.open(app.request(scope="openid launch/patient patient/*.rs").url).text


def test_a_change_acts_on_the_next_request(instance, register, patient):
    app = register("--confidential")
    tokens = app.tokens(patient, scope="openid offline_access launch/patient patient/*.rs")
    narrower = "openid offline_access launch/patient patient/Patient.rs"
    instance.cli("client", "update", app.client_id, "--scope", narrower)
    fresh = app.refresh(tokens["refresh_token"]).json()
    assert "patient/*.rs" not in fresh["scope"].split()
    assert app.fhir(fresh["access_token"], "Patient/maja-oconnor").status_code == 200
    instance.cli("client", "update", app.client_id, "--redirect-uri", "https://elsewhere.example/cb")
    assert patient.open(app.request().url).status == 400


def test_a_deleted_client_is_gone_with_what_it_was_given(instance, register, patient):
    app = register()
    tokens = app.tokens(patient, scope="openid offline_access launch/patient patient/*.rs")
    assert instance.cli("client", "delete", app.client_id)["deleted"] is True
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert refused(app.refresh(tokens["refresh_token"]), "invalid_client", 401)
    assert patient.open(app.request().url).status == 400
    instance.cli("client", "delete", app.client_id, expect=1)
    # So that the end of the test finds one to disable.
    instance.cli("client", "add", "--name", "x", "--id", app.client_id, *APP)


def test_lists_tell_what_a_client_may_do(instance, add):
    client = add(*APP)

    def listed():
        clients = instance.cli("client", "list")["clients"]
        return next(each["status"] for each in clients if each["client_id"] == client["client_id"])

    assert listed() == "active"
    steps = (("disable", "disabled"), ("enable", "active"), ("reject", "rejected"), ("approve", "active"))
    for command, expected in steps:
        instance.cli("client", command, client["client_id"])
        assert listed() == expected
        assert instance.cli("client", "show", client["client_id"])["status"] == expected
    lines = subprocess.run([instance["CLI"], "client", "list"], capture_output=True, text=True, check=True).stdout
    assert lines.split("\n")[0].split() == ["client_id", "name", "kind", "status", "verified", "trusted"]
