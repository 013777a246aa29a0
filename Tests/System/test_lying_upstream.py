"""A FHIR server that lies, breaks off, is silent or steers: what comes of it is never what a token may not see.

Two tokens ask: a patient's, whose answers are checked, and one without limits, whose answers nginx passes on.
"""

import concurrent.futures
import contextlib
import gzip
import json
import pathlib
import shutil
import tempfile
import time

import httpx
import pytest

from instance import Instance, free_port, run_script
from lying_upstream import HAPI, OTHER, OWN, SECRET, LyingUpstream, observation, patient
from oauth import App, Person

READ, SEARCH = f"Patient/{OWN}", "Observation?_count=50"
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


@contextlib.contextmanager
def standing_before(upstream):
    """An instance in front of this FHIR server."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="vestibule-"))
    try:
        run_script("--background", "--dir", directory, "--port", free_port(), "--fhir", upstream.base)
        yield Instance(directory / "demo.env")
    finally:
        run_script("--stop", "--dir", directory)
        shutil.rmtree(directory)
        upstream.close()


class Asker:
    """A token and the way it is used."""

    def __init__(self, instance, username, password, scope):
        self.instance = instance
        options = ("--redirect-uri", "https://lying.example/cb", "--scope", scope)
        identity = f"asker-{username}"
        instance.cli("client", "add", "--id", identity, "--name", "Asker", *options)
        with contextlib.closing(Person(instance, username, password)) as person:
            app = App(instance, identity, "https://lying.example/cb")
            self.token = app.tokens(person, scope=scope)["access_token"]

    def ask(self, path, method="GET", **options):
        """A request to a path under the base, or to a link as it was given."""
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        url = path if path.startswith("https:") else f"{self.instance.fhir}/{path}"
        with self.instance.http() as http:
            return http.request(method, url, headers=headers, **options)


@pytest.fixture(scope="module")
def upstream():
    return LyingUpstream()


@pytest.fixture(scope="module")
def own(upstream):
    with standing_before(upstream) as instance:
        yield instance


@pytest.fixture(scope="module")
def limited(own):
    """Sees one patient."""
    return Asker(own, own["PATIENT_USER"], own["PATIENT_PASSWORD"], "openid launch/patient patient/*.rs")


@pytest.fixture(scope="module")
def unlimited(own):
    """Sees everybody, and may write."""
    return Asker(own, own["CLINICIAN_USER"], own["CLINICIAN_PASSWORD"], "openid user/*.cruds")


@pytest.fixture(autouse=True)
def it_lives_on(request):
    """After each lie the same process answers the truth."""
    if "limited" not in request.fixturenames:
        yield
        return
    limited, own = request.getfixturevalue("limited"), request.getfixturevalue("own")
    before = own.pid("enforce")
    yield
    assert own.pid("enforce") == before and own.is_running(before)
    assert limited.ask(READ).json() == json.loads(request.getfixturevalue("upstream").resources[READ])


def is_silent_about(answer, upstream):
    """Nothing of the other patient, nothing of where the FHIR server lies, nothing that steers."""
    everything = answer.text + str(answer.headers)
    assert SECRET not in everything and "zoe-of" not in everything.lower()
    assert upstream.base not in everything and upstream.base.split("/")[2] not in everything
    assert not {"set-cookie", "x-accel-redirect", "x-powered-by", "server-timing"} & answer.headers.keys()
    assert answer.headers["content-security-policy"] == "sandbox"
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    return True


def outcome(answer, status):
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    found = answer.json()
    assert found["resourceType"] == "OperationOutcome" and "[request " in found["issue"][0]["diagnostics"]
    code = {404: "not-found", 502: "transient", 503: "transient", 400: "invalid"}[status]
    assert found["issue"][0]["code"] == code
    assert status != 503 or "retry-after" in answer.headers
    return True


def linked(bundle, relation="next"):
    return next((each["url"] for each in bundle.get("link", []) if each["relation"] == relation), None)


# Lies about form: nothing of such an answer can be checked


def says(body=None, status=200, content_type=None, **headers):
    def lie(reply, _):
        reply.status = status
        reply.body = reply.body if body is None else body if isinstance(body, bytes) else body.encode()
        reply.content_type = content_type or reply.content_type
        reply.headers += [(name.replace("_", "-"), value) for name, value in headers.items()]

    return lie


def turns(change):
    """The honest bytes, changed."""

    def lie(reply, _):
        reply.body = change(reply.body)

    return lie


def breaks_off(reply, _):
    reply.breaks_off = True


def is_huge(reply, _):
    reply.body, reply.times = b" " * 1_000_000, 100


def repeats(member, first):
    """The member twice: one reader takes the first, another the last."""

    def change(body):
        name = b'"%s": ' % member
        return body.replace(name, name + first + b", " + name)

    return turns(change)


FORMS = {
    "a page of HTML": says(f"<html><h1>{SECRET}</h1></html>", content_type="text/html"),
    "HTML that says it is JSON": says(f"<html><h1>{SECRET}</h1></html>"),
    "JSON that says it is HTML": says(content_type="text/html"),
    "JSON that says it is text": says(content_type="text/plain"),
    "JSON that says it is XML": says(content_type="application/fhir+xml"),
    "half of it": turns(lambda body: body[: len(body) // 2]),
    "nothing": says(b""),
    "something after the end": turns(lambda body: body + b"{}"),
    "an outcome with 200": says(json.dumps(OUTCOME)),
    "an array": turns(lambda body: b"[" + body + b"]"),
    "a text": says(b'"Patient"'),
    "a byte order mark": turns(lambda body: b"\xef\xbb\xbf" + body),
    "UTF-16": turns(lambda body: body.decode().encode("utf-16")),
    "no UTF-8": turns(lambda body: body.replace(b"Test", b"T\xe9st").replace(b"Glucose", b"Gluc\xf6se")),
    "a nesting without end": turns(lambda body: body[:-1] + b', "extension": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "two types": repeats(b"resourceType", b'"OperationOutcome"'),
    "an escaped second type": turns(lambda body: body[:-1] + b', "resource\\u0054ype": "Basic"}'),
    "two ids": turns(lambda body: body[:-1] + b', "id": "x", "id": "' + OTHER.encode() + b'"}'),
    "gzip that nobody asked for": lambda reply, _: (
        setattr(reply, "body", gzip.compress(reply.body)),
        reply.headers.append(("Content-Encoding", "gzip")),
    ),
    "an end in the middle": breaks_off,
    "100 megabytes": is_huge,
    "part of it": says(status=206),
    "created": says(status=201),
    "no content": says(b"", status=204),
    "unchanged": says(b"", status=304),
    "a way elsewhere": says(b"", status=301, Location="https://elsewhere.example/fhir/Patient"),
    "a way to itself": says(b"", status=307, Location=f"/fhir/Patient/{OTHER}"),
}
# A server with rules of its own refuses what is there: as one resource that is as absent as anything.
REFUSALS = {
    "a demand for a password": says(json.dumps(OUTCOME), status=401, WWW_Authenticate='Basic realm="HAPI"'),
    "a refusal": says(json.dumps(OUTCOME), status=403),
}


@pytest.mark.parametrize("path", [READ, SEARCH], ids=["read", "search"])
@pytest.mark.parametrize("lie", FORMS.values(), ids=FORMS)
def test_what_cannot_be_checked_is_not_passed_on(limited, upstream, lie, path):
    with upstream.lying(lie):
        answer = limited.ask(path)
    assert outcome(answer, 502) and is_silent_about(answer, upstream)


@pytest.mark.parametrize("path, status", [(READ, 404), (SEARCH, 502)], ids=["read", "search"])
@pytest.mark.parametrize("lie", REFUSALS.values(), ids=REFUSALS)
def test_what_a_server_refuses_us_tells_nothing(limited, upstream, lie, path, status):
    with upstream.lying(lie):
        answer = limited.ask(path)
    assert outcome(answer, status) and is_silent_about(answer, upstream)


@pytest.mark.parametrize("path", [READ, SEARCH], ids=["read", "search"])
@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_the_servers_own_words_about_its_trouble_stay_inside(limited, upstream, status, path):
    words = {**OUTCOME, "issue": [{**OUTCOME["issue"][0], "diagnostics": f"{SECRET} at {upstream.base}"}]}
    with upstream.lying(says(json.dumps(words), status=status)):
        answer = limited.ask(path)
    assert outcome(answer, 503) and is_silent_about(answer, upstream)


@pytest.mark.parametrize("status", [404, 410])
def test_absent_and_deleted_are_one(limited, upstream, status):
    with upstream.lying(says(json.dumps(OUTCOME), status=status)):
        assert outcome(limited.ask(READ), 404)


def test_a_search_that_the_server_does_not_understand_is_the_clients_to_change(limited, upstream):
    words = {**OUTCOME, "issue": [{**OUTCOME["issue"][0], "diagnostics": SECRET}]}
    with upstream.lying(says(json.dumps(words), status=400)):
        answer = limited.ask(SEARCH)
    assert outcome(answer, 400) and is_silent_about(answer, upstream)


# Lies about what was asked for


@pytest.mark.parametrize(
    "resource",
    [
        patient(OTHER, SECRET),
        patient("nobody", "Nobody"),
        observation(OWN, OTHER, SECRET),
        {**patient(OWN, "Berg"), "resourceType": "Person"},
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient(OTHER, SECRET)}]},
        {**patient(OWN, "Berg"), "id": [OWN]},
        {**patient(OWN, "Berg"), "id": None},
    ],
    ids=["another patient", "nobody", "another type", "a similar type", "a bundle", "a list of ids", "no id"],
)
def test_only_what_was_asked_for_is_an_answer(limited, upstream, resource):
    with upstream.lying(says(json.dumps(resource))):
        answer = limited.ask(READ)
    assert outcome(answer, 502) and is_silent_about(answer, upstream)


@pytest.mark.parametrize(
    "subject, status",
    [
        ({"reference": f"Patient/{OTHER}"}, 404),
        ({"reference": f"http://elsewhere.example/fhir/Patient/{OWN}"}, 404),
        ({"reference": f"urn:uuid:{OWN}"}, 404),
        ({"reference": f"#{OWN}"}, 404),
        ({"reference": f"Patient/{OWN}/x"}, 404),
        ({"reference": f"patient/{OWN}"}, 404),
        ({"reference": f"Patient/{OWN} "}, 404),
        ({"reference": [f"Patient/{OWN}"]}, 404),
        ([{"reference": f"Patient/{OWN}"}, {"reference": f"Patient/{OTHER}"}], 404),
        ({"identifier": {"value": OWN}}, 404),
        ({"display": OWN}, 404),
        (f"Patient/{OWN}", 404),
        (None, 404),
        ({"reference": f"Patient/{OWN}/_history/3"}, 200),
    ],
)
def test_only_a_reference_to_the_patient_makes_a_record_the_patients(limited, upstream, subject, status):
    with upstream.lying(says(json.dumps({**observation("own-01", OWN, "Glucose"), "subject": subject}))):
        answer = limited.ask("Observation/own-01")
    assert answer.status_code == status and is_silent_about(answer, upstream)


def test_two_subjects_in_one_record_are_none(limited, upstream):
    with upstream.lying(repeats(b"subject", b'{"reference": "Patient/%s"}' % OTHER.encode())):
        assert outcome(limited.ask("Observation/own-01"), 502)
    with upstream.lying(repeats(b"reference", b'"Patient/%s"' % OTHER.encode())):
        assert outcome(limited.ask("Observation/own-01"), 502)
        assert outcome(limited.ask(SEARCH), 502)


def test_a_decimal_stays_as_it_was_written(limited, upstream):
    assert limited.ask("Observation/own-exact").content == upstream.resources["Observation/own-exact"].encode()
    with upstream.lying(turns(lambda body: body.replace(b'"Glucose"}', b'"Glucose"}, "valueDecimal": 7.10e-0'))):
        found = limited.ask(SEARCH)
    assert found.status_code == 200 and found.content.count(b"7.10e-0") == len(found.json()["entry"])


# Lies in a search


def bundles(change):
    """The honest Bundle, changed in place; without a patient's parameters, it would be everybody's."""

    def lie(reply, request):
        bundle = reply.resource
        change(bundle)
        reply.resource = bundle

    return lie


def slips(**entry):
    """Another patient's record behind the first entry."""
    return bundles(
        lambda bundle: bundle["entry"].insert(1, {"resource": observation("other-9", OTHER, SECRET), **entry})
    )


