"""The standalone launch of a patient and of a clinician, from the request to the tokens: protocol A5, A7, A9, A11."""

import re
import time

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from oauth import Answer

EVERYTHING = "openid fhirUser profile offline_access launch/patient patient/*.rs"


def claims_of(instance, id_token):
    with instance.http() as http:
        keys = KeySet.import_key_set(http.get(f"{instance.base}/oauth2/jwks").json())
    return jwt.decode(id_token, keys, algorithms=["RS256"])


def test_a_patient_signs_in_allows_and_the_app_gets_the_own_record(patient, rounds):
    tokens = rounds.tokens(patient, scope=EVERYTHING)
    assert [page.title.split(" – ")[0] for page in patient.seen] == ["Sign in", "Allow Rounds?"]
    assert tokens["token_type"] == "Bearer" and tokens["expires_in"] == 900
    assert tokens["patient"] == "maja-oconnor"
    assert tokens["scope"].split() == EVERYTHING.split()
    assert tokens["refresh_token"] and tokens["access_token"] != tokens["refresh_token"]
    assert "encounter" not in tokens and "need_patient_banner" not in tokens


def test_a_clinician_signs_in_picks_a_patient_and_allows(clinician, rounds):
    tokens = rounds.tokens(clinician, "MRN-10115", scope=EVERYTHING)
    assert [page.title.split(" – ")[0] for page in clinician.seen] == [
        "Sign in",
        "Choose a patient",
        "Choose a patient (1 found)",
        "Is this the right patient?",
        "Allow Rounds?",
    ]
    assert tokens["patient"] == "gerda-thorvaldsen"


def test_who_is_signed_in_is_not_asked_for_the_password_again(patient, rounds):
    rounds.tokens(patient)
    rounds.tokens(patient)
    assert [page.title.split(" – ")[0] for page in patient.seen] == ["Sign in", "Allow Rounds?", "Allow Rounds?"]


def test_the_answers_of_the_token_endpoint_are_never_kept(patient, rounds):
    request = rounds.request()
    response = rounds.exchange(request, patient.authorize(request))
    assert response.headers["cache-control"] == "no-store" and response.headers["pragma"] == "no-cache"
    assert response.headers["content-type"] == "application/json"


def test_the_answer_carries_the_issuer(instance, patient, rounds):
    assert patient.authorize(rounds.request())["iss"] == instance.fhir


def test_a_posted_request_equals_one_in_the_address(instance, patient, rounds):
    request = rounds.request()
    page = patient.follow(
        patient.post(rounds.discovered["authorization_endpoint"], request.parameters, origin="https://app.example")
    )
    assert page.title.startswith("Sign in")
    page = patient.sign_in(page)
    answer = patient.submit(page.form("/portal/consent"), button=("decision", "allow"))
    assert rounds.exchange(request, answer).status_code == 200


def test_an_app_without_offline_access_gets_no_refresh_token(patient, rounds):
    assert "refresh_token" not in rounds.tokens(patient, scope="launch/patient patient/*.rs")


def test_an_app_that_does_not_ask_who_it_is_gets_no_id_token(patient, rounds):
    assert "id_token" not in rounds.tokens(patient, scope="launch/patient patient/*.rs")


def test_scopes_beyond_the_registration_are_not_granted(patient, rounds):
    tokens = rounds.tokens(patient, scope="openid launch/patient patient/*.cruds user/*.rs system/*.rs nonsense")
    assert tokens["scope"].split() == ["openid", "launch/patient", "patient/*.rs"]


def test_a_version_1_scope_keeps_its_spelling(patient, rounds):
    tokens = rounds.tokens(patient, scope="launch/patient patient/Observation.read")
    assert tokens["scope"].split() == ["launch/patient", "patient/Observation.read"]


def test_a_patient_scope_without_launch_patient_still_gets_a_patient(clinician, rounds):
    assert rounds.tokens(clinician, scope="patient/Patient.rs")["patient"] == "maja-oconnor"


def test_an_aud_with_a_final_slash_or_another_case_of_the_host_is_ours(instance, patient, rounds):
    for aud in (f"{instance.fhir}/", instance.fhir.replace("localhost", "LOCALHOST")):
        assert rounds.tokens(patient, aud=aud)["patient"] == "maja-oconnor"


def test_resource_may_stand_for_aud(instance, patient, rounds):
    assert rounds.tokens(patient, aud=None, resource=instance.fhir)["patient"] == "maja-oconnor"


