"""The launch from the portal and from the administrator's tool: protocol A3, A9."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from oauth import Answer

SCOPE = "openid fhirUser launch patient/*.rs"


def launched(clinician, app, search="MRN-10042"):
    """Signs in at the portal, finds the patient and starts the app; gives the parameters at its launch URL."""
    clinician.sign_in()
    found = clinician.search(search)
    chosen = clinician.open(next(link for link in found.links if link and "patient=" in link))
    return clinician.submit(next(form for form in chosen.forms if ("client", app.client_id) in form.fields))


@pytest.fixture
def app(register):
    return register()


@pytest.fixture
def create(instance, clinician, app):
    """launch create, for the clinician and the app unless told otherwise."""

    def make(*options, user=clinician.username, client=app.client_id, patient="maja-oconnor"):
        more = ("--patient", patient) if patient else ()
        return instance.cli("launch", "create", "--user", user, "--client", client, *more, *options)["launch"]

    return make


# SMART app-launch#launch-app-ehr-launch
def test_the_portal_leads_to_the_apps_launch_url_with_iss_and_a_handle(instance, clinician, app):
    arrived = launched(clinician, app)
    assert arrived.url.startswith(app.redirect_uri.replace("/callback", "/launch?"))
    assert arrived.keys() == {"iss", "launch"} and arrived["iss"] == instance.fhir
    assert len(arrived["launch"]) >= 43 and arrived["launch"].replace("-", "").replace("_", "").isalnum()
    assert "maja" not in arrived["launch"]


def test_an_app_launched_in_the_portal_gets_the_patient_that_was_chosen_there(instance, clinician, app):
    arrived = launched(clinician, app)
    tokens = app.tokens(clinician, scope=SCOPE, launch=arrived["launch"])
    assert tokens["patient"] == "maja-oconnor" and tokens["need_patient_banner"] is True
    assert app.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    assert app.fhir(tokens["access_token"], "Patient/gerda-thorvaldsen").status_code == 404
    pages = [page.title.split(" – ")[0] for page in clinician.seen]
    assert pages.count("Sign in") == 1 and "Choose a patient" not in pages


def test_the_encounter_of_now_comes_along(instance, clinician, app):
    tokens = app.tokens(clinician, scope=SCOPE, launch=launched(clinician, app, "MRN-10057")["launch"])
    encounter = app.fhir(tokens["access_token"], f"Encounter/{tokens['encounter']}").json()
    assert encounter["status"] == "in-progress" and encounter["subject"]["reference"] == "Patient/jose-alvarez-nunez"


def test_the_demo_app_is_launched_at_its_launch_page(instance, clinician, rounds):
    arrived = launched(clinician, rounds)
    assert arrived.url.startswith(instance["APP_URL"].replace("index.html", "launch.html?"))


def test_the_whole_context_arrives_as_members_of_the_token_response(clinician, app, create):
    handle = create(
        "--encounter",
        "some-visit",
        "--intent",
        "reconcile-medications",
        "--need-patient-banner",
        "false",
        "--fhir-context",
        '[{"reference":"Observation/a-1"},{"reference":"Patient/b","role":"https://r.example/x"}]',
        "--tenant",
        "ward/7",
        "--smart-style-url",
        "https://styles.example/one.json",
    )
    tokens = app.tokens(clinician, scope=SCOPE, launch=handle)
    assert tokens["patient"] == "maja-oconnor" and tokens["encounter"] == "some-visit"
    assert tokens["intent"] == "reconcile-medications" and tokens["need_patient_banner"] is False
    assert tokens["fhirContext"] == [
        {"reference": "Observation/a-1"},
        {"reference": "Patient/b", "role": "https://r.example/x"},
    ]
    assert tokens["tenant"] == "ward/7" and tokens["smart_style_url"] == "https://styles.example/one.json"


def test_the_context_is_repeated_at_a_refresh(clinician, app, create):
    tokens = app.tokens(clinician, scope=f"{SCOPE} offline_access", launch=create("--encounter", "some-visit"))
    again = app.refresh(tokens["refresh_token"]).json()
    assert (again["patient"], again["encounter"]) == ("maja-oconnor", "some-visit")


def test_a_handle_made_outside_needs_a_sign_in_as_that_user(clinician, app, create):
    request = app.request(scope=SCOPE, launch=create())
    assert clinician.open(request.url).title.startswith("Sign in")
    assert "code" in clinician.authorize(request)


def test_another_users_session_is_refused(instance, person, clinician, patient, app, create):
    request = app.request(scope=SCOPE, launch=create())
    patient.sign_in()
    answer = patient.open(request.url)
    assert answer["error"] == "access_denied" and answer["state"] == request.state and "code" not in answer
    late = app.request(scope=SCOPE, launch=create())
    page = patient.submit(next(form for form in patient.open("/portal").forms if form.action == "/portal/sign-out"))
    patient.open(late.url)
    assert patient.authorize(late)["error"] == "access_denied"
    assert page.status == 200


def test_a_handle_works_once(instance, clinician, app, create):
    handle = create()
    clinician.sign_in()
    assert "code" in clinician.authorize(app.request(scope=SCOPE, launch=handle))
    other = app.request(scope=SCOPE, launch=handle)
    answer = clinician.open(other.url)
    assert isinstance(answer, Answer) and answer["error"] == "invalid_request"
    assert answer["state"] == other.state and answer["iss"] == instance.fhir


def test_a_handle_that_another_request_began_with_is_spent_before_any_answer(clinician, app, create):
    handle = create()
    first, second = app.request(scope=SCOPE, launch=handle), app.request(scope=SCOPE, launch=handle)
    clinician.open(first.url)
    assert clinician.open(second.url)["error"] == "invalid_request"
    assert "code" in clinician.authorize(first)


def test_a_reload_of_the_same_request_goes_on_where_it_was(clinician, app, create):
    request = app.request(scope=SCOPE, launch=create())
    clinician.sign_in()
    assert clinician.open(request.url).title.startswith("Allow")
    page = clinician.open(request.url)
    assert page.title.startswith("Allow")
    answer = clinician.submit(page.form("/portal/consent"), button=("decision", "allow"))
    assert app.exchange(request, answer).status_code == 200
    over = clinician.open(request.url)
    assert over["error"] == "invalid_request" and "code" not in over


def test_the_same_request_in_another_browser_does_not_go_on(clinician, person, app, create, instance):
    request = app.request(scope=SCOPE, launch=create())
    clinician.sign_in()
    clinician.open(request.url)
    twin = person(clinician.username, clinician.password)
    twin.sign_in()
    assert twin.open(request.url)["error"] == "invalid_request"


def test_a_handle_of_five_minutes_ago_is_refused(instance, clinician, app, create):
    create()
    with instance.database() as database:
        last = database.execute(
            "SELECT max(expires_at - created_at) FROM launches WHERE client = ?", (app.client_id,)
        ).fetchone()
        assert last[0] == 300
    handle = create()
    with instance.database() as database:
        database.execute("UPDATE launches SET expires_at = expires_at - 301 WHERE client = ?", (app.client_id,))
    clinician.sign_in()
    request = app.request(scope=SCOPE, launch=handle)
    answer = clinician.open(request.url)
    assert answer["error"] == "invalid_request" and answer["state"] == request.state


def test_a_handle_that_another_client_brings_is_good_for_nobody_any_more(instance, clinician, app, register, create):
    handle, other = create(), register()
    clinician.sign_in()
    assert clinician.open(other.request(scope=SCOPE, launch=handle).url)["error"] == "invalid_request"
    assert clinician.open(app.request(scope=SCOPE, launch=handle).url)["error"] == "invalid_request"
    assert "launch of another client" in instance.logs()["authorize.log"]
    assert "code" in clinician.authorize(app.request(scope=SCOPE, launch=create()))


@pytest.mark.parametrize(
    "handle",
    ["unknown", "vst_lh_" + "A" * 43, "é", "'; DROP TABLE launches;--", "x" * 2000],
    ids=["word", "well formed", "not ASCII", "SQL", "long"],
)
def test_a_handle_that_nobody_made_is_refused(clinician, app, handle):
    request = app.request(scope=SCOPE, launch=handle)
    answer = clinician.open(request.url)
    assert answer["error"] == "invalid_request" and answer["state"] == request.state


def test_the_launch_scope_needs_a_handle(clinician, app):
    for changes in ({}, {"launch": ""}):
        assert clinician.open(app.request(scope=SCOPE, **changes).url)["error"] == "invalid_request"


def test_a_handle_is_stored_as_a_digest_alone(instance, create):
    handle = create()
    files = [path.read_bytes() for path in (instance.directory / "data").glob("vestibule.db*")]
    assert files and not any(handle.encode() in content for content in files)


def test_a_clinician_sees_the_consent_page_of_an_app_that_is_not_trusted(instance, clinician, app, create):
    tokens = app.tokens(clinician, scope=SCOPE, launch=create())
    page = next(page for page in clinician.seen if page.title.startswith("Allow"))
    assert "You started Test app from Rowan Bay Hospital" in page.text
    assert consent_of(instance, tokens)["patient"] == "maja-oconnor"


def test_a_trusted_app_asks_nobody_in_a_launch(instance, clinician, register, create):
    trusted = register("--trusted")
    tokens = trusted.tokens(clinician, scope=SCOPE, launch=create(client=trusted.client_id))
    assert not any(page.title.startswith("Allow") for page in clinician.seen)
    assert tokens["patient"] == "maja-oconnor" and consent_of(instance, tokens) is None


def test_a_trusted_app_asks_when_it_starts_by_itself_or_wants_to(clinician, register, create):
    trusted = register("--trusted")
    trusted.tokens(clinician, scope="launch/patient patient/*.rs")
    assert sum(page.title.startswith("Allow") for page in clinician.seen) == 1
    trusted.tokens(clinician, scope=SCOPE, launch=create(client=trusted.client_id), prompt="consent")
    assert sum(page.title.startswith("Allow") for page in clinician.seen) == 2


def test_prompt_none_works_in_a_trusted_launch(clinician, register, create):
    trusted = register("--trusted")
    clinician.sign_in()
    request = trusted.request(scope=SCOPE, launch=create(client=trusted.client_id), prompt="none")
    assert trusted.exchange(request, clinician.open(request.url)).status_code == 200


def consent_of(instance, tokens):
    with instance.database() as database:
        found = database.execute(
            "SELECT grants.id, consents.id AS consent, consents.patient FROM grants "
            "LEFT JOIN consents ON consents.id = grants.consent WHERE grants.nonce = ?",
            (tokens["request"].nonce,),
        ).fetchone()
    assert found is not None
    return found if found["consent"] else None


# The portal


def test_the_portal_launches_no_patient_beyond_the_users_rights(account, app):
    nurse = account("--access", "patients:gerda-thorvaldsen", "--fhir-user", "Practitioner/nurse-test")
    nurse.sign_in()
    shown = nurse.open("/portal?patient=gerda-thorvaldsen")
    hidden = nurse.open("/portal?patient=maja-oconnor")
    assert "Maja" not in hidden.text and "Gerda Thorvaldsen" in shown.text
    form = next(form for form in shown.forms if ("client", app.client_id) in form.fields)
    refused = nurse.submit(form, patient="maja-oconnor")
    assert not isinstance(refused, Answer) and refused.status == 403


def test_hidden_and_absent_patients_look_alike_on_the_portal(account):
    nurse = account("--access", "patients:gerda-thorvaldsen")
    nurse.sign_in()
    one, other = nurse.open("/portal?patient=maja-oconnor"), nurse.open("/portal?patient=nobody-at-all")
    assert one.text == other.text and one.status == other.status


def test_a_patient_launches_with_the_own_record(patient, app):
    patient.sign_in()
    page = patient.open("/portal?patient=gerda-thorvaldsen")
    assert "Gerda" not in page.text and "Maja Elisabet O'Connor" in page.text
    form = next(form for form in page.forms if ("client", app.client_id) in form.fields)
    arrived = patient.submit(form)
    assert app.tokens(patient, scope=SCOPE, launch=arrived["launch"])["patient"] == "maja-oconnor"


def test_a_patient_cannot_launch_another_record(patient, app):
    patient.sign_in()
    page = patient.open("/portal")
    form = next(form for form in page.forms if ("client", app.client_id) in form.fields)
    assert patient.submit(form, patient="gerda-thorvaldsen").status == 403


def test_an_app_that_needs_a_patient_is_not_launched_without_one(clinician, app):
    clinician.sign_in()
    page = clinician.open("/portal?patient=maja-oconnor")
    form = next(form for form in page.forms if ("client", app.client_id) in form.fields)
    fields = [pair for pair in form.fields if pair[0] != "patient"]
    answer = clinician.follow(clinician.post("/portal/launch", fields))
    assert answer.status == 400 and "Test app" in answer.text


def test_an_app_without_launch_url_is_not_offered_nor_launched(instance, clinician, reporting):
    clinician.sign_in()
    page = clinician.open("/portal?patient=maja-oconnor")
    assert "Reporting" not in page.text
    form = next(form for form in page.forms if form.action == "/portal/launch")
    refused = clinician.submit(form, client="reporting")
    assert not isinstance(refused, Answer) and refused.status == 400


def test_launch_create_names_what_it_cannot_do(instance, clinician, app):
    for options in (
        ("--user", "nobody", "--client", app.client_id),
        ("--user", clinician.username, "--client", "nobody"),
        ("--user", clinician.username, "--client", app.client_id, "--launch-url", "https://evil.example/"),
    ):
        instance.cli("launch", "create", *options, expect=1)
    for options in (
        ("--patient", "a b"),
        ("--fhir-context", "[]"),
        ("--fhir-context", '[{"reference":"Patient/1"}]'),
        ("--fhir-context", "nonsense"),
        ("--smart-style-url", "style.json"),
    ):
        instance.cli("launch", "create", "--user", clinician.username, "--client", app.client_id, *options, expect=64)


def test_the_link_of_launch_create_leads_to_the_app(instance, clinician, app):
    made = instance.cli(
        "launch", "create", "--user", clinician.username, "--client", app.client_id, "--patient", "maja-oconnor"
    )
    assert made["expires_in"] == 300
    assert dict(parse_qsl(urlsplit(made["url"]).query)) == {"iss": instance.fhir, "launch": made["launch"]}
