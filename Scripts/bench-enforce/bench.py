"""What the enforcement costs, against the least that nginx and a C program can do for the same requests.

Called with the folder of an instance in front of the FHIR server below; or with
`upstream FOLDER PORT` to make that server: an nginx that serves four documents, as fast as anything can.
"""

import json
import pathlib
import re
import subprocess
import sys
import time

OWN, ENTRIES, MANY = "p1", 40, 19_000
FHIR = "application/fhir+json"


def observation(number, kind="Observation"):
    """About 1,250 bytes, so that forty of them make a Bundle of 50 kB."""
    return {
        "resourceType": kind,
        "id": f"o{number}",
        "meta": {"versionId": "1", "lastUpdated": "2026-11-01T08:00:00Z"},
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4", "display": "Hemoglobin A1c"}], "text": "A1c"},
        "subject": {"reference": f"Patient/{OWN}", "display": "Somebody"},
        "encounter": {"reference": "Encounter/e1"},
        "effectiveDateTime": "2026-01-01T00:00:00Z",
        "performer": [{"reference": "Practitioner/d1", "display": "Dr. Somebody Else"}],
        "valueQuantity": {"value": 7.1, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
        "note": [{"text": "A note of the laboratory, as long as such notes are. " * 5}],
        "referenceRange": [{"low": {"value": 4.0, "unit": "%"}, "high": {"value": 5.6, "unit": "%"}}],
    }


def documents(base):
    names = {"Patient": "_id", "Observation": "patient", "Condition": "patient"}
    listed = [{"type": name, "searchParam": [{"name": parameter}]} for name, parameter in names.items()]
    entries = [
        {"fullUrl": f"{base}/Observation/o{each}", "resource": observation(each), "search": {"mode": "match"}}
        for each in range(ENTRIES)
    ]
    many = [{"resource": observation(each, "Condition")} for each in range(MANY)]
    link = [{"relation": "self", "url": f"{base}/Observation?patient=Patient/{OWN}"}]
    person = {"resourceType": "Patient", "id": OWN, "name": [{"family": "Somebody", "given": ["New"]}]}
    return {
        "metadata": {"resourceType": "CapabilityStatement", "rest": [{"mode": "server", "resource": listed}]},
        f"Patient/{OWN}": person,
        "Patient": {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": person}]},
        "Practitioner": {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": {"resourceType": "Practitioner", "id": "d1"}}]},
        "Condition": {"resourceType": "Bundle", "type": "searchset", "entry": many},
        "Observation": {"resourceType": "Bundle", "type": "searchset", "total": ENTRIES, "link": link, "entry": entries},
    }


def make_upstream(folder, port):
    folder = pathlib.Path(folder)
    locations = ""
    for number, (path, document) in enumerate(documents(f"http://127.0.0.1:{port}/fhir").items()):
        (folder / f"{number}.json").write_text(json.dumps(document, separators=(",", ":")))
        locations += f"    location = /fhir/{path} {{ alias {folder}/{number}.json; }}\n"
    (folder / "upstream.conf").write_text(
        f"""user root; worker_processes 1; pid {folder}/upstream.pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off; default_type {FHIR}; types {{ }} keepalive_requests 1000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port};
{locations}  }}
}}
"""
    )


def run(directory):
    from instance import Instance
    from measuring import cpu, with_children
    from oauth import App, Person

    instance = Instance(directory / "demo.env")
    limit = subprocess.Popen([directory / "handoff", directory / "run/limit.sock"])
    configuration = directory / "nginx/nginx.conf"
    fhir = re.search(r"server (\S+);\s+keepalive 32", configuration.read_text())[1]
    common = "proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host localhost; proxy_max_temp_file_size 0;"
    added = f"""
    location /plain/ {{ {common} proxy_pass http://fhir_server/fhir/; }}
    location /limit/ {{ include {directory}/nginx/fastcgi.conf; fastcgi_pass unix:{directory}/run/limit.sock; }}
    location @limit_upstream {{ set $limit_target $upstream_http_x_fhir_target; {common} proxy_pass http://{fhir}/fhir$limit_target; }}
"""
    text = configuration.read_text()
    mark = f"    include {directory}/nginx/fhir.conf;\n"
    configuration.write_text(text.replace(mark, mark + added, 1))
    checked = ["nginx", "-q", "-t", "-p", directory, "-c", configuration, "-e", directory / "log/private/nginx-error.log"]
    subprocess.run(checked, check=True)
    subprocess.run(["kill", "-HUP", str(instance.pid("nginx-master"))], check=True)
    time.sleep(2)

    def token(who, scope):
        app = App(instance, instance["CONFIDENTIAL_CLIENT_ID"], instance["REDIRECT_URI"].replace("/index.html", "/callback"), instance["CONFIDENTIAL_CLIENT_SECRET"])
        person = Person(instance, instance[f"{who}_USER"], instance[f"{who}_PASSWORD"])
        return app.tokens(person, scope=scope)["access_token"]

    everybody, own = token("CLINICIAN", "openid user/*.rs"), token("PATIENT", "openid launch/patient patient/*.rs")
    root = f"https://localhost:{instance.port}"

    def cost(path, pids, bearer, is_refused=False):
        """Microseconds of nginx and the program for a request, and its status."""
        pids = with_children(instance.pid("nginx-master")) + pids
        before = cpu(pids)
        command = ["wrk", "-t1", "-c16", "-d2s", "-H", f"Authorization: Bearer {bearer}", root + path]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        spent, count = cpu(pids) - before, int(re.search(r"(\d+) requests in", output)[1])
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
        wanted = count if is_refused else 0
        assert (int(refused[1]) if refused else 0) == wanted, f"{path}: {output}"
        return spent / count * 1e6

    enforce = instance.pid("enforce")
    with instance.http() as http:
        answer = http.get(f"{root}/fhir/Condition", headers={"Authorization": f"Bearer {own}"})
        answer.raise_for_status()
    peak = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{enforce}/status").read_text())[1]
    size = len(answer.content) / 1e6
    print(f"\nA Bundle of {size:.0f} MB that is looked at: {int(peak) / 1024:.0f} MB resident at most (limit 100 MB)\n")
    cases = {
        "read, nginx to the FHIR server": (f"/plain/Patient/{OWN}", [], everybody),
        "read, C program and HANDOFF": (f"/limit/Patient/{OWN}", [limit.pid], everybody),
        "read, enforce and HANDOFF": (f"/fhir/Patient/{OWN}", [enforce], everybody),
        "read, enforce and RELAY": (f"/fhir/Patient/{OWN}", [enforce], own),
        "search of 50 kB, nginx to the FHIR server": ("/plain/Observation?code=x", [], everybody),
        "search of 50 kB, enforce and HANDOFF": ("/fhir/Observation?code=x", [enforce], everybody),
        "search of 50 kB, enforce and RELAY": ("/fhir/Observation?code=x", [enforce], own),
        "refused, another patient": ("/fhir/Observation?patient=x", [enforce], own, True),
        "refused, no such token": ("/fhir/Observation?code=x", [enforce], "vst_at_" + "A" * 43, True),
    }
    samples = {name: [] for name in cases}
    for _ in range(5):
        for name, case in cases.items():
            samples[name].append(cost(*case))
    costs = {name: sorted(found)[2] for name, found in samples.items()}
    print("The enforcement: CPU of nginx and the program, 16 connections with TLS, median of 5 runs of 2 seconds\n")
    for name, each in costs.items():
        print(f"  {name:<44}{each:>9.1f} us")
    handed, search = "read, enforce and HANDOFF", "search of 50 kB, nginx to the FHIR server"
    print()
    for name, ratio, unit, wanted in [
        ("HANDOFF of a read to the C program's", costs[handed] / costs["read, C program and HANDOFF"], "x", "1.5x"),
        ("RELAY of 50 kB beyond the plain proxy", (costs["search of 50 kB, enforce and RELAY"] - costs[search]) / 1000, " ms", "1 ms"),
        ("a refusal to a read that is handed on", costs["refused, another patient"] / costs[handed], "x", "1x"),
        ("a refused token to the same", costs["refused, no such token"] / costs[handed], "x", "1x"),
    ]:
        print(f"  {name:<44}{ratio:>9.2f}{unit}   (limit {wanted})")
    print()


if sys.argv[1] == "upstream":
    make_upstream(sys.argv[2], sys.argv[3])
else:
    run(pathlib.Path(sys.argv[1]))
