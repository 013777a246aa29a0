"""The FHIR API with a token: what it shows, what it refuses, and how: protocol A18, threats E."""

import concurrent.futures
import stat
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from fhir import is_inert, outcome, resources, subjects

MAJA = "maja-oconnor"
OTHERS = {"jose-alvarez-nunez", "gerda-thorvaldsen", "liam-murphy-1958", "robin-achterberg"}
LABORATORY = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"


@pytest.fixture
def token(patient, rounds):
    return rounds.tokens(patient, scope="openid fhirUser launch/patient patient/*.rs")["access_token"]


@pytest.fixture
def read(rounds, token):
    return lambda path, **options: rounds.fhir(token, path, **options)


# Who may ask


def test_the_capability_statement_is_for_everybody(instance, http):
    answer = http.get(f"{instance.fhir}/metadata", headers={"origin": "https://anybody.example"})
    assert answer.status_code == 200 and answer.json()["resourceType"] == "CapabilityStatement"
    assert answer.headers["access-control-allow-origin"] == "*" and is_inert(answer)


# FHIR R4 operationoutcome; RFC 6750 §3.1
@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic YTpi"}])
def test_without_a_token_the_answer_says_how_to_ask(instance, http, headers):
    answer = http.get(f"{instance.fhir}/Patient/{MAJA}", headers=headers)
    assert outcome(answer, 401)
    assert (
        answer.headers["www-authenticate"].startswith("Bearer ") and "error" not in answer.headers["www-authenticate"]
    )


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer vst_at_" + "A" * 43, "Bearer", "Bearer a b", "Digest x", "Bearer\tx"]
)
def test_an_unknown_token_is_invalid(instance, http, header):
    answer = http.get(f"{instance.fhir}/Patient/{MAJA}", headers={"authorization": header})
    assert outcome(answer, 401) and 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_the_word_bearer_has_no_case(instance, http, token):
    answer = http.get(f"{instance.fhir}/Patient/{MAJA}", headers={"authorization": f"bEARER {token}"})
    assert answer.status_code == 200


def test_a_token_in_the_address_or_a_cookie_is_none(instance, http, token):
    assert outcome(http.get(f"{instance.fhir}/Patient/{MAJA}?access_token={token}"), 400)
    assert outcome(http.get(f"{instance.fhir}/Patient/{MAJA}", headers={"cookie": f"access_token={token}"}), 401)


def test_two_authorization_headers_are_refused(instance, token):
    answer = instance.raw(
        f"GET /fhir/Patient/{MAJA} HTTP/1.1\nHost: localhost\nAuthorization: Bearer {token}\n"
        f"Authorization: Bearer {token}\nConnection: close"
    )
    assert answer.startswith("HTTP/1.1 400")


# What a patient's token shows


def test_the_own_patient_is_shown(read):
    answer = read(f"Patient/{MAJA}")
    assert answer.status_code == 200 and answer.json()["id"] == MAJA
    assert answer.headers["content-type"].startswith("application/fhir+json") and is_inert(answer)


