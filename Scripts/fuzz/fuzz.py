"""Asks, compares, counts: see Scripts/fuzz-enforce."""

import argparse
import collections
import http.client
import itertools
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

from grammar import Grammar, Request
from holders import HOLDERS, Desk
from instance import PROJECT, Instance, free_port, run_script
from visible import NAMING, SHARED, named
from worlds import Switch, World

VENV = PROJECT / ".venv"
PATIENCE = 10
PAGES = 60
#: An id that the FHIR server made up.
MADE = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class Answer:
    """One request and the pages behind its answer, as the two oracles look at them."""

    def __init__(self):
        self.status, self.seconds, self.words, self.total = None, 0.0, [], None
        #: Each resource with its type, id and version, in the order in which it came, and whether it was a match.
        self.found, self.statuses, self.addresses, self.is_cut = [], [], [], False
        self.pages, self.head, self.text = 0, {}, ""

    @property
    def is_good(self):
        return self.status is not None and 200 <= self.status < 300

    def keys(self, mode=None):
        """Without the ids that the FHIR server made up, which are others in each world."""
        return [
            (type, "new" if re.fullmatch(MADE, str(id)) else id, version)
            for (type, id, version), each, _ in self.found
            if mode in (None, each)
        ]

    def take(self, body):
        """Everything in an answer, however deep it lies in bundles and parameters."""
        if not isinstance(body, dict):
            return None
        type = body.get("resourceType")
        if type == "Bundle":
            self.addresses += [link.get("url", "") for link in body.get("link", [])]
            self.addresses += [entry["fullUrl"] for entry in body.get("entry", []) if "fullUrl" in entry]
            for entry in body.get("entry", []):
                mode = entry.get("search", {}).get("mode", "match" if body.get("type") == "searchset" else "other")
                for part in (entry.get("resource"), entry.get("response", {}).get("outcome")):
                    self.take_one(part, mode)
                if "response" in entry:
                    self.statuses.append(entry["response"].get("status"))
            return next((link.get("url") for link in body.get("link", []) if link.get("relation") == "next"), None)
        if type == "Parameters":
            for each in body.get("parameter", []):
                self.take_one(each.get("resource"), "other")
        elif type:
            self.take_one(body, "read")
        return None

    def take_one(self, resource, mode):
        if not isinstance(resource, dict):
            return
        if resource.get("resourceType") in ("Bundle", "Parameters"):
            self.take(resource)
        elif resource.get("resourceType") == "CapabilityStatement":
            # For everybody.
            return
        elif resource.get("resourceType") == "OperationOutcome":
            words = [each.get("diagnostics", "").split(" [request ")[0] for each in resource.get("issue", [])]
            # What is new in each world.
            self.words += [re.sub(rf"\d{{4}}-\d\d-\d\dT[\d:.]+Z|{MADE}", "new", each) for each in words]
        else:
            key = (resource.get("resourceType"), resource.get("id"), resource.get("meta", {}).get("versionId", ""))
            self.found.append((key, mode, resource))


