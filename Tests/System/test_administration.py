"""What the administrator does acts at once: on apps, people, secrets and keys."""

import json
import pathlib
import secrets
import stat
import subprocess

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from instance import PROGRAMS

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
    # A test cannot wait until every app may know the next key.
    instance.cli("key", "rotate", "--force")
    new = rounds.tokens(patient)["id_token"]
    for token in (old, new):
        assert jwt.decode(token, keys(), algorithms=["RS256"]).claims["iss"] == instance.fhir
        assert jwt.decode(token, known, algorithms=["RS256"]).claims, "the next key was published before it signed"
    states = [key["state"] for key in instance.cli("key", "list")["keys"]]
    assert states.count("active") == 1 and states.count("next") == 1 and "retiring" in states
    forget_retiring_keys(instance)


def test_a_key_that_apps_may_not_know_yet_does_not_begin_to_sign(instance):
    """The key set may be kept for five minutes: a younger key would break who kept it."""
    instance.cli("key", "rotate", "--force")
    active = [key["kid"] for key in instance.cli("key", "list")["keys"] if key["state"] == "active"]
    instance.cli("key", "rotate", expect=1)
    assert active == [key["kid"] for key in instance.cli("key", "list")["keys"] if key["state"] == "active"]
    with instance.database() as database:
        database.execute("UPDATE keys SET created_at = created_at - 300 WHERE state = 'next'")
    instance.cli("key", "rotate")
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
    assert set(instance.cli("db", "purge")) >= {"sessions", "launches", "interactions", "codes", "clients"}
    assert instance.cli("init")["made"] == []


def test_no_list_shows_a_secret(instance, reporting):
    shown = str(
        [
            instance.cli(*command)
            for command in (("user", "list"), ("client", "list"), ("client", "show", "reporting"), ("key", "list"))
        ]
    )
    assert reporting.secret not in shown and "scrypt" not in shown and '"d"' not in shown


def test_a_password_is_long_enough_or_refused(instance):
    for password in ("short", "", "x" * 300):
        instance.cli("user", "add", "never-added", "--name", "x", text=f"{password}\n", expect=1)
    for options in (("--access", "some"), ("--fhir-user", "Device/1"), ("--fhir-user", "Patient")):
        instance.cli("user", "add", "never-added", "--name", "x", *options, text="a long password\n", expect=64)
    both = ("--no-password", "--password-file", "/dev/null")
    instance.cli("user", "add", "never-added", "--name", "x", *both, expect=64)
    assert "never-added" not in str(instance.cli("user", "list"))


def test_what_patients_a_user_may_see_is_changed_at_once(instance, register, account):
    app, somebody = register(), account("--access", "all")
    tokens = app.tokens(somebody, scope=SCOPE)
    assert status(app, tokens) == 200
    shown = instance.cli("user", "set-access", somebody.username, "--access", "patients:gerda-thorvaldsen")
    assert shown["access"] == "patients:gerda-thorvaldsen" and status(app, tokens) != 200
    instance.cli("user", "set-access", somebody.username.upper(), "--access", "all")
    assert status(app, tokens) == 200
    instance.cli("user", "set-access", somebody.username, "--access", "some", expect=64)
    instance.cli("user", "set-access", "nobody", "--access", "all", expect=1)


def test_a_patient_sees_the_own_record_whatever_was_said(instance, account):
    somebody = account("--fhir-user", "Patient/gerda-thorvaldsen")
    shown = instance.cli("user", "set-access", somebody.username, "--access", "all")
    assert shown["access"] == "patients:gerda-thorvaldsen"


@pytest.fixture
def guest(instance):
    """A user who can only come through an EHR."""
    username = f"guest-{secrets.token_hex(6)}"
    made = instance.cli("user", "add", username, "--name", "Guest", "--no-password", "--access", "all")
    assert made["can_sign_in"] is False
    yield username
    instance.cli("user", "disable", username)


