"""Signing in and out, and what a session is: threats S."""

import concurrent.futures
import hashlib
import re
import secrets
import uuid
from urllib.parse import urlencode

import pytest

from instance import until
from oauth import Answer

COOKIE = "__Host-vestibule-session"
BROWSER = "__Host-vestibule-browser"


def fields_of(page, **values):
    form = next(form for form in page.forms if form.action == "/portal/sign-in" and form.has("username"))
    return [(name, values.get(name, value)) for name, value in form.fields]


def attempt(who, username, password):
    return who.follow(
        who.post("/portal/sign-in", fields_of(who.open("/portal/sign-in"), username=username, password=password))
    )


def nobody():
    """A name that no user has and that was never tried."""
    return f"nobody-{secrets.token_hex(6)}"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(account, person):
    names = (account().username, nobody())
    answers = [attempt(person(), name, "wrong password") for name in names]
    assert [answer.status for answer in answers] == [403, 403]
    assert len({answer.text.replace(name, "") for name, answer in zip(names, answers)}) == 1
    assert "The user name or the password is not right" in answers[0].text
    assert not any(COOKIE in answer.answer.headers.get("set-cookie", "") for answer in answers)


def test_a_name_that_nobody_has_is_slowed_like_any_other(account, person):
    for name in (account().username, nobody()):
        assert [attempt(person(), name, f"guess number {number}").status for number in range(4)] == [403, 403, 403, 429]


def test_a_disabled_user_gets_that_answer_too(instance, account, person):
    somebody = account()
    instance.cli("user", "disable", somebody.username)
    answer = attempt(person(), somebody.username, somebody.password)
    assert answer.status == 403 and "The user name or the password is not right" in answer.text


def test_guessing_is_slowed_for_that_account_alone(instance, account, person):
    victim, other, guesser = account(), account(), person()
    answers = [attempt(guesser, victim.username, f"guess number {number}") for number in range(3)]
    assert [answer.status for answer in answers] == [403] * 3
    slowed = attempt(guesser, victim.username, victim.password)
    assert (
        slowed.status == 429
        and int(slowed.answer.headers["retry-after"]) >= 1
        and "Please wait a moment" in slowed.text
    )
    assert attempt(person(), other.username, other.password).title.startswith("Start an app")
    until(lambda: attempt(person(), victim.username, victim.password).title.startswith("Start an app"))
    with instance.database() as database:
        assert not database.execute(
            "SELECT 1 FROM attempts WHERE key = ?", (digest(victim.username, "address", "127.0.0.1"),)
        ).fetchone()


def digest(username, *whence):
    """How the store names what is guarded: nothing of it can be read there."""
    return hashlib.sha256("\x1f".join(("sign-in", username, *whence)).encode()).digest()


def test_a_name_that_nobody_has_is_slowed_too_so_a_wait_tells_nothing(person):
    nobody, guesser = f"nobody-{uuid.uuid4().hex}", person()
    assert [attempt(guesser, nobody, f"guess number {number}").status for number in range(4)] == [403, 403, 403, 429]