HIDING = {
    "as a match": slips(search={"mode": "match"}),
    "as an include": slips(search={"mode": "include"}),
    "as an outcome": slips(search={"mode": "outcome"}),
    "without a mode": slips(),
    "behind a resource": bundles(
        lambda bundle: bundle["entry"][0].update(response={"status": "200", "outcome": patient(OTHER, SECRET)})
    ),
    "before a resource": bundles(lambda bundle: bundle["entry"][0].update(request={"method": "GET", "url": SECRET})),
    "in an entry's link": bundles(lambda bundle: bundle["entry"][0].update(link=[{"relation": SECRET, "url": SECRET}])),
    "in an entry's own words": bundles(lambda bundle: bundle["entry"][0].update(extension=[{"valueString": SECRET}])),
    "under the patient's address": slips(fullUrl=f"Patient/{OWN}"),
    "the patient itself": slips(resource=patient(OTHER, SECRET)),
    "in a bundle": slips(resource={"resourceType": "Bundle", "entry": [{"resource": patient(OTHER, SECRET)}]}),
    "in parameters": slips(
        resource={"resourceType": "Parameters", "parameter": [{"resource": patient(OTHER, SECRET)}]}
    ),
    "in an outcome": slips(resource={**OUTCOME, "contained": [patient(OTHER, SECRET)]}, search={"mode": "outcome"}),
    "in a group": slips(resource={"resourceType": "Group", "id": "g", "name": SECRET}),
    "in a list": slips(resource={"resourceType": "List", "id": "l", "title": SECRET}),
    "without a type": slips(resource={"id": SECRET}),
    "in an address": slips(resource=None, fullUrl=f"https://x.example/{SECRET}"),
    "beside the entries": bundles(lambda bundle: bundle.update(extension=[{"valueString": SECRET}])),
    "in a link elsewhere": bundles(
        lambda bundle: bundle["link"].append({"relation": "next", "url": f"https://x.example/?{SECRET}"})
    ),
    "in a link without an address": bundles(lambda bundle: bundle["link"].append({"relation": SECRET})),
}


