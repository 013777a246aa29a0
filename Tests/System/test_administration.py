"""What the administrator does acts at once: on apps, people, secrets and keys."""

import pathlib
import stat
import subprocess

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

SCOPE = "openid fhirUser offline_access launch/patient patient/*.rs"


def status(app, tokens):
    return app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code


def test_disabling_an_app_ends_its_tokens_at_once_and_enabling_brings_them_back(instance, register, patient):
    app = register("--confidential")
    tokens = app.tokens(patient, scope=SCOPE)
    assert status(app, tokens) == 200
    instance.cli("client", "disable", app.client_id)
    assert status(app, tokens) == 401
    refused = app.refresh(tokens["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    instance.cli("client", "enable", app.client_id)
    assert status(app, tokens) == 200
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_disabling_an_app_stops_people_on_their_way(instance, register, patient):
    app = register()
    page = patient.sign_in(patient.open(app.request().url))
    instance.cli("client", "disable", app.client_id)
    answer = patient.post("/portal/consent", [*page.form("/portal/consent").fields, ("decision", "allow")])
    assert answer.status_code == 400 and "location" not in answer.headers


def test_a_new_app_works_at_once_and_a_disabled_one_leaves_the_portal(instance, register, clinician):
    clinician.sign_in()
    app = register(name="Brand new app")
    assert "Brand new app" in clinician.open("/portal?patient=maja-oconnor").text
    instance.cli("client", "disable", app.client_id)
    assert "Brand new app" not in clinician.open("/portal?patient=maja-oconnor").text


def test_disabling_a_user_ends_tokens_sessions_and_refreshes_at_once(instance, register, account):
    app, somebody = register(), account("--access", "all", "--fhir-user", "Practitioner/somebody-test")
    tokens = app.tokens(somebody, scope=SCOPE)
    assert status(app, tokens) == 200 and somebody.open("/portal").title.startswith("Start an app")
    instance.cli("user", "disable", somebody.username)
    assert status(app, tokens) == 401
    assert somebody.open("/portal").title.startswith("Sign in")
    refused = app.refresh(tokens["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    instance.cli("user", "enable", somebody.username)
    assert somebody.sign_in().title.startswith("Start an app")


def test_a_code_of_a_user_who_was_disabled_meanwhile_is_no_good(instance, register, account):
    app, somebody = register(), account("--access", "all")
    request = app.request()
    answer = somebody.authorize(request)
    instance.cli("user", "disable", somebody.username)
    assert app.exchange(request, answer).json()["error"] == "invalid_grant"


def test_two_secrets_overlap_while_one_is_rotated(instance, register, patient):
    app = register("--confidential")
    old = app.secret
    new = instance.cli("client", "rotate-secret", app.client_id)["client_secret"]
    assert new != old
    for app.secret in (old, new):
        assert app.introspect("x").status_code == 200
    instance.cli("client", "rotate-secret", app.client_id, "--overlap-hours", "0")
    for app.secret in (old, new):
        assert app.introspect("x").status_code == 401


def test_only_a_confidential_app_has_a_secret_to_rotate(instance):
    instance.cli("client", "rotate-secret", "rounds", expect=1)
    instance.cli("client", "rotate-secret", "nobody", expect=1)


def test_a_rotated_key_keeps_old_id_tokens_verifiable(instance, http, rounds, patient):
    def keys():
        return KeySet.import_key_set(http.get(f"{instance.base}/oauth2/jwks").json())

    old = rounds.tokens(patient)["id_token"]
    known = keys()
    instance.cli("key", "rotate")
    new = rounds.tokens(patient)["id_token"]
    for token in (old, new):
        assert jwt.decode(token, keys(), algorithms=["RS256"]).claims["iss"] == instance.fhir
        assert jwt.decode(token, known, algorithms=["RS256"]).claims, "the next key was published before it signed"
    states = [key["state"] for key in instance.cli("key", "list")["keys"]]
    assert states.count("active") == 1 and states.count("next") == 1 and "retiring" in states
    forget_retiring_keys(instance)


def forget_retiring_keys(instance):
    """So that a hundred runs leave no hundred keys behind."""
    with instance.database() as database:
        database.execute("UPDATE keys SET expires_at = expires_at - 100000 WHERE state = 'retiring'")
    instance.cli("db", "purge")


@pytest.mark.parametrize(
    "command, name", [(("user", "list"), "users"), (("client", "list"), "clients"), (("key", "list"), "keys")]
)
def test_every_list_is_json_for_programs_and_lines_for_people(instance, command, name):
    found = instance.cli(*command)[name]
    assert found and all(isinstance(each, dict) for each in found)
    lines = subprocess.run([instance["CLI"], *command], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == len(found) + 1


def test_other_commands_speak_json_too(instance):
    assert instance.cli("client", "show", "rounds")["redirect_uris"] == [instance["REDIRECT_URI"]]
    assert instance.cli("db", "migrate")["from"] == instance.cli("db", "migrate")["to"]
    assert set(instance.cli("db", "purge")) >= {"sessions", "launches", "interactions", "codes"}
    assert instance.cli("init")["made"] == []


def test_no_list_shows_a_secret(instance, reporting):
    shown = str(
        [
            instance.cli(*command)
            for command in (("user", "list"), ("client", "list"), ("client", "show", "reporting"), ("key", "list"))
        ]
    )
    assert reporting.secret not in shown and "scrypt" not in shown and '"d"' not in shown


def test_what_cannot_be_registered_is_refused_with_a_reason(instance):
    good = ["client", "add", "--name", "x", "--scope", "openid", "--redirect-uri"]
    for uri in (
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
    ):
        instance.cli(*good, uri, expect=64)
    uri = "https://app.example/callback"
    for more in (
        ("--launch-url", "http://app.example/"),
        ("--launch-url", "javascript:x"),
        ("--origin", "https://app.example/"),
        ("--id", "a b"),
        ("--id", ""),
        ("--access-token-lifetime", "1"),
    ):
        instance.cli(*good, uri, *more, expect=64)
    for scope in (
        "nonsense",
        "patient/*.dus",
        "system/*.rs",
        "online_access",
        "patient/Observation.rs?category:in=x",
        "",
    ):
        instance.cli("client", "add", "--name", "x", "--redirect-uri", uri, "--scope", scope, expect=64)
    instance.cli(*good, uri, "--id", "rounds", expect=1)


def test_a_password_is_long_enough_or_refused(instance):
    for password in ("short", "", "x" * 300):
        instance.cli("user", "add", "never-added", "--name", "x", text=f"{password}\n", expect=1)
    for options in (("--access", "some"), ("--fhir-user", "Device/1"), ("--fhir-user", "Patient")):
        instance.cli("user", "add", "never-added", "--name", "x", *options, text="a long password\n", expect=64)
    assert "never-added" not in str(instance.cli("user", "list"))


def test_a_mistake_in_the_configuration_is_named_with_its_line(instance, tmp_path):
    broken = tmp_path / "vestibule.toml"
    broken.write_text(instance.configuration.read_text() + '\n[lifetimes]\nacces_token = "5m"\n')
    line = len(broken.read_text().splitlines())
    for command in (
        [instance["CLI"], "key", "list", "--config", broken],
        [instance.programs / "vestibule-token", "--config", broken, "--check"],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode != 0 and f":{line}: " in done.stderr and "did you mean access_token?" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_every_program_checks_its_configuration(instance):
    for name in ("discovery", "jwks", "authorize", "token", "introspect", "portal", "enforce"):
        done = subprocess.run(
            [instance.programs / f"vestibule-{name}", "--config", instance.configuration, "--check"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 and "is in order" in done.stdout, name


def test_secrets_and_data_are_for_their_owner_alone(instance):
    secrets = list((instance.directory / "etc/secrets").iterdir())
    assert secrets
    for path in [*secrets, *(instance.directory / "data").glob("vestibule.db*"), instance.path]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE((instance.directory / "log/private").stat().st_mode) == 0o700


def test_a_key_is_sealed_in_the_store(instance):
    with instance.database() as database:
        rows = database.execute("SELECT sealed, public_jwk FROM keys").fetchall()
    assert rows and all(b"PRIVATE" not in row["sealed"] and '"d"' not in row["public_jwk"] for row in rows)


def test_discovery_opens_no_store(instance):
    """SECURITY.md: discovery opens no store."""

    def files(name):
        folder = pathlib.Path(f"/proc/{instance.pid(name)}/fd")
        return {link.resolve().name for link in folder.iterdir()}

    assert not any(name.startswith("vestibule.db") for name in files("discovery"))
    assert any(name.startswith("vestibule.db") for name in files("token"))
