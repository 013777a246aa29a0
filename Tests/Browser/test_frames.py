"""An app in a frame of the EHR, as Chromium sees it: cookies of ours are kept in no frame of another site."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from instance import until
from oauth import Answer
from other_site import other_site

SCOPE = "openid fhirUser launch patient/*.rs"


@contextlib.contextmanager
def site():
    """A site on an origin of its own that serves one page: a frame with the address in the query's `show`."""
    with other_site() as server:

        def frame(url, width=900):
            url = url.replace("&", "&amp;")
            server.body = f"<title>EHR</title><iframe title=app src='{url}' style='width:{width}px;height:1200px'></iframe>"
            return f"{server.origin}/"

        server.frame = frame
        yield server


@pytest.fixture
def elsewhere():
    with site() as server:
        yield server


@pytest.fixture(scope="module")
def hospital(instance):
    """The EHR's own origin, which the configuration lists."""
    with site() as server:
        with instance.configured("frames", f'origins = ["{server.origin}"]', "authorize", "portal"):
            yield server


@pytest.fixture
def app(register):
    return register(name="Growth Chart")


@pytest.fixture
def vouched(ehr, app):
    """Makes authorization requests with a launch that the EHR vouches for."""

    def make(patient="maja-oconnor", **changes):
        context = {"patient": patient} if patient else {}
        launch = ehr.prepare(app, "amara", **context).json()["launch"]
        return app.request(scope=SCOPE, launch=launch, **changes)

    return make


@pytest.fixture
def clinicians(visitor, app):
    """Browsers that note where the app is called back, which is nowhere on this machine."""

    def make(**options):
        who = visitor(**options)
        who.called = []
        who.context.on("request", lambda each: each.url.startswith(app.redirect_uri) and who.called.append(each.url))
        return who

    return make


def inside(page):
    """The frame of the EHR's page."""
    return page.frame_locator("iframe")


def answer(who):
    """What the app was called back with, in a frame or a window."""
    return Answer(until(lambda: who.page.wait_for_timeout(50) or next(iter(who.called), None)))


def is_refused(who, page):
    """Whether the browser shows nothing of ours in the frame."""
    until(lambda: page.wait_for_timeout(50) or any("frame-ancestors" in each for each in who.complaints))
    who.complaints.clear()
    return page.frames[-1].url.startswith("chrome-error:")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_whole_launch_in_the_frame_of_a_listed_ehr(clinicians, hospital, app, vouched, has_scripts):
    """Requirements 90 and 91: consent without a cookie, and the code at the end."""
    who, request = clinicians(java_script_enabled=has_scripts), vouched()
    page = who.open(hospital.frame(request.url))
    expect(inside(page).get_by_role("heading", name="Allow Growth Chart to use this patient’s record?")).to_be_visible()
    expect(inside(page).get_by_text("Maja Elisabet O'Connor").first).to_be_visible()
    who.shot(f"consent in a frame {has_scripts}")
    inside(page).get_by_role("button", name="Allow", exact=True).click()
    tokens = app.exchange(request, answer(who)).json()
    assert tokens["patient"] == "maja-oconnor"
    assert who.context.cookies() == [], "no cookie of ours is kept in a frame"


def test_the_patient_is_picked_in_the_frame_too(clinicians, hospital, app, vouched):
    who, request = clinicians(), vouched(patient=None)
    page = who.open(hospital.frame(request.url))
    inside(page).get_by_label("Name, birth date or record number").fill("MRN-10115")
    inside(page).get_by_role("button", name="Search").click()
    inside(page).get_by_role("button", name=re.compile("Choose Gerda")).click()
    for _ in range(20):
        # The picker may ask once more whether this is the right person.
        if inside(page).get_by_role("button", name="Allow", exact=True).count():
            break
        confirm = inside(page).get_by_role("button", name=re.compile("^Yes"))
        if confirm.count():
            confirm.first.click()
        page.wait_for_timeout(250)
    inside(page).get_by_role("button", name="Allow", exact=True).click()
    assert app.exchange(request, answer(who)).json()["patient"] == "gerda-thorvaldsen"


def test_no_other_site_frames_it_nor_frames_the_ehr_around_it(clinicians, hospital, elsewhere, vouched):
    """Requirement 90: each page around ours has to be a listed one."""
    who = clinicians()
    page = who.open(elsewhere.frame(vouched().url))
    assert is_refused(who, page)
    page = who.open(elsewhere.frame(hospital.frame(vouched().url)))
    assert is_refused(who, page)


@pytest.mark.parametrize("path", ["/portal/sign-in", "/portal", "/portal/apps", "/portal/sessions", "/oauth2/authorize"])
def test_a_listed_ehr_frames_nothing_but_authorizations(clinicians, hospital, instance, clinician, path):
    who = clinicians()
    who.carry(clinician)
    page = who.open(hospital.frame(f"{instance.base}{path}"))
    assert is_refused(who, page)


def test_a_standalone_launch_is_in_no_frame(clinicians, hospital, app):
    who = clinicians()
    page = who.open(hospital.frame(app.request(scope="launch/patient patient/*.rs").url))
    assert is_refused(who, page)


@pytest.mark.parametrize("is_known", [False, True])
def test_a_sign_in_is_in_a_window_of_its_own(clinicians, hospital, instance, clinician, app, vouched, is_known):
    who, request = clinicians(), vouched(prompt="login")
    if is_known:
        # Signed in with us already: the app wants the password all the same.
        who.carry(clinician)
    page = who.open(hospital.frame(request.url))
    link = inside(page).get_by_role("link", name="Open in a new window")
    expect(link).to_be_visible()
    assert inside(page).get_by_label("Password").count() == 0
    with page.expect_popup() as popup:
        link.click()
    window = popup.value
    assert window.evaluate("window.opener") is None
    window.get_by_label("User name").fill(instance["CLINICIAN_USER"])
    window.get_by_label("Password").fill(instance["CLINICIAN_PASSWORD"])
    window.get_by_role("button", name="Sign in", exact=True).click()
    window.get_by_role("button", name="Allow", exact=True).click()
    assert app.exchange(request, answer(who)).json()["patient"] == "maja-oconnor"


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["window", "consent", "over"])
def test_pages_in_a_frame_are_in_nobodys_way(clinicians, hospital, instance, vouched, name, width):
    url = {
        "window": lambda: vouched(prompt="login").url,
        "consent": lambda: vouched().url,
        "over": lambda: f"{instance.base}/oauth2/authorize?interaction=over",
    }[name]()
    who = clinicians(viewport={"width": width + 20, "height": 900})
    page = who.open(hospital.frame(url, width))
    expect(inside(page).get_by_role("heading", level=1)).to_be_visible()
    who.shot(f"in a frame {name} {width}")
    assert who.has_no_barriers(page.frames[-1])
    wide = page.frames[-1].evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_an_authorization_that_is_over_offers_the_portal_in_a_window(clinicians, hospital, instance):
    who = clinicians()
    page = who.open(hospital.frame(f"{instance.base}/oauth2/authorize?interaction=over"))
    with page.expect_popup() as popup:
        inside(page).get_by_role("link", name="Open the portal in a new window").click()
    expect(popup.value.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
