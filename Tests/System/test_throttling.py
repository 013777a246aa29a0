"""Guessing is slowed for who guesses, and for nobody else: threats S; RFC 6819 §4.4.1.3, RFC 6585 §4."""

import hashlib
import secrets
import time

import pytest

from instance import until
from keys import ClientKey
from oauth import refused

SCOPE = "openid offline_access launch/patient patient/*.rs"


def waits(answer, error="invalid_client"):
    """429 with the error that it is, and the seconds to wait, in the header and in words."""
    assert answer.status_code == 429, answer.text
    assert answer.json()["error"] == error and answer.headers["cache-control"] == "no-store"
    seconds = int(answer.headers["retry-after"])
    assert seconds >= 1 and f"{seconds} s" in answer.json()["error_description"]
    return seconds


def until_it_waits(guess, most):
    """Guesses until it has to wait; gives how many were looked at."""
    for count in range(most + 1):
        if guess().status_code == 429:
            return count
    raise AssertionError(f"{most} guesses and no wait")


@pytest.fixture
def guess(http):
    """A wrong secret for a client, by HTTP Basic."""

    def send(client, secret=None):
        return http.post(
            client.discovered["token_endpoint"],
            data={"grant_type": "refresh_token", "refresh_token": "x"},
            auth=(client.client_id, secret or secrets.token_urlsafe(32)),
        )

    return send


# Secrets and assertions of clients


def test_who_guesses_at_a_secret_waits(register, guess):
    client = register("--confidential")
    assert until_it_waits(lambda: guess(client), 20) == 11, "ten are free"
    assert waits(guess(client)) <= 2


def test_the_wait_doubles_up_to_five_minutes(instance, register, guess):
    client, seconds = register("--confidential"), []
    guess(client)
    for failures in (11, 13, 16, 40):
        with instance.database() as database:
            changed = database.execute(
                "UPDATE attempts SET failures = ?, blocked_until = 0 WHERE key = ?",
                (failures, digest("client", client.client_id, "127.0.0.1")),
            )
            assert changed.rowcount == 1
        assert refused(guess(client), "invalid_client", 401)
        seconds.append(waits(guess(client)))
    assert seconds == sorted(seconds) and len(set(seconds)) == 4 and 290 <= seconds[-1] <= 300


def digest(*words):
    """How the store names what is guarded: nothing of it can be read there."""
    return hashlib.sha256("\x1f".join(words).encode()).digest()


def test_the_client_itself_never_waits(register, patient, guess):
    """A stranger's guesses cost the rightful client nothing, at its own address neither."""
    client = register("--confidential")
    tokens = client.tokens(patient, scope=SCOPE)
    until_it_waits(lambda: guess(client), 20)
    assert client.refresh(tokens["refresh_token"]).status_code == 200
    assert client.introspect(tokens["access_token"]).status_code == 200
    assert waits(guess(client))


def test_another_client_is_not_affected(register, patient, guess):
    one, other = register("--confidential"), register("--confidential")
    until_it_waits(lambda: guess(one), 20)
    assert refused(guess(other), "invalid_client", 401), "its own guesses are counted by themselves"
    assert other.tokens(patient, scope=SCOPE)["access_token"]


def test_a_wait_ends(register, guess):
    client = register("--confidential")
    until_it_waits(lambda: guess(client), 20)
    assert until(lambda: guess(client).status_code == 401, 5)


@pytest.mark.parametrize("endpoint", ["introspection_endpoint", "revocation_endpoint", "/oauth2/launch"])
def test_every_door_counts_together(instance, register, guess, http, endpoint):
    client = register("--confidential")
    url = client.discovered.get(endpoint, instance.base + endpoint)

    def elsewhere():
        return http.post(url, data={"token": "x"}, auth=(client.client_id, secrets.token_urlsafe()))

    for _ in range(5):
        assert refused(elsewhere(), "invalid_client", 401)
    assert until_it_waits(lambda: guess(client), 10) == 6
    assert waits(elsewhere())


def test_wrong_assertions_wait_late_and_by_service(service):
    """A clock or a host of keys that is wrong, or a test kit, keeps no other service behind the address waiting."""
    one, two = service(), service()

    def wrong(client):
        return client.backend("system/Patient.rs", **client.proof(client.assertion(ClientKey(kid=client.key.kid))))

    assert until_it_waits(lambda: wrong(one), 80) == 61, "sixty are free"
    assert waits(wrong(one)) <= 2
    assert one.backend("system/Patient.rs").status_code == 200, "the right one is heard"
    assert refused(wrong(two), "invalid_client", 401)


def test_names_that_nobody_has_are_guesses_of_one_address(register, http):
    """Fifty wrong names are free, and then the address waits; who is right does not."""
    client = register("--confidential")
    url = client.discovered["token_endpoint"]

    def name():
        fields = {"grant_type": "refresh_token", "refresh_token": "x"}
        return http.post(url, data=fields, auth=(f"nobody-{secrets.token_hex(4)}", "x"))

    assert until_it_waits(name, 60) == 51
    assert waits(name())
    assert client.introspect("x").status_code == 200


