"""What every page has in common, and what others' words can do in them: threats S3, S4, S9, S11, H7."""

from urllib.parse import urlencode

import pytest

from oauth import Answer, Page

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title><script>alert(1)</script>",
    "javascript:alert(1)",
    "&lt;script&gt;",
    "\u202eevil",
    "<!--",
    "{{7*7}}",
]


def is_harmless(page):
    """A page whose only tags are those that our own pages have."""
    assert isinstance(page, Page) and page.answer.headers["content-type"] == "text/html; charset=utf-8"
    known = {
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "a",
        "header",
        "p",
        "strong",
        "div",
        "form",
        "fieldset",
        "legend",
        "input",
        "main",
        "h1",
        "h2",
        "h3",
        "section",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "button",
        "span",
        "bdi",
        "label",
        "code",
        "details",
        "summary",
        "footer",
    }
    assert {tag for tag, _ in page.tags} <= known
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes), (tag, attributes)
        assert not str(attributes.get("href", "")).lower().startswith(("javascript:", "data:"))
    return True


def has_page_headers(answer):
    fields = answer.headers
    assert fields["cache-control"] == "no-store"
    policy = dict(part.strip().split(" ", 1) for part in fields["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == "'self'" and "unsafe" not in fields["content-security-policy"]
    assert fields["x-frame-options"] == "DENY" and fields["x-content-type-options"] == "nosniff"
    assert fields["referrer-policy"] == "same-origin", "with no-referrer, browsers send Origin: null with our own forms"
    assert not any(name.startswith("access-control-") for name in fields)
    return True


@pytest.fixture
def every_page(clinician, patient, rounds, person):
    """A page of each kind, by what it is."""
    nobody = person()
    picker = clinician.sign_in(clinician.open(rounds.request().url))
    consent = patient.sign_in(patient.open(rounds.request().url))
    pages = {
        "sign-in": nobody.open("/portal/sign-in"),
        "sign-in for an app": nobody.open(rounds.request().url),
        "session ended": nobody.open("/portal/sign-in?ended=yes"),
        "signed out": nobody.open("/portal/signed-out"),
        "portal": clinician.open("/portal"),
        "results": clinician.search("Liam"),
        "nobody": clinician.search("Nobody Here"),
        "too short": clinician.search("x"),
        "chosen": clinician.open("/portal?patient=maja-oconnor"),
        "own record": patient.open("/portal"),
        "picker": picker,
        "picked from": clinician.search("Liam", picker),
        "consent": consent,
        "consent, unticked": patient.open(f"{consent.url}&tick=none"),
        "visits": patient.open(rounds.request(scope="launch/patient launch/encounter patient/*.rs").url),
        "connected apps": patient.open("/portal/apps"),
        "lost": nobody.open("/oauth2/authorize?interaction=x"),
        "broken request": nobody.open("/oauth2/authorize"),
        "not found": nobody.open("/portal/nowhere"),
    }
    return pages


def test_every_page_is_safe_in_a_browser(every_page):
    titles = {page.title for page in every_page.values()}
    assert len(titles) >= 13
    for name, page in every_page.items():
        assert is_harmless(page) and has_page_headers(page.answer), name


def test_every_page_says_what_it_is_and_that_this_is_a_demonstration(every_page):
    for name, page in every_page.items():
        assert page.title.endswith("– Rowan Bay Hospital") and "no real patients" in page.text, name
        tags = [tag for tag, _ in page.tags]
        assert tags.count("h1") == 1 and tags.count("main") == 1, name
        assert dict(page.tags)["html"] == {"lang": "en", "dir": "ltr"}, name


def test_the_stylesheet_is_the_only_thing_that_a_page_loads_and_may_be_kept(http, instance, every_page):
    addresses = {attributes["href"] for page in every_page.values() for tag, attributes in page.tags if tag == "link"}
    assert len(addresses) == 1
    answer = http.get(instance.base + addresses.pop())
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]


def test_redirects_with_codes_or_launches_are_never_kept(patient, rounds):
    page = patient.sign_in(patient.open(rounds.request().url))
    fields = [*page.form("/portal/consent").fields, ("decision", "allow")]
    answer = patient.post("/portal/consent", fields)
    assert answer.headers["cache-control"] == "no-store"
    answer = patient.send("GET", answer.headers["location"])
    assert "code=" in answer.headers["location"] and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.isprintable()])
