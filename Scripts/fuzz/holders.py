"""Who holds the tokens: people and services with scopes of every kind."""

import contextlib
import dataclasses

from keys import ClientKey, key_set
from oauth import App, Person
from visible import Denial, Grant, Sight, grant

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PROBLEMS = "http://terminology.hl7.org/CodeSystem/condition-category"
LABORATORY, VITAL = f"{CATEGORY}|laboratory", f"{CATEGORY}|vital-signs"
CALLBACK = "https://fuzz.example/callback"
NURSED = frozenset({"maja-oconnor", "robin-achterberg"})


@dataclasses.dataclass(frozen=True)
class Holder:
    name: str
    user: str
    scopes: tuple
    #: The record number of the patient that is picked, and the id.
    number: str = "MRN-10042"
    patient: str = "maja-oconnor"
    #: What patients deny the app.
    denials: tuple = ()

    def reach(self, context):
        """Which patients a scope of this context reaches; None for everybody."""
        rights = {"maja": frozenset({"maja-oconnor"}), "nurse": NURSED, "amara": None, "service": None}[self.user]
        if context != "patient":
            return rights
        own = frozenset({self.patient})
        return own if rights is None else own & rights

    def sight(self, granted, record):
        grants = [grant(scope, self.reach(scope.partition("/")[0])) for scope in granted.split()]
        if "fhirUser" in granted.split():
            mine = {"maja": ("Patient", "maja-oconnor"), "nurse": ("Practitioner", "midwife-ida-sorensen")}
            type, id = mine.get(self.user, ("Practitioner", "dr-amara-lindqvist"))
            grants.append(Grant(None, type, "r", instance=id))
        return Sight([each for each in grants if each], record, self.denials)

    @property
    def patients(self):
        reached = [self.reach(each.partition("/")[0]) for each in self.scopes]
        return frozenset().union(*(each for each in reached if each))

    @property
    def types(self):
        """Those that the scopes name; none where a scope names all."""
        names = {each.partition("/")[2].partition(".")[0] for each in self.scopes}
        return set() if "*" in names else names

    @property
    def parts(self):
        """The scopes in two halves; with one scope, the same under a constraint."""
        if len(self.scopes) > 1:
            return self.scopes[::2], self.scopes[1::2]
        context = self.scopes[0].partition("/")[0]
        return ((f"{context}/Observation.rs?category={LABORATORY}",),)


HOLDERS = [
    Holder("patient", "maja", ("patient/*.cruds",)),
    Holder(
        "categories",
        "maja",
        (
            *(f"patient/Observation.rs?category={LABORATORY}", f"patient/Observation.rs?category={VITAL}"),
            *(f"patient/Condition.rs?category={PROBLEMS}|problem-list-item", "patient/Patient.rs"),
        ),
    ),
    Holder("nurse", "nurse", ("user/*.cruds",)),
    Holder("version 1", "amara", ("patient/*.read",), "MRN-10808", "liam-murphy-1987"),
    Holder("one category", "maja", (f"patient/Observation.cruds?category={LABORATORY}",)),
    Holder("one type of all", "amara", ("user/Observation.rs", "user/Practitioner.rs")),
    Holder(
        "mixed",
        "amara",
        (
            "user/Practitioner.rs",
            "user/Location.rs",
            "patient/Observation.cruds",
            "patient/Encounter.s",
            "patient/Task.cruds",
        ),
    ),
    Holder(
        "different constraints",
        "maja",
        ("patient/Observation.rs?category=vital-signs", "patient/Observation.rs?code=http://loinc.org|4548-4"),
    ),
    Holder("documents", "maja", ("patient/DocumentReference.cruds", "patient/Provenance.rs", "patient/Binary.rs")),
    Holder("a service with a category", "service", (f"system/Observation.rs?category={LABORATORY}",)),
    Holder("a service that one denies", "service", ("system/*.rs",), denials=(Denial("maja-oconnor"),)),
    Holder(
        "a service that some deny in part",
        "service",
        ("system/*.cruds",),
        denials=(
            *(Denial("maja-oconnor", "Observation"), Denial("maja-oconnor", "Patient")),
            Denial("robin-achterberg", "Condition", (("category", (f"{PROBLEMS}|problem-list-item",)),)),
            Denial("robin-achterberg", "Observation", (("category", (VITAL,)),)),
        ),
    ),
    Holder(
        "everything but of one",
        "amara",
        ("user/*.cruds",),
        denials=(Denial("robin-achterberg"), Denial("maja-oconnor", "Task")),
    ),
    Holder("nurse of one who denies", "nurse", ("user/*.cruds",), denials=(Denial("robin-achterberg"),)),
    Holder(
        "patient who denies in part",
        "maja",
        ("patient/*.cruds",),
        denials=(
            *(Denial("maja-oconnor", "Condition"), Denial("maja-oconnor", "DocumentReference")),
            Denial("maja-oconnor", "Observation", (("category", (VITAL,)),)),
        ),
    ),
    Holder("letters", "nurse", ("user/Observation.u", "user/Device.cud", "user/Condition.s", "user/Patient.r")),
    Holder("everything", "amara", ("user/*.cruds",)),
]


class Desk:
    """Registers who is to hold a token, and gets it."""

    def __init__(self, instance):
        self.instance = instance
        self.people = {
            "amara": instance["CLINICIAN_PASSWORD"],
            "maja": instance["PATIENT_PASSWORD"],
            "nurse": "fuzz-fuzz-fuzz",
        }
        self.apps = {}
        users = {each["username"] for each in instance.cli("user", "list")["users"]}
        if "nurse" not in users:
            options = (
                "--access",
                f"patients:{','.join(sorted(NURSED))}",
                "--fhir-user",
                "Practitioner/midwife-ida-sorensen",
            )
            instance.cli("user", "add", "nurse", "--name", "Nurse", *options, text="fuzz-fuzz-fuzz\n")

    def app(self, holder):
        if holder.name in self.apps:
            return self.apps[holder.name]
        identity = f"fuzz-{len(self.apps)}-{ClientKey().kid}"
        scope = " ".join(
            ["openid fhirUser launch/patient", *holder.scopes, *(each for part in holder.parts for each in part)]
        )
        if holder.user == "service":
            key = ClientKey()
            scope = " ".join(dict.fromkeys([*holder.scopes, *(each for part in holder.parts for each in part)]))
            options = ("--grant-type", "client_credentials", "--jwks", "-", "--scope", scope)
            self.instance.cli("client", "add", "--id", identity, "--name", "Fuzz", *options, text=key_set(key))
            self.apps[holder.name] = App(self.instance, identity, None, key=key)
        else:
            options = ("--redirect-uri", CALLBACK, "--scope", " ".join(dict.fromkeys(scope.split())))
            self.instance.cli("client", "add", "--id", identity, "--name", "Fuzz", *options)
            self.apps[holder.name] = App(self.instance, identity, CALLBACK)
        for each in holder.denials:
            self.instance.cli("consent", "deny", *each.options, "--client", identity, "--reason", "fuzz")
        return self.apps[holder.name]

    def token(self, holder, scopes=None):
        """An access token and the scopes that it has."""
        app, scopes = self.app(holder), scopes or holder.scopes
        if holder.user == "service":
            answer = app.backend(" ".join(scopes)).json()
        else:
            launch = "launch/patient " if any(each.startswith("patient/") for each in scopes) else ""
            with contextlib.closing(Person(self.instance, holder.user, self.people[holder.user])) as person:
                answer = app.tokens(person, holder.number, scope=f"openid {launch}{' '.join(scopes)}")
        return answer["access_token"], answer["scope"]