# Codes and tokens


def test_who_guesses_at_refresh_tokens_waits(rounds, patient):
    tokens = rounds.tokens(patient, scope=SCOPE)
    assert until_it_waits(lambda: rounds.refresh("vst_rt_" + secrets.token_urlsafe(32)), 60) == 31, "thirty are free"
    assert waits(rounds.refresh("vst_rt_" + secrets.token_urlsafe(32)), "invalid_grant")
    assert rounds.refresh(tokens["refresh_token"]).status_code == 200, "who has one does not wait"


def test_who_guesses_at_codes_waits(rounds, patient):
    request = rounds.request(scope=SCOPE)
    answer = patient.authorize(request)

    def guess():
        return rounds.exchange(request, {"code": "vst_ac_" + secrets.token_urlsafe(32)})

    assert until_it_waits(guess, 60) == 31
    assert waits(guess(), "invalid_grant")
    assert rounds.exchange(request, answer).status_code == 200, "who has one does not wait"


def test_spent_and_foreign_tokens_are_no_guesses(rounds, register, patient):
    """Old tokens of an honest app are known: they are refused as ever, and nobody waits for them."""
    tokens = rounds.tokens(patient, scope=SCOPE)
    rounds.revoke(tokens["refresh_token"])
    other = register()
    for _ in range(20):
        assert refused(rounds.refresh(tokens["refresh_token"]))
        assert refused(other.refresh(tokens["refresh_token"]))


def test_a_web_page_can_read_that_it_has_to_wait(rounds):
    origin = rounds.redirect_uri.rsplit("/", 1)[0]
    until_it_waits(lambda: rounds.refresh("vst_rt_" + secrets.token_urlsafe(32)), 60)
    fields = {"grant_type": "refresh_token", "refresh_token": "vst_rt_x"}
    answer = rounds.post(fields, headers={"origin": origin})
    assert waits(answer, "invalid_grant") and answer.headers["access-control-allow-origin"] == origin
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


# Passwords


@pytest.fixture
def guessed(account):
    return account("--access", "all")


def is_in(page):
    return page.title.startswith("Start an app")


def attempt(who, username, password):
    before = who.username, who.password
    who.username, who.password = username, password
    page = who.sign_in()
    who.username, who.password = before
    return page


def test_a_stranger_who_guesses_does_not_keep_the_known_browser_waiting(instance, guessed, person):
    """The person signed in here before, so this browser is counted by itself."""
    assert is_in(guessed.sign_in())
    guessed.submit(guessed.open("/portal").form("/portal/sign-out"))
    stranger = person()
    statuses = [attempt(stranger, guessed.username, "wrong password").status for _ in range(4)]
    assert statuses[-1] == 429
    with instance.database() as database:
        # The whole world has guessed, and everybody new has to wait.
        database.execute(
            "INSERT INTO attempts (key, fhir_base, failures, blocked_until, expires_at) VALUES (?, ?, 99, ?, ?) "
            "ON CONFLICT DO UPDATE SET blocked_until = excluded.blocked_until",
            (digest("sign-in", guessed.username), instance.fhir, int(time.time()) + 300, int(time.time()) + 9000),
        )
    assert attempt(person(), guessed.username, guessed.password).status == 429
    assert is_in(guessed.sign_in())


def test_a_known_browser_that_guesses_waits_too(guessed, person):
    assert is_in(guessed.sign_in())
    guessed.submit(guessed.open("/portal").form("/portal/sign-out"))
    statuses = [attempt(guessed, guessed.username, "wrong password").status for _ in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert until(lambda: is_in(guessed.sign_in()), 8)


def test_to_know_a_browser_is_to_know_it_of_one_person(guessed, account, person):
    """Who signs in as themselves has gained nothing for guessing at somebody else."""
    guesser = account()
    assert is_in(guesser.sign_in())
    guesser.submit(guesser.open("/portal").form("/portal/sign-out"))
    statuses = [attempt(guesser, guessed.username, "wrong password").status for _ in range(4)]
    assert statuses == [403, 403, 403, 429]
    assert attempt(person(), guessed.username, "wrong password").status == 429, "one address is one stranger"


def test_a_new_cookie_is_no_new_stranger(guessed, person):
    statuses = [attempt(person(), guessed.username, "wrong password").status for _ in range(4)]
    assert statuses == [403, 403, 403, 429]


def test_nothing_that_can_be_read_is_kept_of_guesses(instance, guessed, person, register, guess):
    client = register("--confidential")
    guess(client)
    attempt(person(), guessed.username, "wrong password")
    with instance.database() as database:
        rows = database.execute("SELECT key FROM attempts").fetchall()
    assert len(rows) >= 4 and all(len(row["key"]) == 32 for row in rows)
    assert digest("sign-in", guessed.username, "address", "127.0.0.1") in {row["key"] for row in rows}
