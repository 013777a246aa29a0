"""Many requests in one moment: on connections that are open already, and let go together."""

import concurrent.futures
import http.client
import json
import threading
from urllib.parse import urlencode


class Shot:
    """An answer to one of them."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)


def request(method, path, fields=None, **headers):
    """A request in bytes; with fields, it is a form."""
    body = urlencode(fields).encode() if fields is not None else b""
    if fields is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    lines = {"Host": "localhost", "Connection": "close", "Content-Length": len(body), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def volley(instance, requests):
    """Sends them all at once; the answers in the order of the requests."""
    gate = threading.Barrier(len(requests))

    def shoot(content):
        with instance.connect() as connection:
            # The last byte is what everybody waits for.
            connection.sendall(content[:-1])
            gate.wait(60)
            connection.sendall(content[-1:])
            response = http.client.HTTPResponse(connection)
            response.begin()
            return Shot(response)

    with concurrent.futures.ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(shoot, requests))
