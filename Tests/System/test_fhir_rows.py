"""The rows of the decision table that look, fetch, change and collect, in front of a real FHIR server."""

import json

import httpx
import pytest

from fhir import outcome, resources, subjects
from instance import until

MAJA, GERDA = "maja-oconnor", "gerda-thorvaldsen"
OTHERS = {"jose-alvarez-nunez", GERDA, "liam-murphy-1958", "robin-achterberg"}
MADE = "https://hospital.example/tests"
JSON = {"content-type": "application/fhir+json"}
PATCH = {"content-type": "application/json-patch+json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def writer(patient, register):
    """A patient's app that may do everything for this patient."""
    app = register(scope="openid fhirUser launch/patient patient/*.cruds")
    token = app.tokens(patient, scope="openid launch/patient patient/*.cruds")["access_token"]
    return lambda path, method="GET", **options: app.fhir(token, path, method=method, **options)


@pytest.fixture(autouse=True, scope="module")
def nothing_stays(instance):
    """What these tests have made is gone when others look."""
    yield
    transport = httpx.HTTPTransport(uds=str(instance.directory / "changes/fhir-changes.sock"))
    with httpx.Client(transport=transport, base_url="http://relay", timeout=30) as client:
        for each in resources(client.get(f"/Observation?code={MADE}|made&_count=500").json()):
            assert client.delete(f"/Observation/{each['id']}").status_code < 300


def observation(patient=MAJA, **more):
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": category, "code": "exam"}]}],
        "code": {"coding": [{"system": MADE, "code": "made"}]},
        "subject": {"reference": f"Patient/{patient}"},
        **more,
    }


@pytest.fixture
def made(writer):
    """An observation of the patient's own, made through the enforcer."""
    answer = writer("Observation", "POST", json=observation(), headers=JSON)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


# R2, R3


def test_versions_and_their_history_are_shown(writer, made):
    changed = observation(id=made, status="amended")
    assert writer(f"Observation/{made}", "PUT", json=changed, headers=JSON).status_code == 200
    history = writer(f"Observation/{made}/_history")
    assert history.status_code == 200 and history.json()["type"] == "history"
    assert [each["status"] for each in resources(history.json())] == ["amended", "final"]
    first = writer(f"Observation/{made}/_history/1")
    assert first.json()["status"] == "final" and first.headers["etag"] == 'W/"1"'
    assert outcome(writer(f"Observation/{made}/_history/9"), 404)


def test_of_others_there_is_no_history(writer, everything):
    other = resources(everything(f"Observation?patient={GERDA}&_count=1"))[0]["id"]
    for path in (f"Observation/{other}/_history", f"Observation/{other}/_history/1", f"Patient/{GERDA}/_history"):
        assert outcome(writer(path), 404)


# S2, S3


@pytest.mark.parametrize("path", ["Observation/_search", f"Patient/{MAJA}/Observation/_search"])
def test_a_search_by_form_finds_what_a_search_by_address_finds(writer, path):
    by_form = writer(path, "POST", data={"code": "4548-4", "_count": "50"}, headers=FORM).json()
    by_address = writer("Observation?code=4548-4&_count=50").json()
    assert by_form["total"] == by_address["total"] > 0
    assert {each["id"] for each in resources(by_form)} == {each["id"] for each in resources(by_address)}


def test_a_form_is_no_way_round(writer):
    assert outcome(writer("Observation/_search", "POST", data={"patient": GERDA}, headers=FORM), 403)
    assert outcome(writer(f"Patient/{GERDA}/Observation/_search", "POST", data={}, headers=FORM), 403)
    assert outcome(writer("Observation/_search?_filter=x", "POST", data={}, headers=FORM), 403)
    found = writer("Observation/_search", "POST", data={"patient": f"{MAJA},{GERDA}", "_count": "200"}, headers=FORM)
    assert subjects(found.json()) == {MAJA}


