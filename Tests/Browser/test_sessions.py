"""Where one is signed in: seen and ended by keyboard, without JavaScript."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("width", [320, 1280])
def test_a_forgotten_session_is_ended_by_keyboard(visitor, account, width):
    who = account("--access", "all")
    who.sign_in()
    here = visitor(java_script_enabled=False, viewport={"width": width, "height": 800})
    page = here.open("/portal/sign-in")
    here.sign_in(who.username, who.password)
    page.get_by_role("link", name="Where you are signed in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chrome or Chromium (this one)")).to_be_visible()
    expect(page.get_by_role("heading", name="Another browser")).to_be_visible()
    here.shot(f"sessions {width}")
    assert page.get_by_text("Sign out everywhere else").count() == 0
    button = page.get_by_role("button", name="Sign out there")
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("You are signed out there.")
    here.shot(f"sessions ended {width}")
    expect(page.get_by_role("heading", name="Another browser")).to_have_count(0)
    assert who.open("/portal").title.startswith("Sign in")


def test_all_other_sessions_end_at_once(somebody, account, person):
    who = account("--access", "all")
    others = [who, person(who.username, who.password)]
    for each in others:
        each.sign_in()
    page = somebody.open("/portal/sessions")
    somebody.sign_in(who.username, who.password)
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out everywhere else.")
    assert all(each.open("/portal").title.startswith("Sign in") for each in others)
    page.goto("/portal/sessions")
    expect(page.get_by_role("heading", name="Chrome or Chromium (this one)")).to_be_visible()
