"""A running instance, as its demo.env describes it: addresses, accounts, administration, database and logs."""

import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import time
import tomllib

import httpx

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = [
    *("discovery", "jwks", "authorize", "token", "introspect"),
    *("revoke", "register", "launch", "consents", "portal", "enforce"),
]


def until(condition, seconds=15, every=0.05):
    """Waits for something that takes a moment, and gives it."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(every)
    return result


def process_state(pid):
    """The letter of proc(5): Z for one that ended and was not waited for; None where there is none."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def is_listening(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


class Instance:
    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()
        self.directory = self.path.parent
        lines = self.path.read_text().splitlines()
        self.settings = dict(line.split("=", 1) for line in lines if "=" in line)
        self.tls = ssl.create_default_context(cafile=self["CA_CERT"])

    def __getitem__(self, name):
        return self.settings[name]

    @property
    def base(self):
        return self["AUTH_BASE"]

    @property
    def fhir(self):
        return self["FHIR_BASE"]

    @property
    def port(self):
        return httpx.URL(self.base).port

    @property
    def configuration(self):
        return self.directory / "etc/vestibule.toml"

    @property
    def programs(self):
        """The folder of the programs, as the command line of the administrator's tool names it."""
        return pathlib.Path(re.search(r"exec (\S+)/vestibule ", pathlib.Path(self["CLI"]).read_text())[1])

    def http(self, **options):
        return httpx.Client(verify=self.tls, timeout=30, trust_env=False, **options)

    def connect(self):
        """A TLS connection to nginx, for what no HTTP library would send."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return self.tls.wrap_socket(plain, server_hostname="localhost")

    def raw(self, head, body=b"", is_whole=True):
        """Sends bytes as they are and gives what comes back: everything until the server closes, or the beginning."""
        with self.connect() as connection:
            connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
            parts = iter(lambda: connection.recv(65536), b"") if is_whole else [connection.recv(65536)]
            return b"".join(parts).decode("latin-1")

    # Administration

    def cli(self, *arguments, text="", expect=0):
        """Runs the administrator's tool with --json and gives what it says."""
        done = subprocess.run(
            [self["CLI"], *arguments, "--json"], input=text, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == expect, f"{arguments[:2]}: {done.returncode} {done.stderr}"
        return json.loads(done.stdout) if done.stdout else {}

    def refuses(self, *arguments, text=""):
        """What the administrator's tool says against a command, which it must not carry out."""
        done = subprocess.run([self["CLI"], *arguments], input=text, capture_output=True, text=True, timeout=60)
        assert done.returncode in (1, 64), f"{arguments[:2]}: {done.returncode} {done.stdout}"
        return done.stderr

    @property
    def store(self):
        """The URL of the PostgreSQL database; None where the store is an SQLite file."""
        return tomllib.loads(self.configuration.read_text())["store"].get("url")

    def execute(self, sql):
        """Changes something in the store, whichever engine it is."""
        if self.store:
            subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", self.store], input=sql, text=True, check=True)
        else:
            with self.database() as database:
                database.executescript(sql)

    @contextlib.contextmanager
    def database(self):
        """The SQLite file itself: to look into it, or to let time pass in it."""
        connection = sqlite3.connect(self.directory / "data/vestibule.db", timeout=15)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    # Processes

    def pid(self, name):
        return int((self.directory / f"run/{name}.pid").read_text().split()[0])

    def is_running(self, pid):
        return process_state(pid) not in (None, "Z")

    def command(self, name):
        """The command line and the environment of a process, to start it again."""
        parts = (
            pathlib.Path(f"/proc/{self.pid(name)}/{file}").read_bytes().split(b"\0")[:-1]
            for file in ("cmdline", "environ")
        )
        arguments, environment = ([part.decode() for part in part_list] for part_list in parts)
        return arguments, dict(entry.split("=", 1) for entry in environment)

    def end(self, name, number=signal.SIGTERM, wait=True):
        """Ends a process and gives what starts it again."""
        command, pid = self.command(name), self.pid(name)
        os.kill(pid, number)
        if wait:
            until(lambda: not self.is_running(pid), 40)
        return command

    def start(self, name, command, stdin=subprocess.DEVNULL):
        """Starts a process as Scripts/run did, and tells Scripts/run --stop that it is the instance's."""
        arguments, environment = command
        with (self.directory / f"log/{name}.log").open("a") as log:
            process = subprocess.Popen(
                arguments, env=environment, stdin=stdin, stdout=log, stderr=log, start_new_session=True, umask=0o077
            )
        start = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
        (self.directory / f"run/{name}.pid").write_text(f"{process.pid} {start}\n")
        # Waited for, or it would look alive for ever to whoever ends it.
        threading.Thread(target=process.wait, daemon=True).start()
        if "--listen" in arguments:
            until(lambda: is_listening(arguments[arguments.index("--listen") + 1]))

    @contextlib.contextmanager
    def configured(self, section, line, *programs):
        """A line more in a section of the configuration, for these programs, until the block ends."""
        text = self.configuration.read_text()
        try:
            changed = text if f"[{section}]\n" in text else f"{text}\n[{section}]\n"
            self.configuration.write_text(changed.replace(f"[{section}]\n", f"[{section}]\n{line}\n"))
            self.reload(*programs)
            yield
        finally:
            self.configuration.write_text(text)
            self.reload(*programs)

    def reload(self, *programs):
        """Has programs read their configuration again, and waits until they say that they have."""
        for name in programs:
            before = self.logs()[f"{name}.log"].count('"reloaded"')
            os.kill(self.pid(name), signal.SIGHUP)
            until(lambda: self.logs()[f"{name}.log"].count('"reloaded"') > before)

    # Logs

    def logs(self):
        """Everything that the programs and nginx wrote, by file."""
        files = [*self.directory.glob("log/*.log"), *self.directory.glob("log/private/*.log")]
        return {file.name: file.read_text(errors="replace") for file in files}


def free_port():
    """A port with two free ones behind it."""
    for port in random.sample(range(20_000, 60_000, 10), 50):
        try:
            for each in range(port, port + 3):
                socket.create_server(("127.0.0.1", each)).close()
            return port
        except OSError:
            continue
    raise AssertionError("no free ports")


def run_script(*arguments, expect=0):
    """Scripts/run of the project; gives what it printed."""
    done = subprocess.run(
        [PROJECT / "Scripts/run", *map(str, arguments)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


@contextlib.contextmanager
def own_folder():
    """A new folder; what runs in it ends with the block, and the folder too."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="vestibule-"))
    try:
        yield directory
    finally:
        run_script("--stop", "--dir", directory)
        shutil.rmtree(directory)


@contextlib.contextmanager
def own_instance(*options):
    """An instance of the block's own, beside the one under test; options are those of Scripts/run."""
    with own_folder() as directory:
        run_script("--background", "--dir", directory, "--port", free_port(), *options)
        yield Instance(directory / "demo.env")
