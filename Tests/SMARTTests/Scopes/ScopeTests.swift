import SMART
import Testing

@Suite("SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources")
struct ClinicalScopeTests {
    @Test(
        "both versions are read",
        arguments: [
            ("patient/Observation.rs", ClinicalScope(.patient, "Observation", [.read, .search])),
            ("user/*.cruds", ClinicalScope(.user, nil, .all)),
            ("system/Patient.s", ClinicalScope(.system, "Patient", .search)),
            ("patient/Patient.read", ClinicalScope(.patient, "Patient", [.read, .search])),
            ("patient/Patient.write", ClinicalScope(.patient, "Patient", [.create, .update, .delete])),
            ("patient/*.*", ClinicalScope(.patient, nil, .all)),
        ])
    func reading(_ text: String, _ scope: ClinicalScope) {
        #expect(Scope(text)?.clinical == scope)
        #expect(Scope(text)?.spelling == text)
    }

    // RFC 6749 §3.3
    @Test(
        "what the grammar does not know is no scope, and is never put right",
        arguments: [
            "patient/Observation.sr", "patient/Observation.dus", "patient/Observation.rr", "patient/Observation.",
            "patient/Observation.x", "patient/observation.rs", "patient/Nothing.rs", "Patient/Observation.rs",
            "patient/.rs", "patient/Observation", "patient/*", "patient/Observation.rs?", "patient/*.rs?category=x",
            "patient/Observation.read?category=x", "patient/Observation.rs?category", "patient/Observation.rs?value=5",
            "patient/Observation.rs?category:not=x", "patient/Observation.rs?patient.name=x",
            "patient/Observation.rs?category=a,,b", "patient/Observation.rs?category=a|b|c",
            "patient/Observation.rs?category=", "patient/Observation.rs?_filter=x", "system", "launch/",
            "launch/Patient", "launch/patient?role=a&role=b", "open id", "a\"b", "caf\u{e9}", "",
        ])
    func refusing(_ text: String) {
        #expect(Scope(text) == nil)
    }

    @Test("constraints compare decoded, whatever the spelling")
    func percentEncoding() throws {
        let raw = try #require(
            Scope(
                "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory")
        )
        let encoded = try #require(
            Scope(
                "patient/Observation.rs?category=http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2Fobservation-category%7Claboratory"
            ))
        #expect(raw.clinical == encoded.clinical)
        #expect(raw.spelling != encoded.spelling)
        let constraint = try #require(raw.clinical?.constraints.first)
        #expect(constraint.values.first?.system == "http://terminology.hl7.org/CodeSystem/observation-category")
        #expect(constraint.values.first?.code == "laboratory")
    }

    @Test(
        "a scope that is spelled anew means the same",
        arguments: [
            "patient/Observation.rs?category=a|b,c&status=final", "patient/Condition.rs?category=|x", "user/*.cruds",
            "patient/Observation.rs?code=http%3A%2F%2Fx%3Fa%26b|c%2Bd",
        ])
    func roundTrip(_ text: String) throws {
        let scope = try #require(Scope(text)?.clinical)
        #expect(Scope(scope.spelling)?.clinical == scope)
    }

    @Test(
        "other scopes are known by name",
        arguments: [
            ("launch", Scope.Kind.launch), ("launch/patient", .launchContext(type: "patient", role: nil)),
            ("launch/encounter", .launchContext(type: "encounter", role: nil)),
            ("launch/imagingstudy?role=https://x/y", .launchContext(type: "imagingstudy", role: "https://x/y")),
            ("openid", .openID), ("fhirUser", .fhirUser), ("profile", .profile), ("offline_access", .offlineAccess),
            ("online_access", .onlineAccess), ("__own", .other), ("https://x.example/scope", .other),
        ])
    func others(_ text: String, _ kind: Scope.Kind) {
        #expect(Scope(text)?.kind == kind)
    }
}

@Suite("Scopes asked for, registered and granted")
struct ScopeSetTests {
    @Test(
        "what a registration allows of a request",
        arguments: [
            ("patient/*.rs", "patient/*.cruds", "patient/*.rs"),
            ("patient/*.read", "patient/*.rs", "patient/*.read"),
            ("patient/*.cruds", "patient/*.rs", "patient/*.rs"),
            ("patient/*.rs", "patient/Patient.rs patient/Observation.r", "patient/Patient.rs patient/Observation.r"),
            ("patient/Observation.rs", "patient/Patient.rs", ""),
            ("user/Patient.rs", "patient/Patient.rs", ""),
            ("openid fhirUser", "openid", "openid"),
            ("launch/patient offline_access", "launch/patient offline_access", "launch/patient offline_access"),
            ("patient/Observation.rs", "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|b"),
            ("patient/Observation.rs?category=a|b", "patient/*.rs", "patient/Observation.rs?category=a|b"),
            (
                "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|c",
                "patient/Observation.rs?category=a|b&category=a|c"
            ),
            ("patient/*.rs", "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|b"),
            ("__a __b", "__a", "__a"),
            ("openid openid", "openid", "openid"),
        ])
    func allowed(_ asked: String, _ registered: String, _ granted: String) {
        #expect(ScopeSet(asked).allowed(by: ScopeSet(registered)).description == granted)
    }

    @Test("a grant is never more than what was asked for, nor than what was registered")
    func neverMore() {
        let pool = [
            "patient/*.cruds", "patient/*.rs", "patient/Observation.rs", "patient/Observation.r",
            "patient/Observation.rs?category=a|b", "patient/Observation.s?category=a|b,a|c", "patient/Condition.cud",
            "user/*.rs", "user/Patient.rs", "openid", "launch", "offline_access", "__own",
        ]
        for i in pool.indices {
            for j in pool.indices {
                for k in pool.indices {
                    let asked = ScopeSet([pool[i], pool[j]].compactMap { Scope($0) })
                    let registered = ScopeSet([pool[j], pool[k]].compactMap { Scope($0) })
                    let granted = asked.allowed(by: registered)
                    for scope in granted.clinical {
                        #expect(asked.clinical.contains { $0.covers(scope) })
                        #expect(registered.clinical.contains { $0.covers(scope) })
                    }
                    #expect(granted.allowed(by: asked) == granted)
                    #expect(granted.allowed(by: registered) == granted)
                }
            }
        }
    }

    // SMART scopes-and-launch-context#standalone-apps
    @Test(
        "a patient is needed for patient scopes and where one is asked for",
        arguments: [
            ("patient/*.rs", true), ("launch/patient", true), ("user/*.rs openid", false), ("launch", false),
            ("", false),
        ])
    func needsPatient(_ text: String, _ isNeeded: Bool) {
        #expect(ScopeSet(text).needsPatient == isNeeded)
    }
}