class Asker:
    """Sends requests as they are written, over one kept connection."""

    def __init__(self, instance):
        self.instance, self.connection, self.count = instance, None, 0
        self.path = http.client.urlsplit(instance.fhir).path

    def send(self, method, target, token, headers, body):
        for attempt in (1, 2):
            self.connection = self.connection or http.client.HTTPSConnection(
                "localhost", self.instance.port, context=self.instance.tls, timeout=PATIENCE
            )
            try:
                self.connection.request(
                    method, self.path + target, body and body.encode(), {**headers, "Authorization": f"Bearer {token}"}
                )
                response = self.connection.getresponse()
                return response, response.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.forget()
                if attempt == 2:
                    raise
            except Exception:
                self.forget()
                raise

    def forget(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def ask(self, request, token):
        answer, target, method = Answer(), request.target, request.method
        headers, body = request.headers, request.body
        for page in itertools.count():
            self.count += 1
            begin = time.monotonic()
            try:
                response, content = self.send(method, target, token, headers, body)
            except TimeoutError:
                answer.seconds = PATIENCE
                return answer
            answer.seconds = max(answer.seconds, time.monotonic() - begin)
            if page == 0:
                answer.status, answer.head, answer.text = (
                    response.status,
                    dict(response.getheaders()),
                    content.decode(errors="replace"),
                )
            elif response.status != 200:
                answer.status = response.status
            try:
                document = json.loads(content) if content else None
            except ValueError:
                document = None
            following = answer.take(document)
            if page == 0 and isinstance(document, dict):
                answer.total = document.get("total")
            answer.pages = page + 1
            if not following or request.kind == "history":
                return answer
            if page == PAGES or not following.startswith(self.instance.fhir):
                answer.is_cut = page == PAGES
                return answer
            target, method, headers, body = following[len(self.instance.fhir) :], "GET", {}, None


class Ledger:
    """What was written in a world, and how to take it back."""

    def __init__(self, world, record=None):
        self.world, self.record = world, record or world.record()
        self.total = world.history(1)[1]

    def changes(self):
        """The versions made since the last look, oldest first."""
        newest, total = self.world.history(max(1, self.world.history(1)[1] - self.total))
        made, self.total = newest if total > self.total else [], total
        return made

    def undo(self, made):
        before = {}
        for entry in made:
            key = tuple(entry["fullUrl"].split("/")[-2:])
            before.setdefault(key, self.record.current.get(key))
        for (type, id), resource in before.items():
            if resource:
                meta = {
                    name: each
                    for name, each in resource.get("meta", {}).items()
                    if name in ("tag", "security", "profile")
                }
                status, _ = self.world.send("PUT", f"/{type}/{id}", {**resource, "meta": meta})
            else:
                status, _ = self.world.send("DELETE", f"/{type}/{id}")
            # Two worlds that differ by more than the hidden prove nothing.
            if status >= 400 and (resource or status not in (404, 410)):
                raise SystemExit(f"fuzz-enforce: {type}/{id} cannot be put back: {status}")
        for entry in [*made, *self.changes()]:
            self.record.note(entry)


class Findings:
    """Leaks, trouble and hints: all are counted, and the first few of each shape are printed."""

    EACH = 3
    LEVELS = ("LEAK", "TROUBLE", "HINT")

    def __init__(self, seed):
        self.seed, self.counts, self.known = seed, collections.Counter(), collections.Counter()

    def add(self, level, what, holder, request, detail=""):
        self.counts[level, what] += 1
        shape = (level, what, holder.name, request.kind)
        self.known[shape] += 1
        if self.known[shape] > self.EACH:
            return
        print(f"{level} {what}: {detail}\n  {request.text(holder=holder.name, seed=self.seed)}", flush=True)

    def sum(self, level):
        return sum(count for (each, _), count in self.counts.items() if each == level)


class Fuzzer:
    def __init__(self, directory, seed):
        self.directory, self.seed, self.findings = directory, seed, Findings(seed)
        self.counts, self.with_data, self.upstream = collections.Counter(), collections.Counter(), collections.Counter()
        self.switch, port = Switch(), free_port()
        self.public = f"https://localhost:{port}/fhir"
        self.whole = World(directory / "whole", self.public, VENV)
        self.whole.load()
        self.switch.to(self.whole)
        run_script("--background", "--dir", directory / "own", "--port", port, "--fhir", self.switch.base)
        self.instance = Instance(directory / "own/demo.env")
        self.desk, self.asker = Desk(self.instance), Asker(self.instance)
        self.ledger = Ledger(self.whole)

    def close(self):
        run_script("--stop", "--dir", self.directory / "own")
        self.whole.close()
        self.switch.close()

    # One holder's turn

    def turn(self, holder, number, until, request=None):
        chance = random.Random(f"{self.seed}/{number}")
        self.token, granted = self.desk.token(holder)
        self.sight = holder.sight(granted, self.ledger.record)
        self.parts = [self.desk.token(holder, part)[0] for part in holder.parts]
        before = self.instance.pid("enforce")
        other = self.whole.copied(self.directory / "other", self.public, VENV, self.sight, f"{self.seed}/{holder.name}")
        try:
            mirror = Ledger(other)
            grammar = Grammar(chance, self.ledger.record, holder.patients, holder.types)
            for each in [request] if request else iter(grammar.next, None):
                self.compare(holder, each, mirror)
                if not request and chance.random() < 0.15:
                    self.divide(holder, each)
                if time.monotonic() > until:
                    break
        finally:
            self.switch.to(self.whole)
            other.close()
        if self.instance.pid("enforce") != before or not self.instance.is_running(before):
            raise SystemExit(f"fuzz-enforce: vestibule-enforce ended; its log is in {self.directory}/own/log")

    def asked(self, world, request, token):
        """A request in one world, and what the FHIR server was asked for it."""
        self.switch.to(world)
        answer = self.asker.ask(request, token)
        return answer, list(self.switch.seen)

    def compare(self, holder, request, mirror):
        here, seen = self.asked(self.whole, request, self.token)
        self.judge(holder, request, here, seen)
        writes = request.method not in ("GET", "HEAD") and request.kind not in ("form",)
        if writes:
            made = self.ledger.changes()
            self.judge_writes(holder, request, made)
            self.ledger.undo(made)
        there, _ = self.asked(mirror.world, request, self.token)
        if writes:
            mirror.undo(mirror.changes())
        self.judge_difference(holder, request, here, there, writes)
        self.last = here, there
        self.counts[request.kind, here.status] += 1
        self.with_data[request.kind] += bool(here.is_good and here.found)
        self.upstream[request.kind] += bool(seen)

    # The first oracle: what may be seen and written

    def judge(self, holder, request, answer, seen):
        def add(level, what, detail):
            self.findings.add(level, what, holder, request, detail)

        if answer.seconds >= PATIENCE:
            add("TROUBLE", "no answer in time", f"{answer.seconds:.0f} s")
        upstream = {status for _, _, status in seen}
        if answer.status is not None and answer.status >= 500 and not any(each >= 500 for each in upstream):
            add("TROUBLE", f"status {answer.status}", f"the FHIR server answered {sorted(upstream)}")
        for (type, id, version), mode, resource in answer.found:
            letters = {"read": "r", "match": "s"}.get(mode, "rs") if request.method in ("GET", "HEAD") else "cruds"
            letters = "rs" if request.kind in ("history", "operation", "form", "compartment") else letters
            if not self.sight.shows_version(type, id, version, resource, letters):
                add("LEAK", "hidden resource", f"{type}/{id} version {version} as {mode}")
        for url in answer.addresses:
            if url and not url.startswith(("urn:", self.public)):
                add("LEAK", "address", url)
        if self.switch.base.split("/")[2] in answer.text + str(answer.head):
            add("HINT" if self.sight.sees_all_of(None) else "LEAK", "address of the FHIR server", "")
        if isinstance(answer.total, int) and request.kind not in ("history", "operation"):
            type = request.target.partition("?")[0].rstrip("/").removesuffix("/_search").rsplit("/", 1)[-1]
            most = sum(self.sight.shows(each, "rs") for each in self.ledger.record.of(type))
            if not self.sight.sees_all_of(type) and answer.total > most:
                add("LEAK", "total", f"{answer.total}, where {most} of {type} are visible")

    def judge_writes(self, holder, request, made):
        record = self.ledger.record
        for entry in made:
            type, id = entry["fullUrl"].split("/")[-2:]
            before, after = record.current.get((type, id)), entry.get("resource")
            problem = self.problem(type, before, after)
            if problem:
                self.findings.add("LEAK", "write", holder, request, f"{type}/{id}: {problem}")
            elif after and labels(after) != labels(before or {}) and not self.sight.sees_all_of(type, "cud"):
                self.findings.add("HINT", "labels", holder, request, f"{labels(before or {})}, then {labels(after)}")

    def problem(self, type, before, after):
        """Why a change was none of the token's business; None where it was."""
        if self.sight.sees_all_of(type, "cud"):
            return None
        if before and not self.sight.shows(before, "d" if not after else "u"):
            return "what was there was not the token's to change"
        if after and not self.sight.shows(after, "u" if before else "cu"):
            return "what is there now is not the token's"
        if self.sight.is_of_everybody:
            # What is denied in part is looked at above.
            whole = {each.patient for each in self.sight.denials if each.type in (None, type) and not each.constraints}
            return "names a patient who denies it" if whole & (people(after or {}) | people(before or {})) else None
        if type in SHARED or type in ("Group", "Binary") or type == "Patient" and not (before and after):
            return "of a type that nobody limited writes"
        if type == "Patient" and before.get("link") != after.get("link"):
            return "links the patient to somebody"
        if type == "Device" and any(each is not None and "patient" not in each for each in (before, after)):
            return "equipment that is nobody's"
        if after and people(after) - people(before or {}) - self.sight.patients:
            return "names another patient"
        return None

    # The second oracle: nothing changes where only the hidden changes

    def judge_difference(self, holder, request, here, there, writes):
        def add(level, what, one, other):
            self.findings.add(
                level, f"worlds differ in {what}", holder, request, f"{one} with the hidden, {other} without"
            )

        if PATIENCE in (int(here.seconds), int(there.seconds)) or here.is_cut or there.is_cut:
            return
        if here.status != there.status:
            add("LEAK", "status", here.status, there.status)
        elif set(here.words) != set(there.words):
            # How often it was said is how many pages there were.
            add("LEAK", "words", set(here.words), set(there.words))
        elif here.statuses != there.statuses:
            add("LEAK", "statuses of entries", here.statuses, there.statuses)
        elif not writes and here.keys("match") != there.keys("match"):
            # In which order an operation collects is the FHIR server's own affair.
            is_order = sorted(map(str, here.keys("match"))) == sorted(map(str, there.keys("match")))
            level = "HINT" if is_order and request.kind == "operation" else "LEAK"
            add(level, "matches", *only(here.keys("match"), there.keys("match")))
        elif not writes and set(here.keys()) != set(there.keys()):
            add("LEAK", "resources", *only(here.keys(), there.keys()))
        elif here.total != there.total:
            add("HINT" if None in (here.total, there.total) else "LEAK", "total", here.total, there.total)
        elif here.pages != there.pages:
            add("HINT", "pages", here.pages, there.pages)

    # What holds between tokens

    def divide(self, holder, request):
        """Fewer scopes or a constraint more show no more; two halves show together what the whole shows."""
        if request.method not in ("GET", "HEAD"):
            return
        whole, _ = self.asked(self.whole, request, self.token)
        halves = [self.asked(self.whole, request, each)[0] for each in self.parts]
        if any(each.is_cut or each.status not in (200, 403, 404) for each in (whole, *halves)):
            return
        shown = set().union(*(each.keys() for each in halves if each.is_good))
        if not shown <= set(whole.keys()):
            level = "LEAK" if whole.is_good else "HINT"
            self.findings.add(
                level, "fewer scopes show more", holder, request, str(sorted(shown - set(whole.keys()))[:3])
            )
        if len(halves) > 1 and request.is_plain and whole.is_good and set(whole.keys()) - shown:
            more = sorted(set(whole.keys()) - shown)[:3]
            self.findings.add("LEAK", "two scopes show more than each alone", holder, request, str(more))

    # The account

    def line(self, minutes):
        total, statuses = sum(self.counts.values()), collections.Counter()
        for (_, status), count in self.counts.items():
            statuses[status] += count
        told = ", ".join(f"{status}: {count}" for status, count in statuses.most_common())
        found = ", ".join(f"{self.findings.sum(level)} {level.lower()}" for level in Findings.LEVELS)
        print(
            f"{minutes:5.1f} min  {total} requests, {sum(self.with_data.values())} with data; {told}; {found}",
            flush=True,
        )

    def summary(self):
        print(f"\nseed {self.seed}; {self.asker.count} requests went out, pages and repetitions included")
        print(f"{'':12}{'requests':>9}{'upstream':>9}{'data':>9}   statuses")
        for kind in sorted({kind for kind, _ in self.counts}):
            own = {status: count for (each, status), count in self.counts.items() if each == kind}
            told = " ".join(f"{status}:{count}" for status, count in sorted(own.items(), key=lambda each: -each[1]))
            total = sum(own.values())
            shares = "".join(f"{each[kind] / total:9.0%}" for each in (self.upstream, self.with_data))
            print(f"{kind:12}{total:9}{shares}   {told}")
        for (level, what), count in sorted(self.findings.counts.items()):
            print(f"{level} {what}: {count}")
        print("no leak" if not self.findings.sum("LEAK") else f"{self.findings.sum('LEAK')} leaks")


def people(resource):
    """The patients whom a resource names where it counts for the compartment."""
    found, left = set(), [resource.get(name) for name in NAMING.get(resource.get("resourceType"), ())]
    while left:
        each = left.pop()
        left += list(each.values()) if isinstance(each, dict) else each if isinstance(each, list) else []
        found |= {name[1] for name in [named(each)] if name and name[0] == "Patient"}
    return found


def labels(resource):
    meta = resource.get("meta", {})
    return meta.get("tag", []), meta.get("security", [])


def only(one, other):
    """The first few that one has and the other has not, both ways; where they are the same, their order."""
    here, there = ([each for each in mine if each not in its][:4] for mine, its in ((one, other), (other, one)))
    return (here, there) if here or there else (one[:4], other[:4])


def main():
    parser = argparse.ArgumentParser(prog="fuzz-enforce")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--dir", type=pathlib.Path)
    parser.add_argument("--replay", metavar="REQUEST")
    options = parser.parse_args()
    given = None
    if options.replay:
        place = pathlib.Path(options.replay)
        given = json.loads(options.replay if options.replay.lstrip().startswith("{") else place.read_text())
        holder, options.seed = given.pop("holder"), given.pop("seed")
    seed = random.randrange(1_000_000) if options.seed is None else options.seed
    directory = options.dir or pathlib.Path(tempfile.mkdtemp(prefix="vestibule-fuzz-"))
    directory.mkdir(parents=True, exist_ok=True)
    directory = directory.resolve()
    print(f"seed {seed}, in {directory}", flush=True)
    fuzzer = Fuzzer(directory, seed)
    try:
        if given:
            whose = next(each for each in HOLDERS if each.name == holder)
            fuzzer.turn(whose, 0, 0, Request(**given))
            for world, answer in zip(("with", "without"), fuzzer.last, strict=True):
                print(f"\n{world} the hidden: {answer.status}, {answer.pages} pages, total {answer.total}")
                print("\n".join(" ".join(map(str, key)) for key in answer.keys()) or answer.text[:2000])
        else:
            begin = time.monotonic()
            end, told = begin + options.minutes * 60, 0
            for number in itertools.count():
                now = time.monotonic()
                if now >= end:
                    break
                fuzzer.turn(HOLDERS[(seed + number) % len(HOLDERS)], number, min(end, now + 40))
                minutes = (time.monotonic() - begin) / 60
                if int(minutes) > told:
                    told = int(minutes)
                    fuzzer.line(minutes)
        fuzzer.summary()
    finally:
        fuzzer.close()
        if not options.dir:
            shutil.rmtree(directory, ignore_errors=True)
    return 1 if fuzzer.findings.sum("LEAK") else 0


if __name__ == "__main__":
    sys.exit(main())
