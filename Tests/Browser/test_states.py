"""Every state of every page: nothing in anybody's way (axe), light and wide, dark and narrow."""

import secrets

import pytest
import totp
from playwright.sync_api import expect

STATES = {}


def state(function):
    STATES[function.__name__.replace("_", " ")] = function
    return function


class Walk:
    """Whatever a state needs on the way to it."""

    def __init__(self, visitor, instance, clinician, patient, rounds, account, register):
        self.visitor, self.instance, self.clinician, self.patient = visitor, instance, clinician, patient
        self.rounds, self.account, self.register = rounds, account, register
        #: What puts the instance back as others expect it.
        self.afterwards = []

    def picker(self):
        return self.visitor.carry(self.clinician).open(self.rounds.request().url)

    def standalone(self):
        page = self.visitor.open(self.instance["APP_URL"])
        page.locator("#start-standalone").click()
        page.wait_for_url(f"{self.instance.base}/**")
        return page


@state
def sign_in(walk):
    walk.visitor.open("/portal/sign-in")


@state
def sign_in_for_an_app(walk):
    walk.visitor.open(walk.rounds.request(login_hint="amara").url)


@state
def sign_in_refused(walk):
    walk.visitor.open("/portal/sign-in")
    walk.visitor.sign_in(f"nobody-{secrets.token_hex(6)}", "not the password")
    expect(walk.visitor.page.get_by_role("alert")).to_be_visible()


@state
def sign_in_delayed(walk):
    walk.visitor.open("/portal/sign-in")
    name = f"nobody-{secrets.token_hex(6)}"
    for _ in range(4):
        walk.visitor.sign_in(name, "not the password")
    expect(walk.visitor.page.get_by_role("alert")).to_contain_text("Please wait a moment")


@state
def session_ended(walk):
    walk.visitor.open("/portal/sign-in?ended=yes")


@state
def signed_out(walk):
    walk.visitor.open("/portal/signed-out")


@state
def portal(walk):
    walk.visitor.carry(walk.clinician).open("/portal")


@state
def portal_with_results(walk):
    portal(walk)
    walk.visitor.search("Liam")


@state
def portal_with_a_long_name(walk):
    portal(walk)
    walk.visitor.search("Papadimitriou")


@state
def portal_that_found_nobody(walk):
    portal(walk)
    walk.visitor.search("Nobody Here")


@state
def portal_that_wants_more(walk):
    portal(walk)
    walk.visitor.search("x")


@state
def portal_with_a_patient(walk):
    walk.visitor.carry(walk.clinician).open("/portal?patient=maximiliana-papadimitriou")


@state
def portal_without_such_a_patient(walk):
    walk.visitor.carry(walk.clinician).open("/portal?patient=nobody-at-all")


@state
def portal_of_a_patient(walk):
    walk.visitor.carry(walk.patient).open("/portal")


@state
def activity_of_a_patient(walk):
    tokens = walk.rounds.tokens(walk.patient, scope="openid launch/patient patient/*.rs")
    walk.rounds.fhir(tokens["access_token"], "Condition")
    page = walk.visitor.carry(walk.patient).open("/portal/activity")
    # Counts are stored every few seconds.
    for _ in range(12):
        if page.get_by_role("heading", name="Apps that read your record").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.locator("summary").first.click()
    expect(page.locator("details[open] li").first).to_be_visible()


@state
def activity_of_staff(walk):
    walk.visitor.carry(walk.clinician).open("/portal/activity")


def limited(walk, name="Robin Achterberg", patient="robin-achterberg"):
    """The page of a patient of whom no other test denies anything, until the end of this one."""

    def lift():
        found = walk.instance.cli("consent", "directives", "--patient", patient, "--status", "active")
        for each in found["directives"]:
            walk.instance.cli("consent", "lift", each["id"], "--reason", "end of the test")

    walk.afterwards.append(lift)
    person = walk.account("--fhir-user", f"Patient/{patient}", name=name)
    return walk.visitor.carry(person).open("/portal/sharing")


def keep(page, *labels):
    for label in labels:
        page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Keep from every app").click()


@state
def what_apps_may_not_see(walk):
    page = limited(walk)
    page.locator("summary", has_text="Only some").first.click()


@state
def what_apps_may_not_see_with_all_that_was_said(walk):
    app = walk.register(name="An App With Quite A Long Name For Its Many Friends")
    options = ("--patient", "robin-achterberg", "--client", app.client_id, "--reason", "x")
    page = limited(walk)
    walk.instance.cli("consent", "deny", *options, "--resource-types", "Condition", "--until", "2099-05-03")
    walk.instance.cli("consent", "deny", *options, "--from", "2098-05-03")
    page.locator("summary", has_text="test results").click()
    keep(page, "Health goals", "Laboratory results", "Everything else")
    expect(page.get_by_role("status")).to_contain_text("Saved")
    expect(page.get_by_role("heading", name="What is kept from apps now")).to_be_visible()


