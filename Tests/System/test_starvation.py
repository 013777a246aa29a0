"""Many at once and some who say nothing: everybody is answered: threats H4, F17."""

import asyncio
import collections
import concurrent.futures
import socket

import httpx
import pytest

from instance import PROGRAMS

CONNECTIONS, ROUNDS = 256, 6
MIXED = [
    ("GET", "/oauth2/jwks", None, {200}),
    ("GET", "/fhir/.well-known/smart-configuration", None, {200}),
    ("POST", "/oauth2/token", {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "rounds"}, {400, 429}),
    ("GET", "/portal/sign-in", None, {200, 429}),
    ("GET", "/oauth2/authorize?client_id=x", None, {400, 429}),
    ("POST", "/oauth2/introspect", {"token": "x"}, {401, 429}),
    ("POST", "/oauth2/revoke", {"token": "x"}, {401, 429}),
    ("POST", "/oauth2/launch", {"user": "x"}, {401, 429}),
    ("GET", "/fhir/Patient/maja-oconnor", None, {401}),
    ("GET", "/fhir/metadata", None, {200}),
    ("GET", "/portal/signed-out", None, {200, 429}),
]


def ask(instance, requests, rounds):
    """A kept connection for each request; all at once, so many times. Gives the statuses by path."""

    async def one(method, path, form, _):
        context = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        async with httpx.AsyncClient(verify=instance.tls, limits=context, timeout=60, trust_env=False) as http:
            for _ in range(rounds):
                answer = await http.request(method, instance.base + path, data=form)
                found[path][answer.status_code] += 1

    async def everybody():
        await asyncio.gather(*(one(*request) for request in requests))

    found = collections.defaultdict(collections.Counter)
    # On a thread of its own: a browser test in the same run may hold this one's loop.
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, everybody()).result()
    return found


def is_served(found, rounds):
    for _, path, _, expected in MIXED:
        if path in found:
            assert set(found[path]) <= expected, f"{path}: {found[path]}"
    return sum(sum(counts.values()) for counts in found.values())


def test_256_kept_connections_starve_nobody(instance):
    requests = [MIXED[index % len(MIXED)] for index in range(CONNECTIONS)]
    found = ask(instance, requests, ROUNDS)
    assert is_served(found, ROUNDS) == CONNECTIONS * ROUNDS
    assert found["/oauth2/token"][400] and found["/portal/sign-in"][200]


@pytest.fixture
def silent(instance):
    """Connections to every program's own socket by somebody who says nothing, and by somebody who says half."""
    held = []
    for name in PROGRAMS:
        for begin in (b"", b"\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01") * 35:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str(instance.directory / f"run/{name}.sock"))
            connection.sendall(begin)
            held.append(connection)
    yield held
    for connection in held:
        connection.close()


def test_peers_that_say_nothing_hold_nobody_up(instance, silent):
    found = ask(instance, MIXED * 2, 3)
    assert is_served(found, 3) == len(MIXED) * 2 * 3


def test_clients_that_never_finish_hold_nobody_up(instance):
    held = []
    try:
        for _ in range(100):
            connection = instance.connect()
            connection.sendall(
                b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: 1000\r\n\r\ngrant_type="
            )
            held.append(connection)
        assert is_served(ask(instance, MIXED, 3), 3) == len(MIXED) * 3
    finally:
        for connection in held:
            connection.close()
