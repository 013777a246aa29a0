"""What is written down, and what a client's headers cannot change: threats H1, H7, H8, S13."""

import json
import pathlib
import re
import socket
import ssl
import warnings

import pytest

from instance import PROGRAMS, until
from keys import claims_of

SPOOFED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;host=evil.example;proto=http",
    "X-Host": "evil.example",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    "X-Real-IP": "203.0.113.9",
    "Via": "evil.example",
}


def test_no_secret_and_no_patient_stands_in_any_log(
    instance, clinician, patient, account, register, reporting, person, service, ehr
):
    """Everything that goes through the server once, and then nothing of it is to be found."""
    app = register("--confidential", name="Logged app")
    somebody = account("--access", "all", name="Zebulon Quackenbush")
    wrong = "wrong-password-of-somebody"
    assert person(somebody.username, wrong).sign_in().status == 403
    launch = instance.cli(
        "launch", "create", "--user", somebody.username, "--client", app.client_id, "--patient", "maja-oconnor"
    )
    request = app.request(
        scope="openid fhirUser offline_access launch patient/*.rs",
        launch=launch["launch"],
        login_hint="hint-of-somebody",
    )
    answer = somebody.authorize(request)
    tokens = app.exchange(request, answer).json()
    standalone = app.request()
    second = somebody.authorize(standalone, patient="Papadimitriou")
    app.exchange(standalone, second, code_verifier="v" * 43)
    app.fhir(tokens["access_token"], "Patient/maja-oconnor")
    app.fhir(tokens["access_token"], "Observation?code=secret-search-word&_count=1")
    app.fhir("vst_at_" + "S" * 43, "Patient")
    app.introspect(tokens["access_token"])
    refreshed = app.refresh(tokens["refresh_token"]).json()
    app.refresh(tokens["refresh_token"])
    signing = service()
    proof, replayed = signing.assertion(), signing.assertion()
    backend = signing.backend("system/Patient.rs", **signing.proof(proof)).json()
    for assertion in (replayed, replayed, signing.assertion(exp=1), f"{proof}x"):
        signing.backend("system/Patient.rs", **signing.proof(assertion))
    prepared = ehr.prepare(app, somebody.username, patient="gerda-thorvaldsen", tenant="tenant-of-the-launch").json()
    frame = person(keeps_cookies=False)
    page = frame.open(app.request(scope="openid launch patient/*.rs", launch=prepared["launch"]).url)
    form = page.form("/portal/consent")
    third = frame.submit(form, button=("decision", "allow"))
    frame.submit(form, button=("decision", "allow"))
    ehr.prepare(app, "user-who-is-not-here", patient="patient-who-is-not-here")
    app.revoke(refreshed["refresh_token"])
    with instance.http() as http:
        http.get(
            f"{instance.base}/oauth2/token?code={answer['code']}",
            headers={"referer": f"https://x.example/?code={second['code']}"},
        )
        http.get(f"{instance.base}/nowhere?code=code-in-a-lost-address")
        http.get(f"{instance.fhir}/Patient?access_token=token-in-an-address")
    somebody.search("Thorvaldsen")
    secrets = {
        "code": answer["code"],
        "second code": second["code"],
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "new access token": refreshed["access_token"],
        "new refresh token": refreshed["refresh_token"],
        "id_token": tokens["id_token"],
        "launch": launch["launch"],
        "assertion": proof,
        "signature": proof.rsplit(".", 1)[1],
        "jti": claims_of(proof)["jti"],
        "replayed jti": claims_of(replayed)["jti"],
        "backend token": backend["access_token"],
        "prepared launch": prepared["launch"],
        "form value": dict(form.fields)["csrf"],
        "third code": third["code"],
        "EHR's secret": ehr.secret,
        "EHR's word of a user": "user-who-is-not-here",
        "EHR's word of a patient": "patient-who-is-not-here",
        "tenant": "tenant-of-the-launch",
        "password": somebody.password,
        "wrong password": wrong,
        "client secret": app.secret,
        "verifier": request.verifier,
        "state": request.state,
        "nonce": request.nonce,
        "hint": "hint-of-somebody",
        "search word": "secret-search-word",
        "lost code": "code-in-a-lost-address",
        "token in address": "token-in-an-address",
        "guessed token": "S" * 43,
        "user's name": "Quackenbush",
        "patient": "Thorvaldsen",
        "patient in picker": "Papadimitriou",
        "patient's name": "O'Connor",
        "record number": "MRN-10042",
        **{cookie.name: cookie.value for cookie in somebody.http.cookies.jar},
    }
    written = {
        name: text for name, text in instance.logs().items() if name not in ("fhir.log", "nginx-error.log", "error.log")
    }
    assert {f"{name}.log" for name in PROGRAMS} | {"access.log"} <= written.keys()
    assert any(app.client_id in text for text in written.values()), "the log says something at all"
    for what, secret in secrets.items():
        assert len(secret) >= 8, what
        assert not [name for name, text in written.items() if secret in text], what


