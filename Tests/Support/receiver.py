"""Somebody on loopback who takes webhooks: slow, down or forgetful, as a test wants it."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time


class Receiver:
    """Keeps what it is sent, and answers with its `status` after its `delay` in seconds."""

    def __init__(self):
        self.events, self.status, self.delay, self.location = [], 204, 0, None
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.events.append((self.path, dict(self.headers.items()), body))
                time.sleep(receiver.delay)
                try:
                    self.send_response(receiver.status)
                    if receiver.location:
                        self.send_header("location", receiver.location)
                    self.send_header("content-length", "0")
                    self.end_headers()
                except OSError:
                    # Who asked has given up.
                    self.close_connection = True

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/hooks/vestibule?site=north"

    def about(self, app):
        return [json.loads(body) for _, _, body in self.events if json.loads(body)["data"]["client_id"] == app.client_id]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def is_signed(event, secret):
    """Whether a secret proves an event as the Standard Webhooks libraries do."""
    _, fields, body = event
    fields = {name.lower(): value for name, value in fields.items()}
    signed = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
    expected = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert abs(int(fields["webhook-timestamp"]) - time.time()) < 60
    return f"v1,{base64.b64encode(expected).decode()}" in fields["webhook-signature"].split(" ")
