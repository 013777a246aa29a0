"""What FHIR answers hold, and how refusals look."""


def resources(bundle):
    return [entry["resource"] for entry in bundle.get("entry", [])]


def subjects(bundle):
    found = set()
    for resource in resources(bundle):
        reference = resource.get("subject", resource.get("patient", {})).get("reference", "")
        found.add(resource["id"] if resource["resourceType"] == "Patient" else reference.rsplit("/", 1)[-1])
    return found


def outcome(answer, status):
    """An error as FHIR says it, safe in a browser, with what a person can quote."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    found = answer.json()
    assert found["resourceType"] == "OperationOutcome" and found["issue"][0]["severity"] == "error"
    assert "[request " in found["issue"][0]["diagnostics"]
    assert is_inert(answer)
    return True


def is_inert(answer):
    return (
        answer.headers["x-content-type-options"],
        answer.headers["content-security-policy"],
        answer.headers["cache-control"],
    ) == ("nosniff", "sandbox", "no-store")
