"""Requests as nobody would write them, out of what the FHIR server really has: for the rows and the parameters of the
decision table, in every spelling that two readers might take for two things."""

import copy
import dataclasses
import json
from urllib.parse import quote

from visible import SUBJECT

# Search parameters and the elements behind them, by type. Those of `Patient` and `subject` name people.
PARAMETERS = {
    "Patient": {
        **{"name": "name", "family": "name", "birthdate": "birthDate", "gender": "gender", "identifier": "identifier"},
        **{"general-practitioner": "generalPractitioner", "organization": "managingOrganization", "active": "active"},
    },
    "Observation": {
        **{"code": "code", "category": "category", "status": "status", "date": "effectiveDateTime"},
        **{"subject": "subject", "patient": "subject", "performer": "performer", "encounter": "encounter"},
        **{"value-quantity": "valueQuantity", "has-member": "hasMember", "focus": "focus", "combo-code": "code"},
    },
    "Condition": {
        **{"code": "code", "category": "category", "clinical-status": "clinicalStatus", "onset-date": "onsetDateTime"},
        **{"subject": "subject", "patient": "subject", "encounter": "encounter"},
    },
    "Encounter": {
        **{"class": "class", "type": "type", "status": "status", "date": "period", "subject": "subject"},
        **{"patient": "subject", "participant": "participant", "location": "location"},
    },
    "MedicationRequest": {
        **{"code": "medicationCodeableConcept", "status": "status", "intent": "intent", "authoredon": "authoredOn"},
        **{"subject": "subject", "patient": "subject", "requester": "requester", "medication": "medicationReference"},
    },
    "AllergyIntolerance": {"code": "code", "patient": "patient", "category": "category", "criticality": "criticality"},
    "Immunization": {"vaccine-code": "vaccineCode", "patient": "patient", "status": "status"},
    "DocumentReference": {
        **{"type": "type", "category": "category", "subject": "subject", "patient": "subject", "author": "author"},
        **{"encounter": "context", "status": "status", "contenttype": "status", "location": "status"},
    },
    "Appointment": {"actor": "participant", "patient": "participant", "status": "status", "date": "start"},
    "Device": {"patient": "patient", "type": "type", "status": "status", "organization": "owner"},
    "Task": {"patient": "for", "subject": "for", "requester": "requester", "owner": "owner", "status": "status"},
    "Provenance": {"target": "target", "patient": "target", "agent": "agent", "recorded": "recorded"},
    "Group": {"member": "member", "type": "type", "name": "name"},
    "List": {"subject": "subject", "patient": "subject", "item": "entry", "status": "status"},
    "Practitioner": {"name": "name", "identifier": "identifier", "active": "active"},
    "PractitionerRole": {"practitioner": "practitioner", "specialty": "specialty", "location": "location"},
    "Organization": {"name": "name", "identifier": "identifier"},
    "Location": {"name": "name", "status": "status", "organization": "managingOrganization"},
    "Binary": {"contenttype": "contentType"},
}
REFERRING = [
    *("Observation:subject", "Observation:performer", "Observation:has-member", "Observation:focus", "Task:requester"),
    *("Observation:encounter", "Condition:subject", "Encounter:subject", "Appointment:actor", "Appointment:patient"),
    *("Provenance:target", "Provenance:agent", "Task:patient", "Task:subject", "Device:patient", "Group:member"),
    *("DocumentReference:subject", "MedicationRequest:medication", "MedicationRequest:requester", "List:item"),
    *("Patient:general-practitioner", "Patient:organization", "PractitionerRole:practitioner", "*", "Observation:*"),
]
MODIFIERS = [
    *("missing", "exact", "contains", "not", "text", "in", "not-in", "below", "above", "of-type", "identifier", "type"),
    *("Patient", "Practitioner", "Group", "nonsense", "iterate", "", "Missing", "patient"),
]
OPERATIONS = [
    *("$everything", "$export", "$validate", "$lastn", "$docref", "$summary", "$graphql", "$match", "$meta", "$diff"),
    *("$expand", "$lookup", "$process-message", "$expunge", "$reindex", "$nonsense", "%24everything", "$everything/"),
]