def test_a_compartment_is_searched(writer):
    inside = writer(f"Patient/{MAJA}/Observation?code=4548-4").json()
    assert inside["total"] == writer("Observation?code=4548-4").json()["total"]
    assert outcome(writer(f"Patient/{GERDA}/Observation"), 403)


# 3.5


def test_includes_bring_what_may_be_seen(writer, clinician, register):
    found = writer("Observation?code=4548-4&_include=Observation:subject&_count=1").json()
    assert {each["resourceType"] for each in resources(found)} == {"Observation", "Patient"}
    narrow = register(scope="launch/patient patient/Observation.rs openid")
    token = narrow.tokens(clinician, scope="openid launch/patient patient/Observation.rs")["access_token"]
    found = narrow.fhir(token, "Observation?code=4548-4&_include=Observation:subject&_count=1").json()
    assert {each["resourceType"] for each in resources(found)} == {"Observation"}


def test_conditions_on_the_own_patient_work_and_on_others_are_refused(writer):
    assert writer("Observation?subject.name=Maja&_count=1").json()["total"] > 0
    assert writer("Observation?subject:Patient.name=Gerda&_count=1").json()["total"] == 0
    assert writer("Patient?_has:Observation:patient:code=4548-4").json()["total"] == 1
    for query in ("Observation?performer:Patient.name=Gerda", "Observation?has-member:Observation.code=4548-4"):
        assert outcome(writer(query), 403)
    assert outcome(writer("Practitioner?_has:Observation:performer:code=4548-4"), 403)


# O1


def test_everything_of_a_patient_is_of_this_patient(writer, everything):
    found = writer(f"Patient/{MAJA}/$everything?_count=500")
    assert found.status_code == 200
    kinds = {each["resourceType"] for each in resources(found.json())}
    assert {"Patient", "Observation", "Condition"} <= kinds and "Group" not in kinds
    assert subjects(found.json()) <= {MAJA, ""}
    assert any(each["resourceType"] == "Group" for each in resources(everything(f"Patient/{MAJA}/$everything?_count=500")))
    assert outcome(writer(f"Patient/{GERDA}/$everything"), 403)
    body = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueString": "Observation"}]}
    posted = writer(f"Patient/{MAJA}/$everything", "POST", json=body, headers=JSON)
    assert posted.status_code == 200 and "Observation" in {each["resourceType"] for each in resources(posted.json())}


# W1 to W5


def test_what_was_made_is_read_changed_and_deleted(writer, made):
    path = f"Observation/{made}"
    assert writer(path).json()["subject"]["reference"] == f"Patient/{MAJA}"
    mend = json.dumps([{"op": "replace", "path": "/status", "value": "corrected"}])
    assert writer(path, "PATCH", content=mend, headers=PATCH).json()["status"] == "corrected"
    stale = writer(path, "PUT", json=observation(id=made), headers={**JSON, "if-match": 'W/"1"'})
    assert outcome(stale, 412)
    assert writer(path, "DELETE").status_code in (200, 204)
    assert outcome(writer(path), 404)


@pytest.mark.parametrize(
    "resource",
    [
        observation(GERDA),
        observation(performer=[{"reference": f"Patient/{GERDA}"}]),
        observation(focus=[{"reference": f"Patient/{GERDA}"}]),
        observation(encounter={"reference": "Encounter?identifier=x"}),
        observation(meta={"security": [{"code": "R"}]}),
        {"resourceType": "Observation", "status": "final", "code": {"text": "x"}},
    ],
    ids=["subject", "performer", "focus", "conditional", "label", "nobody"],
)
def test_nothing_is_written_about_others(writer, made, everything, resource):
    before = everything("Observation?_summary=count")["total"]
    assert outcome(writer("Observation", "POST", json=resource, headers=JSON), 403)
    assert outcome(writer(f"Observation/{made}", "PUT", json={**resource, "id": made}, headers=JSON), 403)
    assert everything("Observation?_summary=count")["total"] == before
    assert everything(f"Observation/{made}")["subject"]["reference"] == f"Patient/{MAJA}"


