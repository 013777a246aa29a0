"""The same programs as plain CGI: under fcgiwrap behind an nginx, and by environment and standard input alone."""

import base64
import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
from urllib.parse import urlencode

import httpx
import pytest

from instance import free_port, is_listening, until
from oauth import Page

PATHS = {
    "/fhir/.well-known/smart-configuration": "discovery",
    "/oauth2/jwks": "jwks",
    "/oauth2/authorize": "authorize",
    "/oauth2/token": "token",
    "/oauth2/introspect": "introspect",
    "/portal/": "portal",
    "/fhir/": "enforce",
}

NGINX = """
daemon off; pid {directory}/nginx.pid; error_log {directory}/error.log; worker_processes 1; {user}
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port};
    {locations}
  }}
}}
"""
LOCATION = """
    location {path} {{
      fastcgi_pass unix:{directory}/fcgiwrap.sock;
      fastcgi_param SCRIPT_FILENAME {programs}/vestibule-{name};
      fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param QUERY_STRING $query_string; fastcgi_param REMOTE_ADDR $remote_addr;
      fastcgi_param CONTENT_TYPE $content_type if_not_empty; fastcgi_param CONTENT_LENGTH $content_length if_not_empty;
      fastcgi_param REQUEST_ID $request_id;
    }}
"""


@pytest.fixture(scope="module")
def wrapped(instance):
    """The address of an nginx in front of fcgiwrap, which starts a program for each request."""
    for program in ("fcgiwrap", "nginx"):
        assert shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin"), f"install the package of {program}"
    directory = pathlib.Path(tempfile.mkdtemp(prefix="vestibule-cgi-"))
    port = free_port()
    locations = "".join(
        LOCATION.format(
            path=path if path.endswith("/") else f"= {path}", directory=directory, programs=instance.programs, name=name
        )
        for path, name in PATHS.items()
    )
    configuration = directory / "nginx.conf"
    configuration.write_text(NGINX.format(directory=directory, port=port, locations=locations, user="user root;"))
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "VESTIBULE_CONFIG": str(instance.configuration)}
    with (directory / "log").open("w") as log:
        processes = [
            subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
            for command in (
                ["fcgiwrap", "-c", "4", "-s", f"unix:{directory}/fcgiwrap.sock"],
                ["nginx", "-p", directory, "-c", configuration, "-e", directory / "error.log"],
            )
        ]
    try:
        until(lambda: is_listening(directory / "fcgiwrap.sock"))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http:
            until(lambda: answers(http))
            yield http
    finally:
        for process in processes:
            # Those it has started as well.
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        shutil.rmtree(directory)


def answers(http):
    try:
        return http.get("/").status_code == 404
    except httpx.ConnectError:
        return False


def run(instance, name, path, body=b"", **variables):
    """One request to a program by RFC 3875: variables in, document out."""
    uri, _, query = path.partition("?")
    environment = {
        "VESTIBULE_CONFIG": str(instance.configuration),
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": path,
        "SCRIPT_NAME": uri,
        "QUERY_STRING": query,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        **variables,
    }
    if body:
        environment["CONTENT_LENGTH"] = str(len(body))
    done = subprocess.run(
        [instance.programs / f"vestibule-{name}"], env=environment, input=body, capture_output=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    fields = {key.lower(): value for key, value in fields.items()}
    return httpx.Response(
        int(fields.pop("status", "200").split()[0]),
        headers=fields,
        content=content,
        request=httpx.Request("GET", f"https://localhost{path}"),
    )


FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "REQUEST_METHOD": "POST"}


def both(instance, wrapped, name, path, body=b"", **variables):
    """The answer through fcgiwrap and the answer of the bare program, which are the same in what counts."""
    method = variables.get("REQUEST_METHOD", "GET")
    headers = {"content-type": variables["CONTENT_TYPE"]} if "CONTENT_TYPE" in variables else {}
    found = wrapped.request(method, path, content=body, headers=headers), run(instance, name, path, body, **variables)
    assert found[0].status_code == found[1].status_code
    assert found[0].headers.get("content-type") == found[1].headers.get("content-type")
    return found


def test_discovery_answers(instance, wrapped, http):
    served = http.get(f"{instance.fhir}/.well-known/smart-configuration")
    for answer in both(instance, wrapped, "discovery", "/fhir/.well-known/smart-configuration"):
        assert answer.status_code == 200 and answer.json() == served.json()
        assert answer.headers["access-control-allow-origin"] == "*" and answer.headers["etag"] == served.headers["etag"]


def test_the_keys_answer(instance, wrapped, http):
    served = http.get(f"{instance.base}/oauth2/jwks").json()
    for answer in both(instance, wrapped, "jwks", "/oauth2/jwks"):
        assert {key["kid"] for key in answer.json()["keys"]} >= {key["kid"] for key in served["keys"]} and served[
            "keys"
        ]


def test_the_authorization_endpoint_shows_its_error(instance, wrapped):
    for answer in both(instance, wrapped, "authorize", "/oauth2/authorize?client_id=nobody"):
        assert answer.status_code == 400 and "The app could not be opened" in Page(answer).text


