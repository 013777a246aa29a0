"""What no app may see, said by the patient on a page of our own: protocol E2 to E6."""

import json
import time

import pytest


SCOPE = "openid offline_access launch/patient patient/Patient.rs patient/Observation.rs"
ROBIN = "robin-achterberg"
PAGE = "/portal/sharing"


@pytest.fixture
def robin(instance, account):
    """A patient of whom no other test denies anything; what was said on the page is lifted after the test."""
    yield account("--fhir-user", f"Patient/{ROBIN}", name="Robin Achterberg")
    for each in said(instance, "--status", "active"):
        instance.cli("consent", "lift", each["id"], "--reason", "end of the test")


@pytest.fixture
def app(register):
    return register()


def said(instance, *options, patient=ROBIN):
    """What stands in the store of what was said on the page."""
    found = instance.cli("consent", "directives", "--patient", patient, *options)["directives"]
    return [each for each in found if each["source"] == "page"]


def form(page):
    return next(each for each in page.forms if ("do", "save") in each.buttons)


def save(person, *labels, page=None, only=True):
    page = page or person.open(PAGE)
    found = form(page)
    found.tick(*labels, only=only)
    return person.submit(found, button=("do", "save"))


def events(instance, patient=ROBIN):
    rows = instance.cli("audit", "list", "--limit", "100000", "--patient", patient)["events"]
    return [row for row in rows if row["event"].startswith("directive")]


LABORATORY = "Laboratory results"
OBSERVATIONS = "Test results, vital signs and other measurements"


def test_what_is_ticked_is_gone_on_the_very_next_request_until_it_is_unticked(instance, app, robin):
    tokens = app.tokens(robin, scope=SCOPE)
    search = f"Observation?patient={ROBIN}"
    assert app.fhir(tokens["access_token"], search).status_code == 200
    page = robin.open(PAGE)
    assert page.status == 200 and "Nothing is kept from apps" in page.text
    begun = time.monotonic()
    page = save(robin, OBSERVATIONS)
    assert "Saved. It holds from now on" in page.text and "on this page" in page.text
    assert app.fhir(tokens["access_token"], search).status_code == 403
    print(f"\npage: the very next request, {(time.monotonic() - begun) * 1000:.1f} ms after the button, was refused")
    assert app.fhir(tokens["access_token"], f"Patient/{ROBIN}").status_code == 200
    assert "Observation" not in app.refresh(tokens["refresh_token"]).json()["scope"]
    page = save(robin, "Every kind of information, now and later", page=page)
    assert app.fhir(tokens["access_token"], f"Patient/{ROBIN}").status_code == 401
    assert robin.authorize(app.request(scope=SCOPE))["error"] == "access_denied"
    page = robin.open(PAGE)
    lift = next(each for each in page.forms if ("do", "lift") in each.buttons)
    page = robin.submit(lift, button=("do", "lift"))
    assert "Taken back" in page.text and "Nothing is kept from apps" in page.text
    assert app.fhir(tokens["access_token"], f"Patient/{ROBIN}").status_code == 200


def test_a_kind_within_a_kind_is_kept_back_alone(instance, app, robin, resource_server):
    robin.sign_in()
    save(robin, LABORATORY)
    [directive] = said(instance)
    assert directive["denied"] == [
        "patient/Observation.cruds?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
    ]
    tokens = app.tokens(robin, scope=SCOPE)
    page = next(each for each in reversed(robin.seen) if each.has_form("/portal/consent"))
    assert PAGE in page.links and "You have told" in page.text
    assert "laboratory" not in tokens["scope"] and "vital-signs" in tokens["scope"]
    assert resource_server.introspect(tokens["access_token"]).json()["active"] is True
    found = app.fhir(tokens["access_token"], f"Observation?patient={ROBIN}").json()
    assert "laboratory" not in json.dumps([each["resource"].get("category") for each in found.get("entry", [])])


def test_a_clinicians_app_does_not_see_it_either(instance, register, clinician, robin):
    app = register()
    tokens = app.tokens(clinician, patient="MRN-10042", scope="openid launch/patient patient/Patient.rs user/Patient.rs")
    assert app.fhir(tokens["access_token"], f"Patient/{ROBIN}").status_code == 200
    robin.sign_in()
    save(robin, "Every kind of information, now and later")
    assert app.fhir(tokens["access_token"], f"Patient/{ROBIN}").status_code == 404
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200


