"""The figures of Scripts/bench. Called with an instance's folder and the folder of its programs."""

import pathlib
import re
import statistics
import struct
import subprocess
import sys
import time

from instance import PROGRAMS, Instance
from measuring import cpu, with_children
from oauth import App, Person

directory, programs = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
instance = Instance(directory / "demo.env")


def process(name):
    return int((directory / f"run/{name}.pid").read_text().split()[0])


def status(pid, field):
    return int(re.search(rf"^{field}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def proportional(pid):
    return int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])


def start(name):
    """Milliseconds from nothing to a program that has loaded its configuration, secrets and store, and ended again."""
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        subprocess.run([programs / f"vestibule-{name}", "--check", "--config", instance.configuration],
                       stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


print("\nStart, and private memory when idle (limits: 50 ms, 6144 kB)\n")
print(f"  {'program':<12}{'start ms':>10}{'RssAnon kB':>13}{'PSS kB':>9}")
for name in PROGRAMS:
    pid = process(name)
    print(f"  {name:<12}{start(name):>10.1f}{status(pid, 'RssAnon'):>13}{proportional(pid):>9}")


def commits():
    """Transactions in the write-ahead log: frames that carry the size of the database end one (SQLite file format §4.1)."""
    wal = pathlib.Path(f"{directory}/data/vestibule.db-wal").read_bytes()
    if len(wal) < 32:
        return 0
    page, salts = struct.unpack(">I", wal[8:12])[0], wal[16:24]
    count = 0
    for offset in range(32, len(wal) - 24 - page + 1, 24 + page):
        frame = wal[offset:offset + 24]
        if frame[8:16] != salts:
            break
        count += struct.unpack(">I", frame[4:8])[0] != 0
    return count


app = App(instance, instance["PUBLIC_CLIENT_ID"], instance["REDIRECT_URI"])
person = Person(instance, instance["PATIENT_USER"], instance["PATIENT_PASSWORD"])
request = app.request()
answer = person.authorize(request)
before = commits()
tokens = app.exchange(request, answer).json()
print(f"\nA code exchange is {commits() - before} store transaction.\n")

refreshes = 200
token, pid = tokens["refresh_token"], process("token")
spent, begun = cpu([pid]), time.perf_counter()
for _ in range(refreshes):
    token = app.refresh(token).json()["refresh_token"]
each = (cpu([pid]) - spent) / refreshes * 1e6, (time.perf_counter() - begun) / refreshes * 1000
print(f"A refresh, with its row in the audit trail, costs token {each[0]:.0f} us of CPU and its client {each[1]:.1f} ms.\n")

print("Requests through nginx with TLS, 16 connections, 3 seconds each, on these cores together with the client\n")
print(f"  {'address':<28}{'requests/s':>12}{'CPU us':>9}{'to nginx alone':>16}")
nginx = with_children(process("nginx-master"))
static = None
bearer = ["-H", f"Authorization: Bearer {tokens['access_token']}"]
for label, url, names, options in [
    ("a static file of nginx", f"{instance['APP_URL'].rsplit('/', 1)[0]}/config.json", [], []),
    ("discovery", f"{instance.fhir}/.well-known/smart-configuration", ["discovery"], []),
    ("jwks", f"{instance.base}/oauth2/jwks", ["jwks"], []),
    ("enforce, token refused", f"{instance.fhir}/Patient/x", ["enforce"], ["-H", "Authorization: Bearer none"]),
    ("enforce, one patient read", f"{instance.fhir}/Patient/{instance['PATIENT_ID']}", ["enforce"], bearer),
]:
    pids = nginx + [process(name) for name in names]
    before = cpu(pids)
    output = subprocess.run(["wrk", "-t1", "-c16", "-d3s", *options, url], capture_output=True, text=True, check=True).stdout
    spent = cpu(pids) - before
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    count = int(re.search(r"(\d+) requests in", output)[1])
    each = spent / count * 1e6
    static = static or each
    print(f"  {label:<28}{rate:>12.0f}{each:>9.1f}{each / static:>15.2f}x")
print()