def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(account, person):
    victim = account()
    guessers = [person() for _ in range(12)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        pages = list(pool.map(lambda guesser: attempt(guesser, victim.username, "wrong password"), guessers))
    # Three, and one more where a slow machine lets the first wait of two seconds pass.
    assert 3 <= sum(page.status == 403 for page in pages) <= 4
    assert all(page.status in (403, 429) for page in pages)


def test_the_delay_doubles_up_to_a_quarter_of_an_hour(instance, account, person):
    victim, guesser, waits = account(), person(), []
    assert attempt(guesser, victim.username, "wrong password").status == 403
    for failures in (4, 6, 9, 40):
        with instance.database() as database:
            changed = database.execute(
                "UPDATE attempts SET failures = ?, blocked_until = 0 WHERE key = ?",
                (failures, digest(victim.username, "address", "127.0.0.1")),
            )
            assert changed.rowcount == 1
        assert attempt(guesser, victim.username, "wrong password").status == 403
        waits.append(int(attempt(guesser, victim.username, "wrong password").answer.headers["retry-after"]))
    assert waits == sorted(waits) and len(set(waits)) == 4 and 880 <= waits[-1] <= 900


def test_names_are_taken_without_case_and_blanks(account, person):
    somebody = account()
    assert attempt(person(), f"  {somebody.username.upper()} ", somebody.password).title.startswith("Start an app")


@pytest.mark.parametrize(
    "password",
    ["", "\0" * 20, "😀" * 5_000, "x" * 257],
    ids=["empty", "only NUL", "5,000 emoji", "one character too long"],
)
def test_impossible_passwords_are_refused_at_once(account, person, password):
    somebody = account()
    who = person()
    answer = who.follow(
        who.post(
            "/portal/sign-in", fields_of(who.open("/portal/sign-in"), username=somebody.username, password=password)
        )
    )
    assert answer.status == (400 if "\0" in password else 403)
    assert not any(cookie.name == COOKIE for cookie in who.http.cookies.jar)


def test_a_password_with_more_behind_a_nul_is_another(account, person):
    somebody = account()
    assert attempt(person(), somebody.username, somebody.password + "\0x").status == 400


def test_many_people_who_sign_in_at_once_all_get_in(account, person):
    accounts = [account() for _ in range(16)]
    people = [person(somebody.username, somebody.password) for somebody in accounts]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(page.title.startswith("Start an app") for page in pool.map(lambda who: who.sign_in(), people))


# Forgery


@pytest.mark.parametrize("token", ["missing", "empty", "foreign", "changed"])
def test_a_sign_in_without_the_token_of_this_browser_is_refused(account, person, token):
    somebody, who = account(), person()
    page = who.open("/portal/sign-in")
    fields = dict(fields_of(page, username=somebody.username, password=somebody.password))
    foreign = dict(fields_of(person().open("/portal/sign-in")))["csrf"]
    right = fields.pop("csrf")
    values = {"missing": {}, "empty": {"csrf": ""}, "foreign": {"csrf": foreign}, "changed": {"csrf": "A" + right[1:]}}
    if values[token].get("csrf") == right:
        values[token]["csrf"] = "B" + right[1:]
    answer = who.post("/portal/sign-in", {**fields, **values[token]})
    assert answer.status_code == 403 and COOKIE not in answer.headers.get("set-cookie", "")


@pytest.fixture
def forms(patient, rounds):
    """Every form of a signed-in person: where it goes and what it says."""
    portal = patient.sign_in()
    consent = patient.open(rounds.request().url)
    return {
        "/portal/sign-out": dict(consent.form("/portal/sign-out").fields),
        "/portal/launch": dict(next(form for form in portal.forms if form.action == "/portal/launch").fields),
        "/portal/consent": {**dict(consent.form("/portal/consent").fields), "decision": "allow"},
    }


@pytest.mark.parametrize("path", ["/portal/sign-out", "/portal/launch", "/portal/consent"])
@pytest.mark.parametrize("forgery", ["missing", "foreign", "origin", "null origin"])
def test_a_forged_form_is_refused_and_changes_nothing(patient, person, instance, forms, path, forgery):
    fields, headers = dict(forms[path]), {}
    if forgery == "missing":
        del fields["csrf"]
    elif forgery == "foreign":
        stranger = person(instance["CLINICIAN_USER"], instance["CLINICIAN_PASSWORD"])
        fields["csrf"] = dict(stranger.sign_in().form("/portal/sign-out").fields)["csrf"]
    else:
        headers["origin"] = "null" if forgery == "null origin" else "https://evil.example"
    answer = patient.post(path, fields, **headers)
    assert answer.status_code == 403
    assert patient.open("/portal").title.startswith("Start an app"), "still signed in"


def test_the_search_is_guarded_too(clinician):
    form = next(form for form in clinician.sign_in().forms if form.has("q"))
    fields = [(name, "Gerda" if name == "q" else value) for name, value in form.fields]
    for forged, headers in (
        ([pair for pair in fields if pair[0] != "csrf"], {}),
        (fields, {"origin": "https://evil.example"}),
    ):
        answer = clinician.post(form.action, forged, **headers)
        assert answer.status_code == 403 and 'id="found"' not in answer.text
    assert 'id="found"' in clinician.submit(form, q="Gerda").answer.text


def test_what_is_searched_for_stands_in_no_address(clinician, rounds):
    portal = clinician.sign_in()
    picker = clinician.open(rounds.request().url)
    for page in (portal, picker):
        found = clinician.search("Thorvaldsen", page)
        assert "Gerda Thorvaldsen" in found.text and "Thorvaldsen" not in found.url
        assert not any("Thorvaldsen" in (link or "") for link in found.links)


def test_the_picker_is_guarded_too(clinician, rounds):
    page = clinician.sign_in(clinician.open(rounds.request().url))
    found = clinician.search("MRN-10042", page)
    form = next(form for form in found.forms if form.has("patient"))
    assert clinician.post("/portal/patient", form.fields, origin="https://evil.example").status_code == 403
    assert clinician.post("/portal/patient", [pair for pair in form.fields if pair[0] != "csrf"]).status_code == 403
    assert clinician.choose(found).title.startswith("Allow")


def test_get_never_changes_anything(instance, patient, forms):
    for path, fields in forms.items():
        answer = patient.send("GET", f"{instance.base}{path}?{urlencode(fields)}")
        assert not (answer.has_redirect_location and "code=" in answer.headers["location"])
        assert answer.status_code in (200, 303, 405)
    assert patient.open("/portal").title.startswith("Start an app")


def test_sign_in_by_get_is_no_sign_in(account, person, instance):
    somebody, who = account(), person()
    fields = fields_of(who.open("/portal/sign-in"), username=somebody.username, password=somebody.password)
    assert who.open(f"/portal/sign-in?{urlencode(fields)}").title.startswith("Sign in")


# The session


def cookies_of(answer):
    return {line.split("=", 1)[0]: line for line in answer.headers.get_list("set-cookie")}


def test_cookies_are_for_this_host_over_tls_and_for_no_script(patient):
    first = patient.send("GET", f"{patient.instance.base}/portal/sign-in")
    page = patient.open("/portal/sign-in")
    answer = patient.post("/portal/sign-in", fields_of(page, username=patient.username, password=patient.password))
    for name, line in ((BROWSER, cookies_of(first)[BROWSER]), (COOKIE, cookies_of(answer)[COOKIE])):
        attributes = {part.strip() for part in line.split(";")[1:]}
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} == attributes, line
        assert len(line.split(";")[0].split("=", 1)[1]) >= 43