@state
def what_apps_may_not_see_where_that_is_everything(walk):
    page = limited(walk)
    keep(page, "Every kind of information, now and later", "Health goals")
    page.locator("summary", has_text="Take back").click()


@state
def what_apps_may_not_see_changed_meanwhile(walk):
    page = limited(walk)
    # As if from another window, which saved first.
    page.locator("input[name=version]").first.evaluate("each => { each.value = '7' }")
    keep(page, "Health goals")
    expect(page.get_by_role("alert")).to_contain_text("It was changed meanwhile")


@state
def what_apps_may_not_see_of_staff(walk):
    walk.visitor.carry(walk.clinician).open("/portal/sharing")


@state
def what_apps_may_not_see_of_a_parent(walk):
    a_parent(walk, "maja-oconnor", "robin-achterberg").open("/portal/sharing?patient=maja-oconnor")


@state
def what_apps_may_not_see_of_a_parent_who_has_not_chosen(walk):
    a_parent(walk, "maja-oconnor", "robin-achterberg").open("/portal/sharing")


def a_parent(walk, *patients):
    """Somebody who acts for these patients."""
    parent = walk.account("--fhir-user", "RelatedPerson/rosa-o-connor", name="Rosa O'Connor")
    for patient in patients:
        options = ("--until", "2099-05-03", "--relationship", "parent")
        walk.instance.cli("proxy", "add", parent.username, "--patient", patient, *options)
    return walk.visitor.carry(parent)


@state
def portal_of_a_parent(walk):
    a_parent(walk, "maja-oconnor", "robin-achterberg").open("/portal?patient=maja-oconnor")


@state
def portal_of_a_parent_who_has_not_chosen(walk):
    a_parent(walk, "maja-oconnor", "maximiliana-papadimitriou").open("/portal")


@state
def picker_of_a_parent(walk):
    a_parent(walk, "maja-oconnor", "maximiliana-papadimitriou").open(walk.rounds.request().url)


@state
def consent_of_a_parent(walk):
    a_parent(walk, "maja-oconnor").open(walk.rounds.request().url)
    expect(walk.visitor.page.get_by_text("You answer for Maja")).to_be_visible()


def a_doctor(walk):
    """Somebody who sees one patient, and may break the glass."""
    doctor = walk.account("--access", "patients:gerda-thorvaldsen", name="Dr. Test")
    walk.instance.cli("user", "break-the-glass", doctor.username, "--allow")
    return walk.visitor.carry(doctor)


@state
def portal_that_denies_and_offers_an_emergency(walk):
    a_doctor(walk).open("/portal")
    walk.visitor.search("Maja")
    expect(walk.visitor.page.get_by_role("link", name="Open in an emergency")).to_be_visible()


@state
def picker_that_denies_and_offers_an_emergency(walk):
    a_doctor(walk).open(walk.rounds.request().url)
    walk.visitor.search("Maja")
    expect(walk.visitor.page.get_by_role("link", name="Open in an emergency")).to_be_visible()


@state
def emergency(walk):
    a_doctor(walk).open("/portal/emergency")


@state
def emergency_of_nobody(walk):
    emergency(walk)
    walk.visitor.page.get_by_label("Record number").fill("MRN-1")
    walk.visitor.page.get_by_label("Reason").fill("found unconscious")
    walk.visitor.page.get_by_role("button", name="Open for 15 minutes").click()
    expect(walk.visitor.page.get_by_role("alert")).to_be_visible()


@state
def portal_in_an_emergency(walk):
    emergency(walk)
    walk.visitor.page.get_by_label("Record number").fill("MRN-10042")
    walk.visitor.page.get_by_label("Reason").fill("found unconscious")
    walk.visitor.page.get_by_role("button", name="Open for 15 minutes").click()
    expect(walk.visitor.page.get_by_role("button", name="End now")).to_be_visible()


def a_help_desk(walk):
    """Somebody who looks after the connected apps of others."""
    helper = walk.account("--access", "none", name="Hollis Brandt")
    walk.instance.cli("user", "help-desk", helper.username, "--allow")
    return walk.visitor.carry(helper)


def asked_for(walk, query, reason="Call 4711: telephone lost"):
    page = a_help_desk(walk).open("/portal/help-desk")
    page.get_by_label("What it is about").fill(reason)
    page.get_by_label("Who asks").fill(query)
    page.get_by_role("button", name="Search").click()
    return page