@pytest.mark.parametrize("lie", HIDING.values(), ids=HIDING)
def test_what_is_slipped_into_a_search_is_cut_out(limited, own, upstream, lie):
    with upstream.lying(lie):
        answer = limited.ask(SEARCH)
    assert answer.status_code == 200 and is_silent_about(answer, upstream)
    bundle = answer.json()
    assert len(bundle["entry"]) == 26 and {each["resource"]["subject"]["reference"] for each in bundle["entry"]} == {
        f"Patient/{OWN}"
    }
    assert all(each["url"].startswith(f"{own.fhir}/") for each in bundle["link"])
    assert all(each["fullUrl"].startswith(f"{own.fhir}/") for each in bundle["entry"])


@pytest.mark.parametrize("asked", [SEARCH, "Observation?_count=7", "Observation", f"Observation?patient={OWN}"])
def test_a_server_that_passes_over_parameters_shows_no_more(limited, upstream, asked):
    def everybody(reply, request):
        query = {name: value for name, value in request.query if name in ("_count", "_offset")}
        reply.resource = upstream.bundle("Observation", query, everybody=True)

    with upstream.lying(everybody):
        seen, url = [], asked
        while url:
            answer = limited.ask(url)
            assert answer.status_code == 200 and is_silent_about(answer, upstream)
            bundle = answer.json()
            assert "total" not in bundle
            seen += [each["resource"]["id"] for each in bundle.get("entry", [])]
            url = linked(bundle)
    assert len(seen) == 26 and all(id.startswith("own-") for id in seen)