def test_a_planted_session_cookie_is_worth_nothing(patient, person):
    patient.http.cookies.set(COOKIE, "vst_se_planted" + "A" * 40, domain="localhost.local", path="/")
    page = patient.open("/portal/sign-in")
    answer = patient.post("/portal/sign-in", fields_of(page, username=patient.username, password=patient.password))
    fresh = cookies_of(answer)[COOKIE].split(";")[0].split("=", 1)[1]
    assert "planted" not in fresh
    thief = person()
    answer = thief.send(
        "GET", f"{thief.instance.base}/portal", headers={"cookie": f"{COOKIE}=vst_se_planted{'A' * 40}"}
    )
    assert answer.status_code == 303 and "sign-in" in answer.headers["location"]


def test_the_session_changes_at_every_sign_in_and_the_old_one_ends(instance, account, person):
    somebody = account("--access", "all")
    somebody.sign_in()

    def session():
        return next(cookie.value for cookie in somebody.http.cookies.jar if cookie.name == COOKIE)

    first = session()
    page = somebody.open("/portal")
    page = somebody.submit(page.form("/portal/sign-out"), button=("next", "sign-in"))
    somebody.sign_in(page)
    assert session() != first
    assert not opens_portal(person(), first) and opens_portal(person(), session())


def opens_portal(who, session):
    answer = who.send("GET", f"{who.instance.base}/portal", headers={"cookie": f"{COOKIE}={session}"})
    return answer.status_code == 200


def test_two_cookies_of_one_name_count_as_none(patient, person):
    patient.sign_in()
    value = next(cookie.value for cookie in patient.http.cookies.jar if cookie.name == COOKIE)
    who = person()
    answer = who.send("GET", f"{who.instance.base}/portal", headers={"cookie": f"{COOKIE}=x; {COOKIE}={value}"})
    assert answer.status_code == 303


def test_signing_out_ends_the_session_on_the_server(patient, person):
    page = patient.sign_in()
    value = next(cookie.value for cookie in patient.http.cookies.jar if cookie.name == COOKIE)
    assert opens_portal(person(), value)
    answer = patient.post("/portal/sign-out", page.form("/portal/sign-out").fields)
    assert "Max-Age=0" in cookies_of(answer)[COOKIE]
    assert patient.follow(answer).title.startswith("You are signed out")
    assert not opens_portal(person(), value)


def test_switching_the_user_goes_on_with_the_same_authorization(patient, clinician, rounds):
    request = rounds.request()
    page = clinician.sign_in(clinician.open(request.url))
    page = clinician.submit(page.form("/portal/sign-out"), button=("next", "sign-in"))
    assert page.title.startswith("Sign in") and "to continue to Rounds" in page.text
    clinician.username, clinician.password = patient.username, patient.password
    page = clinician.sign_in(page)
    assert page.title.startswith("Allow Rounds?") and "Maja" in page.text