def test_what_others_have_is_not_changed(writer, everything):
    other = resources(everything(f"Observation?patient={GERDA}&_count=1"))[0]
    path, taken = f"Observation/{other['id']}", observation(id=other["id"])
    assert outcome(writer(path, "PUT", json=taken, headers=JSON), 404)
    mend = json.dumps([{"op": "replace", "path": "/status", "value": "corrected"}])
    assert outcome(writer(path, "PATCH", content=mend, headers=PATCH), 404)
    move = json.dumps([{"op": "replace", "path": "/subject/reference", "value": f"Patient/{MAJA}"}])
    assert outcome(writer(path, "PATCH", content=move, headers=PATCH), 403)
    assert outcome(writer(path, "DELETE"), 404)
    assert everything(path) == other


def test_a_condition_of_a_create_finds_no_others(writer, made, everything):
    system = "https://hospital.example/tests"
    identified = observation(identifier=[{"system": system, "value": made}])
    first = writer("Observation", "POST", json=identified, headers={**JSON, "if-none-exist": f"identifier={system}|{made}"})
    again = writer("Observation", "POST", json=identified, headers={**JSON, "if-none-exist": f"identifier={system}|{made}"})
    assert (first.status_code, again.status_code) == (201, 200)
    # Somebody else's with the same identifier is not found.
    other = resources(everything(f"Observation?patient={GERDA}&_count=1"))[0]
    condition = f"_id={other['id']}"
    assert writer("Observation", "POST", json=observation(), headers={**JSON, "if-none-exist": condition}).status_code == 201


# B1, B2


def entry(method, url, resource=None, **request):
    return {**({"resource": resource} if resource else {}), "request": {"method": method, "url": url, **request}}


def test_a_batch_is_answered_entry_by_entry(writer, made):
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [
            entry("GET", f"Patient/{MAJA}"),
            entry("GET", f"Patient/{GERDA}"),
            entry("GET", "Observation?_count=200"),
            entry("POST", "Observation", observation()),
            entry("POST", "Observation", observation(GERDA)),
            entry("DELETE", f"Observation/{made}"),
            entry("GET", f"Observation?patient={GERDA}"),
        ],
    }
    answer = writer("", "POST", json=bundle, headers=JSON)
    assert answer.status_code == 200 and answer.json()["type"] == "batch-response"
    entries = answer.json()["entry"]
    statuses = [each["response"]["status"][:3] for each in entries]
    assert statuses[:5] == ["200", "404", "200", "201", "403"] and statuses[6] == "403"
    assert statuses[5] in ("200", "204") and subjects(entries[2]["resource"]) == {MAJA}
    assert outcome(writer(f"Observation/{made}"), 404)
    assert not any(f'"id":"{other}"' in answer.text.replace(": ", ":") for other in OTHERS)


def test_a_transaction_is_done_whole_or_not_at_all(writer, made, everything):
    good = entry("PUT", f"Observation/{made}", observation(id=made, status="amended"))
    bad = entry("POST", "Observation", observation(GERDA))
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [good, bad]}
    refusal = writer("", "POST", json=bundle, headers=JSON)
    assert outcome(refusal, 403) and "Entry 2:" in refusal.text
    assert everything(f"Observation/{made}")["status"] == "final"
    bundle["entry"] = [good, entry("GET", f"Patient/{MAJA}"), entry("GET", "Observation?_count=200")]
    answer = writer("", "POST", json=bundle, headers=JSON)
    assert answer.status_code == 200 and answer.json()["type"] == "transaction-response"
    assert everything(f"Observation/{made}")["status"] == "amended"
    found = answer.json()["entry"]
    assert found[1]["resource"]["id"] == MAJA and subjects(found[2]["resource"]) == {MAJA}
    stale = entry("PUT", f"Observation/{made}", observation(id=made), ifMatch='W/"1"')
    bundle["entry"] = [stale]
    assert outcome(writer("", "POST", json=bundle, headers=JSON), 412)


# X1, X2


