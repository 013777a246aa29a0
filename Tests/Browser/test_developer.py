"""The developer page: by keyboard, without a script, and what the demo app makes of what goes wrong."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def developer(visitor, clinician, instance):
    """Somebody signed in at the page; what they asked to fail fails in no other test."""

    def make(**options):
        who = visitor(**options)
        page = who.carry(clinician).open("/portal/developer")
        expect(page.get_by_role("heading", name="For developers")).to_be_visible()
        return who, page

    yield make
    instance.execute("DELETE FROM simulations")


def simulate(page, kind, app="Rounds"):
    page.locator("#failing-app").select_option(label=app)
    page.locator("#kind").select_option(kind)
    page.get_by_role("button", name="Let it happen").click()
    expect(page.get_by_role("status")).to_contain_text("It will happen to the next request of Rounds")


def test_it_is_found_by_its_address_and_after_a_sign_in_alone(somebody, instance):
    page = somebody.open("/portal/developer")
    somebody.sign_in(instance["CLINICIAN_USER"], instance["CLINICIAN_PASSWORD"])
    expect(page.get_by_role("heading", name="For developers")).to_be_visible()
    page.goto("/portal")
    assert page.locator("a[href*=developer]").count() == 0


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_launch_url_is_selected_by_the_keyboard_and_starts_the_app(developer, instance, has_scripts):
    who, page = developer(java_script_enabled=has_scripts)
    page.locator("#launch-app").select_option(label="Rounds")
    page.get_by_label("Id of the patient").fill("maja-oconnor")
    page.get_by_role("button", name="Make a launch URL").click()
    field = page.get_by_label("Launch URL of Rounds")
    for _ in range(12):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            break
    assert field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd) === field.value")
    url = field.input_value()
    assert re.fullmatch(re.escape(instance["APP_URL"].replace("index.html", "launch.html")) + r"\?iss=.*&launch=.*", url)
    if has_scripts:
        page.goto(url)
        page.get_by_role("button", name="Allow", exact=True).click()
        expect(page.locator("#patient-name")).to_have_text("Maja Elisabet O'Connor")


def test_a_token_is_told_in_words_and_comes_back_in_no_page(developer, rounds, patient):
    tokens = rounds.tokens(patient, scope="openid launch/patient patient/Observation.rs")
    who, page = developer()
    page.get_by_label("Token or id_token").fill(tokens["access_token"])
    page.get_by_label("A FHIR request, to see what decides about it").fill("GET /Condition?code=x")
    page.get_by_role("button", name="Look at it").click()
    found = page.get_by_role("status")
    for words in (tokens["access_token"][:12], "An access token", "See in your record", "patient/Condition.s", "403"):
        expect(found).to_contain_text(words)
    assert tokens["access_token"] not in page.content() and tokens["access_token"] not in page.url
    page.get_by_label("Token or id_token").fill(tokens["id_token"])
    page.get_by_role("button", name="Look at it").click()
    expect(found).to_contain_text("Yes: signed with a key of this server")
    who.shot("developer token")


def test_the_app_meets_what_was_asked_for_once(developer, patient, visitor, instance):
    who, page = developer()
    simulate(page, "access_denied")
    who.shot("developer simulation")
    user = visitor()
    app = user.carry(patient).open(instance["APP_URL"])
    app.locator("#start-standalone").click()
    expect(app.locator("body")).to_have_attribute("data-state", "denied")
    app.goto(instance["APP_URL"])
    app.locator("#start-standalone").click()
    expect(app.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    page.goto("/portal/developer")
    assert page.get_by_role("button", name=re.compile("^Take it back")).count() == 0


def test_what_was_asked_for_is_taken_back(developer):
    who, page = developer()
    simulate(page, "token_unavailable")
    page.get_by_role("button", name=re.compile("^Take it back ?: Rounds")).click()
    expect(page.get_by_role("status")).to_contain_text("Nothing of the kind happens to Rounds any more")
