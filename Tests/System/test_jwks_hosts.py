"""Hosts of key sets that are slow, huge, lying or gone: each costs its own client and nobody else: protocol A14, threats H."""

import concurrent.futures
import json
import socket
import time

import pytest

from instance import free_port
from key_host import breaking_off, dripping, endless, says, slow
from keys import ClientKey, key_set
from oauth import refused

SCOPE = "system/Patient.rs"


@pytest.fixture
def client_of(service):
    """A service whose keys are at this address."""
    return lambda url, key=None: service("--jwks-uri", url, key=key or ClientKey())


def fails(client, *words, within=7):
    """invalid_client in time, with these words for the developer, and none of what the host said."""
    begin = time.monotonic()
    answer = client.backend(SCOPE)
    took = time.monotonic() - begin
    assert refused(answer, "invalid_client", 401)
    description = answer.json()["error_description"]
    assert "key set" in description and all(word in description for word in words), description
    assert took < within, f"{took:.1f} seconds"
    return True


# Slow


@pytest.mark.parametrize("behaviour", [slow, dripping])
def test_a_slow_host_is_given_up_on(key_host, client_of, behaviour):
    """Requirement 186: five seconds for everything, however the host spends them."""
    host = key_host()
    host.behave = behaviour(host)
    client = client_of(host.url)
    assert fails(client, "did not answer in time")
    assert fails(client, "did not answer in time", "tried", within=1), "for a moment nobody is asked again"
    assert len(host.requests) == 1


def test_while_some_wait_for_a_slow_host_nobody_else_does(instance, key_host, client_of, service, patient, rounds):
    """Requirement 186: twenty requests of its client hang or are turned away, and all others are answered at once."""
    host = key_host()
    host.behave = slow(host)
    slow_client, key = client_of(host.url), ClientKey()
    quick, pasted = client_of(key_host(key).url, key), service()
    request = rounds.request()
    code = patient.authorize(request)
    assertions = [slow_client.assertion() for _ in range(20)]

    def hang(assertion):
        begin = time.monotonic()
        return slow_client.backend(SCOPE, **slow_client.proof(assertion)), time.monotonic() - begin

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        hanging = [pool.submit(hang, assertion) for assertion in assertions]
        while not host.requests:
            time.sleep(0.01)
        others = (
            lambda: pasted.backend(SCOPE),
            lambda: quick.backend(SCOPE),
            lambda: rounds.exchange(request, code),
            lambda: pasted.backend(SCOPE),
        )
        for ask in others:
            begin = time.monotonic()
            assert ask().status_code == 200
            assert time.monotonic() - begin < 1, "another client had to wait"
        assert not all(each.done() for each in hanging), "it was while they hung"
        for answer, took in (each.result() for each in hanging):
            assert answer.status_code in (401, 429) and took < 8
            assert answer.json()["error"] == "invalid_client"
    assert len(host.requests) == 1, "one asks, and the others wait for what it brings"


def test_several_slow_hosts_leave_room_for_the_others(instance, key_host, client_of, service):
    """Requirement 186: a quarter of the program's threads may wait for foreign hosts, and no more."""
    clients = []
    for _ in range(20):
        host = key_host()
        host.behave = slow(host)
        clients.append(client_of(host.url))
    pasted = service()
    with concurrent.futures.ThreadPoolExecutor(60) as pool:
        hanging = [pool.submit(client.backend, SCOPE) for client in clients for _ in range(3)]
        time.sleep(1)
        for _ in range(5):
            begin = time.monotonic()
            assert pasted.backend(SCOPE).status_code == 200 and time.monotonic() - begin < 1
        assert not all(each.done() for each in hanging)
        assert {each.result().status_code for each in hanging} <= {401, 429}


def test_a_host_that_is_well_again_is_believed_again(key_host, client_of):
    key = ClientKey()
    host = key_host(key)
    host.behave = says(host, b"", 500)
    client = client_of(host.url, key)
    assert fails(client, "status 500", within=2)
    host.behave = None
    assert fails(client, "tried", within=2), "for five seconds it counts as down"
    time.sleep(5.1)
    assert client.backend(SCOPE).status_code == 200


def test_keys_that_are_still_good_outlast_their_host(key_host, client_of):
    """Requirement 185: what may be kept is kept, be the host there or not."""
    key = ClientKey()
    host = key_host(key, cache="max-age=60")
    client = client_of(host.url, key)
    assert client.backend(SCOPE).status_code == 200
    host.behave = says(host, b"", 500)
    assert client.backend(SCOPE).status_code == 200
    stranger = client.proof(client.assertion(ClientKey()))
    assert client.backend(SCOPE, **stranger).status_code == 401, "an unknown key has the host asked, which fails"
    assert client.backend(SCOPE).status_code == 200


# Huge


def test_an_endless_answer_is_cut_off(key_host, client_of):
    """Requirement 186: 256 kilobytes are more than any key set."""
    host = key_host()
    host.behave = endless(host)
    assert fails(client_of(host.url), "too large", within=3)


@pytest.mark.parametrize("padding, is_good", [(200_000, True), (300_000, False)])
def test_a_key_set_may_be_large_and_not_huge(key_host, client_of, padding, is_good):
    key = ClientKey()
    host = key_host(key)
    host.behave = says(host, key_set(key).encode() + b" " * padding)
    client = client_of(host.url, key)
    assert client.backend(SCOPE).status_code == 200 if is_good else fails(client, "too large")


def test_a_key_set_of_countless_keys_is_refused(key_host, client_of):
    key = ClientKey()
    host = key_host(*[key] * 60)
    assert fails(client_of(host.url, key), "more than 50 keys")


