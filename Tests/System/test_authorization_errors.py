"""Authorization requests that cannot be granted: which errors are shown, which are redirected: protocol A5, A6."""

import socket
from urllib.parse import urlencode

import pytest

from oauth import Answer, challenge

STATES = [
    "plain",
    "with spaces  and + plus",
    "\"quotes\" 'and' \\back",
    "Füße & 日本語 🩺",
    "</script><script>alert(1)</script>",
    "a=b&c=d#e?f",
    "%41%zz",
    "x" * 4096,
    "line\r\nSet-Cookie: evil=1",
    "\u202eright to left",
]


def shown(page, error, status=400):
    assert not isinstance(page, Answer), f"redirected to {page.url}"
    assert page.status == status and error in page.text, page.text
    assert "Nothing was shared" in page.text or "disabled" in page.text
    assert "Quote this number" in page.text, "an id that is also in the log"
    return True


def redirected(answer, request, error):
    assert isinstance(answer, Answer), f"shown: {answer.title} {answer.text}"
    assert answer.url.startswith(f"{request.parameters['redirect_uri']}?")
    assert answer["error"] == error, dict(answer)
    assert "code" not in answer and answer["iss"] == request.parameters["iss_expected"]
    description = answer["error_description"]
    assert description and all(" " <= each <= "~" and each not in '"\\' for each in description)
    assert answer.get("state") == request.parameters["state"]
    return True


@pytest.fixture
def ask(rounds, person):
    """Sends an authorization request of the demo app with changes; None leaves a parameter out."""

    def send(who=None, **changes):
        request = rounds.request(**changes)
        request.parameters["iss_expected"] = rounds.instance.fhir
        return (who or person()).open(request.url), request

    return send


# Shown: the address that an answer would go to is not proven


@pytest.mark.parametrize("client", ["unknown", "", None, "rounds ", "ROUNDS", "rounds\0", "<script>", "' OR 1=1"])
def test_an_unknown_or_missing_client_is_shown(ask, client):
    page, _ = ask(client_id=client)
    assert shown(page, "invalid_request" if client and "\0" in client else "invalid_client")


def test_a_disabled_client_is_shown(instance, register, person):
    app = register()
    request = app.request()
    instance.cli("client", "disable", app.client_id)
    page = person().open(request.url)
    assert shown(page, "invalid_client")


def variations(uri):
    scheme, rest = uri.split("://")
    host, path = rest.split("/", 1)
    name, port = host.split(":")
    return {
        "none": None,
        "empty": "",
        "relative": f"/{path}",
        "nonsense": "nonsense",
        "query": f"{uri}?x=1",
        "trailing slash": f"{uri}/",
        "no path": f"{scheme}://{host}",
        "longer path": f"{uri}x",
        "fragment": f"{uri}#x",
        "encoded dot": uri.replace(".", "%2e"),
        "dots": f"{scheme}://{host}/x/../{path}",
        "http": f"http://{rest}",
        "upper case": uri.upper(),
        "upper host": uri.replace("localhost", "LOCALHOST"),
        "other port": f"{scheme}://{name}:1/{path}",
        "no port": f"{scheme}://{name}/{path}",
        "userinfo": f"{scheme}://{host}@evil.example/{path}",
        "userinfo before": f"{scheme}://evil.example@{host}/{path}",
        "subdomain": f"{scheme}://{name}.evil.example:{port}/{path}",
        "backslash": f"{scheme}://{host}\\@evil.example/{path}",
        "other host": f"{scheme}://evil.example/{path}",
        "script": "javascript:alert(1)",
        "data": "data:text/html,x",
        "space": f"{uri} ",
        "newline": f"{uri}\r\nx",
        "protocol relative": f"//{rest}",
        "127.0.0.1": uri.replace("localhost", "127.0.0.1"),
        "nul": f"{uri}\0",
    }


@pytest.mark.parametrize("variation", list(variations("https://localhost:1234/index.html")))
def test_a_redirect_uri_that_is_not_registered_is_shown(instance, ask, variation):
    page, _ = ask(redirect_uri=variations(instance["REDIRECT_URI"])[variation])
    assert shown(page, "invalid_request")