def test_a_resource_is_not_sent_again_to_who_has_it(read):
    first = read(f"Patient/{MAJA}")
    again = read(f"Patient/{MAJA}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_other_patients_and_those_that_do_not_exist_look_alike(read):
    answers = [read(f"Patient/{other}") for other in ["gerda-thorvaldsen", "nobody-at-all", "liam-murphy-1958"]]
    assert all(outcome(answer, 404) for answer in answers)
    assert len({answer.json()["issue"][0]["diagnostics"].split(" [")[0] for answer in answers}) == 1


def test_resources_of_other_patients_are_not_there(read, everything):
    for kind in ("Observation", "Condition", "MedicationRequest", "Encounter", "Immunization"):
        for other in ("gerda-thorvaldsen", "jose-alvarez-nunez"):
            for found in resources(everything(f"{kind}?patient=Patient/{other}&_count=3")):
                assert outcome(read(f"{kind}/{found['id']}"), 404)


@pytest.mark.parametrize(
    "kind",
    [
        "Observation",
        "Condition",
        "MedicationRequest",
        "AllergyIntolerance",
        "Immunization",
        "DocumentReference",
        "Encounter",
        "Patient",
    ],
)
def test_a_search_shows_this_patient_and_all_of_it(read, everything, kind):
    found = read(f"{kind}?_count=200").json()
    there = everything(f"Patient?_id={MAJA}" if kind == "Patient" else f"{kind}?patient=Patient/{MAJA}&_count=200")
    assert subjects(found) == {MAJA}
    assert {one["id"] for one in resources(found)} == {one["id"] for one in resources(there)}


def test_a_search_by_the_own_patient_in_any_spelling_works(instance, read):
    for value in (MAJA, f"Patient/{MAJA}", f"{instance.fhir}/Patient/{MAJA}"):
        answer = read("Observation", params={"patient": value, "_count": 2})
        assert answer.status_code == 200 and subjects(answer.json()) == {MAJA}, value


@pytest.mark.parametrize(
    "query",
    [
        "Observation?patient=gerda-thorvaldsen",
        "Observation?patient=Patient/gerda-thorvaldsen",
        "Condition?patient=gerda-thorvaldsen",
        "Encounter?patient=gerda-thorvaldsen",
    ],
)
def test_a_search_for_another_patient_is_refused(read, query):
    answer = read(query)
    assert outcome(answer, 403) and 'error="insufficient_scope"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "query",
    [
        "Observation?subject=Patient/gerda-thorvaldsen",
        "Patient?_id=gerda-thorvaldsen",
        "Patient?name=Gerda",
        "Patient?identifier=MRN-10115",
        f"Patient?_id={MAJA},gerda-thorvaldsen",
        "Observation?patient.name=Gerda",
        "Observation?_include=Observation:subject",
        "Patient?_revinclude=Observation:subject",
        "Patient?_has:Observation:patient:code=4548-4",
        "Observation?_filter=subject eq Patient/gerda-thorvaldsen",
        "Observation?_query=all",
        "Observation?_list=1",
        "Observation?_contained=true",
        "Observation?unknown=1",
        f"Patient/{MAJA}/$everything",
        "Patient/$everything",
        "$export",
        "Group/cardiometabolic-clinic/$everything",
        f"Patient/{MAJA}/Observation",
        f"Patient/{MAJA}/_history",
        f"Patient/{MAJA}/_history/1",
        "Patient/_history",
        "_history",
        "?_type=Patient",
        "Group/cardiometabolic-clinic",
        "Appointment?_include=Appointment:actor",
        "Observation?_sort=subject.name",
        "Observation?_count=50&_elements=id",
        "Observation?_summary=text",
        "Patient?_security:not=x",
        "List",
        "Binary/1",
        f"Observation?patient={MAJA}&_include=*",
        f"Observation?patient={MAJA}&_revinclude:iterate=*",
        f"Observation?patient={MAJA}&_has:Group:member:_id=cardiometabolic-clinic",
    ],
)
def test_nothing_draws_another_patient_in(read, query):
    answer = read(query)
    assert answer.status_code in (200, 400, 403, 404), answer.status_code
    if answer.status_code == 200:
        # What is nobody's, as who works here, has no subject.
        assert subjects(answer.json()) <= {MAJA, ""}, query
        assert all(resource["resourceType"] != "Group" for resource in resources(answer.json()))
    else:
        assert outcome(answer, answer.status_code)
    assert not any(f"Patient/{other}" in answer.text and f'"id":"{other}"' in answer.text for other in OTHERS)


def test_a_search_answer_names_no_more_than_it_shows(read):
    found = read("Observation?_count=200").json()
    assert found.get("total", 0) in (0, len(resources(found)))
    assert all(link["url"].startswith("https://") and "gerda" not in link["url"] for link in found.get("link", []))


def test_members_of_other_patients_are_hidden_in_what_is_shared(read, everything):
    """A father's and a son's panels name each other's results through hasMember."""
    for resource in resources(everything("Observation?code=24331-1&_count=50")):
        if resource["subject"]["reference"] != f"Patient/{MAJA}":
            assert outcome(read(f"Observation/{resource['id']}"), 404)


def test_what_two_patients_share_is_shown_to_both_without_the_other_patient(read):
    found = resources(read("Appointment").json())
    assert [one["id"] for one in found] == ["diabetes-evening"]
    assert outcome(read("Patient/robin-achterberg"), 404)


# Pages of a search