def test_two_apps_in_two_tabs_each_get_their_own_patient(clinician, rounds, reporting):
    one, other = rounds.request(), reporting.request()
    page_one, page_other = clinician.sign_in(clinician.open(one.url)), clinician.open(other.url)

    def chosen(page, number):
        return clinician.choose(clinician.search(number, page))

    consent_other, consent_one = chosen(page_other, "MRN-10057"), chosen(page_one, "MRN-10115")
    answer_one = clinician.submit(consent_one.form("/portal/consent"), button=("decision", "allow"))
    answer_other = clinician.submit(consent_other.form("/portal/consent"), button=("decision", "allow"))
    assert rounds.exchange(one, answer_one).json()["patient"] == "gerda-thorvaldsen"
    assert reporting.exchange(other, answer_other).json()["patient"] == "jose-alvarez-nunez"


# The picker


def test_the_picker_names_the_patient_before_the_choice_counts(clinician, rounds):
    found = clinician.search("MRN-10115", clinician.sign_in(clinician.open(rounds.request().url)))
    page = clinician.submit(next(form for form in found.forms if form.has("patient")))
    assert page.title.startswith("Is this the right patient?")
    assert all(words in page.text for words in ("Gerda Thorvaldsen", "19 Jan 1936", "MRN-10115"))
    # Another one instead: nothing was chosen.
    back = clinician.open(next(link for link in page.links if link and link.startswith("/portal/patient?")))
    assert back.title.startswith("Choose a patient")
    page = clinician.choose(clinician.search("MRN-10057", back))
    assert "José" in page.text and "Gerda" not in page.text and page.has_form("/portal/consent")


def test_the_picker_shows_whose_records_were_opened_last_and_only_to_who_opened_them(account, rounds, instance):
    person = account("--access", "patients:gerda-thorvaldsen,jose-alvarez-nunez")
    for number in ("MRN-10057", "MRN-10115"):
        rounds.tokens(person, number)
    page = person.open(rounds.request().url)
    lately = re.findall(r"<h3><bdi>([^<]+)</bdi>", page.answer.text)
    assert [name.split()[0] for name in lately] == ["Gerda", "José"]
    assert person.choose(page).has_form("/portal/consent")
    instance.cli("user", "set-access", person.username, "--access", "patients:jose-alvarez-nunez")
    page = person.open(rounds.request().url)
    assert "José" in page.text and "Gerda" not in page.text
    other = account("--access", "all")
    assert "Opened lately" not in other.sign_in(other.open(rounds.request().url)).text


@pytest.fixture
def picker(clinician, rounds):
    return clinician.sign_in(clinician.open(rounds.request().url))


@pytest.mark.parametrize(
    "words, name",
    [
        ("Maja", "Maja Elisabet O'Connor"),
        ("o'conn", "Maja Elisabet O'Connor"),
        ("Maja O'Connor", "Maja Elisabet O'Connor"),
        ("1936-01-19", "Gerda Thorvaldsen"),
        ("MRN-10136", "Robin Achterberg"),
        ("wisn", "Tomasz Wiśniewski"),
        ("Wiśniewski", "Tomasz Wiśniewski"),
        ("Dubois-Lefèvre", "Anne-Marie Dubois-Lefèvre"),
    ],
)
def test_the_picker_finds_by_name_birth_date_and_record_number(clinician, picker, words, name):
    found = clinician.search(words, picker)
    assert "1 patient found" in found.text and name in found.text


def test_the_picker_tells_two_patients_of_one_name_apart(clinician, picker):
    found = clinician.search("Liam Murphy", picker)
    assert "2 patients found" in found.text
    for born, number in (("30 Jun 1958", "MRN-10088"), ("13 Jun 1987", "MRN-10808")):
        assert born in found.text and number in found.text
    choices = [form for form in found.forms if form.has("patient")]
    assert len({" ".join(form.words.split()) for form in choices}) == 2, "the buttons say whom they choose"


@pytest.mark.parametrize("words", ["Ma", "M A", "J. O", "a" * 101])
def test_the_picker_asks_for_more_where_the_text_is_too_short_or_endless(clinician, picker, words):
    found = clinician.search(words, picker)
    assert found.status == 200 and "at least three letters" in found.text
    assert not any(form.has("patient") for form in found.forms)


@pytest.mark.parametrize("words", ["Nobody Here", "1900-01-01", "MRN-99999", "*", "Maja&_count=500", "%", "Maja,Liam"])
def test_the_picker_says_when_it_finds_nobody_or_too_little(clinician, picker, words):
    found = clinician.search(words, picker)
    assert found.status == 200
    assert "Nobody found" in found.text or "at least three letters" in found.text
    assert not any(form.has("patient") for form in found.forms)


