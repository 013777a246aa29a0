"""The audit trail, from outside: what stands in it, what an export is worth, and what tampering shows: threats F1, F13, H7, H8."""

import concurrent.futures
import csv
import hashlib
import io
import json
import signal
import subprocess
import threading

import pytest

from instance import own_instance, until
from oauth import App, Person

SCOPE = "openid fhirUser offline_access launch/patient patient/*.rs"


@pytest.fixture(scope="module")
def own():
    with own_instance() as instance:
        yield instance


def someone(instance, who="PATIENT"):
    return Person(instance, instance[f"{who}_USER"], instance[f"{who}_PASSWORD"])


def rounds(instance):
    return App(instance, instance["PUBLIC_CLIENT_ID"], instance["REDIRECT_URI"])


def printed(instance, *arguments):
    """What a command prints that is not one JSON value."""
    done = subprocess.run([instance["CLI"], *arguments], capture_output=True, timeout=60, check=True)
    return done.stdout.decode()


def rows(instance, *options):
    return instance.cli("audit", "list", "--limit", "100000", *options)["events"]


def grant_of(instance, app, token):
    """The id of the grant that a token belongs to."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    with instance.database() as database:
        return database.execute(f"SELECT grant_id FROM access_tokens WHERE digest = X'{digest}'").fetchone()[0]


def test_a_client_that_is_not_who_it_says_stands_in_the_trail_and_a_strangers_name_does_not(instance, register):
    app = register("--confidential")
    body = {"grant_type": "refresh_token", "refresh_token": "none"}
    with instance.http() as http:
        for name in (app.client_id, "hunter2-typed-in-the-wrong-field"):
            answer = http.post(f"{instance.base}/oauth2/token", data=body, auth=(name, "wrong"))
            assert answer.json()["error"] == "invalid_client"
        answer = http.post(f"{instance.base}/oauth2/introspect", data={"token": "x"}, auth=(app.client_id, "wrong"))
        assert answer.status_code == 401
    refused = [row for row in rows(instance) if row["event"] == "client_authentication"]
    mine = [row for row in refused if row.get("client") == app.client_id]
    assert [(row["outcome"], json.loads(row["details"]), row["by"]) for row in mine] == [
        ("refused", {"reason": "wrong_secret"}, "127.0.0.1"),
        ("refused", {"reason": "wrong_secret"}, "127.0.0.1"),
    ]
    assert any(json.loads(row["details"]) == {"reason": "unknown_client"} and not row.get("client") for row in refused)
    assert "hunter2" not in printed(instance, "audit", "export")


def test_a_flow_stands_in_the_trail_with_the_request_that_the_log_knows(instance, patient, register):
    app = register("--confidential")
    tokens = app.tokens(patient, scope=SCOPE)
    app.refresh(tokens["refresh_token"])
    app.revoke(tokens["refresh_token"])
    trail = rows(instance, "--client", app.client_id)
    names = [row["event"] for row in trail]
    for event in ("client_add", "code_issue", "token_issue", "token_refresh", "grant_end"):
        assert event in names
    issued = next(row for row in trail if row["event"] == "token_issue")
    assert (issued["user"], issued["patient"], issued["by"]) == (patient.username, "maja-oconnor", "127.0.0.1")
    assert any(issued["request"] in log for log in instance.logs().values())
    added = trail[names.index("client_add")]
    assert added["by"].startswith("root") and "request" not in added
    assert {row["event"] for row in rows(instance, "--user", patient.username)} >= {"sign_in", "code_issue"}


def test_who_signs_in_wrongly_is_named_only_if_there_is_such_a_person(instance, person):
    typed = "my password in the wrong field"
    assert person(typed.replace(" ", "-"), "x" * 12).sign_in().status == 403
    assert person(instance["CLINICIAN_USER"], "not the password").sign_in().status == 403
    refused = [row for row in rows(instance, "--event", "sign_in") if row["outcome"] == "refused"][-2:]
    assert [row.get("user") for row in refused] == [None, instance["CLINICIAN_USER"]]
    assert typed.replace(" ", "-") not in printed(instance, "audit", "export")


def test_every_export_holds_every_row_and_the_lines_prove_themselves(instance):
    lines = printed(instance, "audit", "export").splitlines()
    before = "0" * 64
    for line in lines:
        row = json.loads(line)
        assert row["previous"] == before
        before = row["hash"]
        assert hashlib.sha256(line.replace(f',"hash":"{before}"', "").encode()).hexdigest() == before
    assert instance.cli("audit", "verify")["rows"] >= len(lines) > 0
    table = list(csv.reader(io.StringIO(printed(instance, "audit", "export", "--format", "csv"), newline="")))
    assert len(table) - 1 >= len(lines) and {len(row) for row in table} == {16}
    assert not any(cell[:1] in tuple("=+-@\t\r") for row in table for cell in row if cell)
    resources = [json.loads(line) for line in printed(instance, "audit", "export", "--format", "fhir").splitlines()]
    assert len(resources) >= len(lines)
    for resource in resources:
        assert resource["resourceType"] == "AuditEvent" and resource["agent"] and resource["source"]["observer"]


def test_no_secret_and_no_name_stands_in_an_export(instance, patient, register):
    app = register("--confidential", name="=cmd|' /C calc'!A0")
    tokens = app.tokens(patient, scope=SCOPE)
    app.fhir(tokens["access_token"], "Patient/maja-oconnor")
    secrets = [app.secret, patient.password, *(tokens[name] for name in ("access_token", "refresh_token", "id_token"))]
    for format in ("jsonl", "csv", "fhir"):
        export = printed(instance, "audit", "export", "--format", format)
        for hidden in (*secrets, "vst_", "O'Connor", "O’Connor", "cmd|"):
            assert hidden not in export


def test_the_tool_says_what_it_cannot_do(instance, tmp_path):
    for arguments, words in [
        (("list", "--event", "nothing"), "sign_in"),
        (("list", "--since", "yesterday"), "2027-01-31"),
        (("list", "--user", "nobody-at-all"), "there is no user"),
        (("verify", "--anchor", "12"), "no anchor"),
        (("export", "--format", "xml"), "xml"),
        (("cut", "--before", "1971-01-01", "--to", str(tmp_path / "old")), "nothing before"),
        (("cut", "--before", "2199-01-01", "--to", str(tmp_path / "old")), "future"),
        (("cut", "--before", "2020-01-01", "--to", "/"), "/"),
    ]:
        assert words in instance.refuses("audit", *arguments)
    assert not (tmp_path / "old").exists()


def test_tampering_is_named_and_a_cut_is_not_tampering(own, tmp_path):
    app = rounds(own)
    app.tokens(someone(own), scope=SCOPE)
    sound = own.cli("audit", "verify")
    anchor = printed(own, "audit", "anchor").strip()
    assert sound["sound"] and sound["head"] == anchor
    number = int(anchor.split(":")[0])

    def verify(expect):
        return own.cli("audit", "verify", "--anchor", anchor, expect=0 if expect is None else 1)

    def tampered(sql):
        with own.database() as database:
            kept = [tuple(row) for row in database.execute("SELECT * FROM audit_events")]
            triggers = [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
            database.executescript(
                "".join(
                    f"DROP TRIGGER {name};"
                    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
                )
            )
            database.executescript(sql)
        found = verify(False)
        with own.database() as database:
            database.execute("DELETE FROM audit_events")
            marks = ",".join("?" * len(kept[0]))
            database.executemany(f"INSERT INTO audit_events VALUES ({marks})", kept)
            for trigger in triggers:
                database.execute(trigger)
        assert verify(None)["sound"]
        return found["faults"]

    assert tampered("UPDATE audit_events SET account = 'x' WHERE sequence = 3") == ["row 3 was edited"]
    assert tampered("DELETE FROM audit_events WHERE sequence = 2") == ["row 2 was deleted"]
    assert "cut off" in tampered(f"DELETE FROM audit_events WHERE sequence > {number - 2}")[0]
    swapped = tampered(
        "UPDATE audit_events SET sequence = -1 WHERE sequence = 2; UPDATE audit_events SET sequence = 2 WHERE sequence = 4;"
        "UPDATE audit_events SET sequence = 4 WHERE sequence = -1"
    )
    assert len(swapped) == 2 and all("swapped or moved" in fault for fault in swapped)

    # What is old goes into a file, and the rest still verifies.
    with own.database() as database:
        (day,) = database.execute("SELECT at FROM audit_events WHERE sequence = 5").fetchone()
    with pytest.raises(Exception, match="never changed|cut"), own.database() as database:
        database.execute("DELETE FROM audit_events WHERE sequence < 5")
    import datetime

    moment = datetime.datetime.fromtimestamp(day + 1, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    cut = own.cli("audit", "cut", "--before", moment, "--to", str(tmp_path / "old.jsonl"))
    lines = (tmp_path / "old.jsonl").read_text().splitlines()
    assert cut["rows"] == len(lines) >= 5 and json.loads(lines[-1])["hash"] == cut["anchor"].split(":")[1]
    assert (tmp_path / "old.jsonl").stat().st_mode & 0o777 == 0o600
    assert verify(None)["sound"] and rows(own)[-1]["event"] == "audit_cut"
    own.cli("db", "purge")
    assert verify(None)["sound"]


def test_no_acknowledged_act_loses_its_row_when_programs_are_killed(own):
    app, acknowledged, over = rounds(own), [], threading.Event()
    granted = [app.tokens(someone(own), scope=SCOPE)["refresh_token"] for _ in range(4)]

    def refresh(token):
        while not over.is_set():
            try:
                answer = app.refresh(token)
            except Exception:
                continue
            if answer.status_code == 200:
                token = answer.json()["refresh_token"]
                acknowledged.append(answer.json()["access_token"])
            elif answer.status_code == 400:
                return

    before = len(rows(own, "--event", "token_refresh"))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        running = [pool.submit(refresh, token) for token in granted]
        for _ in range(6):
            over.wait(0.7)
            own.start("token", own.end("token", signal.SIGKILL))
        over.set()
        for each in running:
            each.result()
    assert len(acknowledged) > 20
    assert len(rows(own, "--event", "token_refresh")) - before >= len(acknowledged)
    assert own.cli("audit", "verify")["sound"]
    print(f"{len(acknowledged)} refreshes acknowledged while token was killed six times")


def activity(who):
    return who.open("/portal/activity").text


def test_a_patient_reads_what_apps_were_given(own):
    app, maja = rounds(own), someone(own)
    tokens = app.tokens(maja, scope=SCOPE)
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    for _ in range(3):
        assert app.fhir(tokens["access_token"], "Condition").status_code == 200
    assert app.fhir(tokens["access_token"], "Patient/not-there").status_code == 404
    until(lambda: "health problems and diagnoses: 3 times" in activity(maja).lower(), 12)
    assert "Who used your record" in maja.open("/portal").text
    # A clinician has no record here.
    doctor = someone(own, "CLINICIAN")
    doctor.sign_in()
    assert "There is no record of yours here" in activity(doctor)


def test_counts_are_stored_when_the_enforcer_stops(own):
    app, maja = rounds(own), someone(own)
    tokens = app.tokens(maja, scope=SCOPE)
    grant = grant_of(own, app, tokens["access_token"])
    for _ in range(5):
        assert app.fhir(tokens["access_token"], "AllergyIntolerance").status_code == 200
    own.start("enforce", own.end("enforce", signal.SIGTERM))
    with own.database() as database:
        (reads,) = database.execute(f"SELECT sum(reads) FROM disclosures WHERE grant_id = '{grant}'").fetchone()
    assert reads == 5
