"""The documents that apps find their way by: protocol A1, A2, A19."""

from urllib.parse import urlsplit

import pytest

CAPABILITIES = {
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "context-standalone-encounter",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
}


def addresses(instance):
    path = urlsplit(instance.fhir).path
    return {
        "smart": f"{instance.fhir}/.well-known/smart-configuration",
        "openid": f"{instance.fhir}/.well-known/openid-configuration",
        "oauth": f"{instance.base}/.well-known/oauth-authorization-server{path}",
        "jwks": f"{instance.base}/oauth2/jwks",
    }


@pytest.fixture(params=["smart", "openid", "oauth", "jwks"])
def document(request, instance):
    return addresses(instance)[request.param]


# SMART conformance#using-well-known
def test_the_smart_configuration_has_every_member_it_must_have(instance, http):
    found = http.get(addresses(instance)["smart"]).json()
    assert found["issuer"] == instance.fhir
    assert found["authorization_endpoint"] == f"{instance.base}/oauth2/authorize"
    assert found["token_endpoint"] == f"{instance.base}/oauth2/token"
    assert found["jwks_uri"] == f"{instance.base}/oauth2/jwks"
    assert found["introspection_endpoint"] == f"{instance.base}/oauth2/introspect"
    assert found["revocation_endpoint"] == f"{instance.base}/oauth2/revoke"
    assert found["management_endpoint"] == f"{instance.base}/portal/apps"
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert found["response_types_supported"] == ["code"]
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert set(found["token_endpoint_auth_methods_supported"]) == {
        "none",
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
    }
    assert {"RS384", "ES384"} <= set(found["token_endpoint_auth_signing_alg_values_supported"])
    assert {"openid", "fhirUser", "launch", "launch/patient", "offline_access", "online_access", "system/*.rs"} <= set(
        found["scopes_supported"]
    )


# SMART conformance#capabilities
def test_the_capabilities_are_exactly_those_that_are_kept(instance, http):
    found = http.get(addresses(instance)["smart"]).json()["capabilities"]
    assert sorted(found) == sorted(CAPABILITIES)


def test_nothing_is_named_that_is_not_there(instance, http):
    for name in ("smart", "openid"):
        found = http.get(addresses(instance)[name]).json()
        assert (
            not {
                "registration_endpoint",
                "userinfo_endpoint",
                "user_access_brand_bundle",
                "smart_app_state_endpoint",
            }
            & found.keys()
        )


def test_every_address_in_the_documents_is_absolute(instance, http):
    for name in ("smart", "openid"):
        found = http.get(addresses(instance)[name]).json()
        urls = {key: value for key, value in found.items() if key.endswith(("_endpoint", "_uri")) or key == "issuer"}
        assert len(urls) >= 5
        assert all(value.startswith(f"{instance.base}/") for value in urls.values()), urls


# OpenID Discovery §3, §4
def test_the_openid_document_has_what_openid_demands_and_the_issuer_it_is_fetched_under(instance, http):
    found = http.get(addresses(instance)["openid"]).json()
    assert found["issuer"] + "/.well-known/openid-configuration" == addresses(instance)["openid"]
    assert found["subject_types_supported"] == ["public"]
    assert found["id_token_signing_alg_values_supported"] == ["RS256"]
    assert found["authorization_response_iss_parameter_supported"] is True
    assert {"authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"} <= found.keys()


# RFC 8414 §3, §3.1
def test_the_documents_agree_with_each_other(instance, http):
    smart, openid, oauth = (http.get(addresses(instance)[name]).json() for name in ("smart", "openid", "oauth"))
    assert openid == oauth
    assert all(smart[key] == openid[key] for key in smart.keys() & openid.keys())


def test_each_document_is_json_whatever_is_accepted(document, http):
    for accept in ("text/html", "application/fhir+json", "image/png;q=0.1", "application/xml"):
        answer = http.get(document, headers={"accept": accept})
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"


def test_each_document_is_for_every_web_page(document, http):
    for origin in ("https://anybody.example", "null"):
        answer = http.get(document, headers={"origin": origin})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    preflight = http.options(
        document,
        headers={
            "origin": "https://anybody.example",
            "access-control-request-method": "GET",
            "access-control-request-headers": "accept",
        },
    )
    assert preflight.status_code == 204 and preflight.headers["access-control-allow-origin"] == "*"


def test_each_document_is_not_sent_again_to_who_has_it(document, http):
    first = http.get(document)
    assert first.headers["etag"] and "max-age=300" in first.headers["cache-control"]
    second = http.get(document, headers={"if-none-match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]
    assert http.get(document, headers={"if-none-match": '"another"'}).status_code == 200


def test_each_document_answers_head_and_refuses_other_methods(document, http):
    head = http.head(document)
    assert (head.status_code, head.content) == (200, b"")
    for method in ("POST", "PUT", "DELETE"):
        answer = http.request(method, document)
        assert answer.status_code == 405 and "GET" in answer.headers["allow"]


def test_no_document_sets_a_cookie(document, http):
    assert "set-cookie" not in http.get(document).headers


def test_the_key_set_holds_public_signing_keys_alone(instance, http):
    keys = http.get(addresses(instance)["jwks"]).json()["keys"]
    assert len(keys) >= 2, "the key that signs and the next one"
    for key in keys:
        assert set(key) <= {"kty", "n", "e", "kid", "use", "alg", "x5c", "x5t#S256"}
        assert key["kty"] == "RSA" and key["use"] == "sig" and key["alg"] == "RS256" and key["kid"]
        assert len(key["n"]) >= 342, "2048 bits"
    assert len({key["kid"] for key in keys}) == len(keys)


def test_discovery_is_nowhere_else(instance, http):
    for path in (
        "/.well-known/smart-configuration",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/fhir/.well-known/unknown",
    ):
        assert http.get(f"{instance.base}{path}").status_code in (400, 401, 404)
