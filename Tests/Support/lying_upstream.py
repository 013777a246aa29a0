"""A FHIR server of our own behind an instance: honest until it is told to lie, and keeping what it was sent."""

import contextlib
import dataclasses
import http.server
import json
import threading
from urllib.parse import parse_qsl, urlencode, urlsplit

OWN, OTHER = "anna-berg", "zoe-of-the-hidden"
#: Stands in every resource of the other patient, and nowhere else.
SECRET = "Zoe-Of-The-Hidden-Was-Here"
ABSENT = {"response": {"status": "404"}}
PARAMETERS = {
    "Patient": ["_id", "name", "identifier", "birthdate"],
    "Practitioner": ["_id", "name"],
    "Observation": ["_id", "patient", "subject", "code", "category", "date", "status"],
    "Encounter": ["_id", "patient", "status"],
}
CAPABILITIES = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "fhirVersion": "4.0.1",
    "kind": "instance",
    "format": ["json"],
    "rest": [
        {
            "mode": "server",
            "resource": [
                {"type": type, "versioning": "versioned", "searchParam": [{"name": name} for name in names]}
                for type, names in PARAMETERS.items()
            ],
        }
    ],
}
#: A page of a search.
PAGE = 20


def patient(id, family):
    return {"resourceType": "Patient", "id": id, "active": True, "name": [{"family": family, "given": ["Test"]}]}


def observation(id, subject, note, **members):
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7"}], "text": note},
        "subject": {"reference": f"Patient/{subject}"},
        **members,
    }


def record():
    """What the server has, as JSON text by Type/id: 25 observations of one patient, 5 of the other."""
    resources = [
        patient(OWN, "Berg"),
        patient(OTHER, SECRET),
        {"resourceType": "Practitioner", "id": "dr-lind", "name": [{"family": "Lind"}]},
        *(observation(f"own-{number:02}", OWN, "Glucose") for number in range(25)),
        *(observation(f"other-{number}", OTHER, SECRET) for number in range(5)),
    ]
    texts = {f"{each['resourceType']}/{each['id']}": json.dumps(each) for each in resources}
    # A decimal that no binary number keeps.
    exact = json.dumps(observation("own-exact", OWN, "Glucose", valueQuantity={"value": "@", "unit": "mmol/L"}))
    return {**texts, "Observation/own-exact": exact.replace('"@"', "7.10")}


def subject_of(text):
    return json.loads(text).get("subject", {}).get("reference", "")


@dataclasses.dataclass
class Received:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)


@dataclasses.dataclass
class Reply:
    """What goes out; a lie changes it."""

    status: int = 200
    body: bytes = b""
    headers: list = dataclasses.field(default_factory=list)
    content_type: str = "application/fhir+json; charset=utf-8"
    #: Says nothing for so long first.
    silence: float = 0
    #: Sends chunks, of which the last never comes.
    breaks_off: bool = False
    #: Repeats the body so often.
    times: int = 1

    @property
    def resource(self):
        return json.loads(self.body)

    @resource.setter
    def resource(self, value):
        self.body = json.dumps(value).encode()