@dataclasses.dataclass
class Request:
    kind: str
    method: str
    #: Behind the base, as it goes out.
    target: str
    headers: dict = dataclasses.field(default_factory=dict)
    body: str | None = None

    def text(self, **more):
        return json.dumps({**more, **dataclasses.asdict(self)}, ensure_ascii=False)

    @property
    def is_plain(self):
        """Whether two scopes show by it exactly what each shows alone: a search or a read, and nothing drawn in."""
        odd = ("clude", "_has", "%", ".", "_count", "_summary", "_total", "_type", "_page")
        return self.kind in ("read", "search") and not any(each in self.target for each in odd)


class Grammar:
    """`patients` and `types` are those that the token's scopes name; most of what is asked for is about them."""

    def __init__(self, chance, record, patients, types):
        self.chance, self.record, self.patients = chance, record, sorted(patients or ["maja-oconnor"])
        self.types = sorted(set(types) & PARAMETERS.keys())
        self.kinds = {
            **{self.search: 30, self.drawn: 12, self.inferred: 14, self.read: 8, self.history: 6, self.form: 8},
            **{self.compartment: 5, self.operation: 5, self.whole: 4, self.path: 5, self.page: 2, self.bulk: 2},
            **{self.create: 6, self.update: 6, self.patch: 6, self.delete: 2, self.conditional: 4, self.bundle: 8},
        }

    def next(self):
        return self.chance.choices(list(self.kinds), list(self.kinds.values()))[0]()

    # Pieces

    def one(self, *choices):
        return self.chance.choice(choices)

    def sometimes(self, share=0.2):
        return self.chance.random() < share

    def type(self):
        if self.types and self.sometimes(0.6):
            return self.chance.choice(self.types)
        usual = ["Observation", "Observation", "Condition", "Patient", "Encounter", "DocumentReference", "Provenance"]
        return self.chance.choice(usual if self.sometimes(0.6) else list(PARAMETERS))

    def resource(self, type=None):
        """One that is there: mostly a probe, or one of the token's patients."""
        members = self.record.of(type or self.type()) or self.record.of("Patient")
        ours = [each for each in members if self.is_near(each)]
        return self.chance.choice(ours if ours and self.sometimes(0.6) else members)

    def is_near(self, resource):
        subject = resource.get(SUBJECT.get(resource["resourceType"], "id"))
        text = subject if isinstance(subject, str) else (subject or {}).get("reference", "")
        return resource["id"].startswith("probe") or text.rsplit("/", 1)[-1] in self.patients

    def id(self, type):
        return "nobody-at-all" if self.sometimes(0.08) else self.resource(type)["id"]

    def person(self):
        own = self.chance.choice(self.patients)
        id = self.one(own, own, "robin-achterberg", "maja-oconnor", "gerda-thorvaldsen", "nobody-at-all")
        return self.one(
            *(id, f"Patient/{id}", f"Patient/{id}", f"https://localhost/fhir/Patient/{id}", f"Patient/{id}/_history/1"),
            *(
                f"{id},{own}",
                f"{own},Patient/{id}",
                f"{own}\\,{id}",
                f"patient/{id}",
                f" {id}",
                "",
                f"{own},",
                f",{id}",
            ),
        )

    def value(self, type, element, name=""):
        """A value of the element in a real resource, written as a search writes it."""
        if name in ("patient", "subject") and type != "Provenance" or element in ("for", "patient"):
            return self.person()
        found = self.resource(type).get(element)
        while isinstance(found, list):
            found = self.chance.choice(found) if found else None
        if isinstance(found, bool):
            return str(found).lower()
        if isinstance(found, str):
            return self.one("", "", "ge", "lt", "ne", "sa") + found if found[:2] in ("19", "20") else found
        if not isinstance(found, dict):
            return self.one("true", "final", "active", "2025", "*", "x")
        for inner in ("actor", "individual", "who", "location", "entity", "item"):
            if inner in found:
                found = found[inner]
        if "reference" in found:
            return self.one(found["reference"], found["reference"].rsplit("/", 1)[-1])
        if "coding" in found or "code" in found and "system" in found:
            coding = self.chance.choice(found.get("coding", [found]))
            code, system = coding.get("code", ""), coding.get("system", "")
            return self.one(f"{system}|{code}", code, f"|{code}", f"{system}|", found.get("text", code), f"{code},x")
        if "value" in found:
            value = found["value"]
            return str(value) if isinstance(value, str) else f"{self.one('', 'gt', 'le', 'ap', 'ne')}{value}"
        if "start" in found:
            return self.one("ge", "le") + found["start"][:10]
        return self.one(*[str(each) for each in found.values() if isinstance(each, str)] or ["x"])

    def plain(self, type):
        name = self.chance.choice(list(PARAMETERS[type]))
        value = self.value(type, PARAMETERS[type][name], name)
        if self.sometimes(0.2):
            modifier = self.chance.choice(MODIFIERS)
            value = self.one("true", "false") if modifier.lower() == "missing" else value
            name = f"{name}:{modifier}"
        return name, value

    def control(self, type):
        """A parameter about the answer, or about every type."""
        name = self.chance.choice(list(PARAMETERS[type]))
        if self.sometimes(0.5):
            return self.one(
                *(("_count", self.one("0", "1", "3", "50", "200")), ("_summary", self.one("count", "true", "text"))),
                *(("_sort", self.one("", "-") + name), ("_sort", self.one("_id", "-_lastUpdated"))),
                *(("_id", f"{self.id(type)},{self.id(type)}"), ("_id", self.id(type)), ("_tag", "probe")),
                *(("_total", "accurate"), ("_elements", "id,subject"), ("_lastUpdated", "gt2020"), ("_pretty", "true")),
            )
        other = self.chance.choice(list(PARAMETERS))
        return self.one(
            *(("_count", self.one("0", "1", "3", "50", "200", "10000", "-1", "x", "")), ("_summary", "count")),
            *(("_summary", self.one("true", "text", "data", "false", "COUNT")), ("_elements", "id,subject,category")),
            *(("_sort", self.one("", "-") + name), ("_sort", self.one("_id", "-_lastUpdated", "subject.name", "x"))),
            *(("_total", self.one("accurate", "estimate", "none")), ("_id", f"{self.id(type)},{self.id(type)}")),
            *(("_format", self.one("json", "xml", "application/fhir+json", "text/html")), ("_pretty", "true")),
            *(("_tag", self.one("probe", "https://hospital.example/tag|probe")), ("_security", "R"), ("_source", "x")),
            *(("_lastUpdated", self.one("gt2020", "lt2020", "ge2100", "x")), ("_profile", "x"), ("_type", other)),
            *(("_list", "probe-call-list"), ("_filter", f"{name} eq {self.value(type, PARAMETERS[type][name])}")),
            *(("_query", "all"), ("_contained", self.one("true", "both", "false")), ("_text", "Glucose")),
            *(("_content", "Glucose"), ("_offset", self.one("0", "5", "-5", "x")), ("_getpages", "x"), ("_graph", "x")),
            *(
                ("_id:not", self.id(type)),
                ("_has", "x"),
                ("_in", "x"),
                ("_at", "2025"),
                ("_since", "2025"),
                ("_x", "1"),
            ),
        )

    def include(self, name=None):
        name = name or self.one("_include", "_include", "_revinclude", "_revinclude")
        iterate = self.one("", "", "", ":iterate", ":recurse", ":Iterate", ":")
        return f"{name}{iterate}", self.chance.choice(REFERRING) + self.one("", "", "", ":Patient", ":Observation", ":")

    def chain(self, type):
        """Through a reference, once or more, with and without a type."""
        if self.sometimes(0.5):
            other, names = self.one(
                ("Patient", ("subject", "patient", "subject:Patient")),
                ("Practitioner", ("performer:Practitioner", "participant:Practitioner", "requester:Practitioner")),
            )
            name, value = self.plain(other)
            return f"{self.one(*names)}.{name}", value
        names = [each for each in REFERRING if each.startswith(f"{type}:") and "*" not in each] or [
            "Observation:subject"
        ]
        reference = self.chance.choice(names).split(":")[1]
        other = self.one("Patient", "Practitioner", "Observation", "Encounter", "DocumentReference")
        name, value = self.plain(other)
        kind, further = self.one("", f":{other}", ":Group"), self.one("", "", "subject.", "patient:Patient.")
        return f"{reference}{kind}.{further}{name}", value

    def has(self, type, depth=0):
        if depth == 0 and self.sometimes(0.5):
            other = self.one("Observation", "Condition", "Encounter", "Task", "Group", "Appointment", "Provenance")
            name, value = self.plain(other)
            reference = {"Group": "member", "Appointment": "actor", "Provenance": "target"}.get(other, "patient")
            return f"_has:{other}:{reference}:{name}", value
        other, reference = self.chance.choice([each for each in REFERRING if ":" in each and "*" not in each]).split(
            ":"
        )
        if depth < 2 and self.sometimes(0.25):
            name, value = self.has(other, depth + 1)
        else:
            name, value = self.chain(other) if self.sometimes(0.1) else self.plain(other)
        return f"_has:{other}:{reference}:{name}", value

    # Spellings

    def spelled(self, pairs):
        """A query: percent signs where none is needed, a plus for a space, pairs twice, empty ones."""
        texts = []
        for name, value in pairs:
            for _ in range(2 if self.sometimes(0.04) else 1):
                texts.append(f"{self.written(name)}={self.written(value, self.one(':/,|', ':/', ''))}")
        if self.sometimes(0.05):
            texts.insert(0, self.one("", "=", "=x", "_id", "patient"))
        return self.one("&", "&", "&", "&", "&", "&", "&", "&&", ";", "%26").join(texts)

    def written(self, text, kept=":/,|"):
        encoded = quote(text, safe=kept + "_:$.-").replace("%20", self.one("%20", "+"))
        if encoded and self.sometimes(0.08):
            index = self.chance.randrange(len(encoded))
            if encoded[index].isalnum() and "%" not in encoded[max(0, index - 2) : index]:
                byte = f"%{ord(encoded[index]):02{self.one('x', 'X')}}"
                encoded = encoded[:index] + byte + encoded[index + 1 :]
        return encoded.upper() if self.sometimes(0.01) else encoded

    def query(self, type, *more):
        pairs = [*more, *(self.plain(type) for _ in range(self.chance.choice([0, 0, 1, 1, 2])))]
        pairs += [self.control(type) for _ in range(self.chance.choice([0, 0, 0, 1, 2]))]
        if self.sometimes():
            pairs.append(("patient", self.person()))
        self.chance.shuffle(pairs)
        return pairs

    def at(self, path, pairs):
        return f"{path}?{self.spelled(pairs)}" if pairs else path

    def headers(self):
        headers = {}
        if self.sometimes(0.1):
            headers["Prefer"] = self.one("handling=lenient", "handling=strict", "return=minimal", "respond-async")
        if self.sometimes(0.05):
            headers["If-None-Match"] = self.one('W/"1"', "*", '"2"')
        if self.sometimes(0.05):
            headers["Accept"] = self.one("application/json", "application/fhir+xml", "text/html", "*/*", "x/y")
        return headers

    def get(self, kind, target):
        return Request(kind, "HEAD" if self.sometimes(0.03) else "GET", target, self.headers())

    # Reading

    def search(self):
        type = self.type()
        return self.get("search", self.at(f"/{type}", self.query(type)))

    def drawn(self):
        type = self.type()
        draws = [self.include() for _ in range(self.chance.choice([1, 1, 2, 3]))]
        if self.sometimes(0.4):
            draws.append(("_id", self.resource(type)["id"]))
            return self.get("include", self.at(f"/{type}", draws))
        return self.get("include", self.at(f"/{type}", self.query(type, *draws)))

    def inferred(self):
        """What would tell of the hidden by who is found, or in which order."""
        kind = self.one("chain", "chain", "has", "has", "sort")
        type = "Patient" if kind == "has" and self.sometimes(0.5) else self.type()
        pair = {"chain": self.chain, "has": self.has, "sort": self.sorted}[kind](type)
        rest = [] if self.sometimes(0.6) else self.query(type)
        return self.get(kind, self.at(f"/{type}", [pair, *rest]))

    def sorted(self, type):
        by = self.one(*PARAMETERS[type], "subject.name", "patient.birthdate", "_has:Observation:subject:date")
        return "_sort", self.one("", "-") + by

    def read(self):
        type = self.type()
        pairs = [self.control(type)] if self.sometimes(0.15) else []
        return self.get("read", self.at(f"/{type}/{self.id(type)}", pairs))

    def history(self):
        type = self.type()
        id = self.one("probe-moved", self.id("Observation")) if type == "Observation" else self.id(type)
        path = self.one(
            *(f"/{type}/{id}/_history/{self.one('1', '2', '3', '0', 'x')}", f"/{type}/{id}/_history"),
            *(f"/{type}/_history", "/_history", f"/{type}/{id}/_history/1/x", f"/{type}/{id}/_history/"),
        )
        return self.get("history", self.at(path, [self.control(type)] if self.sometimes() else []))

    def form(self):
        type = self.type()
        pairs = self.query(type, *([self.include()] if self.sometimes() else []))
        cut = self.chance.randrange(len(pairs) + 1)
        path = self.one(f"/{type}/_search", f"/{type}/_search", f"/{type}/_search", "/_search", f"/{type}/_search/")
        content = self.one(*["application/x-www-form-urlencoded"] * 5, "application/fhir+json", "text/plain")
        headers = {**self.headers(), "Content-Type": content}
        return Request("form", "POST", self.at(path, pairs[:cut]), headers, self.spelled(pairs[cut:]))

    def compartment(self):
        type, person = self.type(), self.one(*self.patients, "robin-achterberg")
        owner = self.one(f"Patient/{person}", f"Patient/{person}", f"Encounter/{self.id('Encounter')}", "Group/1")
        path = f"/{owner}/{self.one(type, type, type, '*')}"
        if self.sometimes():
            pairs = self.query(type)
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return Request("compartment", "POST", f"{path}/_search", headers, self.spelled(pairs))
        return self.get("compartment", self.at(path, self.query(type)))

    def operation(self):
        name, person = self.chance.choice(OPERATIONS), self.one(*self.patients, "robin-achterberg")
        type = self.type()
        place = self.one(
            *(f"/Patient/{person}", f"/Patient/{person}", f"/{type}", f"/{type}/{self.id(type)}", "", "/Patient"),
            "/Group/cardiometabolic-clinic",
        )
        pairs = [
            self.one(("_type", "Patient,Observation"), ("_count", "3"), ("patient", self.person()), ("start", "2025"))
            for _ in range(self.chance.choice([0, 0, 1, 2]))
        ]
        if self.sometimes(0.3):
            body = self.one({"resourceType": "Parameters"}, self.resource())
            headers = {"Content-Type": "application/fhir+json"}
            return Request("operation", "POST", self.at(f"{place}/{name}", pairs), headers, json.dumps(body))
        return self.get("operation", self.at(f"{place}/{name}", pairs))

    def whole(self):
        """Of the whole system."""
        types = self.one("Patient", "Observation,Condition", "Observation", "Observation,Patient", "*")
        pairs = [("_type", types), *([self.control("Patient")] if self.sometimes(0.4) else [])]
        return self.get("system", self.at(self.one("", "/"), pairs if self.sometimes(0.8) else pairs[1:]))

    def path(self):
        type, other = self.type(), "robin-achterberg"
        own = self.chance.choice(self.patients)
        path = self.one(
            *(
                f"/Patient/{own}/../{other}",
                f"/Patient/{own}%2F..%2F{other}",
                f"//Patient/{other}",
                f"/Patient//{other}",
            ),
            *(f"/Patient/{other}/", f"/Patient;x=1/{other}", f"/Patient/{other};v=1", f"/./Patient/{other}"),
            *(f"/%50atient/{other}", f"/Patient/{other}%00", f"/Patient/{other}%20", f"/Patient/{other}?", "/Patient/"),
            *(f"/metadata/../Patient/{other}", f"/metadata?/../Patient/{other}", f"/Patient/{other}%3F_x=1"),
            *(f"/patient/{other}", f"/PATIENT/{other}", f"/Patient/{own},{other}", f"/Patient/{own}/Patient/{other}"),
            *(f"/{type}/{self.id(type)}/{type}", "/Patient/%72obin-achterberg", f"/Patient/{other}%2F_history"),
            *(f"/.well-known/smart-configuration/../../Patient/{other}", f"/Patient%2f{other}", f"/{type}%3F_id=1"),
            *(
                f"/Patient/{other}/_history/1/../2",
                f"/Patient/{'a' * 64}",
                f"/Patient/{'a' * 65}",
                f"/Patient/{other}%0a",
            ),
        )
        return Request("path", "GET", path, {})

    def page(self):
        sealed = "".join(self.chance.choices("ABCDEFGHIJabcdefghij0123456789-_", k=self.one(0, 10, 90)))
        extra = self.one("", "&patient=robin-achterberg", "&_count=1", f"&_page={sealed}")
        return self.get("page", f"{self.one('', '/', '/Observation')}?_page={sealed}{extra}")

    def bulk(self):
        path = self.one(
            *("/$export", "/Patient/$export", "/Group/cardiometabolic-clinic/$export", "/bulk-status/1"),
            *("/bulk-status/0/Patient.ndjson", "/%24export", "/$export-poll-status?_jobId=1"),
        )
        pairs = [("_type", self.one("Patient", "Observation,Patient"))] if self.sometimes(0.5) else []
        headers = {"Prefer": "respond-async", "Accept": self.one("application/fhir+json", "application/fhir+ndjson")}
        return Request("bulk", self.one("GET", "GET", "GET", "DELETE"), self.at(path, pairs), headers)

    # Writing

    def subject(self):
        own = self.chance.choice(self.patients)
        return self.one(
            *({"reference": f"Patient/{own}"}, {"reference": f"Patient/{own}"}, {"reference": f"Patient/{own}"}),
            *({"reference": "Patient/robin-achterberg"}, {"reference": "Patient/nobody-at-all"}, {"display": "x"}),
            *({"reference": f"https://localhost/fhir/Patient/{own}"}, {"reference": f"#{own}"}, None, []),
            *({"reference": f"urn:uuid:{own}"}, {"reference": "Patient?identifier=MRN-10136"}, {"reference": ""}),
            *({"identifier": {"value": "MRN-10136"}}, {"reference": f"Patient/{own}/_history/1"}, [{"reference": own}]),
            {"reference": f"Patient/{own}", "identifier": {"value": "MRN-10136"}},
        )

    def changed(self, resource):
        """A resource for a write: somebody else's, nobody's, or a little different."""
        made = copy.deepcopy(resource)
        made.pop("meta", None)
        type = made["resourceType"]
        for _ in range(self.chance.choice([0, 1, 1, 2])):
            element, value = self.one(
                *((SUBJECT.get(type, "subject"), self.subject()), (SUBJECT.get(type, "subject"), self.subject())),
                *(("performer", [self.subject()]), ("focus", [self.subject()]), ("note", [{"text": "fuzzed"}])),
                *(("status", "final"), ("category", [{"text": "x"}]), ("meta", {"tag": [{"code": "fuzzed"}]})),
                *(("contained", [{"resourceType": "Patient", "id": "x"}]), ("id", "probe-moved"), ("language", "en")),
                *(("meta", {"security": [{"code": "R"}]}), ("resourceType", self.type()), ("link", [{"x": "y"}])),
                *(("hasMember", [{"reference": "Observation/probe-performer"}]), ("extension", [{"url": "x"}])),
                ("target", [{"reference": "DocumentReference/probe-letter-other"}]),
            )
            made[element] = value
            if value is None:
                del made[element]
        return made

    def body(self, resource, content="application/fhir+json"):
        headers = {"Content-Type": self.one(*[content] * 27, "application/json", "application/fhir+xml", "text/plain")}
        text = json.dumps(resource)
        if self.sometimes(0.03):
            text = self.one(
                text[:-5], f"{text} ", text.replace("{", '{"subject": {"reference": "Patient/x"}, ', 1), "[]", ""
            )
        if self.sometimes(0.1):
            headers["Prefer"] = self.one("return=minimal", "return=representation", "return=OperationOutcome")
        return headers, text

    def create(self):
        resource = self.changed(self.resource())
        if self.sometimes(0.7):
            resource.pop("id", None)
        headers, text = self.body(resource)
        if self.sometimes(0.3):
            type = resource["resourceType"]
            headers["If-None-Exist"] = self.spelled([self.plain(type) if type in PARAMETERS else ("_id", "x")])
        return Request("create", "POST", f"/{resource['resourceType']}", headers, text)

    def update(self):
        target = self.resource()
        resource = self.changed(target if self.sometimes(0.8) else self.resource(target["resourceType"]))
        headers, text = self.body(resource)
        if self.sometimes(0.2):
            headers["If-Match"] = self.one('W/"1"', 'W/"2"', '"1"', "*", "x")
        id = target["id"] if self.sometimes(0.9) else self.one("made-by-fuzz", "nobody-at-all")
        return Request("update", "PUT", f"/{target['resourceType']}/{id}", headers, text)

    def patch(self):
        target = self.resource()
        root = f"/{SUBJECT.get(target['resourceType'], 'subject')}"
        other = {"reference": "Patient/robin-achterberg"}
        steps = [
            self.one(
                *({"op": "replace", "path": root, "value": other}, {"op": "remove", "path": root}),
                *({"op": "replace", "path": f"{root}/reference", "value": other["reference"]}, {"op": "add"}),
                *({"op": "move", "from": root, "path": "/x"}, {"op": "copy", "from": "/performer/0", "path": root}),
                *({"op": "replace", "path": "", "value": self.changed(target)}, {"op": "replace", "path": "/status"}),
                *({"op": "add", "path": "/note", "value": [{"text": "fuzzed"}]}, {"op": "test", "path": root}),
                *({"op": "replace", "path": "/status", "value": "amended"}, {"op": "add", "path": "/id", "value": "x"}),
                *({"op": "test", "path": f"{root}/reference", "value": other["reference"]}, {"op": "x", "path": root}),
                *({"op": "add", "path": f"{root}~1reference", "value": "x"}, {"op": "add", "path": "subject"}),
                *({"op": "add", "path": "/meta/tag", "value": []}, {"op": "replace", "path": "/category", "value": []}),
                *({"op": "add", "path": "/contained", "value": []}, {"op": "add", "path": "//subject", "value": other}),
                *({"op": "add", "path": "/resourceType", "value": "Basic"}, {"op": "remove", "path": "/%73ubject"}),
            )
            for _ in range(self.chance.choice([1, 1, 2, 3]))
        ]
        headers, text = self.body(steps, "application/json-patch+json")
        return Request("patch", "PATCH", f"/{target['resourceType']}/{target['id']}", headers, text)

    def delete(self):
        target = self.resource()
        pairs = [self.one(("_cascade", "delete"), ("_expunge", "true"), ("x", "y"))] if self.sometimes() else []
        return Request("delete", "DELETE", self.at(f"/{target['resourceType']}/{target['id']}", pairs), {})

    def conditional(self):
        type = self.type()
        method = self.one("PUT", "PATCH", "DELETE")
        headers, text = self.body(self.changed(self.resource(type)))
        target = self.at(f"/{type}", self.query(type, self.plain(type)))
        return Request("conditional", method, target, headers, None if method == "DELETE" else text)

    def bundle(self):
        """A batch or a transaction of all of these."""
        makers = [each for each in self.kinds if each not in (self.bundle, self.path, self.form)]
        entries = []
        for _ in range(self.chance.choice([1, 1, 2, 3, 5])):
            inner = self.chance.choice(makers)()
            request = {"method": inner.method, "url": self.address(inner.target)}
            for name, member in (("If-None-Exist", "ifNoneExist"), ("If-Match", "ifMatch")):
                if name in inner.headers:
                    request[member] = inner.headers[name]
            entry = {"request": request}
            try:
                entry["resource"] = json.loads(inner.body) if inner.body else None
            except ValueError:
                entry["resource"] = None
            if entry["resource"] is None:
                del entry["resource"]
            if self.sometimes(0.3):
                entry["fullUrl"] = "urn:uuid:00000000-0000-4000-8000-000000000001"
            entries.append(entry)
        type = self.one("batch", "batch", "transaction", "transaction", "message", "collection")
        headers, text = self.body({"resourceType": "Bundle", "type": type, "entry": entries})
        return Request(
            type if type in ("batch", "transaction") else "bundle", "POST", self.one("", "/", ""), headers, text
        )

    def address(self, target):
        relative = target.removeprefix("/")
        return self.one(
            relative, relative, relative, relative, target, f"https://localhost/fhir/{relative}", f"./{relative}"
        )
