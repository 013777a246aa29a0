"""What a token may see: an oracle that was written from the documented rules and shares nothing with the server.

It knows the types of the demo data and takes every other for hidden.
"""

import dataclasses
import re
from urllib.parse import unquote

SHARED = {"Organization", "Location", "Practitioner", "PractitionerRole", "Medication"}

# Where an instance of each type names its one patient.
SUBJECT = {
    **dict.fromkeys(("Encounter", "Condition", "Observation", "MedicationRequest", "DocumentReference"), "subject"),
    **dict.fromkeys(("List", "DiagnosticReport", "Procedure", "CarePlan", "Goal"), "subject"),
    **dict.fromkeys(("AllergyIntolerance", "Immunization", "Device", "RelatedPerson"), "patient"),
    "Coverage": "beneficiary",
    "Task": "for",
}

# The elements by which one resource can be in the compartments of several patients.
NAMING = {
    **{type: (element,) for type, element in SUBJECT.items()},
    "Observation": ("subject", "performer"),
    "Condition": ("subject", "asserter"),
    "AllergyIntolerance": ("patient", "recorder", "asserter"),
    "DocumentReference": ("subject", "author"),
    "List": ("subject", "source"),
    "Appointment": ("participant",),
    "Provenance": ("target",),
}

# The elements behind the parameters that our tokens' constraints use.
CONSTRAINED = {"category": "category", "code": "code", "status": "status", "clinical-status": "clinicalStatus"}

VERSION_1 = {"read": "rs", "write": "cud", "*": "cruds"}


@dataclasses.dataclass(frozen=True)
class Denial:
    """What one patient does not let the app have."""

    patient: str
    #: None for everything.
    type: str | None = None
    #: Pairs of a parameter and its values, as those of a grant.
    constraints: tuple = ()

    @property
    def options(self):
        """Of `vestibule consent deny`."""
        if self.type is None:
            return ("--patient", self.patient)
        query = "&".join(f"{name}={','.join(values)}" for name, values in self.constraints)
        return ("--patient", self.patient, "--scope", f"patient/{self.type}.cruds{'?' if query else ''}{query}")


@dataclasses.dataclass(frozen=True)
class Grant:
    #: None for everybody.
    patients: frozenset | None
    #: None for every type.
    type: str | None
    letters: str
    #: Pairs of a parameter and its values.
    constraints: tuple = ()
    #: One resource of that type and no other.
    instance: str | None = None


def grant(scope, patients):
    """A clinical scope as a grant; None for every other scope."""
    found = re.fullmatch(r"(patient|user|system)/(\*|[A-Za-z]+)\.([a-z*]+)(?:\?(.*))?", scope)
    if not found:
        return None
    _, type, letters, query = found.groups()
    constraints = tuple(
        (unquote(name), tuple(unquote(values).split(",")))
        for name, _, values in (pair.partition("=") for pair in (query or "").split("&") if pair)
    )
    return Grant(patients, None if type == "*" else type, VERSION_1.get(letters, letters), constraints)


def named(value):
    """The type and id that a Reference names, if it is one to this server."""
    text = value.get("reference") if isinstance(value, dict) else None
    if not isinstance(text, str):
        return None
    found = re.fullmatch(r"(?:https://localhost:\d+/fhir/)?([A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]+)?", text)
    return found and found.groups()


class Record:
    """Everything a FHIR server has: the current resources and all earlier versions."""

    def __init__(self):
        self.current, self.versions = {}, {}

    def note(self, entry):
        """An entry of a history, oldest first."""
        type, id = entry["fullUrl"].split("/")[-2:]
        version = entry["response"]["etag"].removeprefix('W/"').rstrip('"')
        resource = entry.get("resource")
        self.versions[type, id, version] = resource
        if resource:
            self.current[type, id] = resource
        else:
            self.current.pop((type, id), None)

    def of(self, type):
        return [resource for (each, _), resource in self.current.items() if each == type]


