"""Refresh tokens, introspection and what ends them: protocol A12, A15."""

import base64
import concurrent.futures
import json

import pytest

from oauth import refused

SCOPE = "openid fhirUser offline_access launch/patient patient/*.rs"


@pytest.fixture
def tokens(patient, rounds):
    return rounds.tokens(patient, scope=SCOPE)


def works(app, token):
    return app.fhir(token, "Patient/maja-oconnor").status_code == 200


def test_a_refresh_gives_new_tokens_and_repeats_the_context(rounds, tokens):
    answer = rounds.refresh(tokens["refresh_token"])
    found = answer.json()
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert found["scope"] == tokens["scope"] and found["patient"] == "maja-oconnor"
    assert found["token_type"] == "Bearer" and found["expires_in"] == 900
    assert found["access_token"] != tokens["access_token"] and found["refresh_token"] != tokens["refresh_token"]
    assert works(rounds, found["access_token"])


def test_a_line_of_refreshes_goes_on_and_on(rounds, tokens):
    token = tokens["refresh_token"]
    for _ in range(4):
        found = rounds.refresh(token).json()
        token = found["refresh_token"]
    assert works(rounds, found["access_token"])


def test_a_public_app_may_leave_its_name_out(instance, rounds, tokens, http):
    answer = http.post(
        rounds.discovered["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
    )
    assert answer.status_code == 200


def test_a_narrower_scope_narrows_the_access_token_and_not_the_line(rounds, tokens):
    narrow = rounds.refresh(tokens["refresh_token"], scope="patient/Observation.rs").json()
    assert narrow["scope"] == "patient/Observation.rs" and "id_token" not in narrow
    assert rounds.fhir(narrow["access_token"], "Observation?_count=1").status_code == 200
    assert rounds.fhir(narrow["access_token"], "Condition?_count=1").status_code == 403
    whole = rounds.refresh(narrow["refresh_token"]).json()
    assert whole["scope"] == tokens["scope"]


@pytest.mark.parametrize("scope", ["patient/*.cruds", f"{SCOPE} user/*.rs", "patient/*.rs system/*.rs", "nonsense"])
def test_a_wider_scope_is_refused_and_spends_nothing(rounds, tokens, scope):
    assert refused(rounds.refresh(tokens["refresh_token"], scope=scope), "invalid_scope")
    assert rounds.refresh(tokens["refresh_token"]).status_code == 200


def test_a_token_that_is_sent_again_because_its_answer_got_lost_gives_the_same_successor(rounds, tokens):
    """Requirement 165: within a minute, from the same app, as often as it has to try."""
    first, again, narrow = (
        rounds.refresh(tokens["refresh_token"], **more).json() for more in ({}, {}, {"scope": "patient/Patient.rs"})
    )
    assert first["refresh_token"] == again["refresh_token"] == narrow["refresh_token"] != tokens["refresh_token"]
    assert first["access_token"] != again["access_token"] and narrow["scope"] == "patient/Patient.rs"
    assert all(works(rounds, each["access_token"]) for each in (tokens, first, again, narrow))
    assert rounds.refresh(again["refresh_token"]).status_code == 200, "there is one line, and it goes on"


def test_a_refresh_token_used_twice_ends_the_whole_line(rounds, tokens):
    """Requirement 165: once the app has gone on with the successor, whoever brings the old one is somebody else."""
    second = rounds.refresh(tokens["refresh_token"]).json()
    third = rounds.refresh(second["refresh_token"]).json()
    assert all(works(rounds, each["access_token"]) for each in (tokens, second, third))
    assert refused(rounds.refresh(tokens["refresh_token"]))
    for each in (tokens, second, third):
        assert refused(rounds.refresh(each["refresh_token"])) and not works(rounds, each["access_token"])


def test_a_minute_later_a_refresh_token_used_twice_ends_the_line_too(instance, rounds, tokens):
    """Requirement 165"""
    second = rounds.refresh(tokens["refresh_token"]).json()
    with instance.database() as database:
        changed = database.execute(
            "UPDATE refresh_tokens SET spent_at = spent_at - 61 WHERE spent_at IS NOT NULL AND grant_id = "
            "(SELECT id FROM grants WHERE nonce = ?)",
            (tokens["request"].nonce,),
        )
        assert changed.rowcount == 1
    assert refused(rounds.refresh(tokens["refresh_token"])) and refused(rounds.refresh(second["refresh_token"]))
    assert not works(rounds, tokens["access_token"]) and not works(rounds, second["access_token"])


def test_no_other_client_gets_a_token_again(rounds, register, tokens):
    """Requirement 165: the grace is for the app that has the token, and ends nothing for it."""
    second = rounds.refresh(tokens["refresh_token"]).json()
    assert refused(register().refresh(tokens["refresh_token"]))
    assert rounds.refresh(tokens["refresh_token"]).json()["refresh_token"] == second["refresh_token"]


def test_parallel_refreshes_have_one_successor_and_no_trouble(rounds, tokens):
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: rounds.refresh(tokens["refresh_token"]), range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert all(works(rounds, answer.json()["access_token"]) for answer in answers)


@pytest.mark.parametrize("token", ["vst_rt_" + "A" * 43, "nonsense", "%00", "é" * 20])
def test_an_unknown_refresh_token_is_refused(rounds, token):
    assert refused(rounds.refresh(token))


def test_an_access_token_is_no_refresh_token(rounds, tokens):
    assert refused(rounds.refresh(tokens["access_token"]))


def test_a_refresh_token_of_another_client_is_refused_and_stays_good(rounds, reporting, register, tokens):
    for other in (reporting, register()):
        assert refused(other.refresh(tokens["refresh_token"]))
    assert rounds.refresh(tokens["refresh_token"]).status_code == 200


def test_a_refresh_token_ends_with_its_time(instance, rounds, tokens):
    with instance.database() as database:
        database.execute(
            "UPDATE refresh_tokens SET expires_at = issued_at - 1 WHERE grant_id = "
            "(SELECT id FROM grants WHERE nonce = ?)",
            (tokens["request"].nonce,),
        )
    assert refused(rounds.refresh(tokens["refresh_token"]))


def test_a_refresh_moves_the_end_of_the_line_on(instance, rounds, tokens):
    def ends():
        with instance.database() as database:
            return database.execute(
                "SELECT max(expires_at) FROM refresh_tokens WHERE grant_id = (SELECT id FROM grants WHERE nonce = ?)",
                (tokens["request"].nonce,),
            ).fetchone()[0]

    with instance.database() as database:
        database.execute(
            "UPDATE refresh_tokens SET expires_at = expires_at - 86400, issued_at = issued_at - 86400 "
            "WHERE grant_id = (SELECT id FROM grants WHERE nonce = ?)",
            (tokens["request"].nonce,),
        )
    before = ends()
    assert rounds.refresh(tokens["refresh_token"]).status_code == 200
    assert ends() >= before + 86_000


def test_the_refreshed_id_token_is_of_the_same_person(rounds, tokens):
    def claims(token):
        return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))

    one, two = claims(tokens["id_token"]), claims(rounds.refresh(tokens["refresh_token"]).json()["id_token"])
    assert all(one[name] == two[name] for name in ("iss", "sub", "aud", "auth_time"))
    assert two["iat"] >= one["iat"] and "nonce" in one and "nonce" not in two