@pytest.mark.parametrize("asked", ["Observation?_summary=count", "Observation?_count=0"])
def test_a_count_that_cannot_be_trusted_is_not_given(limited, upstream, asked):
    count = {"resourceType": "Bundle", "type": "searchset", "total": 4711}
    with upstream.lying(says(json.dumps(count))):
        answer = limited.ask(asked)
    assert answer.status_code in (403, 502) and "4711" not in answer.text


@pytest.mark.parametrize(
    "change",
    [
        lambda bundle: bundle.update(type="history"),
        lambda bundle: bundle.update(type="collection"),
        lambda bundle: bundle.pop("type"),
        lambda bundle: bundle.update(entry={"0": bundle["entry"][0]}),
        lambda bundle: bundle.update(link=bundle["link"][0]),
        lambda bundle: bundle.update(resourceType="Parameters"),
    ],
    ids=["a history", "a collection", "no type", "entries in an object", "one link", "parameters"],
)
def test_an_answer_of_another_shape_is_no_search(limited, upstream, change):
    with upstream.lying(bundles(change)):
        assert outcome(limited.ask(SEARCH), 502)


def test_pages_are_walked_without_a_word_of_the_servers_own_address(limited, own, upstream):
    seen, url = [], "Observation?_count=6"
    with upstream.lying(None) as received:
        while url:
            answer = limited.ask(url)
            assert answer.status_code == 200 and is_silent_about(answer, upstream)
            seen += [each["resource"]["id"] for each in answer.json()["entry"]]
            url = linked(answer.json())
            assert url is None or url.startswith(f"{own.fhir}?_page=")
    assert len(seen) == 26 == len(set(seen)) and len(received) == 5


