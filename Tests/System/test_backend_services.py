"""Services without a person: protocol A13; SMART backend-services, RFC 6749 §4.4, ONC (g)(10) AUT-SYS."""

import time

import pytest

from instance import until
from keys import ClientKey, key_set
from oauth import refused

SCOPE = "system/Patient.rs system/Observation.rs"


@pytest.fixture
def client(service):
    return service(scope=SCOPE)


@pytest.fixture
def token(client):
    return client.backend(SCOPE).json()["access_token"]


# SMART backend-services#response-1
def test_a_service_gets_a_token_for_five_minutes_and_nothing_else(client):
    """Requirements 172, 175, 176 and 177"""
    answer = client.backend(SCOPE)
    found = answer.json()
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store" and answer.headers["pragma"] == "no-cache"
    assert answer.headers["content-type"] == "application/json"
    assert found.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert found["token_type"] == "Bearer" and found["scope"] == SCOPE
    assert isinstance(found["expires_in"], int) and 0 < found["expires_in"] <= 300


def test_each_request_gets_a_token_of_its_own_and_they_live_side_by_side(client):
    tokens = [client.backend(SCOPE).json()["access_token"] for _ in range(3)]
    assert len(set(tokens)) == 3
    assert all(client.fhir(token, "Patient/maja-oconnor").status_code == 200 for token in tokens)


def test_a_shorter_life_of_its_own_is_kept_and_a_longer_one_is_not(service):
    """Requirement 176"""
    for lifetime, expected in (("120", 120), ("3600", 300)):
        client = service("--access-token-lifetime", lifetime)
        assert client.backend("system/Patient.rs").json()["expires_in"] == expected


# SMART backend-services#scopes
def test_scopes_are_held_within_what_was_agreed_beforehand(client):
    """Requirement 173, AUT-SYS-8: what is asked for beyond it is not granted."""
    for asked, granted in (
        ("system/Patient.rs", "system/Patient.rs"),
        ("system/Patient.r system/Observation.s", "system/Patient.r system/Observation.s"),
        (f"{SCOPE} system/Condition.rs", SCOPE),
        ("system/Patient.cruds system/Observation.rs", SCOPE),
        ("system/*.rs", SCOPE),
        ("system/Patient.read", "system/Patient.read"),
        (
            "system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
            "system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
        ),
        (f"openid offline_access launch {SCOPE} nonsense", SCOPE),
    ):
        answer = client.backend(asked)
        assert answer.status_code == 200, f"{asked}: {answer.text}"
        assert set(answer.json()["scope"].split()) == set(granted.split()), asked


@pytest.mark.parametrize(
    "scope", ["system/Condition.rs", "system/Patient.cud", "nonsense", "openid offline_access", "system/Patient.dus"]
)
def test_where_nothing_of_it_can_be_granted_the_scope_is_invalid(client, scope):
    """Requirement 178"""
    assert refused(client.backend(scope), "invalid_scope")


@pytest.mark.parametrize("scope", ["patient/Patient.rs", "user/Patient.rs", f"{SCOPE} patient/Patient.rs"])
def test_there_is_no_patient_and_no_user(client, scope):
    """Requirement 174"""
    answer = client.backend(scope)
    assert refused(answer, "invalid_scope") and "system/" in answer.json()["error_description"]


def test_the_scope_has_to_be_there(client):
    """Requirement 172"""
    for answer in (client.post({"grant_type": "client_credentials"}), client.backend("")):
        assert refused(answer, "invalid_scope") and "scope" in answer.json()["error_description"]


def test_no_refresh_token_leads_on(client, token):
    """Requirement 177"""
    assert refused(client.refresh(token), "unauthorized_client")


# ONC (g)(10): what the test kit asks, as it asks it


def test_an_invalid_grant_type_is_refused(client):
    """Requirement 146"""
    answer = client.post({"grant_type": "not_a_grant_type", "scope": SCOPE})
    assert refused(answer, "unsupported_grant_type", 400)


