"""Chromium, as Debian packages it, and what is watched in all of its pages."""

import os
import pathlib
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """A browser of its own with one open page: signs in, looks, and notes whatever its console complains of."""

    def __init__(self, chromium, instance, **options):
        self.instance = instance
        options = {"viewport": {"width": 1280, "height": 900}, "ignore_https_errors": True, **options}
        self.context = chromium.new_context(base_url=instance.base, **options)
        self.context.set_default_timeout(15_000)
        self.complaints = []
        self.context.on("console", lambda message: self._note(message.text))
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()

    def _note(self, text):
        if "Content Security Policy" in text or "Refused to" in text:
            self.complaints.append(text)

    def carry(self, person):
        """Takes over the cookies of somebody who signed in elsewhere."""
        if not any("session" in cookie.name for cookie in person.http.cookies.jar):
            person.sign_in()
        self.context.add_cookies(
            [
                {
                    "name": cookie.name,
                    "value": cookie.value,
                    "url": f"{self.instance.base}/",
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
                for cookie in person.http.cookies.jar
            ]
        )
        return self

    def open(self, path):
        self.page.goto(path)
        return self.page

    def sign_in(self, username, password):
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def search(self, words):
        self.page.get_by_label("Name, birth date or record number").fill(words)
        self.page.get_by_role("button", name="Search").click()

    def shot(self, name):
        """Keeps a picture for somebody to look at."""
        ours = pathlib.Path(__file__).parents[2] / ".build" / "screenshots"
        folder = pathlib.Path(os.environ.get("VESTIBULE_SCREENSHOTS") or ours)
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png", full_page=True)

    def has_no_barriers(self, frame=None):
        found = Axe().run(frame or self.page, options=RULES).response["violations"]
        assert not found, [(each["id"], each["help"], [node["html"][:120] for node in each["nodes"]]) for each in found]
        return True

    def fits(self):
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{overflow} pixels too wide"
        return True


@pytest.fixture
def visitor(chromium, instance):
    """Makes browsers; none of them may have had a complaint about a page of ours."""
    made = []

    def make(**options):
        made.append(Visitor(chromium, instance, **options))
        return made[-1]

    yield make
    for each in made:
        each.context.close()
    assert [complaint for each in made for complaint in each.complaints] == []


@pytest.fixture
def somebody(visitor):
    return visitor()