def helped(walk):
    """The page of a patient who has let two apps in."""
    for app in (walk.rounds, walk.register(name="An App With Quite A Long Name For Its Many Friends")):
        tokens = app.tokens(walk.patient, scope="openid launch/patient patient/*.rs offline_access")
        app.fhir(tokens["access_token"], "Condition")
    page = asked_for(walk, walk.patient.username)
    page.get_by_role("button", name="See the apps of Maja").click()
    expect(page.get_by_role("heading", name="Apps of Maja")).to_be_visible()
    return page


@state
def portal_of_the_help_desk(walk):
    a_help_desk(walk).open("/portal")


@state
def help_desk(walk):
    a_help_desk(walk).open("/portal/help-desk")


@state
def help_desk_without_a_reason(walk):
    expect(asked_for(walk, "maja", reason="lost").get_by_role("alert")).to_be_visible()


@state
def help_desk_that_found_people(walk):
    expect(asked_for(walk, "MRN-10042").get_by_role("heading", name="found")).to_be_visible()


@state
def help_desk_that_found_nobody(walk):
    asked_for(walk, "Nobody Here")


@state
def help_desk_with_a_person(walk):
    helped(walk).locator("summary").first.click()


@state
def help_desk_with_an_access_ended(walk):
    page = helped(walk)
    page.get_by_role("button", name="End access of An App").first.click()
    expect(page.get_by_role("status")).to_contain_text("has ended")


@state
def portal_of_somebody_without_patients(walk):
    walk.visitor.carry(walk.account()).open("/portal")


@state
def where_one_is_signed_in(walk):
    who = walk.account("--access", "all")
    for _ in range(2):
        who.http.cookies.clear()
        who.sign_in()
    walk.visitor.open("/portal/sessions")
    walk.visitor.sign_in(who.username, who.password)
    expect(walk.visitor.page.get_by_role("button", name="Sign out everywhere else")).to_be_visible()


def setting_up(walk):
    who = walk.account("--access", "all")
    page = walk.visitor.carry(who).open("/portal/second-factor")
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    return who, page, page.locator(".steps code").inner_text()


def set_up(walk):
    who, page, secret = setting_up(walk)
    page.get_by_label("Six-digit code").fill(totp.code(secret))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    return who, page


@state
def second_factor_off(walk):
    walk.visitor.carry(walk.clinician).open("/portal/second-factor")


@state
def second_factor_being_set_up(walk):
    setting_up(walk)


@state
def second_factor_with_a_wrong_code(walk):
    _, page, _ = setting_up(walk)
    page.get_by_label("Six-digit code").fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_be_visible()


@state
def recovery_codes(walk):
    set_up(walk)


@state
def second_factor_on(walk):
    _, page = set_up(walk)
    page.get_by_role("link", name="I have kept them").click()
    walk.visitor.open("/portal/second-factor")
    expect(page.get_by_text("10 recovery codes are left")).to_be_visible()


@state
def second_factor_demanded(walk):
    who = walk.account("--access", "all")
    walk.instance.cli("user", "second-factor", who.username, "--require")
    walk.visitor.open("/portal/sign-in")
    walk.visitor.sign_in(who.username, who.password)
    expect(walk.visitor.page.get_by_role("button", name="Set it up")).to_be_visible()


def at_second_step(walk):
    who, page = set_up(walk)
    walk.visitor.context.clear_cookies()
    walk.visitor.open("/portal/sign-in")
    walk.visitor.sign_in(who.username, who.password)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    return page


@state
def second_step(walk):
    at_second_step(walk)