def test_a_search_is_paged_by_links_that_can_be_followed_to_the_end(instance, read, everything):
    url, seen, pages = "Observation?_count=7", [], 0
    while url:
        answer = read(url)
        assert answer.status_code == 200 and is_inert(answer)
        assert subjects(answer.json()) <= {MAJA}
        seen += [one["id"] for one in resources(answer.json())]
        url = next((link["url"] for link in answer.json()["link"] if link["relation"] == "next"), None)
        assert url is None or url.startswith(f"{instance.fhir}?_page="), url
        pages += 1
        assert pages < 50
    there = resources(everything(f"Observation?patient=Patient/{MAJA}&_count=200"))
    assert pages > 3 and sorted(seen) == sorted(one["id"] for one in there)


@pytest.fixture
def next_link(read):
    return next(link["url"] for link in read("Observation?_count=5").json()["link"] if link["relation"] == "next")


def test_a_page_link_that_was_changed_is_refused(read, next_link):
    page = parse_qs(urlsplit(next_link).query)["_page"][0]
    middle = len(page) // 2
    for forged in (
        page[:-1],
        page + "A",
        page[:4] + ("A" if page[4] != "A" else "B") + page[5:],
        page[:middle] + ("A" if page[middle] != "A" else "B") + page[middle + 1 :],
        "",
        "A" * 80,
    ):
        assert read(f"?_page={forged}").status_code in (400, 403, 404), forged
    assert outcome(read(f"{next_link}&patient=gerda-thorvaldsen"), 400)


def test_a_page_link_is_good_for_its_grant_alone(clinician, patient, rounds, next_link, token):
    other = rounds.tokens(clinician, "MRN-10115")["access_token"]
    assert outcome(rounds.fhir(other, next_link), 404)
    same_person = rounds.tokens(patient)["access_token"]
    assert outcome(rounds.fhir(same_person, next_link), 404)
    assert rounds.fhir(token, next_link).status_code == 200


# Writing, other methods, other formats


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", "Observation"),
        ("PUT", f"Patient/{MAJA}"),
        ("PATCH", f"Patient/{MAJA}"),
        ("DELETE", f"Patient/{MAJA}"),
        ("POST", "_search"),
        ("PUT", "Patient?identifier=MRN-10042"),
        ("DELETE", "Observation?code=1"),
        ("PUT", "Patient/gerda-thorvaldsen"),
    ],
)
def test_a_reading_token_writes_nothing(read, everything, method, path):
    before = everything(f"Patient/{MAJA}")["meta"]
    resource = {"resourceType": "Patient", "id": MAJA, "active": False}
    body = {} if method == "DELETE" else {"json": resource, "headers": {"content-type": "application/fhir+json"}}
    answer = read(path, method=method, **body)
    assert outcome(answer, 403) and 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert everything(f"Patient/{MAJA}")["meta"] == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_what_has_no_body_has_none(read, method):
    """Some servers take the parameters of a search from any body."""
    answer = read("Observation?code=1", method=method, data={"_include": "*", "patient": "gerda-thorvaldsen"})
    assert answer.status_code == 400


def test_a_method_is_not_overridden(read):
    assert outcome(read(f"Patient/{MAJA}", headers={"X-HTTP-Method-Override": "DELETE"}), 400)


@pytest.mark.parametrize("options", [{"headers": {"accept": "application/fhir+xml"}}, {"params": {"_format": "xml"}}])
def test_a_limited_token_gets_json(read, options):
    assert outcome(read(f"Patient/{MAJA}", **options), 406)


def test_an_unknown_type_is_not_found(read):
    for path in ("Nonsense", "Nonsense/1", "patient/1"):
        assert read(path).status_code == 404 and is_inert(read(path))


def test_head_answers_like_get_without_a_body(read):
    answer = read(f"Patient/{MAJA}", method="HEAD")
    assert answer.status_code == 200 and answer.content == b""


# Scopes


def test_a_scope_of_one_type_opens_that_type_alone(patient, rounds):
    token = rounds.tokens(patient, scope="launch/patient patient/Condition.rs")["access_token"]
    assert rounds.fhir(token, "Condition").status_code == 200
    for path in ("Observation", f"Patient/{MAJA}", "Patient"):
        assert outcome(rounds.fhir(token, path), 403)


