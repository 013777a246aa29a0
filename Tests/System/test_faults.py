"""A second instance, beside the first: what happens when its parts fail, and how it comes back: threats F."""

import concurrent.futures
import contextlib
import os
import secrets
import signal
import socket
import sqlite3
import threading
import time

import httpx
import pytest

from instance import PROGRAMS, own_instance, run_script, until
from keys import ClientKey, key_set
from oauth import App, Person

SCOPE = "openid offline_access launch/patient patient/*.rs"


@pytest.fixture(scope="module")
def own():
    with own_instance() as instance:
        yield instance


@pytest.fixture
def patient(own):
    who = Person(own, own["PATIENT_USER"], own["PATIENT_PASSWORD"])
    yield who
    who.close()


@pytest.fixture
def clinician(own):
    who = Person(own, own["CLINICIAN_USER"], own["CLINICIAN_PASSWORD"])
    yield who
    who.close()


@pytest.fixture
def rounds(own):
    return App(own, own["PUBLIC_CLIENT_ID"], own["REDIRECT_URI"])


def status(instance, path, **options):
    with instance.http() as http:
        return http.get(instance.base + path, **options).status_code


class Load:
    """Requests to some paths, as fast as they are answered, on kept connections, until the block ends.

    - token: goes with each of them.
    - check: looks at each answer, and fails.
    """

    def __init__(self, instance, *paths, threads=8, token=None, check=None):
        self.instance, self.paths, self.threads, self.over, self.answers = (
            instance,
            paths,
            threads,
            threading.Event(),
            [],
        )
        self.headers = {"authorization": f"Bearer {token}"} if token else {}
        self.check = check or (lambda answer: None)

    def __enter__(self):
        self.pool = concurrent.futures.ThreadPoolExecutor(self.threads)
        self.running = [
            self.pool.submit(self.ask, self.paths[index % len(self.paths)]) for index in range(self.threads)
        ]
        self.more(200)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.pool.shutdown()
        for each in self.running:
            each.result()

    def ask(self, path):
        with self.instance.http(headers=self.headers) as http:
            while not self.over.is_set():
                begin = time.monotonic()
                try:
                    answer = http.get(self.instance.base + path)
                    self.check(answer)
                    self.answers.append((begin, path, answer.status_code))
                except httpx.RemoteProtocolError:
                    # Broken off in the middle, so that nobody takes it for an answer.
                    self.answers.append((begin, path, None))

    def more(self, count):
        """Waits until so many more were answered."""
        goal = len(self.answers) + count
        until(lambda: len(self.answers) >= goal, 60)


def test_two_instances_live_side_by_side(own, instance, patient, rounds):
    assert own.fhir != instance.fhir
    assert status(own, "/oauth2/jwks") == status(instance, "/oauth2/jwks") == 200
    token = rounds.tokens(patient)["access_token"]
    assert rounds.fhir(token, "Patient/maja-oconnor").status_code == 200
    with instance.http() as http:
        stranger = http.get(f"{instance.fhir}/Patient/maja-oconnor", headers={"authorization": f"Bearer {token}"})
    assert stranger.status_code == 401


@pytest.mark.parametrize(
    "name, path", [("discovery", "/fhir/.well-known/smart-configuration"), ("jwks", "/oauth2/jwks")]
)
def test_a_restarted_program_fails_requests_only_while_it_is_away(own, name, path):
    with Load(own, path) as load:
        stopped = time.monotonic()
        command = own.end(name, wait=False)
        old = own.pid(name)
        until(lambda: not (own.directory / f"run/{name}.sock").exists())
        own.start(name, command)
        back = time.monotonic()
        load.more(400)
        until(lambda: not own.is_running(old), 40)
        load.more(200)
    away = [answer for answer in load.answers if answer[2] != 200]
    assert {answer[2] for answer in away} <= {503}
    assert all(stopped - 1 <= begin <= back for begin, _, _ in away), "refused before it stopped or after it was back"
    assert back - stopped < 10


def test_a_program_on_a_socket_of_its_supervisor_is_replaced_without_a_lost_request(own):
    path, place = "/fhir/.well-known/smart-configuration", own.directory / "run/discovery.sock"
    arguments, environment = own.end("discovery")
    command = ([part for part in arguments if part not in ("--listen", str(place))], environment)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        os.chmod(place, 0o660)
        listener.listen(1024)
        own.start("discovery", command, stdin=listener)
        try:
            with Load(own, path) as load:
                for _ in range(3):
                    own.end("discovery", wait=False)
                    own.start("discovery", command, stdin=listener)
                    load.more(300)
            assert {code for _, _, code in load.answers} == {200}
        finally:
            own.end("discovery")
            place.unlink()
            own.start("discovery", (arguments, environment))
    until(lambda: status(own, path) == 200)


