"""A second factor at the real programs, with an authenticator app that nobody here wrote the rules of."""

import re

import totp

MULTI_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"
PATH = "/portal/second-factor"


def form(page, path, *names):
    return next(each for each in page.forms if each.action == path and all(each.has(name) for name in names))


def set_up(who):
    """Switches it on; gives the secret and the recovery codes."""
    page = who.open(PATH)
    if page.has_form("/portal/sign-in"):
        page = who.sign_in(page)
    page = who.submit(form(page, PATH), button=("do", "begin"))
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page.answer.text).group(1)
    page = who.submit(form(page, PATH, "code"), button=("do", "confirm"), code=totp.code(secret))
    codes = re.findall(r"<code>([A-Z2-7-]{19})</code>", page.answer.text)
    assert len(codes) == 10, page.title
    return secret, codes


def step(who, page, code):
    return who.submit(form(page, "/portal/second-step", "code"), code=code)


def test_the_password_alone_is_not_enough_any_more(account, person, instance):
    who = account("--access", "all")
    secret, codes = set_up(who)
    other = person(who.username, who.password)
    page = other.sign_in()
    assert page.has_form("/portal/second-step")
    assert not any("session" in cookie.name for cookie in other.http.cookies.jar)
    # The code that switched it on is used up.
    assert "That did not work" in step(other, page, totp.code(secret)).text
    page = step(other, page, totp.next_code(secret))
    assert not page.has_form("/portal/second-step")
    assert any("session" in cookie.name for cookie in other.http.cookies.jar)

    third = person(who.username, who.password)
    third.sign_in()
    page = third.open("/portal/second-step?way=recovery")
    assert not step(third, page, codes[3].lower()).has_form("/portal/second-step")
    shown = instance.cli("user", "second-factor", who.username)
    assert shown["set_up"] is True and shown["recovery_codes_left"] == 9
    acts = [row["event"] for row in instance.cli("audit", "list", "--user", who.username)["events"]]
    assert {"second_factor_add", "second_factor", "recovery_code_use"} <= set(acts)


def test_an_administrator_demands_it_and_ends_it(account, person, instance):
    who = account("--access", "all")
    instance.cli("user", "second-factor", who.username, "--require")
    page = who.sign_in()
    assert page.has_form(PATH) and not page.has_form("/portal/sign-out")
    assert who.open("/portal").has_form("/portal/sign-in")
    set_up(who)
    assert not who.open("/portal").has_form("/portal/sign-in")
    assert instance.cli("user", "second-factor", who.username, "--reset", "--optional")["reset"] is True
    other = person(who.username, who.password)
    assert other.sign_in().has_form("/portal/sign-out")


def test_apps_ask_for_it_and_hear_of_it(account, person, rounds, instance):
    who = account("--fhir-user", "Patient/maja-oconnor")
    secret, _ = set_up(who)
    other = person(who.username, who.password)
    request = rounds.request(acr_values=MULTI_FACTOR, scope="openid launch/patient patient/*.rs")
    page = other.sign_in(other.open(request.url))
    assert page.has_form("/portal/second-step")
    page = step(other, page, totp.next_code(secret))
    assert page.has_form("/portal/consent"), page.title
    with instance.http() as http:
        provider = http.get(f"{instance.fhir}/.well-known/openid-configuration").json()
    assert provider["acr_values_supported"] == [MULTI_FACTOR]