# The same lies where more than a read or a search is asked for. A row of the table that is not there refuses.

BATCH = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": READ}}]}
FORM = {"content": "_count=50", "headers": {"content-type": "application/x-www-form-urlencoded"}}
ROWS = {
    "a version": ("GET", "Observation/own-01/_history/1", {}),
    "a history": ("GET", "Observation/own-01/_history", {}),
    "a form": ("POST", "Observation/_search", FORM),
    "everything": ("GET", f"Patient/{OWN}/$everything", {}),
    "a batch": ("POST", "", {"json": BATCH, "headers": {"content-type": "application/fhir+json"}}),
}


@pytest.fixture(params=ROWS.values(), ids=ROWS)
def ask_row(request, limited):
    method, path, options = request.param
    return lambda: limited.ask(path, method, **options)


def test_an_honest_answer_passes_every_row(ask_row, upstream):
    answer = ask_row()
    assert answer.status_code in (200, 403) and is_silent_about(answer, upstream)


@pytest.mark.parametrize("lie", FORMS.values(), ids=FORMS)
def test_what_cannot_be_checked_is_not_passed_on_in_any_row(ask_row, upstream, lie):
    with upstream.lying(lie):
        answer = ask_row()
    found = answer.json()
    if found.get("type") == "batch-response":
        # Its entries fail each by itself.
        assert [each["response"]["status"][:3] for each in found["entry"]] == ["502"] and OWN not in answer.text
    else:
        assert answer.status_code in (403, 502) and found["resourceType"] == "OperationOutcome", answer.text
    assert is_silent_about(answer, upstream)


@pytest.mark.parametrize(
    "resource",
    [
        observation("own-01", OTHER, SECRET),
        observation("other-1", OTHER, SECRET),
        patient(OTHER, SECRET),
        {"resourceType": "Group", "id": "g", "name": SECRET},
        {**OUTCOME, "contained": [patient(OTHER, SECRET)]},
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient(OTHER, SECRET)}]},
    ],
    ids=["another subject", "another record", "another patient", "a group", "an outcome", "a bundle"],
)
def test_what_is_put_in_the_place_of_an_answer_is_not_passed_on(ask_row, upstream, resource):
    def puts(reply, _):
        """Into the first entry, and in front of it; or alone, where there is no list."""
        found = reply.resource
        if "entry" in found:
            found["entry"] = [{**found["entry"][0], "resource": resource}, *found["entry"]]
            found["entry"][1] = {**found["entry"][1], "resource": resource}
        reply.resource = found if "entry" in found else resource

    with upstream.lying(puts):
        answer = ask_row()
    assert answer.status_code in (200, 403, 404, 502) and is_silent_about(answer, upstream)


# What steers


