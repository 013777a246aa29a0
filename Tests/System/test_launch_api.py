"""The launch that an EHR prepares by one call: protocol A3, A9; SMART app-launch#launch-app-ehr-launch."""

import json
import secrets
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from keys import ClientKey, claims_of
from oauth import Answer, Person, refused

SCOPE = "openid fhirUser launch patient/*.rs"
AMARA = "Practitioner/dr-amara-lindqvist"


@pytest.fixture
def app(register):
    return register()


@pytest.fixture
def trusted(register):
    return register("--trusted")


@pytest.fixture
def frame(instance):
    """A frame in the EHR: a browser that keeps no cookies of ours, and nobody who could type a password into it."""
    browser = Person(instance, keeps_cookies=False)
    yield browser
    browser.close()


def prepared(ehr, app, user="amara", **context):
    """A handle, for Maja unless told otherwise."""
    answer = ehr.prepare(app, user, **{"patient": "maja-oconnor", **context})
    assert answer.status_code == 201, answer.text
    return answer.json()["launch"]


def titles(browser):
    return [page.title.split(" – ")[0] for page in browser.seen]


# The call


def test_the_answer_is_where_the_browser_has_to_go(instance, ehr, app):
    """Requirements 44 and 47"""
    answer = ehr.prepare(app, "amara", patient="maja-oconnor")
    found = answer.json()
    assert answer.status_code == 201 and answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert found.keys() == {"launch", "launch_url", "iss", "expires_in"}
    assert found["iss"] == instance.fhir and found["expires_in"] == 300
    assert found["launch"].startswith("vst_lh_") and len(found["launch"]) >= 50
    assert found["launch"].replace("_", "").replace("-", "").isalnum(), "it may be pasted into an address unencoded"
    url = urlsplit(found["launch_url"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == app.redirect_uri.replace("/callback", "/launch")
    assert dict(parse_qsl(url.query)) == {"iss": instance.fhir, "launch": found["launch"]}


@pytest.mark.parametrize("way", ["form", "JSON"])
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_an_ehr_may_call_in_each_way_there_is(instance, register, app, frame, way, method):
    key = ClientKey() if method == "private_key_jwt" else None
    ehr = register("--ehr", "--auth-method", method, key=key, scope=None, has_pages=False)
    context = {"patient": "maja-oconnor", "encounter": "maja-oconnor-visit-1", "intent": "review"}
    if way == "form":
        answer = ehr.prepare(app, "amara", **context)
    else:
        answer = post_json(ehr, {"user": "amara", "client": app.client_id, **context})
    assert answer.status_code == 201, answer.text
    tokens = app.tokens(frame, scope=SCOPE, launch=answer.json()["launch"])
    assert {name: tokens[name] for name in context} == context


def post_json(ehr, members):
    """The same call with a JSON object; what proves the client stands in it unless it is HTTP Basic."""
    options = {}
    if ehr.key:
        members = {**ehr.proof(), **members}
    elif ehr.posts_secret:
        members = {"client_id": ehr.client_id, "client_secret": ehr.secret, **members}
    else:
        options["auth"] = (ehr.client_id, ehr.secret)
    with ehr.instance.http() as http:
        return http.post(f"{ehr.instance.base}/oauth2/launch", json=members, **options)


def test_one_of_several_launch_urls_is_chosen(register, ehr):
    """Requirement 45"""
    app = register("--launch-url", "https://second.example/start?x=1")
    second = ehr.prepare(app, "amara", launch_url="https://second.example/start?x=1").json()["launch_url"]
    assert second.startswith("https://second.example/start?x=1&iss=")
    for url in ("https://evil.example/", "https://second.example/start", "https://second.example/start?x=1&y=2"):
        assert refused(ehr.prepare(app, "amara", launch_url=url), "invalid_request")


def test_a_person_may_be_named_by_the_resource_that_stands_for_them(instance, ehr, trusted, frame):
    answer = ehr.prepare(trusted, AMARA, patient="maja-oconnor")
    tokens = trusted.tokens(frame, scope=SCOPE, launch=answer.json()["launch"])
    assert claims_of(tokens["id_token"])["fhirUser"] == f"{instance.fhir}/{AMARA}"


def test_a_person_whose_old_account_is_closed_is_found_by_the_new_one(instance, account, ehr, app):
    resource = f"Practitioner/test-{secrets.token_hex(6)}"
    old = account("--access", "all", "--fhir-user", resource)
    instance.cli("user", "disable", old.username)
    answer = ehr.prepare(app, resource)
    assert refused(answer, "invalid_request") and "disabled" in answer.json()["error_description"]
    account("--access", "all", "--fhir-user", resource)
    assert ehr.prepare(app, resource).status_code == 201


# The launch, without a cookie


def test_a_trusted_app_gets_its_code_at_once(instance, ehr, trusted, frame):
    """Requirements 46 and 90: one redirect, no page, no sign-in, no cookie."""
    request = trusted.request(scope=SCOPE, launch=prepared(ehr, trusted))
    answer = frame.send("GET", request.url)
    assert answer.status_code == 303 and answer.headers["cache-control"] == "no-store"
    arrived = Answer(answer.headers["location"])
    assert arrived.url.startswith(f"{trusted.redirect_uri}?")
    assert arrived["state"] == request.state and arrived["iss"] == instance.fhir
    tokens = trusted.exchange(request, arrived).json()
    assert tokens["patient"] == "maja-oconnor" and not frame.seen
    assert trusted.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    assert trusted.fhir(tokens["access_token"], "Patient/gerda-thorvaldsen").status_code == 404


def test_the_id_token_is_of_the_person_whom_the_ehr_vouches_for(instance, ehr, trusted, frame):
    before = int(time.time())
    claims = claims_of(trusted.tokens(frame, scope=SCOPE, launch=prepared(ehr, trusted))["id_token"])
    assert claims["fhirUser"] == f"{instance.fhir}/{AMARA}" and claims["name"] == "Dr. Amara Lindqvist"
    assert before <= claims["auth_time"] <= time.time() and claims["iss"] == instance.fhir


def test_an_app_that_is_not_trusted_is_asked_about_and_no_cookie_is_needed(ehr, app, frame):
    """Requirement 91: the one page there is carries a value that is good once."""
    tokens = app.tokens(frame, scope=SCOPE, launch=prepared(ehr, app))
    assert titles(frame) == ["Allow Test app?"] and "Maja Elisabet O'Connor" in frame.seen[0].text
    assert not frame.seen[0].has_form("/portal/sign-out"), "there is no session to end"
    assert tokens["patient"] == "maja-oconnor"
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200


def test_what_is_unticked_is_not_granted_without_cookies_either(ehr, app, frame):
    request = app.request(scope="launch openid patient/Condition.rs patient/Immunization.rs", launch=prepared(ehr, app))
    form = frame.open(request.url).form("/portal/consent")
    immunizations = next(label for label in form.boxes if "mmuni" in label or "accin" in label)
    form.untick(immunizations)
    tokens = app.exchange(request, frame.submit(form, button=("decision", "allow"))).json()
    assert "Immunization" not in tokens["scope"] and "Condition" in tokens["scope"]
    assert app.fhir(tokens["access_token"], "Immunization?_count=1").status_code == 403


def test_who_says_no_is_heard_without_cookies_too(ehr, app, frame):
    request = app.request(scope=SCOPE, launch=prepared(ehr, app))
    answer = frame.authorize(request, decision="deny")
    assert answer["error"] == "access_denied" and answer["state"] == request.state


def test_a_form_without_cookies_counts_once(ehr, app, frame):
    """Requirement 91; RFC 6749 §10.12"""
    form = frame.open(app.request(scope=SCOPE, launch=prepared(ehr, app)).url).form("/portal/consent")
    assert "code" in frame.submit(form, button=("decision", "allow"))
    again = frame.submit(form, button=("decision", "allow"))
    assert not isinstance(again, Answer) and again.status in (400, 403)


@pytest.mark.parametrize("forgery", ["missing", "empty", "guessed", "of another page", "of an older page", "origin"])
def test_a_forged_form_is_refused_and_decides_nothing(ehr, app, frame, forgery):
    """Requirement 91; RFC 6749 §10.12"""
    request = app.request(scope=SCOPE, launch=prepared(ehr, app))
    page = frame.open(request.url)
    older, fields, headers = dict(page.form("/portal/consent").fields)["csrf"], None, {}
    page = frame.open(page.url)
    fields = dict(page.form("/portal/consent").fields)
    assert fields["csrf"] != older, "each page has a value of its own"
    right = fields.pop("csrf")
    other = frame.open(app.request(scope=SCOPE, launch=prepared(ehr, app)).url).form("/portal/consent")
    if forgery == "origin":
        headers["origin"] = "https://evil.example"
    sent = {
        "missing": {},
        "empty": {"csrf": ""},
        "guessed": {"csrf": "vst_fm_" + "A" * 43},
        "of another page": {"csrf": dict(other.fields)["csrf"]},
        "of an older page": {"csrf": older},
        "origin": {"csrf": right},
    }[forgery]
    answer = frame.follow(frame.post("/portal/consent", {**fields, **sent, "decision": "allow"}, **headers))
    assert not isinstance(answer, Answer) and answer.status == 403
    page = frame.open(page.url)
    assert page.title.startswith("Allow"), "nothing was decided"
    assert "code" in frame.submit(page.form("/portal/consent"), button=("decision", "allow"))


def test_a_patient_whom_the_ehr_did_not_name_is_picked_without_cookies(ehr, app, frame):
    """Requirement 113: search, choice and consent, each form good once."""
    launch = ehr.prepare(app, "amara").json()["launch"]
    tokens = app.tokens(frame, "MRN-10115", scope=SCOPE, launch=launch)
    assert titles(frame) == [
        "Choose a patient", "Choose a patient (1 found)", "Is this the right patient?", "Allow Test app?"
    ]
    assert tokens["patient"] == "gerda-thorvaldsen"


@pytest.mark.parametrize("keeps_cookies", [True, False])
def test_a_posted_request_is_as_good(instance, ehr, app, trusted, keeps_cookies):
    """Requirement 59"""
    for client in (app, trusted):
        browser = Person(instance, keeps_cookies=keeps_cookies)
        request = client.request(scope=SCOPE, launch=prepared(ehr, client))
        url = client.discovered["authorization_endpoint"]
        page = browser.follow(browser.post(url, request.parameters, origin="https://app.example"))
        if not isinstance(page, Answer):
            page = browser.submit(page.form("/portal/consent"), button=("decision", "allow"))
        assert client.exchange(request, page).json()["patient"] == "maja-oconnor"
        browser.close()


def test_the_same_in_a_browser_that_keeps_cookies(ehr, app, trusted, person):
    """The first page of ours that this browser ever sees, and no sign-in is needed."""
    for client, pages in ((app, ["Allow Test app?"]), (trusted, [])):
        browser = person()
        tokens = client.tokens(browser, scope=SCOPE, launch=prepared(ehr, client))
        assert titles(browser) == pages and tokens["patient"] == "maja-oconnor"


def test_a_reload_goes_on_where_it_was(ehr, app, person):
    browser, request = person(), app.request(scope=SCOPE, launch=prepared(ehr, app))
    browser.open("/portal/sign-in")
    for _ in range(2):
        page = browser.open(request.url)
        assert page.title.startswith("Allow")
    assert "code" in browser.submit(page.form("/portal/consent"), button=("decision", "allow"))


def test_what_a_browser_with_cookies_began_goes_on_in_no_other(ehr, app, frame, person):
    browser = person()
    browser.open("/portal/sign-in")
    page = browser.open(app.request(scope=SCOPE, launch=prepared(ehr, app)).url)
    stranger = person()
    stranger.open("/portal/sign-in")
    for other in (frame, stranger):
        for path in (page.url, page.url.replace("/portal/consent", "/oauth2/authorize")):
            seen = other.open(path)
            assert not isinstance(seen, Answer) and seen.status == 400 and "Maja" not in seen.text
        form = page.form("/portal/consent")
        answer = other.follow(other.post("/portal/consent", [*form.fields, ("decision", "allow")]))
        assert not isinstance(answer, Answer) and answer.status == 400
    assert "code" in browser.submit(page.form("/portal/consent"), button=("decision", "allow"))


def test_somebody_elses_session_in_the_browser_changes_nothing(instance, ehr, trusted, patient):
    patient.sign_in()
    with instance.database() as database:
        # Whoever signs in after the launch began is meant; this was a moment before.
        database.execute("UPDATE sessions SET authenticated_at = authenticated_at - 5")
    tokens = trusted.tokens(patient, scope=SCOPE, launch=prepared(ehr, trusted, patient="gerda-thorvaldsen"))
    assert claims_of(tokens["id_token"])["fhirUser"] == f"{instance.fhir}/{AMARA}"
    assert tokens["patient"] == "gerda-thorvaldsen"
    assert "Maja O'Connor" in patient.open("/portal").text, "the session there goes on"


def test_a_vouched_launch_signs_nobody_in(ehr, trusted, app, person):
    for client in (trusted, app):
        browser = person()
        client.tokens(browser, scope=SCOPE, launch=prepared(ehr, client))
        assert browser.open("/portal").title.startswith("Sign in")
        assert browser.open(client.request(scope="launch/patient patient/*.rs").url).title.startswith("Sign in")


def test_prompts_of_the_app_are_kept(ehr, trusted, app, frame, person):
    """OpenID Core §3.1.2.1: login asks for a password all the same, consent for an answer, and none for nothing."""
    request = trusted.request(scope=SCOPE, launch=prepared(ehr, trusted), prompt="none")
    assert "code" in Answer(frame.send("GET", request.url).headers["location"])
    request = app.request(scope=SCOPE, launch=prepared(ehr, app), prompt="none")
    assert frame.open(request.url)["error"] == "consent_required"
    assert frame.open(
        trusted.request(scope=SCOPE, launch=prepared(ehr, trusted), prompt="consent").url
    ).title.startswith("Allow")
    browser = person()
    browser.open("/portal/sign-in")
    page = browser.open(trusted.request(scope=SCOPE, launch=prepared(ehr, trusted), prompt="login").url)
    assert page.title.startswith("Sign in")


# What the app is told


def test_the_whole_context_arrives_in_every_form_it_has(ehr, trusted, frame):
    """Requirements 116, 117, 118, 119, 120, 121 and 122"""
    items = [
        {"reference": "ImagingStudy/9"},
        {"reference": "Patient/liam-murphy-1958", "role": "https://roles.example/sibling"},
        {"canonical": "https://ehr.example/Questionnaire/q-1", "type": "Questionnaire"},
        {"identifier": {"system": "https://ehr.example/orders", "value": "17"}, "type": "ServiceRequest"},
    ]
    context = {
        "patient": "maja-oconnor",
        "encounter": "maja-oconnor-visit-1",
        "intent": "reconcile-medications",
        "need_patient_banner": False,
        "smart_style_url": "https://styles.example/v2.json",
        "tenant": "north",
        "fhirContext": items,
    }
    for answer in (
        post_json(ehr, {"user": "amara", "client": trusted.client_id, **context}),
        ehr.prepare(trusted, "amara", **{**context, "need_patient_banner": "false", "fhirContext": json.dumps(items)}),
    ):
        assert answer.status_code == 201, answer.text
        tokens = trusted.tokens(frame, scope=SCOPE, launch=answer.json()["launch"])
        assert {name: tokens[name] for name in context} == context


def test_the_context_is_repeated_at_each_refresh(ehr, register, frame):
    """Requirement 161"""
    app = register("--trusted")
    launch = prepared(ehr, app, encounter="maja-oconnor-visit-1", intent="review", tenant="north")
    tokens = app.tokens(frame, scope=f"{SCOPE} offline_access", launch=launch)
    again = app.refresh(tokens["refresh_token"]).json()
    names = ("patient", "encounter", "intent", "tenant", "need_patient_banner", "smart_style_url")
    assert {name: again[name] for name in names} == {name: tokens[name] for name in names}


def test_what_the_ehr_does_not_say_has_a_usual_value(instance, ehr, trusted, frame):
    tokens = trusted.tokens(frame, scope=SCOPE, launch=prepared(ehr, trusted))
    assert tokens["need_patient_banner"] is True and tokens["smart_style_url"].startswith(
        f"{instance.base}/portal/style/"
    )
    assert not {"encounter", "intent", "tenant", "fhirContext"} & tokens.keys()


def test_a_launch_without_a_patient_has_none(ehr, register, frame):
    app = register("--trusted")
    answer = ehr.prepare(app, "amara")
    tokens = app.tokens(frame, scope="openid launch user/*.rs", launch=answer.json()["launch"])
    assert "patient" not in tokens


# SMART scopes-and-launch-context#styling
def test_the_style_is_there_for_every_page_and_for_ever(ehr, trusted, frame, http):
    """Requirement 119"""
    url = trusted.tokens(frame, scope=SCOPE, launch=prepared(ehr, trusted))["smart_style_url"]
    answer = http.get(url, headers={"origin": "https://anybody.example"})
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "immutable" in answer.headers["cache-control"] and "max-age=31536000" in answer.headers["cache-control"]
    found = answer.json()
    assert all(isinstance(value, str) for value in found.values())
    colours = {name: value for name, value in found.items() if name.startswith("color_")}
    assert {"color_background", "color_error", "color_highlight", "color_text"} <= colours.keys()
    assert all(value.startswith("#") for value in colours.values())
    assert {"dim_border_radius", "dim_font_size", "dim_spacing_size", "font_family_body"} <= found.keys()
    assert http.get(url.replace(".json", "x.json")).status_code == 404


# Handles


def test_a_handle_works_once(ehr, trusted, frame):
    """Requirement 47"""
    launch = prepared(ehr, trusted)
    assert "code" in frame.open(trusted.request(scope=SCOPE, launch=launch).url)
    answer = frame.open(trusted.request(scope=SCOPE, launch=launch).url)
    assert answer["error"] == "invalid_request" and "code" not in answer


def test_a_handle_is_good_for_five_minutes(instance, ehr, trusted, frame):
    """Requirement 47"""
    launch = prepared(ehr, trusted)
    with instance.database() as database:
        changed = database.execute(
            "UPDATE launches SET expires_at = expires_at - 300 WHERE client = ?", (trusted.client_id,)
        )
        assert changed.rowcount == 1
    assert frame.open(trusted.request(scope=SCOPE, launch=launch).url)["error"] == "invalid_request"


def test_a_handle_that_another_app_brings_first_is_good_for_nobody_any_more(ehr, trusted, register, frame):
    """Requirement 48"""
    launch, other = prepared(ehr, trusted), register("--trusted")
    assert frame.open(other.request(scope=SCOPE, launch=launch).url)["error"] == "invalid_request"
    assert frame.open(trusted.request(scope=SCOPE, launch=launch).url)["error"] == "invalid_request"
    assert "code" in frame.open(trusted.request(scope=SCOPE, launch=prepared(ehr, trusted)).url)


def test_a_used_handle_that_another_app_brings_ends_what_it_began(ehr, trusted, register, frame):
    """Requirement 48: it has leaked. The app's own second try ends nothing."""
    launch, other = prepared(ehr, trusted), register("--trusted")
    tokens = trusted.tokens(frame, scope=f"{SCOPE} offline_access", launch=launch)
    assert frame.open(trusted.request(scope=SCOPE, launch=launch).url)["error"] == "invalid_request"
    assert trusted.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    assert frame.open(other.request(scope=SCOPE, launch=launch).url)["error"] == "invalid_request"
    assert trusted.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 401
    assert refused(trusted.refresh(tokens["refresh_token"]))


def test_no_more_than_its_digest_is_stored(instance, ehr, trusted):
    launch = prepared(ehr, trusted)
    content = b"".join(path.read_bytes() for path in (instance.directory / "data").glob("vestibule.db*"))
    assert trusted.client_id.encode() in content and launch.encode() not in content


def test_what_ends_an_app_or_a_person_ends_their_launches(instance, ehr, register, account, frame):
    app = register("--trusted")
    launch = prepared(ehr, app)
    instance.cli("client", "disable", app.client_id)
    page = frame.open(app.request(scope=SCOPE, launch=launch).url)
    assert not isinstance(page, Answer) and page.status == 400
    app, somebody = register("--trusted"), account("--access", "all")
    launch = prepared(ehr, app, somebody.username)
    instance.cli("user", "disable", somebody.username)
    page = frame.open(app.request(scope=SCOPE, launch=launch).url)
    assert not isinstance(page, Answer) and page.title.startswith("Sign in") and "Maja" not in page.text


# Refusals


def test_only_an_ehr_may_prepare_launches(rounds, reporting, resource_server, service, app, http):
    """Requirement 46"""
    for other in (reporting, resource_server, service()):
        assert refused(other.prepare(app, "amara", patient="maja-oconnor"), "unauthorized_client")
    assert refused(rounds.prepare(app, "amara"), "unauthorized_client")
    nobody = http.post(f"{app.instance.base}/oauth2/launch", data={"user": "amara", "client": app.client_id})
    assert refused(nobody, "invalid_client", 401)


def test_an_ehr_has_to_prove_itself(ehr, app, http):
    url, form = f"{ehr.instance.base}/oauth2/launch", {"user": "amara", "client": app.client_id}
    for options in (
        {"data": {**form, "client_id": ehr.client_id}},
        {"data": form, "auth": (ehr.client_id, "wrong")},
        {"data": {**form, "client_id": ehr.client_id, "client_secret": ehr.secret}},
        {"json": {**form, "client_id": ehr.client_id}},
        {"data": form, "headers": {"authorization": "Bearer x"}},
    ):
        assert refused(http.post(url, **options), "invalid_client", 401)


WRONG = {
    "no user": ({"user": ""}, "user is missing"),
    "unknown user": ({"user": "nobody-here"}, "no such user"),
    "unknown person": ({"user": "Practitioner/nobody-here"}, "no such user"),
    "no person": ({"user": "Observation/1"}, "user"),
    "no client": ({"client": ""}, "client is missing"),
    "unknown client": ({"client": "nobody-here"}, "no such app"),
    "app without launch URL": ({"client": "reporting"}, "no launch URL"),
    "foreign launch URL": ({"launch_url": "https://evil.example/"}, "not registered"),
    "patient no id": ({"patient": "a b"}, "patient must be a FHIR id"),
    "encounter no id": ({"encounter": "é"}, "encounter must be a FHIR id"),
    "encounter alone": ({"patient": "", "encounter": "maja-oconnor-visit-1"}, "patient"),
    "banner maybe": ({"need_patient_banner": "maybe"}, "true or false"),
    "style over http": ({"smart_style_url": "http://styles.example/x.json"}, "https"),
    "style no URL": ({"smart_style_url": "style.json"}, "https"),
    "context no JSON": ({"fhirContext": "nonsense"}, "fhirContext"),
    "context of texts": ({"fhirContext": '["Observation/1"]'}, "fhirContext"),
    "context empty": ({"fhirContext": "[]"}, "fhirContext"),
    "patient in context": ({"fhirContext": '[{"reference":"Patient/1"}]'}, "fhirContext"),
    "endless intent": ({"intent": "x" * 2049}, "intent"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_call_is_said(ehr, app, case):
    changes, words = WRONG[case]
    answer = ehr.post(
        {"user": "amara", "client": app.client_id, "patient": "maja-oconnor", **changes},
        f"{ehr.instance.base}/oauth2/launch",
    )
    assert refused(answer, "invalid_request") and words in answer.json()["error_description"], answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"user": 1},
        {"patient": ["maja-oconnor"]},
        {"need_patient_banner": "true"},
        {"fhirContext": '[{"reference":"Observation/1"}]'},
        {"fhirContext": {"reference": "Observation/1"}},
        {"intent": True},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_members_of_the_wrong_kind_are_refused(ehr, app, changes):
    members = {"user": "amara", "client": app.client_id, "patient": "maja-oconnor", **changes}
    assert refused(post_json(ehr, members), "invalid_request")


def test_a_member_that_is_null_is_not_there(ehr, app):
    absent = {name: None for name in ("encounter", "intent", "need_patient_banner", "fhirContext", "launch_url")}
    members = {"user": "amara", "client": app.client_id, "patient": "maja-oconnor", **absent}
    assert post_json(ehr, members).status_code == 201


def test_a_body_that_is_none_is_refused(ehr, app, http):
    url, auth = f"{ehr.instance.base}/oauth2/launch", (ehr.client_id, ehr.secret)
    kind = {"content-type": "application/json"}
    for body in (b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"[" * 60_000):
        assert refused(http.post(url, auth=auth, content=body, headers=kind), "invalid_request"), body[:10]
    form = {"user": "amara", "client": app.client_id}
    assert refused(http.post(url, auth=auth, data={**form, "patient": ["a", "b"]}), "invalid_request")
    assert refused(http.post(url, auth=auth, data=form, params={"x": "1"}), "invalid_request")
    assert refused(
        http.post(url, auth=auth, content=b"user=amara", headers={"content-type": "text/plain"}), "invalid_request"
    )
    huge = http.post(url, auth=auth, json={**form, "intent": "x" * 70_000})
    assert huge.status_code == 413 and huge.json()["error"] == "invalid_request"


def test_a_member_that_is_there_twice_is_refused_or_counts_once(ehr, app, http):
    url, auth = f"{ehr.instance.base}/oauth2/launch", (ehr.client_id, ehr.secret)
    body = f'{{"user":"amara","client":"{app.client_id}","patient":"maja-oconnor","patient":"gerda-thorvaldsen"}}'
    answer = http.post(url, auth=auth, content=body, headers={"content-type": "application/json"})
    assert refused(answer, "invalid_request")


def test_nobody_is_launched_into_a_record_beyond_their_rights(ehr, app, account):
    nurse = account("--access", "patients:gerda-thorvaldsen")
    answer = ehr.prepare(app, nurse.username, patient="maja-oconnor")
    assert refused(answer, "invalid_request") and "maja" not in answer.text
    assert ehr.prepare(app, nurse.username, patient="gerda-thorvaldsen").status_code == 201
    assert refused(ehr.prepare(app, "maja", patient="gerda-thorvaldsen"), "invalid_request")
    assert ehr.prepare(app, "maja", patient="maja-oconnor").status_code == 201


def test_rights_that_are_gone_meanwhile_count(instance, ehr, trusted, account, frame):
    somebody = account("--access", "all")
    launch = prepared(ehr, trusted, somebody.username)
    with instance.database() as database:
        changed = database.execute(
            "UPDATE accounts SET access = 'patients:gerda-thorvaldsen' WHERE username = ?", (somebody.username,)
        )
        assert changed.rowcount == 1
    assert frame.open(trusted.request(scope=SCOPE, launch=launch).url)["error"] == "access_denied"


def test_an_app_that_may_do_nothing_is_not_launched(instance, ehr, app):
    instance.cli("client", "disable", app.client_id)
    assert refused(ehr.prepare(app, "amara", patient="maja-oconnor"), "invalid_request")


def test_no_web_page_calls_it_and_no_other_method(ehr, app, http):
    url = f"{ehr.instance.base}/oauth2/launch"
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        answer = http.request(method, url, headers={"origin": "https://localhost:8444"})
        assert answer.status_code == 405 and answer.headers["allow"] == "POST" and answer.json()["error"]
        assert not any(name.startswith("access-control-") for name in answer.headers)
