"""The help desk: other people's connected apps, with a reason, in view of the person."""

import json

import pytest

from oauth import refused

REASON = "Call 4711: telephone lost"


@pytest.fixture
def helper(instance, account):
    person = account("--access", "none", name="Hollis Brandt")
    instance.cli("user", "help-desk", person.username, "--allow")
    person.sign_in()
    return person


def find(helper, query, reason=REASON):
    return helper.submit(helper.open("/portal/help-desk").form("/portal/help-desk"), q=query, reason=reason)


def look(helper, patient):
    return helper.submit(find(helper, patient.username).form("/portal/help-desk/person", "Maja"))


def events(instance, helper):
    rows = instance.cli("audit", "list", "--limit", "100000", "--user", helper.username)["events"]
    return [row for row in rows if row["event"].startswith("help_desk")]


def test_a_lost_telephone_from_the_call_to_the_end_of_its_access(instance, helper, patient, register):
    app = register(name="Lost Telephone", scope="openid launch/patient offline_access patient/*.rs")
    tokens = app.tokens(patient, scope="openid launch/patient offline_access patient/*.rs")
    assert app.fhir(tokens["access_token"], "Condition").status_code == 200
    assert "Maja" in find(helper, "MRN-10042").text and "Nobody found" in find(helper, "MRN-1004").text
    page = look(helper, patient)
    assert "Lost Telephone" in page.text and REASON in page.text
    seen = events(instance, helper)
    assert [row["event"] for row in seen] == ["help_desk_view"] and REASON in json.dumps(seen)
    # Nobody ends anything by looking.
    assert app.fhir(tokens["access_token"], "Condition").status_code == 200
    page = helper.submit(page.form("/portal/help-desk/person", "Lost Telephone"), button=("end", "yes"))
    assert "has ended. It can read nothing more" in page.text
    assert app.fhir(tokens["access_token"], "Condition").status_code == 401
    assert refused(app.refresh(tokens["refresh_token"]), "invalid_grant")
    ended = events(instance, helper)[-1]
    assert ended["event"] == "help_desk_end" and ended["client"] == app.client_id
    assert ended["patient"] == "maja-oconnor" and REASON in json.dumps(ended)
    told = patient.open("/portal/activity").text
    assert f"Hollis Brandt of the help desk ended the access of Lost Telephone. The reason that was given: {REASON}" in told
    lines = [json.loads(line) for line in instance.logs()["portal.log"].splitlines() if "help_desk" in line]
    assert {"help_desk_looked", "help_desk_ended"} <= {line["remarks"].get("event") for line in lines}
    assert REASON not in json.dumps(lines) and "Maja" not in json.dumps(lines)


def test_a_second_press_and_a_person_who_is_not_there(helper, patient, register):
    app = register(name="Pressed Twice", scope="openid launch/patient offline_access patient/*.rs")
    app.fhir(app.tokens(patient)["access_token"], "Condition")
    form = look(helper, patient).form("/portal/help-desk/person", "Pressed Twice")
    end = ("end", "yes")
    assert helper.submit(form, button=end, app="nobody").status == 404
    assert helper.submit(form, button=end, person="nobody").status == 404
    assert helper.submit(form, button=end, csrf="another").status == 403
    assert helper.submit(form, button=end, reason="").status == 400
    assert helper.submit(form, button=end).status == 200
    again = helper.submit(form, button=end)
    assert again.status == 404 and "This access is not there any more" in again.text


def test_without_the_right_there_is_no_page(instance, account, patient, helper):
    nurse = account("--access", "all")
    nurse.sign_in()
    assert nurse.open("/portal/help-desk").status == 403
    assert "/portal/help-desk" not in nurse.open("/portal").links
    assert "at work" in instance.refuses("user", "help-desk", patient.username, "--allow")
    form = find(helper, patient.username).form("/portal/help-desk/person", "Maja")
    instance.cli("user", "help-desk", helper.username, "--deny")
    assert helper.submit(form).status == 403
    assert helper.open("/portal/help-desk").status == 403
    listed = {user["username"]: user for user in instance.cli("user", "list")["users"]}
    assert listed[helper.username]["help_desk"] is False