class LyingUpstream:
    """`lie` is a function of the honest Reply and the Received request, or None.

    About what it can do it is always honest, and nobody counts who asks.
    """

    def __init__(self, port=0):
        self.resources, self.lie, self.received, self.over = record(), None, [], threading.Event()
        upstream = self

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Received(self.command, self.path, headers, body)
                if request.path != "/fhir/metadata":
                    upstream.received.append(request)
                try:
                    upstream.send(self, upstream.reply(request))
                except OSError:
                    # Who asked has given up.
                    self.close_connection = True

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/fhir"

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    @contextlib.contextmanager
    def lying(self, lie):
        """Lies until the block ends; gives what arrives meanwhile."""
        self.lie, self.received = lie, []
        try:
            yield self.received
        finally:
            self.lie = None

    def send(self, answer, reply):
        self.over.wait(reply.silence)
        answer.send_response(reply.status)
        for name, value in [("Content-Type", reply.content_type), *reply.headers]:
            answer.send_header(name, value)
        if reply.breaks_off:
            answer.send_header("Transfer-Encoding", "chunked")
            answer.end_headers()
            answer.wfile.write(f"{len(reply.body):x}\r\n".encode() + reply.body[: len(reply.body) // 2])
            answer.close_connection = True
            return
        answer.send_header("Content-Length", str(len(reply.body) * reply.times))
        answer.end_headers()
        if answer.command != "HEAD":
            for _ in range(reply.times):
                answer.wfile.write(reply.body)

    # The honest server

    def reply(self, request):
        reply = self.honest(request)
        if self.lie and request.path != "/fhir/metadata":
            self.lie(reply, request)
        return reply

    def honest(self, request):
        parts = [part for part in request.path.removeprefix("/fhir").split("/") if part]
        if request.method == "POST" and parts[1:] == ["_search"]:
            form = parse_qsl(request.body.decode(), keep_blank_values=True)
            return self.found(self.bundle(parts[0], dict([*request.query, *form])))
        if request.method == "POST" and not parts:
            return self.found(self.batch(json.loads(request.body)))
        if request.method not in ("GET", "HEAD"):
            return self.written(request, parts)
        if parts == ["metadata"]:
            return self.found(CAPABILITIES)
        if parts[0] == "Patient" and parts[2:] == ["$everything"]:
            return self.found(self.collection(parts[1]))
        if parts[2:] == ["_history"]:
            return self.found(self.history("/".join(parts[:2])))
        if parts[2:] == ["_history", "1"]:
            parts = parts[:2]
        if len(parts) == 1:
            return self.found(self.bundle(parts[0], dict(request.query)))
        text = self.resources.get("/".join(parts))
        if text is None:
            issue = {"severity": "error", "code": "not-found", "diagnostics": f"{request.path} is not known"}
            return Reply(404, json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode())
        return Reply(body=text.encode(), headers=[("ETag", 'W/"1"')])

    def written(self, request, parts):
        created = request.method == "POST"
        place = f"{self.base}/{parts[0] if parts else 'Bundle'}/{'new' if created else parts[-1]}/_history/2"
        return Reply(201 if created else 200, request.body or b"{}", [("Location", place), ("ETag", 'W/"2"')])

    def found(self, resource):
        return Reply(body=json.dumps(resource).encode())

    def bundle(self, type, query, everybody=False):
        """A page of a search by _id, patient or subject, in the order of the record."""
        wanted = {
            value.rsplit("/", 1)[-1] for name in ("patient", "subject") for value in query.get(name, "").split(",")
        }
        wanted = wanted - {""}
        ids = query.get("_id", "").split(",") if "_id" in query else None

        def is_match(key, text):
            subject = subject_of(text).rsplit("/", 1)[-1]
            return (
                key.startswith(f"{type}/")
                and (everybody or not wanted or subject in wanted)
                and (everybody or ids is None or key.rsplit("/", 1)[-1] in ids)
            )

        keys = [key for key, text in self.resources.items() if is_match(key, text)]
        count, offset = int(query.get("_count", PAGE)), int(query.get("_offset", 0))
        kept = [(name, value) for name, value in query.items() if name not in ("_count", "_offset")]

        def link(relation, offset):
            more = [("_count", count), ("_offset", offset)]
            return {"relation": relation, "url": f"{self.base}/{type}?{urlencode([*kept, *more])}"}

        links = [link("self", offset), *([link("next", offset + count)] if offset + count < len(keys) else [])]
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(keys),
            "link": links,
            "entry": [self.entry(key) for key in keys[offset : offset + count]],
        }

    def collection(self, patient):
        """All that is about one patient, as an operation gives it."""
        keys = [key for key, text in self.resources.items() if f"Patient/{patient}" in (key, subject_of(text))]
        return {"resourceType": "Bundle", "type": "searchset", "entry": [self.entry(key) for key in keys]}

    def history(self, key):
        """One version."""
        entry = {
            "fullUrl": f"{self.base}/{key}",
            "resource": json.loads(self.resources[key]),
            "request": {"method": "PUT", "url": key},
            "response": {"status": "200", "etag": 'W/"1"', "location": f"{self.base}/{key}/_history/1"},
        }
        return {"resourceType": "Bundle", "type": "history", "total": 1, "entry": [entry]}

    def batch(self, asked):
        """Reads, and nothing else."""
        texts = [self.resources.get(each["request"]["url"].lstrip("/")) for each in asked["entry"]]
        answers = [{"resource": json.loads(text), "response": {"status": "200"}} if text else ABSENT for text in texts]
        return {"resourceType": "Bundle", "type": f"{asked['type']}-response", "entry": answers}

    def entry(self, key, mode="match"):
        return {"fullUrl": f"{self.base}/{key}", "resource": json.loads(self.resources[key]), "search": {"mode": mode}}


class HAPI(LyingUpstream):
    """Speaks as HAPI FHIR does where nobody told it its public address: written from what its documentation shows.

    - Pages of a search lie under `_getpages` on its own base, and each page names the ones beside it.
    - What it refuses is an OperationOutcome with a narrative and a message number.
    - A browser gets HTML, and every answer says what it runs on and where it lies.
    """

    def __init__(self, port=0):
        super().__init__(port)
        self.searches = {}

    def honest(self, request):
        reply = self.paged(request) or super().honest(request)
        if request.path == "/fhir/metadata":
            reply.resource = {**reply.resource, "implementation": {"description": "HAPI FHIR", "url": self.base}}
        if "text/html" in request.headers.get("accept", "") and reply.status == 200:
            words = f"<html><body><pre>{reply.body.decode()}</pre><a href='{self.base}'>HAPI FHIR</a></body></html>"
            reply.body, reply.content_type = words.encode(), "text/html; charset=UTF-8"
        if reply.status == 404:
            words = f"HAPI-2001: Resource {request.path.removeprefix('/fhir/')} is not known"
            div = f'<div xmlns="http://www.w3.org/1999/xhtml"><h1>Operation Outcome</h1><pre>{words}</pre></div>'
            reply.resource = {
                "resourceType": "OperationOutcome",
                "text": {"status": "generated", "div": div},
                "issue": [{"severity": "error", "code": "processing", "diagnostics": words}],
            }
        reply.headers += [("X-Powered-By", "HAPI FHIR 7.4.0 REST Server (FHIR Server; FHIR 4.0.1/R4)")]
        if "Content-Location" not in dict(reply.headers) and request.path.count("/") == 3:
            reply.headers += [("Content-Location", f"{self.base}{request.path.removeprefix('/fhir')}/_history/1")]
        return reply

    def paged(self, request):
        query = dict(request.query)
        if request.path.rstrip("/") == "/fhir" and "_getpages" in query:
            search = query["_getpages"]
            if search not in self.searches:
                return None
            return self.page(search, int(query["_getpagesoffset"]), int(query["_count"]))
        parts = request.path.removeprefix("/fhir/").split("/")
        if request.method != "GET" or len(parts) != 1 or parts == ["metadata"]:
            return None
        search = f"00000000-0000-4000-8000-{len(self.searches):012}"
        whole = self.bundle(parts[0], {**query, "_count": "1000", "_offset": "0"})
        self.searches[search] = (f"{self.base}/{parts[0]}?{urlencode(request.query)}", whole["entry"])
        return self.page(search, 0, int(query.get("_count", PAGE)))

    def page(self, search, offset, count):
        own, entries = self.searches[search]

        def link(relation, offset):
            query = {"_getpages": search, "_getpagesoffset": offset, "_count": count, "_bundletype": "searchset"}
            return {"relation": relation, "url": f"{self.base}?{urlencode(query)}"}

        links = [{"relation": "self", "url": own if offset == 0 else link("", offset)["url"]}]
        if offset + count < len(entries):
            links.append(link("next", offset + count))
        if offset:
            links.append(link("previous", max(0, offset - count)))
        return self.found(
            {
                "resourceType": "Bundle",
                "id": search,
                "meta": {"lastUpdated": "2026-11-20T08:00:00.000+00:00"},
                "type": "searchset",
                "total": len(entries),
                "link": links,
                "entry": entries[offset : offset + count],
            }
        )