def test_an_invalid_assertion_type_is_refused(client):
    """Requirement 146"""
    answer = client.backend(SCOPE, client_assertion_type="not_an_assertion_type")
    assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client"


def test_an_invalid_jwt_is_refused(client):
    """Requirements 146 and 188, AUT-SYS-7: signed for another issuer than the one that it is of."""
    answer = client.backend(SCOPE, client_assertion=client.assertion(iss="not_a_valid_iss"))
    assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client"


def test_a_signature_is_checked_with_the_published_key(service, key_host):
    """Requirements 53 and 182, AUT-SYS-3: RS384 and ES384, by the key set at the address that is registered."""
    for algorithm in ("RS384", "ES384"):
        key = ClientKey(algorithm)
        host = key_host(key)
        client = service("--jwks-uri", host.url, key=key)
        assert client.backend("system/Patient.rs").status_code == 200 and host.requests
        stranger = ClientKey(algorithm, key.kid)
        assert refused(
            client.backend("system/Patient.rs", **client.proof(client.assertion(stranger))), "invalid_client", 401
        )


# AUT-SYS-5


def asked(host, client, times=4):
    """How often the host is asked while the client gets so many tokens."""
    before = len(host.requests)
    for _ in range(times):
        answer = client.backend("system/Patient.rs")
        assert answer.status_code == 200, answer.text
    return len(host.requests) - before


@pytest.fixture
def publish(service, key_host):
    """A service and its host, which says this of keeping."""

    def make(**headers):
        key = ClientKey()
        host = key_host(key)
        host.behave = lambda answer: host.send(answer, key_set(*host.keys).encode(), **headers)
        return host, service("--jwks-uri", host.url, key=key)

    return make


@pytest.mark.parametrize("control", ["max-age=600", "public, max-age=600", 'private="x", max-age="600"'])
def test_a_key_set_is_kept_as_long_as_its_host_allows(publish, control):
    """Requirement 185"""
    assert asked(*publish(**{"Cache-Control": control})) == 1


@pytest.mark.parametrize("control", ["no-store", "no-cache", "max-age=0", "no-store, max-age=600", "max-age=nonsense"])
def test_a_key_set_that_may_not_be_kept_is_fetched_each_time(publish, control):
    """Requirement 185"""
    assert asked(*publish(**{"Cache-Control": control})) == 4


def test_a_key_set_is_not_kept_beyond_its_time(publish):
    """Requirement 185"""
    host, client = publish(**{"Cache-Control": "max-age=4"})
    assert asked(host, client, 2) == 1
    time.sleep(4.1)
    assert asked(host, client, 2) == 1


def test_what_is_already_old_counts_as_old(publish):
    assert asked(*publish(**{"Cache-Control": "max-age=600", "Age": "595"}), 1) == 1
    assert asked(*publish(**{"Cache-Control": "max-age=600", "Age": "600"})) == 4
    assert asked(*publish(Expires="Thu, 01 Jan 1970 00:00:00 GMT")) == 4
    assert asked(*publish(Expires="Sun, 01 Jan 2090 00:00:00 GMT")) == 1


def test_without_a_word_of_keeping_a_set_serves_those_of_the_same_moment(publish):
    """Requirement 186"""
    host, client = publish()
    assert asked(host, client) == 1
    time.sleep(3.1)
    assert asked(host, client, 1) == 1


def test_a_key_that_is_withdrawn_is_worth_nothing_once_the_set_is_old(publish):
    """Requirement 185"""
    host, client = publish(**{"Cache-Control": "max-age=1"})
    assert asked(host, client, 1) == 1
    host.keys = [ClientKey()]

    def is_over():
        answer = client.backend("system/Patient.rs")
        return answer.status_code == 401 and refused(answer, "invalid_client", 401)

    assert until(is_over, 5, every=0.3)


# Who may


def test_only_a_client_that_signs_and_is_registered_for_it_may(rounds, reporting, register):
    """Requirements 137 and 171"""
    for other in (rounds, reporting):
        assert refused(other.backend("patient/*.rs"), "unauthorized_client")
    app = register(key=ClientKey())
    assert refused(app.backend("patient/*.rs"), "unauthorized_client")


