"""The launches as people see them, up to the demo app with the patient's name in it."""

import re

import pytest
from playwright.sync_api import expect

from oauth import Answer

MAJA = "Maja Elisabet O'Connor"


@pytest.fixture
def app_is_open(instance):
    """The demo app with a record: its patient, what it may do, what it shows, and nothing left in the address."""

    def check(page, name=MAJA):
        expect(page.locator("body")).to_have_attribute("data-state", "ready")
        expect(page.locator("#patient-name")).to_have_text(name)
        assert "code=" not in page.url and "state=" not in page.url
        return True

    return check


def allow(page):
    page.get_by_role("button", name="Allow", exact=True).click()


def from_portal(visitor, instance, app="Rounds"):
    page = visitor.open("/portal")
    visitor.sign_in(instance["CLINICIAN_USER"], instance["CLINICIAN_PASSWORD"])
    visitor.search("Maja")
    page.get_by_role("link", name=f"Choose {MAJA}").click()
    page.get_by_role("button", name=f"Launch {app} with the record of {MAJA}", exact=True).click()
    return page


def test_from_the_portal_to_the_patients_record(somebody, instance, app_is_open):
    page = from_portal(somebody, instance)
    expect(page.get_by_role("heading", name="Allow Rounds to use this patient’s record?")).to_be_visible()
    allow(page)
    assert app_is_open(page)
    expect(page.locator("#patient-birthdate")).to_contain_text("1968")
    expect(page.locator("#patient-mrn")).to_contain_text("MRN-10042")
    expect(page.locator("#signed-in-user")).to_contain_text("Dr. Amara Lindqvist")
    expect(page.locator("#signed-in-user")).to_contain_text("Proof checked")
    granted = page.locator("#granted-scopes .code").all_inner_texts()
    assert {"launch", "openid", "fhirUser", "offline_access", "patient/*.rs"} <= set(granted)
    expect(page.locator("#observations tbody tr").nth(3)).to_be_visible()
    expect(page.locator("#conditions li").first).to_be_visible()
    expect(page.locator("#medications li").first).to_be_visible()
    expect(page.locator("#expires")).to_contain_text("min")
    page.locator("#refresh").click()
    expect(page.locator("#status")).to_have_text("The access was refreshed and the record read again.")
    assert app_is_open(page)
    somebody.shot("app with record")


def test_a_trusted_app_opens_without_a_question(somebody, instance, app_is_open):
    page = from_portal(somebody, instance, "Rounds (trusted by the hospital)")
    assert app_is_open(page) and "/trusted/" in page.url


def test_a_patient_starts_at_the_app_and_sees_the_own_record(somebody, instance, app_is_open):
    page = somebody.open(instance["APP_URL"])
    page.locator("#start-standalone").click()
    somebody.sign_in(instance["PATIENT_USER"], instance["PATIENT_PASSWORD"])
    expect(page.get_by_role("heading", name="Allow Rounds to use your record?")).to_be_visible()
    allow(page)
    assert app_is_open(page)
    expect(page.locator("#signed-in-user")).to_contain_text("Patient/maja-oconnor")


def test_a_clinician_starts_at_the_app_and_picks_the_patient(somebody, instance, app_is_open):
    page = somebody.open(instance["APP_URL"])
    page.locator("#start-standalone").click()
    somebody.sign_in(instance["CLINICIAN_USER"], instance["CLINICIAN_PASSWORD"])
    somebody.search("Liam Murphy")
    expect(page.get_by_role("heading", name="2 patients found")).to_be_visible()
    page.get_by_role("button", name=re.compile("Choose Liam Murphy, born 30 Jun 1958")).click()
    page.get_by_role("button", name="Yes, this is the patient").click()
    allow(page)
    assert app_is_open(page, "Liam Murphy")
    expect(page.locator("#patient-mrn")).to_contain_text("MRN-10088")


def test_the_demo_accounts_sign_in_by_one_button(somebody, instance):
    page = somebody.open("/portal")
    page.get_by_role("button", name="Sign in as Clinician").click()
    expect(page.get_by_text("Signed in as Dr. Amara Lindqvist")).to_be_visible()