def test_the_authorization_endpoint_redirects(instance, wrapped, rounds):
    for answer in both(instance, wrapped, "authorize", f"/oauth2/authorize?{rounds.request().query}"):
        assert answer.status_code == 303 and answer.headers["location"].startswith(
            f"{instance.base}/oauth2/authorize?interaction="
        )
        assert "HttpOnly" in answer.headers["set-cookie"]


def test_the_token_endpoint_says_its_error_in_json(instance, wrapped):
    body = b"grant_type=authorization_code&client_id=rounds&code=x&redirect_uri=x&code_verifier=" + b"v" * 43
    for answer in both(instance, wrapped, "token", "/oauth2/token", body, **FORM):
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant"
        assert answer.headers["cache-control"] == "no-store"


def test_a_code_can_be_exchanged_by_cgi(instance, rounds, patient):
    request = rounds.request()
    answer = patient.authorize(request)
    body = urlencode(
        {
            "grant_type": "authorization_code",
            "client_id": "rounds",
            "code": answer["code"],
            "redirect_uri": rounds.redirect_uri,
            "code_verifier": request.verifier,
        }
    ).encode()
    tokens = run(instance, "token", "/oauth2/token", body, **FORM)
    assert (
        tokens.status_code == 200
        and rounds.fhir(tokens.json()["access_token"], "Patient/maja-oconnor").status_code == 200
    )


def test_introspection_answers(instance, wrapped, reporting):
    for answer in both(instance, wrapped, "introspect", "/oauth2/introspect", b"token=x", **FORM):
        assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"
    basic = base64.b64encode(f"reporting:{reporting.secret}".encode()).decode()
    answer = run(instance, "introspect", "/oauth2/introspect", b"token=x", HTTP_AUTHORIZATION=f"Basic {basic}", **FORM)
    assert answer.json() == {"active": False}


def test_the_sign_in_page_shows(instance, wrapped):
    for answer in both(instance, wrapped, "portal", "/portal/sign-in"):
        assert answer.status_code == 200 and Page(answer).has_form("/portal/sign-in")


def test_the_enforcer_asks_for_a_token(instance, wrapped):
    for answer in both(instance, wrapped, "enforce", "/fhir/Patient/maja-oconnor"):
        assert answer.status_code == 401 and answer.json()["resourceType"] == "OperationOutcome"
        assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_the_enforcer_reads_for_a_token(instance, rounds, patient):
    token = rounds.tokens(patient)["access_token"]
    answer = run(instance, "enforce", "/fhir/Patient/maja-oconnor", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.status_code == 200 and answer.json()["id"] == "maja-oconnor"


def test_a_request_cannot_name_another_configuration(instance, tmp_path):
    """A CGI command line is made from the query, and parameters of a request are HTTP_…: neither is listened to."""
    other = tmp_path / "other.toml"
    other.write_text(instance.configuration.read_text().replace("localhost", "evil.example"))
    path = "/fhir/.well-known/smart-configuration"
    environment = {
        "VESTIBULE_CONFIG": str(instance.configuration),
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": path,
        "HTTP_VESTIBULE_CONFIG": str(other),
        "QUERY_STRING": f"--config+{other}",
    }
    done = subprocess.run(
        [instance.programs / "vestibule-discovery", "--config", other, "--listen", tmp_path / "x.sock"],
        env=environment,
        capture_output=True,
        timeout=30,
    )
    assert done.returncode == 0 and b"evil" not in done.stdout and instance.fhir.encode() in done.stdout


def test_a_body_shorter_than_promised_holds_nobody_for_ever(instance):
    done = subprocess.run(
        [instance.programs / "vestibule-token"],
        input=b"grant_type=x",
        capture_output=True,
        timeout=30,
        env={
            "VESTIBULE_CONFIG": str(instance.configuration),
            "REQUEST_URI": "/oauth2/token",
            "CONTENT_LENGTH": "1000",
            **FORM,
        },
    )
    assert b" 200 " not in done.stdout[:20] and b"access_token" not in done.stdout


def test_head_has_no_body(instance):
    answer = run(instance, "jwks", "/oauth2/jwks", REQUEST_METHOD="HEAD")
    assert answer.status_code == 200 and answer.content == b""


def test_a_broken_configuration_is_one_line_and_no_document(instance):
    done = subprocess.run(
        [instance.programs / "vestibule-jwks"],
        capture_output=True,
        text=True,
        timeout=30,
        env={"VESTIBULE_CONFIG": "/nowhere/vestibule.toml", "REQUEST_METHOD": "GET", "REQUEST_URI": "/oauth2/jwks"},
    )
    assert done.returncode != 0 and len(done.stderr.splitlines()) == 1 and "vestibule.toml" in done.stderr


def test_of_many_processes_that_redeem_one_code_one_wins(instance, patient, rounds):
    """Each plain CGI request is a process of its own with a writer of its own: only the store can decide."""
    request = rounds.request()
    answer = patient.authorize(request)
    body = urlencode(
        {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": rounds.redirect_uri,
            "code_verifier": request.verifier,
            "client_id": rounds.client_id,
        }
    ).encode()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: run(instance, "token", "/oauth2/token", body, **FORM), range(8)))
    won = [each for each in answers if each.status_code == 200]
    assert len(won) == 1
    assert all(
        each.status_code == 400 and each.json()["error"] == "invalid_grant" for each in answers if each not in won
    )