def test_a_broken_configuration_changes_nothing_and_a_good_one_does(own):
    text = own.configuration.read_text()

    def heard(event):
        before = own.logs()["portal.log"].count(event)
        os.kill(own.pid("portal"), signal.SIGHUP)
        until(lambda: own.logs()["portal.log"].count(event) > before)

    def page():
        with own.http() as http:
            return http.get(f"{own.base}/portal/signed-out").text

    try:
        own.configuration.write_text(text + "\nnonsense = 1\n")
        heard('"reload failed"')
        assert "Rowan Bay Hospital" in page()
        own.configuration.write_text(text.replace("Rowan Bay Hospital", "Another House"))
        heard('"reloaded"')
        until(lambda: "Another House" in page())
    finally:
        own.configuration.write_text(text)
        heard('"reloaded"')
    until(lambda: "Another House" not in page())


def test_without_its_enforcer_the_fhir_api_says_so_and_shows_nothing(own, patient, rounds):
    token = rounds.tokens(patient)["access_token"]
    command = own.end("enforce", signal.SIGKILL)
    try:
        for path in ("Patient/maja-oconnor", "metadata", "Patient"):
            answer = rounds.fhir(token, path)
            assert answer.status_code == 503 and answer.json()["resourceType"] == "OperationOutcome", path
            assert (
                answer.headers["cache-control"] == "no-store" and answer.headers["content-security-policy"] == "sandbox"
            )
            assert "retry-after" in answer.headers and "maja" not in answer.text
    finally:
        own.start("enforce", command)
    until(lambda: rounds.fhir(token, "Patient/maja-oconnor").status_code == 200)


def test_without_its_fhir_server_the_api_says_so_and_the_pages_are_kind(own, patient, clinician, rounds):
    token = rounds.tokens(patient)["access_token"]
    clinician.sign_in()
    picker = clinician.open(rounds.request().url)
    consent = patient.open(rounds.request().url)
    assert consent.title.startswith("Allow")
    command = own.end("fhir")
    try:
        for path in ("Patient/maja-oconnor", "Observation?_count=1", "metadata"):
            answer = rounds.fhir(token, path)
            assert answer.status_code == 503 and answer.json()["resourceType"] == "OperationOutcome", path
            assert answer.headers["x-content-type-options"] == "nosniff" and "retry-after" in answer.headers
        for page in (clinician.search("Maja"), clinician.search("Maja", picker)):
            assert "The search is not answering" in page.text and page.has_form("/portal/sign-out")
        for who, path in ((clinician, "/portal?patient=maja-oconnor"), (patient, "/portal")):
            page = who.open(path)
            assert page.status == 200 and "just now" in page.text, page.text
        page = patient.open(consent.url)
        assert page.status == 503 and page.title.startswith("Error: Not available just now")
        assert status(own, "/oauth2/jwks") == 200
    finally:
        own.start("fhir", command)
    until(lambda: rounds.fhir(token, "Patient/maja-oconnor").status_code == 200, 60)
    assert "1 patient found" in clinician.search("Maja").text
    assert "code" in patient.submit(patient.open(consent.url).form("/portal/consent"), button=("decision", "allow"))


def is_about_maja(answer):
    """Fails on an answer with anybody else in it, and on a refusal that does not say what it is."""
    found = answer.json()
    if answer.status_code != 200:
        assert answer.status_code in (502, 503) and found["resourceType"] == "OperationOutcome", answer.text
        return
    resources = [entry["resource"] for entry in found["entry"]] if found["resourceType"] == "Bundle" else [found]
    assert {
        each.get("subject", each.get("patient", {})).get("reference", "Patient/maja-oconnor") for each in resources
    } == {"Patient/maja-oconnor"}