def test_duplicate_client_and_redirect_are_shown(instance, ask):
    for name, value in (("client_id", "rounds"), ("redirect_uri", instance["REDIRECT_URI"])):
        page, _ = ask(**{name: [value, value]})
        assert shown(page, "invalid_request")
        page, _ = ask(**{name: [value, "https://evil.example/"]})
        assert shown(page, "invalid_request")


def test_a_missing_redirect_uri_is_shown_even_if_one_alone_is_registered(ask):
    page, _ = ask(redirect_uri=None)
    assert shown(page, "invalid_request")


def test_the_port_of_a_loopback_uri_is_free_for_a_native_app_alone(instance, register, patient, person):
    native = register(
        "--native", "--redirect-uri", "http://127.0.0.1/answer", "--redirect-uri", "http://localhost:70/answer"
    )
    tokens_at = native.request(redirect_uri="http://127.0.0.1:49152/answer")
    assert patient.authorize(tokens_at).url.startswith("http://127.0.0.1:49152/answer?")
    for uri in (
        "http://localhost:49152/answer",
        "http://127.0.0.1:49152/other",
        "http://127.0.0.2/answer",
        "https://127.0.0.1/answer",
    ):
        assert shown(person().open(native.request(redirect_uri=uri).url), "invalid_request"), uri
    web = register("--redirect-uri", "http://127.0.0.1/answer")
    assert shown(person().open(web.request(redirect_uri="http://127.0.0.1:49152/answer").url), "invalid_request")


def test_an_interaction_that_is_unknown_is_shown(person):
    for identity in ("unknown", "vst_in_" + "A" * 43, "é", "x" * 3000):
        page = person().open(f"/oauth2/authorize?{urlencode({'interaction': identity})}")
        assert not isinstance(page, Answer) and page.status == 400 and "expired" in page.title


def test_an_interaction_ends_after_ten_minutes(instance, patient, rounds):
    request = rounds.request()
    page = patient.sign_in(patient.open(request.url))
    with instance.database() as database:
        assert (
            database.execute(
                "UPDATE interactions SET expires_at = expires_at - 601 WHERE request LIKE ?", (f"%{request.state}%",)
            ).rowcount
            == 1
        )
    over = patient.submit(page.form("/portal/consent"), button=("decision", "allow"))
    assert not isinstance(over, Answer) and over.status == 400 and "expired" in over.title