def test_the_error_log_of_nginx_lies_where_only_root_reads(instance):
    """nginx writes whole request lines when a program fails, and nothing can be done about it but this."""
    names = {path.name for path in (instance.directory / "log").iterdir()}
    assert not {"error.log", "nginx-error.log", "access.log"} & names


def test_every_line_of_every_program_is_json(instance, http):
    http.get(f"{instance.base}/oauth2/authorize")
    for name in PROGRAMS:
        lines = instance.logs()[f"{name}.log"].splitlines()
        assert lines
        for line in lines:
            found = json.loads(line)
            assert found["program"] == f"vestibule-{name}" and found["ts"] and found["level"] and found["event"]


@pytest.mark.parametrize(
    "attack", ["a\nb", 'a\r\n{"level":"forged"}', "\x1b[31mred", "\u202eright", '"},{"x":"', "\\", "\u2028"]
)
def test_nobody_can_write_lines_into_the_logs(instance, http, reporting, attack):
    mark = f"mark-{abs(hash(attack))}"
    http.get(f"{instance.base}/oauth2/authorize", params={"client_id": mark + attack, "redirect_uri": mark + attack})
    http.post(f"{instance.base}/oauth2/token", data={"grant_type": mark + attack, "client_id": mark + attack})
    http.get(f"{instance.base}/portal/{mark}%0A%0D%1b[31m")
    http.get(f"{instance.fhir}/{mark}%0A%0D", headers={"user-agent": "x\ty"})
    for name, text in instance.logs().items():
        if name in (*(f"{program}.log" for program in PROGRAMS), "access.log"):
            for line in text.split("\n"):
                assert not line or line.isprintable() and json.loads(line).get("level") != "forged", name


def test_an_error_is_found_in_the_log_by_the_number_that_is_shown(instance, person):
    page = person().open("/oauth2/authorize?client_id=nobody")
    number = re.search(r"Quote this number when you ask for help: ([0-9a-f]{12})", page.text)[1]
    line = until(lambda: next((line for line in instance.logs()["authorize.log"].splitlines() if number in line), None))
    assert json.loads(line)["remarks"]["error"] == "invalid_client"
    assert number in instance.logs()["access.log"]


def test_the_number_in_a_fhir_error_is_in_the_log_too(instance, http):
    diagnostics = http.get(f"{instance.fhir}/Patient").json()["issue"][0]["diagnostics"]
    number = re.search(r"\[request ([0-9a-f]{12})\]", diagnostics)[1]
    until(lambda: number in instance.logs()["enforce.log"])


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1:1", "[::1]", "x@localhost"])
def test_no_header_of_a_client_changes_any_address(instance, host):
    for path in (
        "/fhir/.well-known/smart-configuration",
        "/oauth2/jwks",
        "/oauth2/authorize",
        "/portal",
        "/fhir/Patient",
        "/",
    ):
        headers = "\n".join(f"{name}: {value}" for name, value in SPOOFED.items())
        answer = instance.raw(f"GET {path} HTTP/1.1\nHost: {host}\n{headers}\nConnection: close")
        assert "evil" not in answer and "203.0.113.9" not in answer, path
        if path.endswith("smart-configuration"):
            assert f'"issuer":"{instance.fhir}"' in answer
        if path == "/portal":
            assert f"Location: {instance.base}/portal/sign-in".lower() in answer.lower()


def test_a_client_cannot_say_where_it_comes_from(instance, http):
    http.get(f"{instance.base}/portal/nowhere-in-particular", headers=SPOOFED)
    line = next(line for line in instance.logs()["access.log"].splitlines()[::-1] if "nowhere-in-particular" in line)
    assert json.loads(line)["remote"] == "127.0.0.1"


def test_flows_work_the_same_behind_spoofed_headers(instance, patient, rounds):
    patient.http.headers.update(SPOOFED)
    tokens = rounds.tokens(patient)
    assert rounds.fhir(tokens["access_token"], "Patient/maja-oconnor", headers=SPOOFED).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic YW1hcmE6eA=="},
        {"Remote-User": "amara"},
        {"Remote_User": "amara"},
        {"X-Remote-User": "amara"},
        {"X-Trusted-User": "amara"},
        {"X_Trusted_User": "amara"},
        {"X.Trusted.User": "amara"},
        {"Auth-User": "amara"},
        {"X-Forwarded-User": "amara"},
        {"Proxy": "http://evil.example"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_signs_anybody_in(instance, http, headers):
    answer = http.get(f"{instance.base}/portal", headers=headers)
    assert answer.status_code == 303 and "sign-in" in answer.headers["location"]
    assert http.get(f"{instance.fhir}/Patient/maja-oconnor", headers=headers).status_code == 401


def test_old_protocols_are_not_spoken(instance):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = ssl.create_default_context(cafile=instance["CA_CERT"])
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", instance.port), timeout=10) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="localhost")


def test_the_demonstration_listens_on_loopback_alone(instance):
    """Every listening TCP socket of this port is bound to 127.0.0.1."""
    port = f"{instance.port:04X}"
    bound = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port}")
    ]
    assert bound and all(address == f"0100007F:{port}" for address in bound)
