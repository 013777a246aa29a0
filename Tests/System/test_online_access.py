"""Access for as long as a person is signed in: protocol A12; SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token."""

import pytest

from oauth import Person, refused

SCOPE = "openid fhirUser online_access launch/patient patient/*.rs"


@pytest.fixture
def app(register):
    return register(scope=f"{SCOPE} offline_access launch")


@pytest.fixture
def somebody(account):
    return account("--access", "all")


@pytest.fixture
def tokens(app, somebody):
    return app.tokens(somebody, scope=SCOPE)


@pytest.fixture
def session_of(instance):
    """Looks at the sessions of a person, or lets time pass in them."""

    def change(who, assignment=None):
        account = "account = (SELECT id FROM accounts WHERE username = ?)"
        with instance.database() as database:
            if assignment:
                changed = database.execute(f"UPDATE sessions SET {assignment} WHERE {account}", (who.username,))
                assert changed.rowcount >= 1
            return database.execute(f"SELECT * FROM sessions WHERE {account}", (who.username,)).fetchone()

    return change


def reads(app, tokens):
    return app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200


def is_over(app, tokens):
    """Neither the access token nor the refresh token is good for anything."""
    answer = app.fhir(tokens["access_token"], "Patient/maja-oconnor")
    assert answer.status_code == 401 and 'error="invalid_token"' in answer.headers["www-authenticate"]
    return refused(app.refresh(tokens["refresh_token"]))


def sign_out(who):
    return who.submit(who.open("/portal").form("/portal/sign-out"))


def test_it_is_granted_and_refreshes_while_the_person_is_signed_in(app, tokens):
    """Requirement 166"""
    assert "online_access" in tokens["scope"].split() and tokens["refresh_token"]
    for _ in range(3):
        answer = app.refresh(tokens["refresh_token"])
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        assert "online_access" in tokens["scope"].split() and reads(app, tokens)


def test_signing_out_ends_it_at_once(app, somebody, tokens, resource_server):
    """Requirement 166: refresh, FHIR and introspection."""
    second = app.refresh(tokens["refresh_token"]).json()
    assert reads(app, tokens) and reads(app, second)
    assert sign_out(somebody).title.startswith("You are signed out")
    assert is_over(app, second)
    assert not reads(app, tokens)
    for token in (second["access_token"], second["refresh_token"]):
        assert resource_server.introspect(token).json() == {"active": False}


def test_signing_in_again_does_not_bring_it_back(app, somebody, tokens):
    sign_out(somebody)
    somebody.sign_in()
    assert is_over(app, tokens)
    assert reads(app, app.tokens(somebody, scope=SCOPE)), "a new authorization does"


def test_another_session_of_the_same_person_is_another(app, somebody, tokens, person):
    elsewhere = person(somebody.username, somebody.password)
    there = app.tokens(elsewhere, scope=SCOPE)
    sign_out(elsewhere)
    assert is_over(app, there) and reads(app, tokens)
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_it_ends_when_nobody_has_been_there_for_a_while(app, somebody, tokens, session_of):
    """Requirement 166"""
    session_of(somebody, "last_seen_at = last_seen_at - 901")
    assert is_over(app, tokens)
    assert "no longer signed in" in app.refresh(tokens["refresh_token"]).json()["error_description"]


def test_it_ends_with_the_shift(app, somebody, tokens, session_of):
    session_of(somebody, "expires_at = last_seen_at - 1")
    assert is_over(app, tokens)


@pytest.mark.parametrize("use", ["refresh", "read"])
def test_who_works_with_the_app_is_somebody_at_work(app, somebody, tokens, session_of, use):
    """Requirement 166: an app in use keeps the session from falling asleep, and nothing moves the end of the shift."""
    before = session_of(somebody, "last_seen_at = last_seen_at - 800")
    if use == "refresh":
        tokens = app.refresh(tokens["refresh_token"]).json()
    else:
        assert reads(app, tokens)
    after = session_of(somebody)
    assert after["last_seen_at"] >= before["last_seen_at"] + 790 and after["expires_at"] == before["expires_at"]
    session_of(somebody, "last_seen_at = last_seen_at - 800")
    assert reads(app, tokens) and somebody.open("/portal").title.startswith("Start an app")


def test_being_asked_about_a_token_keeps_nobody_awake(app, somebody, tokens, session_of, resource_server):
    before = session_of(somebody, "last_seen_at = last_seen_at - 800")
    assert resource_server.introspect(tokens["access_token"]).json()["active"] is True
    assert session_of(somebody)["last_seen_at"] == before["last_seen_at"]


def test_offline_access_outlives_the_session(app, somebody):
    """Requirement 166: who was granted both needs nobody to be there."""
    for scope in (SCOPE.replace("online", "offline"), f"{SCOPE} offline_access"):
        tokens = app.tokens(somebody, scope=scope)
        sign_out(somebody)
        assert reads(app, tokens) and app.refresh(tokens["refresh_token"]).status_code == 200


def test_without_either_there_is_no_refresh_token_and_signing_out_changes_nothing(app, somebody):
    tokens = app.tokens(somebody, scope="openid launch/patient patient/*.rs")
    assert "refresh_token" not in tokens
    sign_out(somebody)
    assert reads(app, tokens)


def test_a_code_from_before_the_sign_out_gives_no_access_after_it(app, somebody):
    request = app.request(scope=SCOPE)
    answer = somebody.authorize(request)
    sign_out(somebody)
    assert refused(app.exchange(request, answer))


def test_the_administrator_ends_it_with_the_sessions(instance, app, somebody, tokens):
    instance.cli("user", "set-password", somebody.username, text="another long password\n")
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert refused(app.refresh(tokens["refresh_token"]))


def test_the_consent_page_says_it(app, somebody):
    """Requirement 212"""
    page = somebody.sign_in(somebody.open(app.request(scope=SCOPE).url))
    while not page.has_form("/portal/consent"):
        page = somebody.choose(somebody.search("MRN-10042", page))
    assert "signed in" in page.text and "while you are away" not in page.text.lower()


def test_who_was_vouched_for_is_online_for_as_long_as_the_app_is_used(instance, ehr, register, account, session_of):
    """Requirement 166: an EHR launch has no session of ours, so one begins that no browser holds."""
    app, somebody = register("--trusted", scope=f"{SCOPE} launch"), account("--access", "all")
    frame = Person(instance, keeps_cookies=False)
    launch = ehr.prepare(app, somebody.username, patient="maja-oconnor").json()["launch"]
    tokens = app.tokens(frame, scope=SCOPE.replace("launch/patient", "launch"), launch=launch)
    frame.close()
    tokens = app.refresh(tokens["refresh_token"]).json()
    assert reads(app, tokens)
    session_of(somebody, "last_seen_at = last_seen_at - 901")
    assert is_over(app, tokens)


def test_discovery_promises_it(instance, http):
    """Requirement 166"""
    found = http.get(f"{instance.fhir}/.well-known/smart-configuration").json()
    assert "permission-online" in found["capabilities"] and "online_access" in found["scopes_supported"]
