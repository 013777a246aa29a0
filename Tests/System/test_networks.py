"""The web server's limits count IPv6 networks, not addresses: RFC 4291 §2.5.1. A table, asked of a real nginx."""

import shutil
import subprocess

import httpx
import pytest

from instance import PROJECT, free_port, until

NGINX = """
daemon off; pid {directory}/nginx.pid; worker_processes 1; user root;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  include {project}/nginx/http.conf;
  server {{
    listen 127.0.0.1:{port};
    # The test says where it comes from.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Test-Address;
    location / {{ return 200 "$vestibule_network $vestibule_sign_in"; }}
  }}
}}
"""


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """What nginx counts a request from this address under, where it reads and where it signs in."""
    directory, port = tmp_path_factory.mktemp("nginx"), free_port()
    configuration = directory / "nginx.conf"
    configuration.write_text(NGINX.format(directory=directory, port=port, project=PROJECT))
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    process = subprocess.Popen([nginx, "-p", directory, "-c", configuration, "-e", directory / "error.log"])

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:

        def ask(address, method="GET"):
            return http.request(method, "/", headers={"x-test-address": address}).text.split()

        def answers():
            try:
                return ask("192.0.2.1")
            except httpx.TransportError:
                return None

        try:
            until(answers)
            yield ask
        finally:
            process.terminate()
            process.wait(10)


NETWORKS = {
    "192.0.2.1": "192.0.2.1",
    "::ffff:192.0.2.1": "192.0.2.1",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2:",
    "2001:db8:1:2::9": "2001:db8:1:2:",
    "2001:DB8:1:2::": "2001:db8:1:2:",
    "2001:db8:0:1::9": "2001:db8:0:1:",
    "2001:db8:1::9": "2001:db8:1:",
    "2001:db8::9": "2001:db8:",
    "::1": "::1",
}


@pytest.mark.parametrize("address", NETWORKS)
def test_the_web_server_counts_networks(counted, address):
    assert counted(address) == [NETWORKS[address]]
    assert counted(address, "POST") == [NETWORKS[address]] * 2