def test_a_scope_to_read_does_not_search_and_one_to_search_does_not_read(patient, register, everything):
    app = register(scope="launch/patient patient/Condition.r patient/Immunization.s")
    token = app.tokens(patient, scope="launch/patient patient/Condition.r patient/Immunization.s")["access_token"]
    condition, immunization = (
        resources(everything(f"{kind}?patient=Patient/{MAJA}&_count=1"))[0]["id"]
        for kind in ("Condition", "Immunization")
    )
    assert app.fhir(token, f"Condition/{condition}").status_code == 200
    assert outcome(app.fhir(token, "Condition"), 403)
    assert app.fhir(token, "Immunization").status_code == 200
    assert outcome(app.fhir(token, f"Immunization/{immunization}"), 403)


def test_a_category_scope_shows_exactly_that_category(patient, register, everything):
    scope = f"launch/patient patient/Observation.rs?category={LABORATORY}"
    app = register(scope=scope)
    tokens = app.tokens(patient, scope=scope)
    assert tokens["scope"] == scope
    all_of_them = resources(everything(f"Observation?patient=Patient/{MAJA}&_count=200"))
    laboratory = {
        one["id"]
        for one in all_of_them
        if any(
            f"{coding['system']}|{coding['code']}" == LABORATORY
            for category in one["category"]
            for coding in category.get("coding", [])
        )
    }
    assert 0 < len(laboratory) < len(all_of_them)
    found = app.fhir(tokens["access_token"], "Observation?_count=200").json()
    assert {one["id"] for one in resources(found)} == laboratory
    for one in all_of_them:
        expected = 200 if one["id"] in laboratory else 404
        assert app.fhir(tokens["access_token"], f"Observation/{one['id']}").status_code == expected, one["id"]
    # The one of both categories is found under either.
    for query, ids in (("category=vital-signs", {"probe-two-categories"}), ("category:not=laboratory", set())):
        answer = app.fhir(tokens["access_token"], f"Observation?{query}")
        assert answer.status_code in (200, 403) and {one["id"] for one in resources(answer.json())} <= ids


def test_a_category_scope_spelled_with_percent_signs_comes_back_as_sent(patient, register):
    registered = f"launch/patient patient/Observation.rs?category={LABORATORY}"
    sent = "launch/patient patient/Observation.rs?category=" + LABORATORY.replace(":", "%3A").replace(
        "/", "%2F"
    ).replace("|", "%7C")
    tokens = register(scope=registered).tokens(patient, scope=sent)
    assert tokens["scope"] == sent


def test_a_users_scope_reaches_the_patients_of_that_user(account, register, clinician):
    app = register()
    nurse = account("--access", "patients:gerda-thorvaldsen", "--fhir-user", "Practitioner/nurse-test")
    token = app.tokens(nurse, scope="openid user/*.rs")["access_token"]
    assert app.fhir(token, "Patient/gerda-thorvaldsen").status_code == 200
    assert outcome(app.fhir(token, f"Patient/{MAJA}"), 404)
    assert subjects(app.fhir(token, "Observation?_count=50").json()) == {"gerda-thorvaldsen"}


def test_without_access_a_users_scope_reaches_nothing(account, register):
    app = register()
    visitor = account("--fhir-user", "Practitioner/visitor-test")
    token = app.tokens(visitor, scope="openid user/*.rs")["access_token"]
    for path in ("Patient", f"Patient/{MAJA}", "Observation", f"Observation?patient={MAJA}"):
        answer = app.fhir(token, path)
        assert answer.status_code in (403, 404) or not resources(answer.json()), path


def test_an_unlimited_clinician_reads_through_nginx(clinician, register):
    app = register()
    token = app.tokens(clinician, scope="openid user/*.rs")["access_token"]
    answer = app.fhir(token, "Patient?_count=50")
    assert answer.status_code == 200 and len(resources(answer.json())) == 11 and is_inert(answer)
    assert app.fhir(token, "Patient/nobody-at-all").status_code == 404
    assert outcome(app.fhir(token, "Patient", method="POST", json={"resourceType": "Patient"}), 403)


# No way around