@pytest.mark.parametrize("name", ["enforce", "fhir"])
def test_a_kill_in_the_middle_of_the_work_shows_nobody_elses_record(own, patient, rounds, name):
    token = rounds.tokens(patient)["access_token"]
    paths = ("Patient/maja-oconnor", "Observation?_count=200", "Observation?_count=3", "Condition")

    def works():
        return rounds.fhir(token, "Patient/maja-oconnor").status_code == 200

    with Load(own, *(f"/fhir/{path}" for path in paths), token=token, check=is_about_maja) as load:
        for _ in range(3):
            command = own.end(name, signal.SIGKILL)
            load.more(40)
            own.start(name, command)
            until(works, 60)
            load.more(100)
    codes = {code for _, _, code in load.answers}
    assert codes <= {200, 502, 503, None} and {200, 503} <= codes


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "enforce"])
def test_a_killed_program_is_missed_politely_and_comes_back_over_its_stale_socket(own, name):
    places = {"portal": "/portal/sign-in", "discovery": "/fhir/.well-known/smart-configuration"}
    path = places.get(name, f"/oauth2/{name}")
    before = status(own, path)
    command = own.end(name, signal.SIGKILL)
    try:
        with own.http() as http:
            answer = http.get(own.base + path, headers={"origin": "https://app.example"})
        assert answer.status_code == 503 and (own.directory / f"run/{name}.sock").exists()
        assert answer.headers["cache-control"] == "no-store" and "nginx" not in answer.text
        if name not in ("authorize", "portal"):
            assert answer.json()["error"] == "temporarily_unavailable"
            assert answer.headers["access-control-allow-origin"] == "*" and "retry-after" in answer.headers
        else:
            assert (
                "Not available just now" in answer.text
                and "frame-ancestors" in answer.headers["content-security-policy"]
            )
    finally:
        own.start(name, command)
    assert status(own, path) == before


def test_no_token_that_was_given_is_lost_when_the_token_program_is_killed(own, patient, rounds):
    lines = [rounds.tokens(patient, scope=SCOPE) for _ in range(4)]

    def refresh(tokens):
        while True:
            answer = rounds.refresh(tokens["refresh_token"])
            if answer.status_code != 200:
                return tokens, answer.status_code
            tokens = answer.json()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        running = [pool.submit(refresh, tokens) for tokens in lines]
        with own.database() as database:

            def count():
                return database.execute("SELECT count(*) FROM refresh_tokens").fetchone()[0]

            begun = count()
            until(lambda: count() > begun + 20)
        command = own.end("token", signal.SIGKILL)
        try:
            ends = [each.result() for each in running]
        finally:
            own.start("token", command)
    for tokens, code in ends:
        assert code == 503
        assert rounds.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    with own.database() as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_an_assertion_that_was_used_stays_used_when_the_program_starts_again(own):
    """Requirement 182"""
    key, name = ClientKey(), f"service-{secrets.token_hex(4)}"
    options = ("--grant-type", "client_credentials", "--scope", "system/Patient.rs", "--jwks", "-")
    own.cli("client", "add", "--id", name, "--name", "Service", *options, text=key_set(key))
    client = App(own, name, None, key=key)
    proof = client.proof()
    assert client.backend("system/Patient.rs", **proof).status_code == 200
    own.start("token", own.end("token"))
    again = client.backend("system/Patient.rs", **proof)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    assert client.backend("system/Patient.rs").status_code == 200


def test_a_locked_store_is_waited_for_and_then_said_and_costs_no_code(own, patient, rounds):
    request = rounds.request()
    answer = patient.authorize(request)
    with contextlib.closing(sqlite3.connect(own.directory / "data/vestibule.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begin = time.monotonic()
        busy = rounds.exchange(request, answer)
        waited = time.monotonic() - begin
        other.execute("ROLLBACK")
    assert (busy.status_code, busy.json()["error"]) == (503, "temporarily_unavailable"), busy.text
    assert "retry-after" in busy.headers and waited < 15
    assert rounds.exchange(request, answer).status_code == 200


def test_everything_is_still_there_after_a_stop_and_a_start(own, patient, rounds, instance):
    tokens = rounds.tokens(patient, scope=SCOPE)
    pids = {name: own.pid(name) for name in [*PROGRAMS, "fhir", "nginx-master"]}
    run_script("--stop", "--dir", own.directory)
    assert not any(own.is_running(pid) for pid in pids.values())
    assert not list(own.directory.glob("run/*.sock"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", own.port))
    assert status(instance, "/oauth2/jwks") == 200, "the other instance lives on"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(own.directory / "relay/fhir-relay.sock"))
    said = run_script("--background", "--dir", own.directory)
    assert f"{own.base}/portal" in said, "the same address as before"
    again = rounds.refresh(tokens["refresh_token"])
    assert again.status_code == 200
    assert rounds.fhir(again.json()["access_token"], "Patient/maja-oconnor").status_code == 200
    assert rounds.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