@pytest.mark.parametrize("target", ["@fhir_upstream", "/fhir/metadata", "/oauth2/jwks", "/favicon.ico"])
@pytest.mark.parametrize("name", ["limited", "unlimited"])
def test_a_redirect_inside_the_web_server_is_not_obeyed(request, upstream, name, target):
    steering = says(
        X_Accel_Redirect=target,
        X_FHIR_Target=f"/Patient/{OTHER}",
        X_Accel_Expires="3600",
        X_Accel_Limit_Rate="1",
        X_Accel_Charset="utf-16",
        X_Sendfile="/etc/passwd",
    )
    with upstream.lying(steering) as received:
        answer = request.getfixturevalue(name).ask(READ)
    assert answer.status_code == 200 and answer.json()["id"] == OWN and len(received) == 1
    assert not {"x-accel-redirect", "x-fhir-target"} & answer.headers.keys() or name == "unlimited"


@pytest.mark.parametrize("name", ["limited", "unlimited"])
def test_cookies_and_challenges_of_the_server_stay_inside(request, upstream, name):
    headers = dict(Set_Cookie="JSESSIONID=1", WWW_Authenticate="Basic", X_Powered_By="HAPI", Cache_Control="public")
    headers |= dict(Access_Control_Allow_Origin="*", Content_Security_Policy="none", X_Content_Type_Options="sniff")
    with upstream.lying(says(**headers)):
        answer = request.getfixturevalue(name).ask(READ)
    assert answer.status_code == 200 and is_silent_about(answer, upstream)
    assert not {"www-authenticate", "access-control-allow-origin"} & answer.headers.keys()


def test_a_redirect_of_the_server_is_followed_by_nobody(unlimited, upstream):
    with upstream.lying(says(b"", status=302, Location=f"{upstream.base}/Patient/{OTHER}")) as received:
        answer = unlimited.ask(READ)
    assert answer.status_code == 302 and answer.headers["location"] == f"{unlimited.instance.fhir}/Patient/{OTHER}"
    assert len(received) == 1


@pytest.mark.parametrize("lie", FORMS.values(), ids=FORMS)
def test_what_an_unlimited_token_gets_is_inert_whatever_it_is(limited, unlimited, upstream, lie):
    with upstream.lying(lie) as received:
        try:
            answer = unlimited.ask(READ)
        except httpx.RemoteProtocolError:
            assert lie is breaks_off
            return
    assert len(received) == 1 and lie is not breaks_off
    assert answer.headers["content-security-policy"] == "sandbox"
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    assert not {"set-cookie", "www-authenticate"} & answer.headers.keys()


# What the server is sent

ARRIVING = {
    *("host", "connection", "accept", "content-type", "content-length", "prefer", "if-match", "if-none-exist"),
    *("if-none-match", "user-agent", "x-forwarded-for", "x-request-id"),
}
BRINGING = {
    "cookie": "JSESSIONID=1",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-host": "elsewhere.example",
    "x-forwarded-proto": "gopher",
    "x-forwarded-prefix": "/x",
    "forwarded": "for=203.0.113.9",
    "x-original-url": f"/fhir/Patient/{OTHER}",
    "x-rewrite-url": f"/fhir/Patient/{OTHER}",
    "x-tenant-id": "other",
    "x-fhir-target": f"/Patient/{OTHER}",
    "x-accel-redirect": "@fhir_upstream",
    "range": "bytes=0-10",
    "if-none-match": 'W/"1"',
    "if-modified-since": "Fri, 20 Nov 2026 08:00:00 GMT",
    "if-match": 'W/"1"',
    "if-none-exist": "identifier=1",
    "connection": "close, x-request-id",
    "te": "trailers",
    "proxy-authorization": "Basic YTpi",
    "accept-encoding": "gzip",
}


def test_only_headers_that_change_nothing_arrive(limited, unlimited, upstream):
    for who, path in ((limited, READ), (limited, SEARCH), (unlimited, READ)):
        with upstream.lying(None) as received:
            answer = who.ask(path, headers={**BRINGING, "if-none-exist": ""})
        assert answer.status_code in (200, 304), answer.text
        assert len(received) == 1 and received[0].headers.keys() <= ARRIVING, received[0].headers
        arrived = str(received[0].headers)
        assert who.token not in arrived and "JSESSIONID" not in arrived and "203.0.113.9" not in arrived
        assert received[0].headers["host"] == upstream.base.split("/")[2]


