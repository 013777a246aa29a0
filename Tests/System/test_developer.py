"""The developer page is there in demo mode alone, and so is what it can do."""

import re

import pytest

from oauth import Answer

PAGES = ("portal", "authorize", "token")


@pytest.fixture
def outside_of_demo_mode(instance):
    """The same programs with the same store, and a configuration that is no demonstration's."""
    text = instance.configuration.read_text()
    assert "demo = true\n" in text
    try:
        real = re.sub(r"\n\[demo\]\naccounts = \[.*\]\n", "\n", text).replace("demo = true\n", "")
        assert "[demo]" not in real
        instance.configuration.write_text(real)
        instance.reload(*PAGES)
        yield
    finally:
        instance.configuration.write_text(text)
        instance.reload(*PAGES)


@pytest.fixture
def planted(instance):
    """Every failure that there is, waiting in the store for the demo app."""
    rows = [("authorization", "access_denied"), ("token", "invalid_grant")]
    for point, kind in rows:
        instance.execute(
            "INSERT INTO simulations (client, point, fhir_base, kind, expires_at) "
            f"VALUES ('rounds', '{point}', '{instance.fhir}', '{kind}', 4000000000)"
        )
    yield
    instance.execute("DELETE FROM simulations")


def test_what_waits_happens_in_a_demonstration(planted, patient, rounds):
    request = rounds.request()
    assert Answer(patient.send("GET", request.url).headers["location"])["error"] == "access_denied"
    answer = patient.authorize(request)
    assert rounds.exchange(request, answer).json()["error"] == "invalid_grant"
    assert rounds.exchange(request, answer).status_code == 200, "the code was not touched"


def test_nothing_of_it_is_there_anywhere_else(outside_of_demo_mode, planted, instance, patient, rounds):
    patient.sign_in()
    for method in ("GET", "POST", "PUT"):
        fields = {"do": "simulate", "client": "rounds", "kind": "slow_token"}
        content = {"data": fields} if method == "POST" else {}
        assert patient.http.request(method, f"{instance.base}/portal/developer", **content).status_code == 404
    assert "access_token" in rounds.tokens(patient)


def test_a_token_that_was_looked_at_is_in_no_log(clinician, rounds, patient, instance):
    token = rounds.tokens(patient)["access_token"]
    page = clinician.sign_in(clinician.open("/portal/developer"))
    form = page.form("/portal/developer", "Look at it")
    found = clinician.submit(form, token=token, request="GET /Observation?code=secret-code")
    assert "An access token" in found.text and token not in found.answer.text
    logs = "".join(instance.logs().values())
    assert token not in logs and token[:20] not in logs and "secret-code" not in logs
