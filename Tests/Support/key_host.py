"""A host on this machine where a client publishes its key set, honestly or not, and which counts who asks."""

import http.server
import threading
import time

from keys import key_set


class KeyHost:
    """Answers every GET with its keys; `behave` replaces that by something worse."""

    def __init__(self, *keys, cache=None, behave=None):
        self.keys, self.cache, self.behave = list(keys), cache, behave
        self.requests = []
        self.over = threading.Event()
        self.born = time.time_ns()
        host = self

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host.requests.append((self.path, dict(self.headers)))
                try:
                    (host.behave or host.publish)(self)
                except OSError:
                    # Who asked has given up.
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        """Nobody else's: a later host may get the port of one that is closed, whose trouble is remembered."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/{self.born}/jwks"

    def publish(self, answer):
        headers = {"Cache-Control": self.cache} if self.cache else {}
        self.send(answer, key_set(*self.keys).encode(), **headers)

    def send(self, answer, body=b"", status=200, **headers):
        answer.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            answer.send_header(name, value)
        answer.send_header("Content-Length", str(len(body)))
        answer.end_headers()
        answer.wfile.write(body)

    def wait(self, seconds):
        """Keeps silent so long, or until the host is closed."""
        self.over.wait(seconds)

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


# What a host may do instead of publishing its keys


def slow(host, seconds=30):
    """Takes the request and says nothing for so long."""

    def behave(answer):
        host.wait(seconds)
        host.publish(answer)

    return behave


def dripping(host):
    """Begins well, and then sends a byte now and then for ever."""

    def behave(answer):
        answer.send_response(200)
        answer.send_header("Content-Type", "application/json")
        answer.send_header("Content-Length", "100000")
        answer.end_headers()
        while not host.over.is_set():
            answer.wfile.write(b" ")
            time.sleep(0.2)

    return behave


def endless(host):
    """Sends and sends."""

    def behave(answer):
        answer.close_connection = True
        answer.send_response(200)
        answer.send_header("Content-Type", "application/json")
        answer.end_headers()
        while not host.over.is_set():
            answer.wfile.write(b" " * 65_536)

    return behave


def says(host, body, status=200, **headers):
    """Always the same, whatever it is."""
    return lambda answer: host.send(
        answer, body, status, **{name.replace("_", "-"): value for name, value in headers.items()}
    )


def breaking_off(host):
    """Announces more than it sends."""

    def behave(answer):
        answer.close_connection = True
        body = key_set(*host.keys).encode()
        answer.send_response(200)
        answer.send_header("Content-Type", "application/json")
        answer.send_header("Content-Length", str(len(body)))
        answer.end_headers()
        answer.wfile.write(body[: len(body) // 2])

    return behave
