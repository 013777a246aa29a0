"""What the system and browser tests share: the instance under test, people, and apps registered for one test."""

import os
import pathlib
import secrets
import subprocess

import httpx
import pytest

from instance import Instance
from key_host import KeyHost
from keys import ClientKey, key_set
from oauth import App, Person
from receiver import Receiver


def pytest_addoption(parser):
    parser.addoption(
        "--demo-env", help="the demo.env of a running instance (else $VESTIBULE_DEMO_ENV, else .demo in the project)"
    )


@pytest.fixture(scope="session")
def instance(request) -> Instance:
    """The instance under test. Tests leave it as they found it, but for rows of users and disabled clients."""
    project = pathlib.Path(__file__).resolve().parent.parent
    path = request.config.getoption("--demo-env") or os.environ.get("VESTIBULE_DEMO_ENV") or project / ".demo/demo.env"
    return Instance(path)


@pytest.fixture
def http(instance):
    """Nobody in particular: no cookies, no redirects followed."""
    with instance.http() as client:
        yield client


@pytest.fixture
def person(instance):
    """Makes a browser without a script: person() is nobody yet, person("maja", password) can sign in."""
    people = []

    def make(username=None, password=None, **options):
        people.append(Person(instance, username, password, **options))
        return people[-1]

    yield make
    for each in people:
        each.close()


@pytest.fixture
def clinician(instance, person) -> Person:
    return person(instance["CLINICIAN_USER"], instance["CLINICIAN_PASSWORD"])


@pytest.fixture
def patient(instance, person) -> Person:
    return person(instance["PATIENT_USER"], instance["PATIENT_PASSWORD"])


@pytest.fixture
def rounds(instance) -> App:
    """The public demo app."""
    return App(instance, instance["PUBLIC_CLIENT_ID"], instance["REDIRECT_URI"])


@pytest.fixture
def reporting(instance) -> App:
    """The confidential demo app."""
    redirect_uri = instance["REDIRECT_URI"].replace("/index.html", "/callback")
    return App(instance, instance["CONFIDENTIAL_CLIENT_ID"], redirect_uri, instance["CONFIDENTIAL_CLIENT_SECRET"])


@pytest.fixture(autouse=True)
def nobody_waits(request):
    """All tests come from one address: the wrong guesses of one must not keep the next one waiting."""
    if "instance" in request.fixturenames:
        request.getfixturevalue("instance").execute("DELETE FROM attempts")


@pytest.fixture
def register(instance):
    """Registers a client for this test alone; it is disabled afterwards.

    - key: the client signs with this key; without an option that says where its keys are, they are given at once.
    - has_pages: whether it is an app with a page that people come back to.
    """
    made = []

    def make(
        *options,
        name="Test app",
        scope="openid fhirUser offline_access launch launch/patient patient/*.rs user/*.rs",
        key=None,
        has_pages=True,
    ):
        identity, keys = f"test-{secrets.token_hex(6)}", ""
        origin = f"https://{identity}.example"
        if has_pages:
            options = ("--redirect-uri", f"{origin}/callback", "--launch-url", f"{origin}/launch", *options)
        if scope:
            options = ("--scope", scope, *options)
        if key and not {"--jwks", "--jwks-uri", "--jwks-file"} & set(options):
            options, keys = ("--jwks", "-", *options), key_set(key)
        answer = instance.cli("client", "add", "--id", identity, "--name", name, *options, text=keys)
        made.append(identity)
        posts_secret = answer["auth_method"] == "client_secret_post"
        return App(instance, identity, f"{origin}/callback", answer.get("client_secret"), key, posts_secret)

    yield make
    for identity in made:
        instance.cli("client", "disable", identity)


@pytest.fixture
def service(register):
    """Registers a backend service with a key of its own (SMART backend-services)."""

    def make(*options, scope="system/Patient.rs system/Observation.rs", key=None, **more):
        options = ("--grant-type", "client_credentials", *options)
        return register(*options, name="Test service", scope=scope, key=key or ClientKey(), has_pages=False, **more)

    return make


@pytest.fixture
def resource_server(register) -> App:
    """A FHIR server of the hospital that may introspect every token."""
    return register("--resource-server", name="Test FHIR server", scope=None, has_pages=False)


@pytest.fixture
def ehr(register) -> App:
    """An EHR that may prepare launches."""
    return register("--ehr", name="Test EHR", scope=None, has_pages=False)


@pytest.fixture
def key_host():
    """Makes hosts of key sets on this machine."""
    hosts = []

    def make(*keys, **options):
        hosts.append(KeyHost(*keys, **options))
        return hosts[-1]

    yield make
    for host in hosts:
        host.close()


@pytest.fixture
def account(instance, person):
    """Adds a user for this test alone, who is disabled afterwards, and gives a person who can sign in as that user."""
    made = []

    def make(*options, name="Test Person"):
        username, password = f"test-{secrets.token_hex(6)}", secrets.token_hex(10)
        instance.cli("user", "add", username, "--name", name, *options, text=f"{password}\n")
        made.append(username)
        return person(username, password)

    yield make
    for username in made:
        instance.cli("user", "disable", username)


@pytest.fixture
def everything(instance):
    """Asks the FHIR server itself, over the relay: what is there, whoever may see it."""
    transport = httpx.HTTPTransport(uds=str(instance.directory / "relay/fhir-relay.sock"))
    with httpx.Client(transport=transport, base_url="http://relay", timeout=30) as client:
        yield lambda path: client.get(f"/{path}").json()


@pytest.fixture
def receiver():
    """Makes somebody on loopback who takes webhooks."""
    made = []

    def make():
        made.append(Receiver())
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def platform(receiver):
    return receiver()


@pytest.fixture
def courier(instance, platform, tmp_path):
    """Runs the courier with a configuration of its own in place of the instance's, which waits."""
    waiting = instance.end("courier")
    configuration = tmp_path / "courier.toml"
    configuration.write_text(
        instance.configuration.read_text().replace("[consent]\n", f'[consent]\nplatform = "{platform.url}"\n')
    )
    program = instance.programs / "vestibule-courier"

    def run(*options):
        done = subprocess.run(
            [program, "--config", configuration, *options], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    run.command = [program, "--config", str(configuration)]
    run("--once")
    platform.events.clear()
    yield run
    # The instance's own one tells no platform.
    instance.start("courier", waiting)
