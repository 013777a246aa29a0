"""What counts once counts once, also when everybody comes at the same moment: protocol A3, A7, A12, A14.

On SQLite each program is one process, on PostgreSQL it is two. VESTIBULE_RACE_ROUNDS says how often each race is run;
ten times otherwise.
"""

import os
import re
import signal
import time
from urllib.parse import urlsplit

import pytest

from cluster import as_role, cluster
from instance import free_port, own_folder, own_instance, run_script, until
from oauth import Answer, Person, refused
from volley import request, volley

ROUNDS = int(os.environ.get("VESTIBULE_RACE_ROUNDS", "10"))
AT_ONCE = 50
SCOPE = "openid offline_access launch/patient patient/*.rs"
# What the races come to, and where it answers.
PROGRAMS = {
    **{name: f"/oauth2/{name}" for name in ("authorize", "token", "introspect", "revoke", "launch")},
    **{"portal": "/portal/sign-in", "enforce": "/fhir/Patient/maja-oconnor"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def instance(request, instance):
    """The instance under test, and another one whose programs run twice on one PostgreSQL database."""
    if request.param == "sqlite":
        yield instance
    else:
        with cluster() as url, own_instance("--store", url) as own:
            for name in PROGRAMS:
                start_second(own, name)
            serve_both(own)
            yield own


def start_second(own, name):
    """A second process of a program, as on another node: its own socket, and a role with what it needs and no more."""
    role, config = f"smart_{name}", own.directory / f"etc/{name}-2.toml"
    own.execute(f"CREATE ROLE {role} LOGIN; {own.cli('db', 'grants', name, '--role', role)['sql']}")
    config.write_text(own.configuration.read_text().replace(own.store, as_role(own.store, role)))
    (program, *_), environment = own.command(name)
    command = [program, "--config", str(config), "--listen", str(own.directory / f"run/{name}-2.sock")]
    own.start(f"{name}-2", (command, environment))


def serve_both(own):
    """Has nginx take turns, and waits until everybody has had one."""
    upstreams = own.directory / "nginx/http.conf"
    server = rf"server (unix:\S+/({'|'.join(PROGRAMS)}))\.sock;"
    upstreams.write_text(re.sub(server, r"server \1.sock; server \1-2.sock;", upstreams.read_text()))
    os.kill(own.pid("nginx-master"), signal.SIGHUP)
    with own.http() as http:

        def has_had_a_turn(name):
            http.get(f"{own.base}{PROGRAMS[name]}")
            return '"event":"request"' in own.logs()[f"{name}-2.log"]

        for name in PROGRAMS:
            until(lambda: has_had_a_turn(name))


@pytest.fixture
def app(register):
    return register(scope=f"{SCOPE} online_access launch")


@pytest.fixture
def signed_in(patient):
    patient.sign_in()
    return patient


def rounds(seconds=0.3):
    """So often, and no faster than nginx takes as many requests from one address."""
    for number in range(ROUNDS):
        begin = time.monotonic()
        yield number
        time.sleep(max(0, begin + seconds - time.monotonic()))


def token_request(fields):
    return request("POST", "/oauth2/token", fields)


def statuses(answers):
    """Every status that there was; no trouble of the server's own is ever among them."""
    found = [answer.status for answer in answers]
    assert all(status < 500 for status in found), sorted(found)
    return sorted(found)


def reads(app, token):
    return app.fhir(token, "Patient/maja-oconnor").status_code == 200


# RFC 6749 §4.1.2
def test_a_code_has_one_winner_and_is_then_worth_nothing(instance, app, signed_in):
    """Requirements 86 and 87: one exchange is answered, and as it was tried twice, its tokens end."""
    for _ in rounds():
        asked = app.request(scope=SCOPE)
        code = signed_in.authorize(asked)["code"]
        fields = {
            "grant_type": "authorization_code",
            "client_id": app.client_id,
            "code": code,
            "redirect_uri": app.redirect_uri,
            "code_verifier": asked.verifier,
        }
        answers = volley(instance, [token_request(fields)] * AT_ONCE)
        assert statuses(answers) == [200] + [400] * (AT_ONCE - 1)
        assert {answer.json()["error"] for answer in answers if answer.status == 400} == {"invalid_grant"}
        winner = next(answer for answer in answers if answer.status == 200).json()
        assert not reads(app, winner["access_token"]) and refused(app.refresh(winner["refresh_token"]))


# RFC 9700 §4.14.2
def test_a_refresh_token_has_one_successor_however_many_ask(instance, app, signed_in):
    """Requirement 165: all that are answered hold the same one, and it goes on."""
    tokens = app.tokens(signed_in, scope=SCOPE)
    for _ in rounds():
        fields = {
            "grant_type": "refresh_token",
            "client_id": app.client_id,
            "refresh_token": tokens["refresh_token"],
        }
        answers = volley(instance, [token_request(fields)] * AT_ONCE)
        assert statuses(answers) == [200] * AT_ONCE
        found = [answer.json() for answer in answers]
        assert len({each["refresh_token"] for each in found}) == 1
        assert len({each["access_token"] for each in found}) == AT_ONCE
        assert reads(app, found[0]["access_token"]) and reads(app, found[-1]["access_token"])
        # It works once more: the next round begins with what this gives.
        tokens = app.refresh(found[0]["refresh_token"]).json()
        assert reads(app, tokens["access_token"])


# SMART client-confidential-asymmetric#signature-verification
def test_an_assertion_has_one_winner(instance, service):
    """Requirement 182, in whichever process it arrives."""
    client = service()
    for _ in rounds():
        assertion = client.assertion()
        fields = {"grant_type": "client_credentials", "scope": "system/Patient.rs", **client.proof(assertion)}
        shots = [token_request(fields)] * (AT_ONCE - 10)
        # Ten of them at another program.
        shots += [request("POST", "/oauth2/introspect", {"token": "x", **client.proof(assertion)})] * 10
        found = statuses(volley(instance, shots))
        assert found.count(200) == 1 and set(found) <= {200, 401, 429}, found
        instance.execute("DELETE FROM attempts")


# SMART app-launch#launch-app-ehr-launch
def test_a_launch_handle_has_one_winner(instance, ehr, register):
    """Requirement 47"""
    app = register("--trusted")
    for _ in rounds(1.2):
        launch = ehr.prepare(app, "amara", patient="maja-oconnor").json()["launch"]
        asked = [app.request(scope="openid launch patient/*.rs", launch=launch) for _ in range(AT_ONCE)]
        path = urlsplit(app.discovered["authorization_endpoint"]).path
        answers = volley(instance, [request("GET", f"{path}?{each.query}") for each in asked])
        assert statuses(answers) == [303] * AT_ONCE
        arrived = [Answer(answer.headers["location"]) for answer in answers]
        winners = [index for index, each in enumerate(arrived) if "code" in each]
        assert len(winners) == 1
        assert {each["error"] for each in arrived if "code" not in each} == {"invalid_request"}
        tokens = app.exchange(asked[winners[0]], arrived[winners[0]]).json()
        assert reads(app, tokens["access_token"]), "the losers were of the same app: that ends nothing"


def test_a_form_without_cookies_has_one_winner(instance, ehr, app):
    """Requirement 91: two presses of Allow, two answers, one decision."""
    frame = Person(instance, keeps_cookies=False)
    for _ in rounds(0.6):
        launch = ehr.prepare(app, "amara", patient="maja-oconnor").json()["launch"]
        page = frame.open(app.request(scope="openid launch patient/*.rs", launch=launch).url)
        fields = [*page.form("/portal/consent").fields, ("decision", "allow")]
        found = statuses(volley(instance, [request("POST", "/portal/consent", fields)] * 20))
        assert found == [303] + [403] * 19
    frame.close()


# RFC 7009 §2.1
@pytest.mark.parametrize("end", ["revocation", "sign-out"])
def test_nothing_lives_on_that_was_ended_while_it_was_refreshed(instance, app, account, end):
    """Requirements 166 and 204: of a refresh and an end in the same moment, the end wins."""
    somebody = account("--access", "all")
    scope = SCOPE if end == "revocation" else SCOPE.replace("offline", "online")
    for _ in rounds():
        tokens = app.tokens(somebody, scope=scope)
        name = {"client_id": app.client_id}
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **name}
        if end == "revocation":
            ending = request("POST", "/oauth2/revoke", {"token": tokens["refresh_token"], **name})
        else:
            fields = somebody.open("/portal").form("/portal/sign-out").fields
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in somebody.http.cookies.jar)
            ending = request("POST", "/portal/sign-out", fields, Cookie=cookies, Origin=instance.base)
        answers = volley(instance, [token_request(refresh)] * 10 + [ending] + [token_request(refresh)] * 10)
        assert set(statuses(answers)) <= {200, 303, 400}
        assert answers[10].status in (200, 303)
        given = [answer.json() for answer in answers if answer.status == 200 and b"access_token" in answer.body]
        for each in (tokens, *given):
            assert not reads(app, each["access_token"]) and refused(app.refresh(each["refresh_token"]))


@pytest.mark.parametrize("instance", ["postgresql"], indirect=True)
def test_a_database_is_begun_by_one_instance(instance):
    """Whoever comes with other secrets is sent away, and leaves nothing running."""
    with own_folder() as folder:
        options = ("--background", "--dir", folder, "--port", free_port(), "--store", instance.store)
        assert "give an empty one" in run_script(*options, expect=1)
        assert not list(folder.glob("run/*.pid"))