def test_countless_headers_are_cut_off(key_host, client_of):
    host = key_host(ClientKey())
    host.behave = says(host, b"{}", **{f"X_{number}": "x" * 1000 for number in range(90)})
    assert fails(client_of(host.url), "too large")


# Lying

HTML = b"<!DOCTYPE html><title>Sign in to our proxy</title>"


@pytest.mark.parametrize(
    "body, status, headers, words",
    [
        (HTML, 200, {"Content_Type": "text/html"}, ("not JSON", "text/html")),
        (HTML, 200, {}, ("not JSON",)),
        (b"", 200, {}, ("not JSON",)),
        (b"\xff\xfe", 200, {}, ("not JSON",)),
        (b"[" * 5_000, 200, {}, ("not JSON",)),
        (b"[]", 200, {}, ("array keys",)),
        (b'{"keys": {}}', 200, {}, ("array keys",)),
        (b'{"keys": [1, "x", {"kty": "oct"}]}', 200, {}, ("no ES384 key", "passed over")),
        (b'{"keys": []}', 200, {}, ("no ES384 key",)),
        (b"{}", 404, {}, ("status 404",)),
        (b"{}", 401, {"WWW_Authenticate": "Basic"}, ("status 401",)),
        (b"{}", 204, {}, ("status 204",)),
        (b"{}", 304, {}, ("status 304",)),
        (b"{}", 503, {"Retry_After": "1"}, ("status 503",)),
        (b"\x1f\x8b", 200, {"Content_Encoding": "gzip"}, ("compressed",)),
    ],
    ids=range(15),
)
def test_what_is_no_key_set_is_said(key_host, client_of, body, status, headers, words):
    """Requirement 188"""
    host = key_host()
    host.behave = says(host, body, status, **headers)
    client = client_of(host.url)
    assert fails(client, *words, within=3)
    answer = client.backend(SCOPE)
    assert "proxy" not in answer.text, "what a foreign host says is repeated to nobody"


def test_an_answer_that_breaks_off_is_no_answer(key_host, client_of):
    key = ClientKey()
    host = key_host(key)
    host.behave = breaking_off(host)
    assert fails(client_of(host.url, key), "ended early", within=3)


def test_a_private_key_among_the_published_ones_spoils_them_all(key_host, client_of):
    """Whoever reads the set could sign as the client: it is told, and gets in no more."""
    key = ClientKey()
    host = key_host(key)
    host.behave = says(host, json.dumps({"keys": [key.key.as_dict(private=True)]}).encode())
    assert fails(client_of(host.url, key), "private", within=3)


# Redirects


def test_a_redirect_is_followed_and_judged_like_the_first_address(key_host, client_of):
    key = ClientKey()
    target, host = key_host(key), key_host()
    host.behave = says(host, b"", 302, Location=target.url)
    assert client_of(host.url, key).backend(SCOPE).status_code == 200
    assert len(host.requests) == len(target.requests) == 1


@pytest.mark.parametrize("cache, times", [("max-age=600", 1), (None, 2), ("no-store", 2)])
def test_keys_behind_a_redirect_are_kept_as_long_as_the_redirect_too(key_host, client_of, cache, times):
    """Requirement 185"""
    key = ClientKey()
    target, host = key_host(key, cache="max-age=600"), key_host()
    host.behave = says(host, b"", 302, Location=target.url, **({"Cache_Control": cache} if cache else {}))
    client = client_of(host.url, key)
    for _ in range(2):
        assert client.backend(SCOPE).status_code == 200
    assert len(host.requests) == len(target.requests) == times


def test_a_redirect_in_a_circle_is_followed_a_few_times(key_host, client_of):
    """Requirement 186"""
    host = key_host()
    host.behave = says(host, b"", 302, Location="/jwks")
    assert fails(client_of(host.url), "redirects too often", within=3)
    assert len(host.requests) <= 5


@pytest.mark.parametrize(
    "location",
    [
        "https://10.0.0.1/jwks",
        "https://169.254.169.254/latest/meta-data/",
        "https://192.168.1.1/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x0a000001/",
        "https://100.64.0.1/",
        "http://10.0.0.1/",
        "http://example.com/jwks",
        "file:///etc/passwd",
        "ftp://127.0.0.1/jwks",
        "gopher://127.0.0.1/",
        "https://user:secret@127.0.0.1/",
        "//169.254.169.254/",
    ],
)
def test_no_redirect_leads_to_an_address_inside(key_host, client_of, location):
    """Requirement 186"""
    host = key_host()
    host.behave = says(host, b"", 302, Location=location)
    assert fails(client_of(host.url), "redirect", within=3)


@pytest.mark.parametrize("url", ["https://10.0.0.1/jwks", "https://169.254.169.254/x", "https://[fe80::1]/"])
def test_no_registered_address_leads_inside_either(client_of, url):
    """Requirement 186"""
    assert fails(client_of(url), "no public address", within=3)


# Gone


def test_a_host_that_is_not_there_is_said_at_once(client_of):
    assert fails(client_of(f"http://127.0.0.1:{free_port()}/jwks"), "accepts no connection", within=2)


def test_a_name_that_nobody_has_is_said(client_of):
    assert fails(client_of("https://no-such-host.invalid/jwks"), "not found")


def test_a_host_that_accepts_and_closes_is_said(client_of):
    with socket.create_server(("127.0.0.1", 0)) as server:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: server.accept()[0].close())
            assert fails(client_of(f"http://127.0.0.1:{server.getsockname()[1]}/jwks"), within=3)


def test_a_certificate_that_nobody_vouches_for_is_no_certificate(instance, client_of):
    """Requirement 186: the instance's own nginx is on this machine, and its certificate of its own making."""
    assert fails(client_of(f"{instance.base}/oauth2/jwks"), "certificate", within=3)
