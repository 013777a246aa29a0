"""A FHIR server on another host, reached with TLS as docs/fhir-servers.md says: enforcement.md 2.8, RFC 9110 §4.3.4."""

import os
import signal
import ssl
import subprocess

import pytest

from fhir import outcome
from instance import own_instance, until
from lying_upstream import OWN, LyingUpstream
from oauth import App, Person


class SecureUpstream(LyingUpstream):
    """The same FHIR server behind a certificate of its own."""

    def __init__(self, folder):
        super().__init__()
        self.certificate, key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
            + ["-subj", "/CN=fhir", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", self.certificate],
            check=True,
            capture_output=True,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    @property
    def base(self):
        return f"https://localhost:{self.server.server_address[1]}/fhir"


def verifying(instance, authority):
    """The lines of the page, in front of every way to the FHIR server."""
    lines = f"proxy_ssl_verify on; proxy_ssl_trusted_certificate {authority}; proxy_ssl_name localhost;"
    for name in ("fhir", "relay"):
        file = instance.directory / f"nginx/{name}.conf"
        kept = [line for line in file.read_text().splitlines() if "proxy_ssl_" not in line]
        file.write_text("\n".join(kept).replace("proxy_pass https:", f"{lines}\n proxy_pass https:"))
    before = workers(instance)
    os.kill(instance.pid("nginx-master"), signal.SIGHUP)
    until(lambda: workers(instance) and not workers(instance) & before)


def workers(instance):
    master = instance.pid("nginx-master")
    found = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout
    return set(found.split())


@pytest.fixture(scope="module")
def upstream(tmp_path_factory):
    upstream = SecureUpstream(tmp_path_factory.mktemp("tls"))
    yield upstream
    upstream.close()


@pytest.fixture(scope="module")
def own(upstream):
    # Scripts/run asks the FHIR server itself, once.
    os.environ["CURL_CA_BUNDLE"] = str(upstream.certificate)
    try:
        with own_instance("--fhir", upstream.base) as instance:
            yield instance
    finally:
        os.environ.pop("CURL_CA_BUNDLE", None)


def test_the_certificate_of_the_fhir_server_is_looked_at(own, upstream):
    os.environ.pop("CURL_CA_BUNDLE", None)
    own.cli("client", "add", "--id", "tls", "--name", "TLS", "--redirect-uri", "https://tls.example/cb", "--scope",
            "openid launch/patient patient/*.rs user/*.rs")  # fmt: skip
    app = App(own, "tls", "https://tls.example/cb")
    verifying(own, upstream.certificate)
    patient = Person(own, own["PATIENT_USER"], own["PATIENT_PASSWORD"])
    limited = app.tokens(patient, scope="openid launch/patient patient/*.rs")["access_token"]
    clinician = Person(own, own["CLINICIAN_USER"], own["CLINICIAN_PASSWORD"])
    everybody = app.tokens(clinician, scope="openid user/*.rs")["access_token"]
    for token in (limited, everybody):
        assert app.fhir(token, f"Patient/{OWN}").json()["id"] == OWN
        assert app.fhir(token, "Observation?_count=50").json()["total"] > 0
    # Another authority than the one that signed: nobody is talked to.
    verifying(own, own["CA_CERT"])
    for token in (limited, everybody):
        for path in (f"Patient/{OWN}", "Observation?_count=50"):
            assert outcome(app.fhir(token, path), 503)
    patient.close()
    clinician.close()