def test_conditions_on_a_read_are_judged_after_the_check(limited, upstream):
    with upstream.lying(None) as received:
        assert limited.ask(READ, headers={"if-none-match": 'W/"1"'}).status_code == 304
        assert limited.ask("Observation/other-1", headers={"if-none-match": 'W/"1"'}).status_code == 404
        assert limited.ask("Observation/other-1", headers={"if-none-match": "*"}).status_code == 404
    assert all("if-none-match" not in each.headers and "if-modified-since" not in each.headers for each in received)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_an_overridden_method_does_not_arrive_at_all(limited, unlimited, upstream, header):
    with upstream.lying(None) as received:
        for who in (limited, unlimited):
            answer = who.ask(READ, method="POST", headers={header: "DELETE"})
            # What this nginx does not pass to the enforcer, it does not pass to the FHIR server either.
            assert answer.status_code in (400, 403)
    assert not received


@pytest.mark.parametrize(
    "asked, path, query",
    [
        (f"%50atient/{OWN}", f"/fhir/Patient/{OWN}", []),
        ("Observation?%5Fcount=5", "/fhir/Observation", [("_count", "5")]),
        ("Observation?code=a%2Cb&code=c+d%20e", "/fhir/Observation", [("code", "a,b"), ("code", "c d e")]),
        ("Observation?%63ode%3Anot=%E2%82%AC", "/fhir/Observation", [("code:not", "€")]),
        ("Observation?code=x&", "/fhir/Observation", [("code", "x")]),
        ("Observation?code", "/fhir/Observation", [("code", "")]),
    ],
)
def test_what_arrives_is_the_form_that_was_decided_on(limited, unlimited, upstream, asked, path, query):
    for who in (limited, unlimited):
        with upstream.lying(None) as received:
            answer = who.ask(asked)
        if answer.status_code == 400:
            assert not received
            continue
        assert (received[0].method, received[0].path) == ("GET", path)
        ours = [] if who is unlimited else [("patient", f"Patient/{OWN}")]
        assert received[0].query in (query, [*query, *ours])
        # One way to write each: nothing is encoded that need not be, and no plus stands for a space.
        assert "+" not in received[0].target and "%5F" not in received[0].target and "%50" not in received[0].target
        if who is limited and received[0].path.endswith("Observation"):
            assert ("patient", f"Patient/{OWN}") in received[0].query
            assert "handling=strict" in received[0].headers["prefer"]


def test_a_write_arrives_as_it_was_sent(unlimited, upstream):
    body = json.dumps(observation("x", OWN, "Glucose")).replace("}", " }\n").encode()
    with upstream.lying(None) as received:
        for method, path in (("POST", "Observation"), ("PUT", "Observation/x"), ("DELETE", "Observation/x")):
            headers = {"content-type": "application/fhir+json", "if-match": 'W/"1"', "prefer": "return=minimal"}
            content = None if method == "DELETE" else body
            answer = unlimited.ask(path, method=method, content=content, headers=headers)
            assert answer.status_code in (200, 201) and is_silent_about(answer, upstream)
            assert answer.headers["location"].startswith(f"{unlimited.instance.fhir}/Observation/")
    assert [(each.method, each.path) for each in received] == [
        ("POST", "/fhir/Observation"),
        ("PUT", "/fhir/Observation/x"),
        ("DELETE", "/fhir/Observation/x"),
    ]
    assert [each.body for each in received] == [body, body, b""]
    assert all(each.headers["if-match"] == 'W/"1"' for each in received[1:])


# Silence