def test_cancelling_the_picker_denies(clinician, rounds):
    request = rounds.request()
    page = clinician.sign_in(clinician.open(request.url))
    form = page.form("/portal/patient", "Cancel and return to the app")
    answer = clinician.submit(form, button=("cancel", "yes"))
    assert answer["error"] == "access_denied" and answer["state"] == request.state and "code" not in answer


def test_a_clinician_with_some_patients_finds_and_picks_those_alone(account, rounds):
    nurse = account("--access", "patients:gerda-thorvaldsen,liam-murphy-1958", "--fhir-user", "Practitioner/nurse-test")
    page = nurse.sign_in(nurse.open(rounds.request().url))
    found = nurse.search("Murphy", page)
    assert "MRN-10088" in found.text and "MRN-10808" not in found.text
    assert "Nobody found" in nurse.search("Maja", found).text
    form = next(form for form in found.forms if form.has("patient"))
    refused = nurse.submit(form, patient="maja-oconnor")
    assert refused.status == 403 and "maja" not in refused.text.lower()


def test_a_clinician_without_patients_finds_nobody(account, rounds):
    visitor = account("--fhir-user", "Practitioner/visitor-test")
    found = visitor.search("Maja", visitor.sign_in(visitor.open(rounds.request().url)))
    assert "Nobody found" in found.text


def test_a_patient_cannot_reach_the_picker_nor_another_record(patient, rounds):
    page = patient.sign_in(patient.open(rounds.request().url))
    consent = page.form("/portal/consent")
    fields = [*consent.fields, ("patient", "gerda-thorvaldsen")]
    back = patient.follow(patient.post("/portal/patient", fields))
    assert back.title.startswith("Allow Rounds?"), "the picker is not this person's step"
    answer = patient.follow(patient.post("/portal/consent", [*fields, ("decision", "allow")]))
    assert "code" in answer
    assert "Gerda" not in back.text


# The visit: SMART scopes-and-launch-context#apps-that-launch-standalone

VISIT = "launch/patient launch/encounter patient/*.rs"


def test_an_app_that_asks_for_a_visit_gets_the_one_that_is_picked(clinician, rounds):
    """Requirement 115"""
    tokens = rounds.tokens(clinician, encounter="maja-oconnor-visit-1", scope=VISIT)
    assert [page.title.split(" – ")[0] for page in clinician.seen][-2:] == ["Choose a visit", "Allow Rounds?"]
    assert tokens["encounter"] == "maja-oconnor-visit-1" and tokens["patient"] == "maja-oconnor"
    found = rounds.fhir(tokens["access_token"], "Encounter/maja-oconnor-visit-1").json()
    assert found["subject"]["reference"] == "Patient/maja-oconnor"


def test_a_patient_picks_an_own_visit_or_goes_on_without_one(patient, rounds):
    """Requirement 115"""
    assert rounds.tokens(patient, encounter="maja-oconnor-visit-1", scope=VISIT)["encounter"] == "maja-oconnor-visit-1"
    assert "encounter" not in rounds.tokens(patient, scope=VISIT)


def test_a_visit_of_somebody_else_cannot_be_picked(clinician, patient, rounds):
    page = patient.sign_in(patient.open(rounds.request(scope=VISIT).url))
    form = next(form for form in page.forms if form.has("encounter"))
    fields = [(name, "jose-alvarez-nunez-visit-1" if name == "encounter" else value) for name, value in form.fields]
    refused = patient.follow(patient.post("/portal/encounter", fields))
    assert not isinstance(refused, Answer) and refused.status == 403 and "alvarez" not in refused.text.lower()


def test_who_cancels_the_choice_of_a_visit_has_said_no(patient, rounds):
    request = rounds.request(scope=VISIT)
    page = patient.sign_in(patient.open(request.url))
    form = next(form for form in page.forms if ("cancel", "yes") in form.buttons)
    answer = patient.submit(form, button=("cancel", "yes"))
    assert answer["error"] == "access_denied" and answer["state"] == request.state


# The consent page