def test_a_user_without_a_password_cannot_sign_in_and_comes_through_an_ehr(instance, register, person, guest):
    app = register()
    for password in ("", "password", "a long password"):
        assert person(guest, password).sign_in().title.startswith(("Sign in", "Error: Sign in"))
    options = ("--user", guest, "--client", app.client_id, "--patient", "maja-oconnor")
    assert instance.cli("launch", "create", *options)["vouched"] is False
    launch = instance.cli("launch", "create", *options, "--vouched")
    assert launch["vouched"] is True
    request = app.request(scope="openid fhirUser launch patient/*.rs", launch=launch["launch"])
    answer = person().authorize(request)
    tokens = app.exchange(request, answer).json()
    assert tokens["patient"] == "maja-oconnor" and status(app, tokens) == 200


def test_a_launch_is_prepared_by_the_same_rules_as_an_ehrs(instance, register, account):
    app, somebody = register(), account("--access", "patients:maja-oconnor")
    good = ("launch", "create", "--user", somebody.username, "--client", app.client_id)
    instance.cli(*good, "--patient", "maja-oconnor")
    instance.cli(*good, "--patient", "gerda-thorvaldsen", expect=1)
    instance.cli(*good, "--encounter", "some-encounter", expect=1)
    instance.cli("launch", "create", "--user", "Practitioner/nobody", "--client", app.client_id, expect=1)
    instance.cli("launch", "create", "--user", "Device/1", "--client", app.client_id, expect=64)
    instance.cli("client", "disable", app.client_id)
    instance.cli(*good, "--patient", "maja-oconnor", expect=1)


def test_the_metadata_snippet_says_what_discovery_says(instance, http):
    """SMART conformance#using-well-known: for apps that read the CapabilityStatement alone."""
    snippet = instance.cli("metadata", "snippet")
    discovered = http.get(f"{instance.fhir}/.well-known/smart-configuration").json()
    (uris,) = snippet["extension"]
    found = {each["url"]: each["valueUri"] for each in uris["extension"]}
    names = {"authorize": "authorization", "introspect": "introspection", "revoke": "revocation"}
    names |= {"token": "token", "manage": "management", "register": "registration"}
    for name, url in found.items():
        assert discovered[f"{names[name]}_endpoint"] == url
    assert ("register" in found) == ("registration_endpoint" in discovered)
    lines = subprocess.run([instance["CLI"], "metadata", "snippet"], capture_output=True, text=True, check=True).stdout
    assert json.loads(lines) == snippet and len(lines.splitlines()) > 20


def test_the_grants_of_each_program_name_its_tables_alone(instance):
    for program, tables in (("jwks", {"keys"}), ("register", {"clients", "client_secrets", "initial_access_tokens"})):
        sql = instance.cli("db", "grants", program, "--role", "role-of-it")["sql"]
        assert '"role-of-it"' in sql and all(table in sql for table in tables) and "accounts" not in sql
    instance.cli("db", "grants", "nothing", "--role", "x", expect=64)


@pytest.mark.parametrize(
    "command, code",
    [
        (("nonsense",), 64),
        (("client", "add"), 64),
        (("client", "add", "--name", "x", "--nonsense"), 64),
        (("client", "add", "--name", "x", "--scope", "openid"), 64),
        (("client", "show", "nobody"), 1),
        (("user", "set-access", "x"), 64),
        (("key", "list", "--config", "/nowhere"), 1),
    ],
)
def test_an_error_is_one_line_on_standard_error(instance, command, code):
    done = subprocess.run([instance["CLI"], *command], capture_output=True, text=True)
    assert done.returncode == code and done.stdout == ""
    assert done.stderr.startswith("Error: ") and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "command", [("--help",), ("client", "add", "--help"), ("help", "key", "rotate"), ("--version",)]
)
def test_help_is_no_error(instance, command):
    done = subprocess.run([instance["CLI"], *command], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "" and done.stdout


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
    for name in PROGRAMS:
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
