"""Two worlds behind one instance: a FHIR server with everything, and one in which the hidden is absent or different.

Both have the same public base and the same bytes of all that a token may see. A switch in front of them decides which
the instance is speaking to, and keeps what became of it there.
"""

import http.client
import http.server
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

from instance import PROJECT, free_port
from visible import Record

DAY = "2026-11-20"


class World:
    """A FHIR server of its own in a folder."""

    def __init__(self, directory, public_base, venv):
        self.directory, self.port = directory, free_port()
        settings = directory / "settings.yaml"
        directory.mkdir(parents=True, exist_ok=True)
        settings.write_text(
            f"base_url: {public_base}\nhost: 127.0.0.1\nport: {self.port}\ndata_dir: {directory}/data\n"
            'log_inbound: false\nvalidation: {inbound: "off"}\nsimulator: {enabled: false}\n'
        )
        with (directory / "log").open("a") as log:
            self.process = subprocess.Popen(
                [venv / "bin/sekmet", "serve"],
                env={**os.environ, "SEKMET_CONFIG": str(settings)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait()

    def wait(self):
        for _ in range(300):
            try:
                return self.send("GET", "/metadata")
            # Where nobody listens yet, a connection can come to meet itself.
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        raise SystemExit(f"fuzz-enforce: the FHIR server in {self.directory} does not start")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def send(self, method, path, body=None):
        """Past every enforcer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"}
        connection.request(method, f"/fhir{path}", body and json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def load(self):
        script = PROJECT / "Scripts/demo/patients.py"
        base = f"http://127.0.0.1:{self.port}/fhir"
        subprocess.run([sys.executable, script, "--today", DAY, "load", base], check=True, stdout=subprocess.DEVNULL)

    def history(self, count=None):
        """The newest versions of anything, or all of them, oldest first, and how many there are in all."""
        entries, total = [], 1
        while len(entries) < min(total, count or total):
            # It gives a thousand at once, whatever is asked for.
            page = min(1000, count - len(entries) if count else 1000)
            status, bundle = self.send("GET", f"/_history?_count={page}&_offset={len(entries)}")
            if status != 200:
                raise SystemExit(f"fuzz-enforce: the FHIR server answers {status} to a history")
            found, total = bundle.get("entry", []), bundle["total"]
            entries += found
            if not found:
                break
        return list(reversed(entries)), total

    def record(self):
        record = Record()
        for entry in self.history()[0]:
            record.note(entry)
        return record

    def copied(self, directory, public_base, venv, sight, seed):
        """The same world as somebody sees it who may see no more: what is hidden is not there, or it is different."""
        shutil.rmtree(directory, ignore_errors=True)
        (directory / "data").mkdir(parents=True)
        source, target = (sqlite3.connect(place / "data/sekmet.db") for place in (self.directory, directory))
        source.backup(target)
        source.close()
        hidden = {key: each for key, each in sight.record.current.items() if not sight.shows(each)}
        # A version can be hidden where the resource is not, and be seen where the resource is hidden by now.
        versions = [key for key, each in sight.record.versions.items() if each and not sight.shows(each)]
        seen = {key[:2] for key, each in sight.record.versions.items() if each and sight.shows(each)}
        unknown = [key for key in hidden if key not in seen]
        for table, keys in (("resources", hidden), ("idx", hidden), ("versions", unknown)):
            target.executemany(f"DELETE FROM {table} WHERE type = ? AND id = ?", keys)
        target.executemany("DELETE FROM versions WHERE type = ? AND id = ? AND version = ?", versions)
        target.commit()
        target.close()
        world, chance = World(directory, public_base, venv), random.Random(seed)
        for type, id in unknown:
            other = altered(hidden[type, id])
            if chance.random() < 0.5 and not sight.shows(other):
                world.send("PUT", f"/{type}/{id}", other)
        return world


KEPT = {"resourceType", "id", "reference", "system", "url", "contentType", "data", "intent"}


def altered(value, name=None):
    """A resource of the same shape about the same person, with other words, numbers and days."""
    if isinstance(value, dict):
        return {name: each if name in KEPT else altered(each, name) for name, each in value.items() if name != "meta"}
    if isinstance(value, list):
        return [altered(each, name) for each in value]
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value * 7 + 13
    if re.match(r"\d{4}(-|$)", value):
        return f"{int(value[:4]) - 40}{value[4:]}"
    return f"other-{value}"


class Switch:
    """Forwards every request to one world at a time, byte for byte."""

    def __init__(self):
        self.port, self.seen, self.kept = None, [], threading.local()
        switch = self

        class Forward(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # A head and a body in two packets would wait for each other.
            wbufsize = -1

            def forward(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, content = switch.ask(self.command, self.path, body, dict(self.headers))
                switch.seen.append((self.command, self.path, status))
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                if not any(name.lower() == "content-length" for name, _ in headers):
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = forward

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forward)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/fhir"

    def to(self, world):
        self.port, self.seen = world.port, []

    def ask(self, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "connection")}
        connection.request(method, path, body or None, kept)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        own = ("connection", "transfer-encoding", "date", "server")
        return answer.status, [each for each in answer.getheaders() if each[0].lower() not in own], content

    def close(self):
        self.server.shutdown()
        self.server.server_close()