@state
def second_step_refused(walk):
    page = at_second_step(walk)
    page.get_by_label("Six-digit code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()


@state
def second_step_with_a_recovery_code(walk):
    page = at_second_step(walk)
    page.get_by_role("link", name="Use a recovery code").click()
    expect(page.get_by_label("Recovery code")).to_be_visible()


@state
def picker(walk):
    walk.picker()


@state
def picker_with_results(walk):
    walk.picker()
    walk.visitor.search("Liam")


@state
def picker_that_asks_once_more(walk):
    walk.picker()
    walk.visitor.search("MRN-10104")
    walk.visitor.page.get_by_role("button", name="Choose Maximiliana").click()
    walk.visitor.page.get_by_role("button", name="Yes, this is the patient").wait_for()


@state
def picker_that_found_nobody(walk):
    walk.picker()
    walk.visitor.search("Nobody Here")


@state
def picker_that_wants_more(walk):
    walk.picker()
    walk.visitor.search("x")


@state
def consent_of_a_clinician(walk):
    walk.picker()
    walk.visitor.search("MRN-10104")
    walk.visitor.page.get_by_role("button", name="Choose Maximiliana").click()
    walk.visitor.page.get_by_role("button", name="Yes, this is the patient").click()


@state
def consent_of_a_patient(walk):
    scope = "openid fhirUser profile offline_access launch/patient patient/*.rs "
    scope += "patient/Observation.cruds system/*.rs nonsense"
    walk.visitor.carry(walk.patient).open(walk.rounds.request(scope=scope).url)


@state
def consent_to_some_things(walk):
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    scope = (
        f"openid launch/patient patient/Observation.rs?category={category}|laboratory "
        f"patient/Observation.rs?category={category}|vital-signs patient/Condition.rs patient/Immunization.cruds"
    )
    app = walk.register(name="An App With Quite A Long Name For Its Many Friends", scope=scope)
    walk.visitor.carry(walk.patient).open(app.request(scope=scope).url)


@state
def developer_with_a_token(walk):
    tokens = walk.rounds.tokens(walk.patient)
    walk.register(name="An app that fails")
    page = walk.visitor.carry(walk.patient).open("/portal/developer")
    page.locator("#failing-app").select_option(label="An app that fails")
    page.get_by_role("button", name="Let it happen").click()
    page.get_by_label("Token or id_token").fill(tokens["access_token"])
    page.get_by_label("A FHIR request, to see what decides about it").fill("DELETE /Observation/1")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()


@state
def developer_with_a_launch_url(walk):
    page = walk.visitor.carry(walk.patient).open("/portal/developer")
    page.get_by_role("button", name="Make a launch URL").click()
    expect(page.locator("#launch-url")).to_be_visible()


@state
def broken_request(walk):
    page = walk.visitor.open("/oauth2/authorize?client_id=nobody")
    page.get_by_text("For the developer of the app").click()


@state
def expired(walk):
    walk.visitor.open("/oauth2/authorize?interaction=unknown")


@state
def not_found(walk):
    walk.visitor.open("/portal/nowhere")


@state
def not_open_to_you(walk):
    nurse = walk.account("--access", "patients:gerda-thorvaldsen", name="Nurse Test")
    page = walk.visitor.carry(nurse).open("/portal?patient=gerda-thorvaldsen")
    page.evaluate("document.querySelectorAll('[name=patient]').forEach(each => each.value = 'maja-oconnor')")
    page.locator("form[action='/portal/launch'] button").first.click()
    expect(page.get_by_role("heading", name="This is not open to you")).to_be_visible()


@state
def form_expired(walk):
    page = walk.visitor.carry(walk.patient).open("/portal")
    page.evaluate("document.querySelectorAll('[name=csrf]').forEach(each => each.value = 'old')")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Please try once more")).to_be_visible()


@state
def app_at_its_start(walk):
    page = walk.visitor.open(walk.instance["APP_URL"])
    expect(page.locator("body")).to_have_attribute("data-state", "idle")


@state
def app_with_a_record(walk):
    page = walk.visitor.carry(walk.patient).page
    walk.standalone()
    page.get_by_role("button", name="Allow", exact=True).click()
    expect(page.locator("body")).to_have_attribute("data-state", "ready")


@state
def app_that_was_denied(walk):
    page = walk.visitor.carry(walk.patient).page
    walk.standalone()
    page.get_by_role("button", name="Don’t allow").click()
    expect(page.locator("body")).to_have_attribute("data-state", "denied")


@state
def app_with_a_problem(walk):
    page = walk.visitor.open(f"{walk.instance['APP_URL']}?code=x&state=x")
    expect(page.locator("body")).to_have_attribute("data-state", "error")


@pytest.mark.parametrize("name", list(STATES))
def test_nothing_is_in_anybodys_way(somebody, instance, clinician, patient, rounds, account, register, name):
    walk = Walk(somebody, instance, clinician, patient, rounds, account, register)
    page = somebody.page
    try:
        STATES[name](walk)
        for scheme, width in (("light", 1280), ("dark", 320)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            somebody.shot(f"{name} {scheme}")
            assert somebody.fits() and somebody.has_no_barriers()
    finally:
        for each in walk.afterwards:
            each()


def test_pages_of_ours_can_be_read_at_four_times_the_size(somebody, patient):
    page = somebody.carry(patient).open("/portal")
    page.set_viewport_size({"width": 320, "height": 256})
    assert somebody.fits()
    expect(page.get_by_role("heading", name="Start an app")).to_be_visible()