def test_the_consent_page_says_in_words_what_the_app_may_see(clinician, rounds):
    request = rounds.request(
        scope="openid fhirUser launch/patient offline_access patient/Condition.rs "
        "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/"
        "observation-category|laboratory patient/Immunization.cruds"
    )
    page = clinician.choose(clinician.search("MRN-10042", clinician.sign_in(clinician.open(request.url))))
    for words in (
        "Allow Rounds to use this patient’s record?",
        "Maja Elisabet O'Connor",
        "MRN-10042",
        "See in this patient’s record",
        "Laboratory results",
        "Know who you are",
        "Keep its access while you are away",
        "three months",
        "goes to localhost",
    ):
        assert words in page.text, words
    assert "This is everything" not in page.text
    assert "asked for and does not get" in page.text, "create, update and delete are beyond the registration"


def test_the_consent_page_names_what_everything_means(patient, rounds):
    page = patient.sign_in(patient.open(rounds.request(scope=EVERYTHING).url))
    assert "Allow Rounds to use your record?" in page.text and "This is everything" in page.text


def test_denying_tells_the_app_and_keeps_the_decision(instance, patient, rounds):
    request = rounds.request()
    answer = patient.authorize(request, decision="deny")
    assert answer["error"] == "access_denied" and answer["state"] == request.state and answer["iss"] == instance.fhir
    assert "code" not in answer
    with instance.database() as database:
        row = database.execute(
            "SELECT consents.* FROM consents JOIN interactions ON interactions.consent = consents.id "
            "WHERE interactions.request LIKE ?",
            (f"%{request.state}%",),
        ).fetchone()
        assert row["allowed"] == "" and row["patient"] == "maja-oconnor" and row["client"] == "rounds"


def test_allowing_keeps_a_consent_that_the_grant_refers_to(instance, patient, rounds):
    tokens = rounds.tokens(patient)
    with instance.database() as database:
        row = database.execute(
            "SELECT consents.* FROM grants JOIN consents ON consents.id = grants.consent WHERE grants.nonce = ?",
            (tokens["request"].nonce,),
        ).fetchone()
    assert row["client"] == "rounds" and row["patient"] == "maja-oconnor"
    assert row["allowed"] == row["requested"] == tokens["scope"]


def test_a_consent_form_counts_once(patient, rounds):
    page = patient.sign_in(patient.open(rounds.request().url))
    form = page.form("/portal/consent")
    assert "code" in patient.submit(form, button=("decision", "allow"))
    again = patient.submit(form, button=("decision", "allow"))
    assert not isinstance(again, Answer) and again.status == 400 and "expired" in again.title


def test_a_consent_form_grants_what_was_shown_whatever_is_added_to_it(patient, rounds):
    request = rounds.request(scope="launch/patient patient/Patient.rs")
    page = patient.sign_in(patient.open(request.url))
    fields = [
        *page.form("/portal/consent").fields,
        ("scope", "patient/*.cruds"),
        ("client_id", "reporting"),
        ("decision", "allow"),
    ]
    answer = patient.follow(patient.post("/portal/consent", fields))
    assert rounds.exchange(request, answer).json()["scope"] == "launch/patient patient/Patient.rs"


def test_another_browser_cannot_answer_an_interaction(patient, rounds, person, clinician):
    page = patient.sign_in(patient.open(rounds.request().url))
    form = page.form("/portal/consent")
    for other in (person(), clinician):
        if other.username:
            other.sign_in()
        for path in (page.url, f"/oauth2/authorize?interaction={dict(form.fields)['interaction']}"):
            seen = other.open(path)
            assert not isinstance(seen, Answer) and seen.status == 400 and "Maja" not in seen.text
        refused = other.follow(other.post("/portal/consent", [*form.fields, ("decision", "allow")]))
        assert refused.status == 400


# The id_token


def test_the_id_token_says_who_is_signed_in(instance, patient, rounds):
    before = int(time.time())
    tokens = rounds.tokens(patient, scope=EVERYTHING)
    token = claims_of(instance, tokens["id_token"])
    assert token.header["alg"] == "RS256" and token.header["kid"]
    assert token.claims["iss"] == instance.fhir
    assert token.claims["aud"] == "rounds"
    assert token.claims["nonce"] == tokens["request"].nonce
    assert token.claims["fhirUser"] == f"{instance.fhir}/Patient/maja-oconnor"
    assert token.claims["name"] == "Maja O'Connor"
    assert before <= token.claims["iat"] <= time.time() < token.claims["exp"] <= token.claims["iat"] + 3600
    assert before <= token.claims["auth_time"] <= token.claims["iat"]
    assert 1 <= len(token.claims["sub"]) <= 255 and "maja" not in token.claims["sub"]