def test_a_service_with_a_secret_cannot_be_registered(instance):
    """Requirements 137 and 171"""
    common = ("client", "add", "--name", "x", "--grant-type", "client_credentials", "--scope", "system/Patient.rs")
    for method in ("none", "client_secret_basic", "client_secret_post"):
        assert "private_key_jwt" in instance.refuses(*common, "--auth-method", method)


def test_a_service_has_no_pages(client, person):
    """RFC 6749 §4.1.2.1: no grant of codes, so no page leads anywhere."""
    page = person().open(client.request(scope=SCOPE).url)
    assert page.status == 400


# What the token is good for: FHIR R4 http#read, http#search


def test_the_token_reads_and_searches_what_its_scope_says(client, token):
    """Requirement 179"""
    assert client.fhir(token, "Patient/maja-oconnor").json()["id"] == "maja-oconnor"
    assert client.fhir(token, "Patient/gerda-thorvaldsen").status_code == 200
    found = client.fhir(token, "Patient?_count=50").json()
    assert len(found["entry"]) >= 11, "everybody"
    assert client.fhir(token, "Observation?patient=maja-oconnor").json()["entry"]


def test_the_token_is_refused_beyond_its_scope(client, token):
    """Requirements 179 and 218"""
    for path, method in (
        ("Condition?patient=maja-oconnor", "GET"),
        ("Encounter/maja-oconnor-visit-1", "GET"),
        ("Practitioner", "GET"),
        ("Patient", "POST"),
        ("Patient/maja-oconnor", "PUT"),
        ("Patient/maja-oconnor", "DELETE"),
    ):
        answer = client.fhir(
            token, path, method, **({"json": {"resourceType": "Patient"}} if method in "POSTPUT" else {})
        )
        assert answer.status_code == 403 and answer.json()["resourceType"] == "OperationOutcome", f"{method} {path}"
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_a_scope_of_reading_alone_does_not_search(client):
    token = client.backend("system/Patient.r").json()["access_token"]
    assert client.fhir(token, "Patient/maja-oconnor").status_code == 200
    assert client.fhir(token, "Patient?name=Maja").status_code == 403
    token = client.backend("system/Patient.s").json()["access_token"]
    assert client.fhir(token, "Patient?name=Maja").status_code == 200
    assert client.fhir(token, "Patient/maja-oconnor").status_code == 403


def test_a_category_scope_shows_exactly_that_category(client):
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    token = client.backend(f"system/Observation.rs?category={system}|laboratory").json()["access_token"]
    found = client.fhir(token, "Observation?_count=100").json()["entry"]
    codes = [{each["code"] for one in entry["resource"]["category"] for each in one["coding"]} for entry in found]
    assert codes and all("laboratory" in each for each in codes)


def test_a_token_ends_with_its_client_and_with_its_time(instance, service):
    one, other = service(), service()
    tokens = [each.backend("system/Patient.rs").json()["access_token"] for each in (one, other)]
    instance.cli("client", "disable", one.client_id)
    statuses = [one.fhir(token, "Patient/maja-oconnor").status_code for token in tokens]
    assert statuses == [401, 200]
    with instance.database() as database:
        changed = database.execute(
            "UPDATE access_tokens SET expires_at = expires_at - 300 WHERE grant_id IN "
            "(SELECT id FROM grants WHERE client = ?)",
            (other.client_id,),
        )
        assert changed.rowcount == 1
    assert other.fhir(tokens[1], "Patient/maja-oconnor").status_code == 401


def test_a_service_is_told_of_its_token_without_a_person_in_it(instance, client, token):
    """Requirement 195"""
    found = client.introspect(token).json()
    assert found.pop("exp") - found.pop("iat") == 300
    assert found == {
        "active": True,
        "scope": SCOPE,
        "client_id": client.client_id,
        "token_type": "Bearer",
        "iss": instance.fhir,
        "aud": instance.fhir,
    }
