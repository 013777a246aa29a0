"""What nginx itself says where a limit is reached, a body is too large or a program is away: threats F, S. No program runs."""

import base64
import hashlib
import re
import shutil
import subprocess

import httpx
import pytest

from instance import PROJECT, free_port, until

NGINX = """
daemon off; pid {directory}/nginx.pid; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  include {directory}/http.conf;
  server {{
    listen 127.0.0.1:{port};
    # Each test comes from an address of its own.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Test-Address;
    include {directory}/server.conf;
  }}
}}
"""
DOCUMENTS = [
    *("/fhir/.well-known/smart-configuration", "/fhir/.well-known/openid-configuration"),
    *("/.well-known/oauth-authorization-server/fhir", "/.well-known/openid-configuration/fhir", "/oauth2/jwks"),
]
ENDPOINTS = [
    *(f"/oauth2/{name}" for name in ("token", "introspect", "revoke", "launch", "register", "register/x")),
]
PAGES = ["/oauth2/authorize", "/portal", "/portal/sign-in", "/portal/patient"]
LIMITED = ["/oauth2/token", "/oauth2/revoke", "/oauth2/register"]


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """Our files as they are, but that one request a minute is the limit."""
    directory, port = tmp_path_factory.mktemp("nginx"), free_port()
    for file in (PROJECT / "nginx").glob("*.conf"):
        text = file.read_text().replace("/usr/share/vestibule/nginx", str(directory))
        text = text.replace("/var/log/vestibule-nginx", str(directory)).replace("/run/vestibule/", f"{directory}/")
        text = re.sub(r"rate=\d+r/s", "rate=1r/m", text)
        (directory / file.name).write_text(re.sub(r" burst=\d+ nodelay", "", text))
    (directory / "nginx.conf").write_text(NGINX.format(directory=directory, port=port))
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    options = ["-p", directory, "-c", directory / "nginx.conf", "-e", directory / "error.log"]
    process = subprocess.Popen([program, *options])
    numbers = iter(range(1, 250))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:

        def ask(path, address, **options):
            headers = {"x-test-address": address, "origin": "https://app.example"} | options.pop("headers", {})
            return http.request(options.pop("method", "POST"), path, headers=headers, **options)

        def answers():
            try:
                return ask("/", "192.0.2.250")
            except httpx.TransportError:
                return None

        try:
            until(answers)
            yield lambda: (f"192.0.2.{next(numbers)}", ask)
        finally:
            process.terminate()
            process.wait(10)


def is_json_for_any_page(answer, error):
    assert answer.json()["error"] == error and answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store" and answer.headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    return True


def is_plain_page(answer):
    assert answer.headers["content-type"] == "text/html" and "<h1>" in answer.text
    assert answer.headers["cache-control"] == "no-store" and "nginx" not in answer.text
    style = re.search("<style>(.*)</style>", answer.text)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = "default-src 'none'; style-src 'sha256-%s'; frame-ancestors 'none'"
    return answer.headers["content-security-policy"] == policy % digest


@pytest.mark.parametrize("path", DOCUMENTS + ENDPOINTS)
def test_a_program_that_is_away_is_said_in_json(nginx, path):
    address, ask = nginx()
    answer = ask(path, address, method="GET" if path in DOCUMENTS else "POST")
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1
    assert is_json_for_any_page(answer, "temporarily_unavailable")


@pytest.mark.parametrize("path", PAGES)
def test_a_person_is_told_on_a_page(nginx, path):
    """First that nobody is there, then that too many are."""
    address, ask = nginx()
    away, busy = ask(path, address), ask(path, address)
    assert (away.status_code, busy.status_code) == (503, 429)
    for answer in (away, busy):
        assert is_plain_page(answer) and int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        *((text, "en", "Not available just now") for text in ("", "en-GB,de;q=0.5", "fr-FR, en;q=0.8, es", "da, fr", "\"<b>")),
        *((text, "es", "No disponible en este momento") for text in ("es-MX, en", "fr, ca;q=0.9,es;q=0.5, de", "ES")),
        *((text, "de", "Gerade nicht erreichbar") for text in ("de", "de-AT;q=1, es", "fr,de-CH,en")),
    ],
)
def test_a_person_is_told_in_a_language_of_the_browser(nginx, accepted, language, title):
    address, ask = nginx()
    away = ask("/portal", address, headers={"accept-language": accepted})
    assert f'<html lang="{language}">' in away.text and f"<h1>{title}</h1>" in away.text and is_plain_page(away)


@pytest.mark.parametrize("path", LIMITED)
def test_an_app_that_asks_too_often_is_told_in_json(nginx, path):
    address, ask = nginx()
    ask(path, address)
    answer = ask(path, address)
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
    assert is_json_for_any_page(answer, "temporarily_unavailable")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_a_body_that_is_too_large_is_said_in_json(nginx, path):
    address, ask = nginx()
    answer = ask(path, address, content=b"x" * 70_000)
    assert answer.status_code == 413 and is_json_for_any_page(answer, "invalid_request")