def test_who_takes_over_before_anything_is_decided_chooses_anew(patient, clinician, rounds):
    request = rounds.request()
    found = clinician.search("MRN-10115", clinician.sign_in(clinician.open(request.url)))
    page = clinician.choose(found)
    assert "Gerda Thorvaldsen" in page.text
    page = clinician.submit(page.form("/portal/sign-out"), button=("next", "sign-in"))
    clinician.username, clinician.password = patient.username, patient.password
    page = clinician.sign_in(page)
    assert "Maja Elisabet O'Connor" in page.text and "Gerda" not in page.text
    answer = clinician.submit(page.form("/portal/consent"), button=("decision", "allow"))
    assert rounds.exchange(request, answer).json()["patient"] == "maja-oconnor"


def test_a_session_ends_when_nobody_is_there_or_the_shift_is_over(instance, account, person):
    for change in ("last_seen_at = last_seen_at - 901", "expires_at = expires_at - 43201"):
        somebody = account()
        assert somebody.sign_in().title.startswith("Start an app")
        with instance.database() as database:
            assert (
                database.execute(
                    f"UPDATE sessions SET {change} WHERE account = (SELECT id FROM accounts WHERE username = ?)",
                    (somebody.username,),
                ).rowcount
                == 1
            )
        page = somebody.open("/portal")
        assert page.title.startswith("Sign in") and "You were signed out" in page.text


def test_a_session_without_a_rest_is_twelve_hours_long(instance, account):
    somebody = account()
    somebody.sign_in()
    with instance.database() as database:
        row = database.execute(
            "SELECT expires_at - authenticated_at FROM sessions WHERE account = "
            "(SELECT id FROM accounts WHERE username = ?)",
            (somebody.username,),
        ).fetchone()
    assert row[0] == 12 * 3600


def test_a_new_password_ends_every_session(instance, account, person):
    somebody = account()
    somebody.sign_in()
    instance.cli("user", "set-password", somebody.username, text="another long password\n")
    assert somebody.open("/portal").title.startswith("Sign in")
    assert attempt(person(), somebody.username, somebody.password).status == 403
    assert attempt(person(), somebody.username, "another long password").title.startswith("Start an app")


def test_no_secret_of_a_session_is_stored(instance, patient):
    patient.sign_in()
    values = [cookie.value for cookie in patient.http.cookies.jar]
    content = b"".join(path.read_bytes() for path in (instance.directory / "data").glob("vestibule.db*"))
    assert len(values) == 2 and not any(value.encode() in content for value in values)
    assert patient.password.encode() not in content


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "%2f%2fevil.example",
    ],
)
def test_no_parameter_leads_away_after_signing_in_or_out(account, target):
    somebody = account()
    names = (
        "next",
        "return",
        "return_to",
        "redirect",
        "redirect_uri",
        "post_logout_redirect_uri",
        "url",
        "interaction",
    )
    page = somebody.open("/portal/sign-in?" + urlencode({name: target for name in names if name != "interaction"}))
    fields = fields_of(page, username=somebody.username, password=somebody.password)
    answer = somebody.post("/portal/sign-in", fields + [(name, target) for name in names if name != "interaction"])
    assert re.fullmatch(r"https://localhost:\d+/portal", answer.headers["location"])
    out = dict(somebody.open("/portal").form("/portal/sign-out").fields)
    answer = somebody.post("/portal/sign-out", {**out, **{name: target for name in names}, "next": target})
    assert answer.headers["location"].startswith(f"{somebody.instance.base}/portal/")


def test_an_interaction_in_the_sign_out_form_stays_a_parameter(patient):
    page = patient.sign_in()
    fields = [*page.form("/portal/sign-out").fields, ("interaction", "x&next=//evil.example#"), ("next", "sign-in")]
    location = patient.post("/portal/sign-out", fields).headers["location"]
    assert location == f"{patient.instance.base}/portal/sign-in?interaction=x%26next%3D%2F%2Fevil.example%23"


def test_who_is_not_signed_in_sees_no_page_of_the_portal(person):
    for path in ("/portal", "/portal/", "/portal?patient=maja-oconnor", "/portal?q=Maja"):
        page = person().open(path)
        assert not isinstance(page, Answer) and page.title.startswith("Sign in") and "O'Connor" not in page.text