def test_two_windows_do_not_overwrite_each_other(instance, robin):
    before = sum(each["version"] for each in said(instance))
    robin.sign_in()
    first, second = robin.open(PAGE), robin.open(PAGE)
    assert save(robin, "Health goals", page=first).status == 200
    late = save(robin, LABORATORY, page=second)
    assert late.status == 409 and "It was changed meanwhile" in late.text
    assert [each["denied"] for each in said(instance)] == [["patient/Goal.cruds"]]
    # The page that says so has what holds now, and can be saved.
    assert save(robin, LABORATORY, page=late, only=False).status == 200
    assert len(said(instance)[0]["denied"]) == 2 and said(instance)[0]["version"] == before + 2
    assert "Nothing was changed" in save(robin, LABORATORY, "Health goals").text
    assert said(instance)[0]["version"] == before + 2


def test_it_is_a_directive_like_any_other_in_the_trail_and_for_staff(instance, robin):
    robin.sign_in()
    save(robin, "Health goals")
    [directive] = said(instance)
    assert directive["for"] == ["every app"] and directive["status"] == "active"
    row = events(instance)[-1]
    assert row["event"] == ("directive_record" if directive["version"] == 1 else "directive_change")
    assert row["patient"] == ROBIN and json.loads(row["details"])["source"] == "page"
    assert row["user"] == robin.username
    instance.cli("consent", "lift", directive["id"], "--reason", "asked for at the desk")
    page = robin.open(PAGE)
    assert "Nothing is kept from apps" in page.text and not any(box.is_sent for box in form(page).boxes.values())
    told = robin.open("/portal/activity").text
    assert "Robin Achterberg changed what apps may not see." in told
    assert "Staff took back what apps may not see." in told
    save(robin, "Health goals")
    assert said(instance)[0]["version"] == directive["version"] + 2
    lines = [json.loads(line) for line in instance.logs()["portal.log"].splitlines() if "limits_changed" in line]
    assert lines and "Robin" not in json.dumps(lines) and "Goal" not in json.dumps(lines)
    assert instance.cli("audit", "verify")["rows"]


def test_what_was_entered_by_staff_is_told_and_stays(instance, app, robin):
    options = ("--client", app.client_id, "--resource-types", "Condition", "--until", "2099-05-03")
    paper = instance.cli("consent", "deny", "--patient", ROBIN, *options, "--reason", "form of 3 March")
    try:
        robin.sign_in()
        page = robin.open(PAGE)
        for words in ("Test app", "on paper or in person", "3 May 2099", "This cannot be changed here"):
            assert words in page.text, words
        assert "form of 3 March" not in page.text
        assert not any(("do", "lift") in each.buttons for each in page.forms)
        save(robin, "Health goals", page=page)
        assert instance.cli("consent", "directives", "--id", paper["id"])["status"] == "active"
    finally:
        instance.cli("consent", "lift", paper["id"], "--reason", "end of the test")


def test_a_parent_says_it_for_the_child_and_for_nobody_else(instance, account, app, robin):
    parent = account("--fhir-user", "RelatedPerson/rosa-o-connor", name="Rosa O'Connor")
    for patient in (ROBIN, "gerda-thorvaldsen"):
        instance.cli(
            "proxy", "add", parent.username, "--patient", patient, "--until", "2099-05-03", "--relationship", "parent"
        )
    tokens = app.tokens(robin, scope=SCOPE)
    parent.sign_in()
    assert "For whom are you here?" in parent.open(PAGE).text
    page = parent.open(f"{PAGE}?patient={ROBIN}")
    assert "Robin" in page.text and "from this record" in page.text
    save(parent, OBSERVATIONS, page=page)
    assert app.fhir(tokens["access_token"], f"Observation?patient={ROBIN}").status_code == 403
    row = events(instance)[-1]
    assert row["user"] == parent.username
    assert "Rosa O'Connor changed what apps may not see." in robin.open("/portal/activity").text
    assert parent.submit(form(page), button=("do", "save"), patient="maja-oconnor").status == 404
    assert not said(instance, patient="maja-oconnor")
    instance.cli("proxy", "remove", parent.username, "--patient", ROBIN)
    version = said(instance)[0]["version"]
    assert parent.submit(form(page), button=("do", "save")).status == 404
    assert said(instance)[0]["version"] == version


def test_staff_have_no_such_page(instance, clinician):
    clinician.sign_in()
    page = clinician.open(PAGE)
    assert page.status == 200 and "This page is for patients" in page.text and not any(form.has("deny") for form in page.forms)
    assert PAGE not in clinician.open("/portal").links + clinician.open("/portal/apps").links
    csrf = next(value for form in page.forms for name, value in form.fields if name == "csrf")
    fields = [("csrf", csrf), ("patient", ROBIN), ("version", "0"), ("deny", "everything"), ("do", "save")]
    assert clinician.follow(clinician.post(PAGE, fields)).status == 404
    assert not said(instance, "--status", "active")


def test_who_is_not_signed_in_signs_in_first(instance, robin):
    page = robin.open(PAGE)
    assert "to say what apps may not see" in page.text
    page = robin.sign_in(page)
    assert page.url == f"{instance.base}{PAGE}"