def test_who_waits_for_a_silent_server_keeps_nobody_waiting(limited, upstream):
    def silent(reply, request):
        reply.silence = 40 if "silent" in request.target else 0

    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool, upstream.lying(silent):
        waiting = [pool.submit(limited.ask, f"Observation/silent-{number}", timeout=60) for number in range(8)]
        for path in [READ, SEARCH, "Observation/other-1"] * 10:
            asked = time.monotonic()
            assert limited.ask(path).status_code in (200, 404)
            assert time.monotonic() - asked < 5, "somebody else's wait was in the way"
        assert not any(each.done() for each in waiting)
        answers = [each.result() for each in waiting]
        taken = time.monotonic() - begin
    assert all(outcome(answer, 503) for answer in answers) and 20 < taken < 40


# The dialect of a server that is widely used


@pytest.fixture(scope="module")
def hapi():
    return HAPI()


@pytest.fixture(scope="module")
def before_hapi(hapi):
    with standing_before(hapi) as instance:
        yield instance


@pytest.fixture(scope="module")
def reader(before_hapi):
    return Asker(
        before_hapi, before_hapi["PATIENT_USER"], before_hapi["PATIENT_PASSWORD"], "openid launch/patient patient/*.rs"
    )


def test_pages_under_getpages_are_walked_to_the_end_and_back(reader, before_hapi, hapi):
    def pages(url, relation):
        while url:
            answer = reader.ask(url)
            assert answer.status_code == 200 and is_silent_about(answer, hapi)
            bundle = answer.json()
            yield url, [each["resource"]["id"] for each in bundle["entry"]]
            assert all(each["url"].startswith(before_hapi.fhir) for each in bundle["link"])
            url = linked(bundle, relation)
            assert url is None or url.startswith(f"{before_hapi.fhir}?_page=")

    forward = list(pages("Observation?_count=10", "next"))
    assert [len(ids) for _, ids in forward] == [10, 10, 6]
    assert len({id for _, ids in forward for id in ids}) == 26
    back = list(pages(forward[-1][0], "previous"))
    assert [ids for _, ids in back] == [ids for _, ids in reversed(forward)]


def test_getpages_of_another_is_no_way_in(reader, hapi):
    with hapi.lying(None) as received:
        for search in hapi.searches:
            answer = reader.ask(f"?_getpages={search}&_getpagesoffset=0&_count=10")
            assert answer.status_code == 403 and is_silent_about(answer, hapi)
    assert not received


def test_its_refusals_are_told_in_our_words(reader, hapi):
    answer = reader.ask("Observation/nobody-has-this")
    assert outcome(answer, 404) and is_silent_about(answer, hapi) and "HAPI" not in answer.text


def test_a_reader_in_a_browser_gets_json_that_was_checked(reader, hapi):
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = reader.ask(READ, headers={"accept": browser})
    assert answer.status_code == 200 and answer.json()["id"] == OWN and is_silent_about(answer, hapi)


def test_its_page_of_capabilities_is_inert_in_a_browser(before_hapi, hapi):
    with before_hapi.http() as http:
        answer = http.get(f"{before_hapi.fhir}/metadata", headers={"accept": "text/html"})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"] == "sandbox" and "x-powered-by" not in answer.headers
    assert before_hapi.fhir in answer.text and is_silent_about(answer, hapi)


def test_what_it_calls_itself_nobody_sees(before_hapi, hapi):
    """Not in what is handed on unseen either: everybody's capabilities, and all that a token for everything gets."""
    with before_hapi.http() as http:
        answer = http.get(f"{before_hapi.fhir}/metadata")
    assert answer.json()["implementation"]["url"] == before_hapi.fhir and is_silent_about(answer, hapi)
    everything = Asker(before_hapi, before_hapi["CLINICIAN_USER"], before_hapi["CLINICIAN_PASSWORD"], "user/*.rs")
    url, ids = "Observation?_count=10", []
    while url:
        answer = everything.ask(url)
        assert answer.status_code == 200 and hapi.base not in answer.text
        bundle = answer.json()
        assert all(each["fullUrl"].startswith(f"{before_hapi.fhir}/") for each in bundle["entry"])
        ids += [each["resource"]["id"] for each in bundle["entry"]]
        url = linked(bundle, "next")
    assert len(ids) == len(set(ids)) == 31
    answer = everything.ask(f"{READ}/_history")
    assert answer.json()["entry"][0]["fullUrl"] == f"{before_hapi.fhir}/{READ}" and hapi.base not in answer.text