def test_an_export_is_begun_followed_and_read_by_its_client_alone(instance, service):
    client = service(scope="system/Patient.rs system/Observation.rs")
    other = service(scope="system/*.rs")

    def token(of=client, scope="system/Patient.rs system/Observation.rs"):
        return of.backend(scope).json()["access_token"]

    begun = client.fhir(token(), "Patient/$export", headers={"prefer": "respond-async"})
    assert begun.status_code == 202, begun.text
    status = begun.headers["content-location"]
    assert status.startswith(f"{instance.fhir}?_export=")
    path = status.removeprefix(instance.fhir)

    def done():
        answer = client.fhir(token(), path)
        return answer if answer.status_code != 202 else None

    manifest = until(done, 30).json()
    assert {each["type"] for each in manifest["output"]} == {"Patient", "Observation"}
    assert manifest["requiresAccessToken"] is True
    for each in manifest["output"]:
        file = each["url"].removeprefix(instance.fhir)
        lines = client.fhir(token(), file).text.splitlines()
        assert {json.loads(line)["resourceType"] for line in lines} == {each["type"]}
        assert outcome(other.fhir(token(other, "system/*.rs"), file), 404)
        if each["type"] == "Observation":
            assert outcome(client.fhir(token(scope="system/Patient.rs"), file), 403)
    assert outcome(other.fhir(token(other, "system/*.rs"), path), 404)
    assert outcome(client.fhir(token(scope="system/Patient.rs"), "$export?_type=Observation", headers={"prefer": "respond-async"}), 403)
    assert client.fhir(token(), path, method="DELETE").status_code == 202


def test_people_export_nothing(writer):
    for path in ("$export", "Patient/$export", "Group/cardiometabolic-clinic/$export"):
        assert outcome(writer(path, headers={"prefer": "respond-async"}), 403)


# 3.4


def test_a_service_reaches_the_patients_that_were_given_to_it(instance, service):
    client = service("--access", f"patients:{MAJA}", scope="system/*.rs")
    token = client.backend("system/*.rs").json()["access_token"]
    assert client.fhir(token, f"Patient/{MAJA}").status_code == 200
    assert outcome(client.fhir(token, f"Patient/{GERDA}"), 404)
    assert subjects(client.fhir(token, "Observation?_count=200").json()) == {MAJA}
    assert outcome(client.fhir(token, "$export", headers={"prefer": "respond-async"}), 403)
    assert instance.cli("client", "update", client.client_id, "--access", "none")["access"] == "none"
    assert outcome(client.fhir(token, f"Patient/{MAJA}"), 403)


# Why


def test_a_refusal_is_explained(instance, patient, register):
    app = register(scope="openid launch/patient patient/Patient.rs")
    tokens = app.tokens(patient, scope="openid launch/patient patient/Patient.rs")
    answer = app.fhir(tokens["access_token"], "Observation?code=4548-4")
    assert outcome(answer, 403)
    refusal = answer.text.split("[request ")[1].split("]")[0]
    told = instance.cli("explain", "--refusal", refusal, text=instance.logs()["enforce.log"])
    assert (told["row"], told["needed"]) == ("S1", "patient/Observation.s")
    assert told["client"] == app.client_id and told["patient"] == MAJA and told["state"] == "alive"
    asked = instance.cli("explain", "GET /Observation?code=4548-4", "--grant", told["grant"])
    assert (asked["row"], asked["outcome"], asked["needed"]) == ("S1", "refused with 403", "patient/Observation.s")
    allowed = instance.cli("explain", f"GET /Patient/{MAJA}", "--token", text=tokens["access_token"])
    assert allowed["row"] == "R1" and allowed["upstream"] == f"/Patient/{MAJA}"
    app.revoke(tokens["access_token"])
    assert "unknown" in instance.refuses("explain", f"GET /Patient/{MAJA}", "--token", text=tokens["access_token"])
    assert "no request" in instance.refuses("explain", "--refusal", "0" * 12, text="")
    assert instance.refuses("explain", "GET /Patient") and instance.refuses("explain")