# Introspection


def test_a_confidential_client_is_told_of_its_own_token(instance, patient, reporting):
    tokens = reporting.tokens(patient, scope=SCOPE)
    answer = reporting.introspect(tokens["access_token"])
    found = answer.json()
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert found["active"] is True and found["scope"] == tokens["scope"] and found["client_id"] == "reporting"
    assert isinstance(found["exp"], int) and found["exp"] - found["iat"] == 900
    assert found["patient"] == "maja-oconnor" and found["iss"] == instance.fhir and found["sub"]
    assert found["fhirUser"] == f"{instance.fhir}/Patient/maja-oconnor"


def test_an_app_is_told_of_its_own_token_by_its_token(rounds, tokens, http):
    answer = http.post(
        rounds.discovered["introspection_endpoint"],
        data={"token": tokens["access_token"]},
        headers={"authorization": f"Bearer {tokens['access_token']}"},
    )
    assert answer.json()["active"] is True and answer.json()["client_id"] == "rounds"


def test_a_strangers_token_is_inactive(reporting, patient, rounds, tokens, http):
    assert reporting.introspect(tokens["access_token"]).json() == {"active": False}
    strange = reporting.tokens(patient)["access_token"]
    answer = http.post(
        rounds.discovered["introspection_endpoint"],
        data={"token": strange},
        headers={"authorization": f"Bearer {tokens['access_token']}"},
    )
    assert answer.json() == {"active": False}