@pytest.mark.parametrize(
    "path",
    [
        "//fhir/Patient",
        "/fhir//Patient",
        "/fhir/Patient/../Patient",
        "/fhir/./Patient",
        "/fhir/%2e%2e/fhir/Patient",
        "/fhir/%2e/Patient",
        "/fhir/Patient%2fmaja-oconnor",
        "/fhir/Patient%00",
        "/fhir/..%2ffhir/Patient",
        "/FHIR/Patient",
        "/fhir;x/Patient",
        "/fhir/Patient;x",
        "/fhir/metadata/../Patient",
        "/fhir/metadata/%2e%2e/Patient",
        "/portal/../fhir/Patient",
        "/x/../fhir/Patient",
        "/%66hir/Patient",
        "/fhir%2fPatient",
        "/fhir/.well-known/../Patient",
        "/fhir/metadata%2f..%2fPatient",
        "/fhir/%252e%252e/Patient",
        "/fhir/Patient/maja-oconnor/",
        "/@fhir_upstream",
        "/fhir\\Patient",
        "/fhir/metadata?mode=/../Patient",
        "/fhir/metadata?x=/../Patient",
        "/fhir/Patient?_format=json#x",
    ],
)
def test_no_spelling_of_a_path_goes_round_the_enforcer(instance, path):
    answer = instance.raw(f"GET {path} HTTP/1.1\nHost: localhost\nConnection: close")
    status = int(answer.split()[1])
    if path.startswith("/fhir/metadata?mode"):
        assert status == 200 and "CapabilityStatement" in answer
    else:
        assert status in (400, 401, 404), f"{status} for {path}"
        assert "MRN-" not in answer and '"Bundle"' not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/fhir//Patient/gerda-thorvaldsen",
        "/fhir/Patient/../Patient/gerda-thorvaldsen",
        "/fhir/Patient%2fgerda-thorvaldsen",
        "/fhir/Patient/gerda-thorvaldsen/",
        "/fhir/Patient/maja-oconnor/../gerda-thorvaldsen",
        "/fhir/Patient/maja-oconnor%2f..%2fgerda-thorvaldsen",
        "/fhir/Patient/%67erda-thorvaldsen",
    ],
)
def test_no_spelling_of_a_path_shows_another_patient(instance, token, path):
    answer = instance.raw(f"GET {path} HTTP/1.1\nHost: localhost\nAuthorization: Bearer {token}\nConnection: close")
    assert int(answer.split()[1]) in (400, 403, 404) and "Thorvaldsen" not in answer


def test_internal_headers_of_a_client_steer_nothing(instance, token):
    answer = instance.raw(
        f"GET /fhir/Patient/nobody-at-all HTTP/1.1\nHost: localhost\nAuthorization: Bearer {token}\n"
        "X-Accel-Redirect: @fhir_upstream\nX-FHIR-Target: /Patient/gerda-thorvaldsen\nX-Original-URL: /metadata\n"
        "X-Rewrite-URL: /metadata\nConnection: close"
    )
    assert answer.startswith("HTTP/1.1 404") and "Thorvaldsen" not in answer


def test_a_body_that_smuggles_is_refused(instance, token):
    answer = instance.raw(
        f"POST /fhir/Patient HTTP/1.1\nHost: localhost\nAuthorization: Bearer {token}\nContent-Length: 5\n"
        "Transfer-Encoding: chunked\nConnection: close",
        b"0\r\n\r\nGET /fhir/metadata HTTP/1.1\r\n\r\n",
    )
    assert answer.startswith("HTTP/1.1 400") and answer.count("HTTP/1.1 ") == 1


def test_the_sockets_lie_where_nobody_else_reaches_them(instance):
    for folder in ("relay", "run"):
        assert stat.S_IMODE((instance.directory / folder).stat().st_mode) == 0o750
    for socket in instance.directory.glob("run/*.sock"):
        assert stat.S_IMODE(socket.stat().st_mode) == 0o660, socket.name


def test_the_relay_only_reads(instance):
    transport = httpx.HTTPTransport(uds=str(instance.directory / "relay/fhir-relay.sock"))
    with httpx.Client(transport=transport, base_url="http://relay") as client:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert client.request(method, f"/Patient/{MAJA}").status_code == 403


def test_many_readers_at_once_see_each_their_own(clinician, rounds):
    tokens = {
        name: rounds.tokens(clinician, number)["access_token"]
        for name, number in (
            (MAJA, "MRN-10042"),
            ("gerda-thorvaldsen", "MRN-10115"),
            ("jose-alvarez-nunez", "MRN-10057"),
        )
    }

    def one(name):
        return name, subjects(rounds.fhir(tokens[name], "Condition?_count=20").json())

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        assert all(found == {name} for name, found in pool.map(one, list(tokens) * 8))