def test_the_subject_is_the_same_at_every_sign_in_and_another_for_everybody_else(instance, patient, clinician, rounds):
    one, two = (claims_of(instance, rounds.tokens(patient)["id_token"]).claims["sub"] for _ in range(2))
    other = claims_of(instance, rounds.tokens(clinician)["id_token"])
    assert one == two != other.claims["sub"]
    assert other.claims["fhirUser"] == f"{instance.fhir}/Practitioner/dr-amara-lindqvist"
    assert other.claims["name"] == "Dr. Amara Lindqvist"


def test_a_changed_id_token_does_not_verify(instance, patient, rounds):
    header, payload, signature = rounds.tokens(patient)["id_token"].split(".")
    flipped = signature[:-6] + ("AAAA" if signature[-6:-2] != "AAAA" else "BBBB") + signature[-2:]
    with pytest.raises(BadSignatureError):
        claims_of(instance, f"{header}.{payload}.{flipped}")


# SMART scopes-and-launch-context#scopes-for-requesting-identity-data
def test_the_app_may_read_the_resource_that_is_its_user(clinician, rounds):
    tokens = rounds.tokens(clinician, scope="openid fhirUser launch/patient patient/Condition.rs")
    assert "Practitioner" in rounds.fhir(tokens["access_token"], "Practitioner/dr-amara-lindqvist").text


# SMART scopes-and-launch-context#scopes-for-requesting-identity-data
def test_a_user_without_a_resource_is_granted_no_fhiruser(instance, account, rounds):
    clerk = account("--access", "all")
    tokens = rounds.tokens(clerk, scope="openid fhirUser launch/patient patient/Patient.rs")
    assert "fhirUser" not in tokens["scope"].split()
    assert "fhirUser" not in claims_of(instance, tokens["id_token"]).claims


def test_prompt_login_asks_for_the_password_though_somebody_is_signed_in(instance, patient, rounds):
    patient.sign_in()
    time_passes(instance, patient, 5)
    request = rounds.request(prompt="login")
    page = patient.open(request.url)
    assert page.title.startswith("Sign in")
    assert "code" in patient.authorize(request)


@pytest.mark.parametrize("change", [{"prompt": "login"}, {"max_age": 0}])
def test_a_sign_in_of_a_moment_ago_is_none_for_an_app_that_wants_a_new_one(patient, rounds, change):
    """Requirements 73 and 74; OpenID Core §3.1.2.1"""
    patient.sign_in()
    request = rounds.request(**change)
    page = patient.open(request.url)
    assert page.title.startswith("Sign in")
    page = patient.sign_in(page)
    assert page.title.startswith("Allow")


def test_prompt_none_never_shows_a_page(patient, rounds):
    request = rounds.request(prompt="none")
    assert patient.open(request.url)["error"] == "login_required"
    patient.sign_in()
    assert patient.open(rounds.request(prompt="none").url)["error"] == "consent_required"


def test_max_age_asks_for_the_password_when_the_sign_in_is_older(instance, patient, rounds):
    patient.sign_in()
    assert patient.open(rounds.request(max_age=3600).url).title.startswith("Allow")
    time_passes(instance, patient, 600)
    assert patient.open(rounds.request(max_age=300).url).title.startswith("Sign in")


def time_passes(instance, who, seconds):
    """Lets a session be older than it is."""
    with instance.database() as database:
        changed = database.execute(
            "UPDATE sessions SET authenticated_at = authenticated_at - ? WHERE account = "
            "(SELECT id FROM accounts WHERE username = ?)",
            (seconds, who.username),
        )
        assert changed.rowcount >= 1


def test_a_code_of_an_hour_ago_is_no_good(instance, patient, rounds):
    request = rounds.request()
    answer = patient.authorize(request)
    with instance.database() as database:
        database.execute(
            "UPDATE codes SET expires_at = expires_at - 61 WHERE grant_id = (SELECT id FROM grants WHERE nonce = ?)",
            (request.nonce,),
        )
    response = rounds.exchange(request, answer)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


def test_a_token_is_refused_after_its_time(instance, patient, rounds):
    tokens = rounds.tokens(patient)
    assert rounds.fhir(tokens["access_token"], "Patient/maja-oconnor").status_code == 200
    with instance.database() as database:
        database.execute(
            "UPDATE access_tokens SET expires_at = expires_at - 900 WHERE grant_id = "
            "(SELECT id FROM grants WHERE nonce = ?)",
            (tokens["request"].nonce,),
        )
    response = rounds.fhir(tokens["access_token"], "Patient/maja-oconnor")
    assert response.status_code == 401 and 'error="invalid_token"' in response.headers["www-authenticate"]