class Sight:
    """All that one token's grants show of a record."""

    def __init__(self, grants, record, denials=()):
        self.grants, self.record, self.denials = grants, record, denials
        self.patients = frozenset().union(*(each.patients for each in grants if each.patients))

    def shows(self, resource, letters="cruds"):
        """Whether a grant with one of the letters reaches the resource, and nobody whom it concerns denies it."""
        return not any(self.denies(each, resource) for each in self.denials) and any(
            grant.type in (None, resource.get("resourceType"))
            and set(grant.letters) & set(letters)
            and (grant.instance is None or grant.instance == resource.get("id"))
            and (grant.patients is None or grant.instance or self.concerns(grant.patients, resource))
            and all(holds(resource, *each) for each in grant.constraints)
            for grant in self.grants
        )

    def shows_version(self, type, id, version, resource, letters):
        """The same for what an answer holds: as it is stored, or as it came where the record does not know it."""
        stored = self.record.versions.get((type, id, version)) or self.record.current.get((type, id))
        return self.shows(stored or resource, letters)

    def sees_all_of(self, type, letters="rs"):
        if type not in SHARED and any(type is None or each.type in (None, type) for each in self.denials):
            return False
        return any(
            grant.patients is None
            and not grant.constraints
            and not grant.instance
            and grant.type in (None, type)
            and set(grant.letters) & set(letters)
            for grant in self.grants
        )

    @property
    def is_of_everybody(self):
        """Whether some grant is limited to no patients."""
        return any(grant.patients is None and not grant.instance for grant in self.grants)

    def denies(self, denial, resource):
        type = resource.get("resourceType")
        return (
            denial.type in (None, type)
            and type not in SHARED
            and self.touches({denial.patient}, resource)
            and all(holds(resource, *each) for each in denial.constraints)
        )

    def touches(self, patients, resource):
        """Whether the resource is of one of the patients, be it of others as well."""
        type = resource.get("resourceType")
        if type in SHARED:
            return False
        if type == "Provenance":
            found = [self.record.current.get(each) for each in map(named, resource.get("target", [])) if each]
            return any(each and each["resourceType"] != "Provenance" and self.touches(patients, each) for each in found)
        if type == "Group":
            return any(own(each.get("entity"), patients) for each in resource.get("member", []))
        if type == "Device" and "patient" not in resource:
            return False
        return self.concerns(patients, resource)

    def concerns(self, patients, resource):
        type = resource.get("resourceType")
        if type == "Patient":
            return resource.get("id") in patients
        if type in SHARED:
            return True
        if type == "Appointment":
            actors = [named(each.get("actor")) for each in resource.get("participant", [])]
            return any(each and each[0] == "Patient" and each[1] in patients for each in actors)
        if type == "Provenance":
            return self.concerns_targets(patients, resource)
        if type == "Binary":
            return self.concerns_binary(patients, resource)
        if type not in SUBJECT:
            return False
        if type == "Device" and "patient" not in resource:
            return True
        return own(resource.get(SUBJECT[type]), patients)

    def concerns_targets(self, patients, provenance):
        """About something of the patient, and about nothing of anybody else."""
        targets = [named(each) for each in provenance.get("target", [])]
        found = [self.record.current.get(each) for each in targets if each]
        return (
            len(found) == len(targets)
            and any(each and each["resourceType"] not in SHARED for each in found)
            and all(each and each["resourceType"] != "Provenance" and self.concerns(patients, each) for each in found)
        )

    def concerns_binary(self, patients, binary):
        if own(binary.get("securityContext"), patients):
            return True
        address = f"Binary/{binary.get('id')}"
        return any(
            own(each.get("subject"), patients)
            and any(content.get("attachment", {}).get("url") == address for content in each.get("content", []))
            for each in self.record.of("DocumentReference")
        )


def own(reference, patients):
    found = named(reference)
    return bool(found and found[0] == "Patient" and found[1] in patients)


def holds(resource, parameter, values):
    """FHIR's token rule on the codes of an element; its words never count."""
    if parameter not in CONSTRAINED:
        return False
    element = resource.get(CONSTRAINED[parameter], [])
    for each in element if isinstance(element, list) else [element]:
        if isinstance(each, str):
            if each in values:
                return True
            continue
        for coding in each.get("coding", []):
            system, code = coding.get("system"), coding.get("code")
            if {code, f"{system or ''}|{code}"} & set(values):
                return True
    return False