def test_the_name_of_an_app_is_words_and_nothing_else(patient, register, attack):
    app = register(name=attack)
    request = app.request()
    sign_in = patient.open(request.url)
    consent = patient.sign_in(sign_in)
    assert is_harmless(sign_in) and is_harmless(consent)
    assert attack in consent.text and attack in consent.title
    assert is_harmless(patient.open("/portal"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_request_says_is_words_and_nothing_else(person, rounds, attack):
    page = person().open(rounds.request(login_hint=attack, ui_locales=attack, scope=f"patient/*.rs {attack}").url)
    assert is_harmless(page)
    assert [attributes.get("value") for tag, attributes in page.tags if attributes.get("id") == "username"] == [attack]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_person_types_is_words_and_nothing_else(clinician, person, rounds, attack):
    picker = clinician.sign_in(clinician.open(rounds.request().url))
    for page in (clinician.search(attack), clinician.search(attack, picker)):
        assert is_harmless(page) and page.status == 200
        assert [attributes.get("value") for tag, attributes in page.tags if attributes.get("id") == "q"] == [attack]
    who = person(attack, "some password")
    assert is_harmless(who.sign_in())


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_stands_in_an_address_is_words_and_nothing_else(person, clinician, attack):
    query = urlencode(
        {name: attack for name in ("interaction", "ended", "client_id", "redirect_uri", "state", "patient", "q")}
    )
    clinician.sign_in()
    for path in (
        "/oauth2/authorize",
        "/portal/sign-in",
        "/portal/consent",
        "/portal/patient",
        "/portal",
        "/portal/signed-out",
        "/portal/nowhere",
    ):
        assert is_harmless(person().open(f"{path}?{query}"))
        page = clinician.open(f"{path}?{query}")
        assert isinstance(page, Answer) or is_harmless(page)


def test_scopes_of_our_own_making_are_words_too(patient, register):
    page = patient.sign_in(patient.open(register().request(scope="openid patient/*.rs <script>alert(1)</script>").url))
    assert is_harmless(page) and "<script>alert(1)</script>" in page.text


def test_a_user_name_in_the_demo_of_a_person_is_words(account):
    somebody = account("--access", "all", name='<b>Bold</b> & "quoted"')
    page = somebody.sign_in()
    assert is_harmless(page) and '<b>Bold</b> & "quoted"' in page.text


def test_no_page_is_found_at_other_spellings_of_its_path(person):
    for path in (
        "/portal/Sign-In",
        "/portal//sign-in",
        "/portal/sign-in/",
        "/PORTAL",
        "/portal/../portal/nowhere",
        "/oauth2/authorize/",
        "/OAUTH2/authorize",
        "/oauth2/token/",
        "/oauth2/",
        "/%2fportal/nowhere",
        "/nowhere",
    ):
        page = person().open(path)
        assert page.status == 404, path


def test_pages_answer_the_methods_they_have(http, instance):
    for path, allowed in (
        ("/portal", "GET, POST"),
        ("/portal/launch", "POST"),
        ("/portal/sign-out", "POST"),
        ("/portal/sign-in", "GET, POST"),
        ("/portal/patient", "GET, POST"),
        ("/portal/consent", "GET, POST"),
    ):
        answer = http.request("DELETE", instance.base + path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed), path
    assert http.request("TRACE", f"{instance.base}/portal").status_code == 405


def test_an_unknown_form_is_refused_politely(patient):
    patient.sign_in()
    for path in ("/portal/sign-in", "/portal/sign-out", "/portal/launch", "/portal/consent", "/portal/patient"):
        for body, kind in (
            ("{}", "application/json"),
            ("%zz=%", "application/x-www-form-urlencoded"),
            ("&".join(f"a{n}=1" for n in range(300)), "application/x-www-form-urlencoded"),
        ):
            page = patient.follow(
                patient.send("POST", patient.instance.base + path, content=body, headers={"content-type": kind})
            )
            assert page.status in (400, 403) and is_harmless(page), path
