"""What stays in the browser, and what others' sites can do with our pages."""

import pytest
from playwright.sync_api import expect

from instance import until
from other_site import other_site


def test_after_signing_out_the_back_button_shows_nothing(somebody, clinician):
    page = somebody.carry(clinician).open("/portal?patient=maja-oconnor")
    expect(page.get_by_text("MRN-10042")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert "MRN-10042" not in page.content() and "O'Connor" not in page.content()


def test_a_session_that_ended_is_said_politely(somebody, instance, account):
    who = account("--access", "all")
    page = somebody.carry(who).open("/portal")
    with instance.database() as database:
        database.execute(
            "UPDATE sessions SET last_seen_at = last_seen_at - 901 WHERE account = "
            "(SELECT id FROM accounts WHERE username = ?)",
            (who.username,),
        )
    somebody.search("Maja")
    expect(page.get_by_role("status")).to_have_text(
        "You were signed out because nothing happened for a while. Sign in to go on."
    )
    assert "O'Connor" not in page.content()
    somebody.sign_in(who.username, who.password)
    expect(page.get_by_role("heading", name="Start an app")).to_be_visible()


def test_switching_the_user_ends_the_session_of_the_first(somebody, clinician, instance):
    page = somebody.carry(clinician).open("/portal")
    page.get_by_role("button", name="Not you? Switch user").click()
    somebody.sign_in(instance["PATIENT_USER"], instance["PATIENT_PASSWORD"])
    expect(page.get_by_text("Signed in as Maja O'Connor")).to_be_visible()
    assert clinician.open("/portal").title.startswith("Sign in")


@pytest.fixture
def elsewhere():
    """A site that is not ours: serves one page of the test's making."""
    with other_site() as server:

        def serve(body):
            server.body = body
            return f"{server.origin}/"

        yield serve


@pytest.mark.parametrize("path", ["/portal/sign-in", "/portal", "/oauth2/authorize"])
def test_no_other_site_can_frame_a_page(visitor, clinician, elsewhere, path):
    who = visitor()
    page = who.carry(clinician).page
    page.goto(elsewhere(f"<iframe src='{who.instance.base}{path}'></iframe>"))
    until(lambda: page.wait_for_timeout(50) or any("frame-ancestors" in complaint for complaint in who.complaints))
    who.complaints.clear()
    assert page.frames[-1].url.startswith("chrome-error:")


@pytest.mark.parametrize(
    "path, fields",
    [
        ("/portal/sign-out", {}),
        ("/portal/launch", {"client": "rounds", "patient": "maja-oconnor"}),
        ("/portal", {"q": "Maja"}),
    ],
)
def test_no_other_site_can_post_a_form(visitor, clinician, elsewhere, path, fields):
    who = visitor()
    page = who.carry(clinician).page
    inputs = "".join(f"<input name='{name}' value='{value}'>" for name, value in fields.items())
    page.goto(elsewhere(f"<form method=post action='{who.instance.base}{path}'>{inputs}<button>Win</button></form>"))
    page.get_by_role("button", name="Win").click()
    page.wait_for_url(f"{who.instance.base}/**")
    assert page.locator("#found, .patient").count() == 0 and "launch.html" not in page.url
    assert clinician.open("/portal").title.startswith("Start an app"), "still signed in"


def test_a_name_of_an_app_runs_no_script(somebody, patient, register):
    app = register(name="<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>")
    page = somebody.carry(patient).open(app.request().url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")
    assert "hacked'" in page.title() and page.title() != "hacked"


def test_a_page_left_open_asks_to_try_again(visitor, instance, rounds, clinician):
    """The same authorization in two tabs: the second answer finds that it was given already."""
    who = visitor()
    first = who.carry(clinician).open(rounds.request(scope="openid user/*.rs patient/*.rs").url)
    who.search("MRN-10042")
    first.get_by_role("button", name="Choose Maja").click()
    first.get_by_role("button", name="Yes, this is the patient").click()
    address = first.url
    first.get_by_role("button", name="Don’t allow").click()
    first.wait_for_url(f"{instance['REDIRECT_URI']}*")
    page = who.open(address)
    expect(page.get_by_role("heading", name="This page has expired")).to_be_visible()