@pytest.mark.parametrize("token", ["nonsense", "vst_at_" + "A" * 43, "é", "x" * 5000])
def test_what_is_no_token_is_inactive_and_nothing_more(reporting, token):
    answer = reporting.introspect(token)
    assert (answer.status_code, answer.json()) == (200, {"active": False})


def test_a_token_that_ended_is_inactive(reporting, patient):
    tokens = reporting.tokens(patient, scope=SCOPE)
    second = reporting.refresh(tokens["refresh_token"]).json()
    reporting.refresh(second["refresh_token"])
    reporting.refresh(tokens["refresh_token"])
    assert reporting.introspect(tokens["access_token"]).json() == {"active": False}


def test_introspection_demands_authorization(rounds, reporting, tokens, http):
    url, form = rounds.discovered["introspection_endpoint"], {"token": tokens["access_token"]}
    nobody = http.post(url, data={**form, "client_id": "rounds"})
    assert refused(nobody, "invalid_client", 401) and "Basic" in nobody.headers["www-authenticate"]
    wrong = http.post(url, data=form, auth=("reporting", "wrong"))
    assert refused(wrong, "invalid_client", 401)
    public = http.post(url, data=form, auth=("rounds", ""))
    assert refused(public, "invalid_client", 401)
    stale = http.post(url, data=form, headers={"authorization": "Bearer vst_at_" + "A" * 43})
    assert stale.status_code == 401 and 'error="invalid_token"' in stale.headers["www-authenticate"]


def test_introspection_takes_a_form_with_a_token_and_nothing_else(reporting, http):
    assert refused(reporting.post({}, "introspection_endpoint"), "invalid_request")
    url = reporting.discovered["introspection_endpoint"]
    auth = (reporting.client_id, reporting.secret)
    assert refused(http.post(url, json={"token": "x"}, auth=auth), "invalid_request")
    assert refused(http.post(f"{url}?token=x", auth=auth, data={"token": "x"}), "invalid_request")
    get = http.get(url, params={"token": "x"}, auth=auth)
    assert get.status_code == 405 and "POST" in get.headers["allow"] and get.json()["error"] == "invalid_request"


def test_introspection_repeats_the_context_of_an_ehr_launch(instance, clinician, reporting, register):
    app = register("--confidential")
    launch = instance.cli(
        "launch",
        "create",
        "--user",
        clinician.username,
        "--client",
        app.client_id,
        "--patient",
        "maja-oconnor",
        "--encounter",
        "maja-oconnor-visit-1",
        "--intent",
        "reconcile",
        "--tenant",
        "ward 7",
        "--need-patient-banner",
        "false",
        "--smart-style-url",
        "https://style.example/1",
        "--fhir-context",
        '[{"reference":"Observation/1"}]',
    )
    tokens = app.tokens(clinician, scope="launch openid patient/*.rs", launch=launch["launch"])
    found = app.introspect(tokens["access_token"]).json()
    context = ("patient", "encounter", "intent", "tenant", "need_patient_banner", "smart_style_url", "fhirContext")
    assert {name: found[name] for name in context} == {name: tokens[name] for name in context}


@pytest.mark.parametrize("launch", ["standalone", "ehr"])
def test_a_patient_who_is_taken_from_the_user_is_taken_from_the_app(
    instance, account, register, ehr, resource_server, launch
):
    """Requirements 170 and 216"""
    somebody, app = account("--access", "patients:maja-oconnor"), register()
    if launch == "ehr":
        handle = ehr.prepare(app, somebody.username, patient="maja-oconnor").json()["launch"]
        tokens = app.tokens(somebody, scope="openid offline_access launch patient/*.rs", launch=handle)
    else:
        tokens = app.tokens(somebody, scope=SCOPE)
    assert tokens["patient"] == "maja-oconnor"
    instance.cli("user", "set-access", somebody.username, "--access", "patients:gerda-thorvaldsen")
    assert refused(app.refresh(tokens["refresh_token"]))
    assert resource_server.introspect(tokens["access_token"]).json() == {"active": False}
    instance.cli("user", "set-access", somebody.username, "--access", "all")
    assert resource_server.introspect(tokens["access_token"]).json()["active"] is True
    assert app.refresh(tokens["refresh_token"]).status_code == 200