def test_who_denies_is_told_that_nothing_was_shared(somebody, instance):
    page = somebody.open(instance["APP_URL"])
    page.locator("#start-standalone").click()
    somebody.sign_in(instance["PATIENT_USER"], instance["PATIENT_PASSWORD"])
    page.get_by_role("button", name="Don’t allow").click()
    expect(page.locator("body")).to_have_attribute("data-state", "denied")
    expect(page.get_by_role("heading", name="No access was given")).to_be_visible()


def test_who_cancels_the_picker_is_back_at_the_app(somebody, clinician, instance):
    page = somebody.carry(clinician).open(instance["APP_URL"])
    page.locator("#start-standalone").click()
    page.get_by_role("button", name="Cancel and return to the app").click()
    expect(page.locator("body")).to_have_attribute("data-state", "denied")


def test_a_wrong_password_is_said_and_the_right_one_goes_on(somebody, account):
    who = account("--access", "all", name="Dr. Test")
    page = somebody.open("/portal")
    somebody.sign_in(who.username, "not the password")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    expect(page.get_by_label("User name")).to_have_value(who.username)
    expect(page.get_by_label("Password")).to_have_value("")
    somebody.sign_in(who.username, who.password)
    expect(page.get_by_text("Signed in as Dr. Test")).to_be_visible()


def test_an_answer_from_elsewhere_is_not_taken_by_the_app(somebody, instance):
    page = somebody.open(f"{instance['APP_URL']}?code=stolen&state=unknown&iss={instance.fhir}")
    expect(page.locator("body")).to_have_attribute("data-state", "error")
    expect(page.get_by_role("heading", level=1)).to_contain_text("does not belong to a request from this tab")


def test_a_server_that_cannot_be_reached_is_explained_by_the_app(somebody, instance):
    page = somebody.open(instance["APP_URL"])
    page.route(f"{instance.base}/**", lambda route: route.abort())
    page.locator("#start-standalone").click()
    expect(page.locator("body")).to_have_attribute("data-state", "error")
    expect(page.get_by_role("link", name=re.compile("accept its certificate"))).to_be_visible()


def test_the_launch_page_by_itself_says_what_it_is_for(somebody, instance):
    page = somebody.open(instance["APP_URL"].replace("index.html", "launch.html"))
    expect(page.get_by_role("heading", name="This page is for the health record")).to_be_visible()


# Our own pages without a script


def test_the_whole_portal_works_without_scripts(visitor, instance):
    page = from_portal(visitor(java_script_enabled=False), instance)
    expect(page).to_have_title("Opening Rounds")
    assert page.url.startswith(instance["APP_URL"].replace("index.html", "launch.html?iss="))


def test_the_whole_authorization_works_without_scripts(visitor, instance, rounds):
    who, request = visitor(java_script_enabled=False), rounds.request()
    page = who.open(request.url)
    who.sign_in(instance["CLINICIAN_USER"], instance["CLINICIAN_PASSWORD"])
    who.search("1936-01-19")
    page.get_by_role("button", name=re.compile("Choose Gerda Thorvaldsen")).click()
    page.get_by_role("button", name="Yes, this is the patient").click()
    allow(page)
    page.wait_for_url(f"{instance['REDIRECT_URI']}*")
    assert rounds.exchange(request, Answer(page.url)).json()["patient"] == "gerda-thorvaldsen"


def test_signing_out_works_without_scripts(visitor, patient):
    page = visitor(java_script_enabled=False).carry(patient).open("/portal")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


# With the keyboard alone


def test_the_keyboard_alone_leads_from_the_portal_to_the_record(somebody, instance, app_is_open):
    page = somebody.open("/portal/sign-in")

    def go_to(words):
        for _ in range(60):
            focused = page.evaluate(
                "(e => e.matches('body, main') ? '' : (e.labels?.[0] ?? e).innerText)(document.activeElement)"
            )
            if words in " ".join(focused.split()):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", f"one cannot see that {words} has the focus"
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{words} is out of reach")

    def enter(words, text=None):
        go_to(words)
        if text:
            page.keyboard.type(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    go_to("User name")
    page.keyboard.type(instance["CLINICIAN_USER"])
    enter("Password", instance["CLINICIAN_PASSWORD"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to main content"
    enter("Name, birth date or record number", "MRN-10042")
    enter(f"Choose {MAJA}")
    enter(f"Launch Rounds with the record of {MAJA}")
    page.wait_for_url("**/portal/consent**")
    enter("Allow")
    assert app_is_open(page)
