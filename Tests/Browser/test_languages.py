"""Every kind of page in every language, from left to right and from right to left, in three widths."""

import pytest
from playwright.sync_api import expect

# The pseudo-language is longer than German and runs the other way.
LANGUAGES = {"en-GB": "en", "es-MX": "es", "de-AT": "de", "ar-XB": "ar-XB"}
WIDTHS = [320, 390, 1280]

PAGES = {
    "sign in": lambda walk: walk.stranger("/portal/sign-in"),
    "sign in for an app": lambda walk: walk.stranger(walk.rounds.request(login_hint="amara").url),
    "session ended": lambda walk: walk.stranger("/portal/sign-in?ended=yes"),
    "signed out": lambda walk: walk.stranger("/portal/signed-out"),
    "no such page": lambda walk: walk.stranger("/portal/nowhere"),
    "broken request": lambda walk: walk.stranger("/oauth2/authorize?client_id=nobody"),
    "portal": lambda walk: walk.as_clinician("/portal", "Liam"),
    "portal with a patient": lambda walk: walk.as_clinician("/portal?patient=maximiliana-papadimitriou"),
    "picker": lambda walk: walk.as_clinician(walk.rounds.request().url, "Liam"),
    "picker that asks once more": lambda walk: walk.picked(),
    "picker of a parent": lambda walk: walk.as_parent(walk.rounds.request().url),
    "emergency": lambda walk: walk.as_doctor("/portal/emergency"),
    "help desk": lambda walk: walk.as_helper("MRN-10042"),
    "help desk with a person": lambda walk: walk.helped(),
    "portal of a patient": lambda walk: walk.as_patient("/portal"),
    "connected apps": lambda walk: walk.with_access("/portal/apps"),
    "less for an app": lambda walk: walk.with_access("/portal/apps/change?app={app}"),
    "second factor": lambda walk: walk.as_clinician("/portal/second-factor"),
    "what apps may not see": lambda walk: walk.as_patient("/portal/sharing"),
    "activity": lambda walk: walk.as_patient("/portal/activity"),
    "developer": lambda walk: walk.as_patient("/portal/developer"),
    "consent to everything": lambda walk: walk.as_patient(
        walk.rounds.request(scope="openid fhirUser offline_access launch/patient patient/*.rs nonsense").url
    ),
    "consent to some": lambda walk: walk.as_patient(walk.some.request(scope=walk.scope).url),
}


class Walk:
    scope = "openid launch/patient patient/Observation.rs patient/Condition.rs patient/Immunization.cruds"

    def __init__(self, visitor, clinician, patient, rounds, register, account):
        self.visitor, self.clinician, self.patient, self.rounds = visitor, clinician, patient, rounds
        self.account, self.cli = account, visitor.instance.cli
        self.some = register(name="Wachstum & Größe", scope=self.scope)

    def stranger(self, path):
        return self.visitor.open(path)

    def as_clinician(self, path, words=None):
        page = self.visitor.carry(self.clinician).open(path)
        if words:
            page.locator("#q").fill(words)
            page.locator("#q").press("Enter")
            page.locator("#found").wait_for()
        return page

    def with_access(self, path):
        """The page of a patient who has let two apps in."""
        for app, scope in [(self.some, self.scope), (self.rounds, "launch/patient offline_access patient/*.rs")]:
            tokens = app.tokens(self.patient, scope=scope)
            assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code in (200, 403)
        return self.as_patient(path.format(app=self.some.client_id))

    def picked(self):
        page = self.as_clinician(self.rounds.request().url, "MRN-10104")
        page.locator(".patients button").click()
        page.locator("button[name=confirm]").wait_for()
        return page

    def as_parent(self, path):
        parent = self.account("--fhir-user", "RelatedPerson/rosa-o-connor")
        for patient in ("maja-oconnor", "maximiliana-papadimitriou"):
            options = ("--until", "2099-05-03", "--relationship", "parent")
            self.cli("proxy", "add", parent.username, "--patient", patient, *options)
        return self.visitor.carry(parent).open(path)

    def as_doctor(self, path):
        doctor = self.account("--access", "none")
        self.cli("user", "break-the-glass", doctor.username, "--allow")
        return self.visitor.carry(doctor).open(path)

    def as_helper(self, query):
        helper = self.account("--access", "none")
        self.cli("user", "help-desk", helper.username, "--allow")
        page = self.visitor.carry(helper).open("/portal/help-desk")
        page.locator("#reason").fill("Anruf 4711: Telefon verloren")
        page.locator("#q").fill(query)
        page.locator("#q").press("Enter")
        page.locator("#found").wait_for()
        return page

    def helped(self):
        self.with_access("/portal/apps")
        page = self.as_helper(self.patient.username)
        page.locator(".patients li", has_text="Maja").locator("button").click()
        page.locator(".apps").first.wait_for()
        return page

    def as_patient(self, path):
        return self.visitor.carry(self.patient).open(path)


@pytest.fixture
def walk_with(visitor, clinician, patient, rounds, register, account):
    def make(**options):
        headers = {"Accept-Language": options["locale"]}
        return Walk(visitor(extra_http_headers=headers, **options), clinician, patient, rounds, register, account)

    return make


@pytest.mark.parametrize("name", list(PAGES))
@pytest.mark.parametrize("locale", list(LANGUAGES))
def test_pages_are_in_order_in_every_language(walk_with, locale, name):
    walk = walk_with(locale=locale)
    page = PAGES[name](walk)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", LANGUAGES[locale])
    expect(html).to_have_attribute("dir", "rtl" if locale == "ar-XB" else "ltr")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert walk.visitor.fits()
        walk.visitor.shot(f"{LANGUAGES[locale]} {name} {width}")
    # At the last width and at the first.
    assert walk.visitor.has_no_barriers()
    page.set_viewport_size({"width": 320, "height": 800})
    assert walk.visitor.has_no_barriers()


@pytest.mark.parametrize("name", list(PAGES))
def test_no_page_needs_a_script_or_hides_a_fault_behind_its_policy(walk_with, name):
    plain = walk_with(locale="de-AT", java_script_enabled=False)
    page = PAGES[name](plain)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        expect(page.locator("h1")).to_be_visible()
        assert plain.visitor.fits()
    open_to_all = walk_with(locale="de-AT", bypass_csp=True)
    PAGES[name](open_to_all)
    assert open_to_all.visitor.has_no_barriers()


# OpenID Core §3.1.2.1
def test_what_the_app_asks_for_counts_more_than_what_the_browser_likes(walk_with):
    walk = walk_with(locale="de-AT")
    page = walk.stranger(walk.rounds.request(ui_locales="fr es-AR en").url)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", level=1)).to_have_text("Iniciar sesión")
    # RFC 9110 §8.5, §12.5.5
    answer = page.reload()
    assert answer.headers["content-language"] == "es" and "Accept-Language" in answer.headers["vary"]


def test_discovery_says_which_languages_there_are(walk_with, instance):
    walk = walk_with(locale="en-GB")
    found = walk.visitor.context.request.get(f"{instance.fhir}/.well-known/openid-configuration")
    assert found.json()["ui_locales_supported"] == ["en", "es", "de"]
