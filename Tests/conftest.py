"""What the system and browser tests share: the instance under test, people, and apps registered for one test."""

import os
import pathlib
import secrets

import pytest

from instance import Instance
from oauth import App, Person


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


@pytest.fixture
def register(instance):
    """Registers an app for this test alone; it is disabled afterwards."""
    made = []

    def make(
        *options, name="Test app", scope="openid fhirUser offline_access launch launch/patient patient/*.rs user/*.rs"
    ):
        identity = f"test-{secrets.token_hex(6)}"
        origin = f"https://{identity}.example"
        answer = instance.cli(
            "client",
            "add",
            "--id",
            identity,
            "--name",
            name,
            "--redirect-uri",
            f"{origin}/callback",
            "--launch-url",
            f"{origin}/launch",
            "--scope",
            scope,
            *options,
        )
        made.append(identity)
        return App(instance, identity, f"{origin}/callback", answer.get("client_secret"))

    yield make
    for identity in made:
        instance.cli("client", "disable", identity)


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