# Redirected


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "CODE"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "unsupported_response_type"),
        ({"response_mode": "form_post"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "x" * 42}, "invalid_request"),
        ({"code_challenge": "x" * 44}, "invalid_request"),
        ({"code_challenge": "x" * 42 + "="}, "invalid_request"),
        ({"code_challenge": "x" * 42 + "+"}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"aud": ""}, "invalid_request"),
        ({"aud": "https://other.example/fhir"}, "invalid_request"),
        ({"aud": "https://localhost/fhir"}, "invalid_request"),
        ({"aud": "nonsense"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "nonsense"}, "invalid_scope"),
        ({"scope": "system/*.rs"}, "invalid_scope"),
        ({"scope": "patient/*.dus"}, "invalid_scope"),
        ({"scope": "patient/Observation.rs?category:in=x"}, "invalid_scope"),
        ({"scope": " ".join(f"patient/Nonsense{number}.rs" for number in range(200))}, "invalid_scope"),
        ({"launch": "unknown"}, "invalid_request"),
        ({"scope": "launch openid"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://evil.example/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"scope": ["openid", "openid"]}, "invalid_request"),
        ({"nonce": ["a", "b"]}, "invalid_request"),
        ({"unknown": ["a", "b"]}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
    ids=str,
)
def test_other_mistakes_are_told_to_the_app(ask, changes, error):
    answer, request = ask(**changes)
    assert redirected(answer, request, error)


def test_a_missing_challenge_is_named(ask):
    answer, _ = ask(code_challenge=None)
    assert "code challenge required" in answer["error_description"]


def test_the_aud_with_another_path_is_refused(instance, ask):
    for aud in (
        f"{instance.fhir}//",
        f"{instance.fhir}/x",
        f"{instance.fhir}?x",
        f"{instance.fhir}#x",
        instance.base,
        instance.fhir.upper(),
        instance.fhir.replace("https:", "http:"),
        f"{instance.base}/FHIR",
    ):
        answer, request = ask(aud=aud)
        assert redirected(answer, request, "invalid_request"), aud


@pytest.mark.parametrize("state", STATES, ids=range(len(STATES)))
def test_the_state_comes_back_byte_for_byte(ask, patient, rounds, state):
    answer, request = ask(state=state, aud=None)
    assert redirected(answer, request, "invalid_request")
    request = rounds.request(state=state)
    answer = patient.authorize(request)
    assert answer["state"] == state and "code" in answer
    assert answer.url.isascii() and not set(answer.url) & set("\r\n<>\"' ")


def test_a_state_is_needed_and_has_a_limit(ask):
    for state in (None, "", "x" * 4097):
        answer, _ = ask(state=state)
        assert answer["error"] == "invalid_request" and "state" not in answer
    answer, _ = ask(state=["one", "two"])
    assert answer["error"] == "invalid_request" and "state" not in answer


def test_empty_and_unknown_parameters_are_passed_over(patient, rounds):
    request = rounds.request(
        launch="",
        nonce="",
        prompt="",
        unknown="x",
        ui_locales="de fr",
        display="popup",
        acr_values="1",
        id_token_hint="x.y.z",
        claims="{}",
    )
    assert "code" in patient.authorize(request)


def test_a_long_scope_list_fits(patient, rounds):
    types = ["Condition", "Observation", "Immunization", "Encounter", "Procedure"] * 40
    scope = "launch/patient " + " ".join(f"patient/{name}.rs" for name in types)
    assert "code" in patient.authorize(rounds.request(scope=scope))


def test_raw_characters_in_the_address_are_taken(instance, rounds, person):
    """Some clients encode nothing but spaces."""
    query = "&".join(f"{name}={value}".replace(" ", "%20") for name, value in rounds.request().parameters.items())
    assert person().open(f"/oauth2/authorize?{query}").title.startswith("Sign in")


def test_a_posted_request_with_parameters_in_the_address_is_refused(person, rounds):
    request = rounds.request()
    page = person().follow(person().post(f"/oauth2/authorize?state={request.state}", request.parameters))
    assert shown(page, "invalid_request")


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_posted_request_is_a_form(person, rounds, kind):
    who = person()
    page = who.follow(
        who.send(
            "POST",
            rounds.discovered["authorization_endpoint"],
            content=urlencode(rounds.request().parameters),
            headers={"content-type": kind},
        )
    )
    assert shown(page, "invalid_request")


def test_other_methods_are_refused(http, rounds):
    for method in ("PUT", "DELETE", "PATCH"):
        answer = http.request(method, rounds.discovered["authorization_endpoint"])
        assert answer.status_code == 405 and answer.headers["allow"] == "GET, POST"


def test_too_many_parameters_are_refused_politely(person):
    page = person().open("/oauth2/authorize?client_id=rounds&" + "&".join(f"a{number}=1" for number in range(300)))
    assert shown(page, "invalid_request")
    broken = person().open("/oauth2/authorize?client_id=%zz&state=%ff")
    assert shown(broken, "invalid_request")


# RFC 9700 §4.12
def test_every_redirect_after_a_form_is_a_see_other(patient, rounds):
    request = rounds.request()
    page = patient.open(request.url)
    form = page.form("/portal/sign-in", "User name")
    fields = [
        (name, {"username": patient.username, "password": patient.password}.get(name, value))
        for name, value in form.fields
    ]
    assert patient.post("/portal/sign-in", fields).status_code == 303
    consent = patient.open(request.url).form("/portal/consent")
    assert patient.post("/portal/consent", [*consent.fields, ("decision", "allow")]).status_code == 303


# OpenID Core §6
def test_a_request_object_is_never_fetched(rounds, person):
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.5)
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/request"
        assert person().open(rounds.request(request_uri=url).url)["error"] == "request_uri_not_supported"
        with pytest.raises(TimeoutError):
            trap.accept()


def test_the_challenge_of_the_rfc_is_what_we_make():
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
