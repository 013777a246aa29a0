import SMART
import Testing

@Suite("SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources")
struct ClinicalScopeTests {
    private static let category = "http://terminology.hl7.org/CodeSystem/observation-category"

    // Requirements 93, 94, 96
    @Test(
        "both versions are read",
        arguments: [
            ("patient/Observation.rs", ClinicalScope(.patient, "Observation", [.read, .search])),
            ("user/*.cruds", ClinicalScope(.user, nil, .all)),
            ("system/Patient.s", ClinicalScope(.system, "Patient", .search)),
            ("patient/Patient.read", ClinicalScope(.patient, "Patient", [.read, .search])),
            ("patient/Patient.write", ClinicalScope(.patient, "Patient", [.create, .update, .delete])),
            ("patient/*.*", ClinicalScope(.patient, nil, .all)),
            ("user/Task.*", ClinicalScope(.user, "Task", .all)),
        ])
    func reading(_ text: String, _ scope: ClinicalScope) {
        #expect(Scope(text)?.clinical == scope)
        #expect(Scope(text)?.spelling == text)
    }

    // Requirement 94
    @Test("every subset of cruds in that order is read as its letters, and no other order of them")
    func letters() throws {
        let letters: [(String, Permissions)] = [
            ("c", .create), ("r", .read), ("u", .update), ("d", .delete), ("s", .search),
        ]
        var read: Set<String> = []
        for mask in 1..<32 {
            let chosen = letters.indices.filter { mask >> $0 & 1 == 1 }.map { letters[$0] }
            let suffix = chosen.map(\.0).joined()
            let expected = chosen.reduce(into: Permissions()) { $0.formUnion($1.1) }
            #expect(Permissions(suffix: suffix) == expected)
            #expect(expected.suffix == suffix)
            read.insert(suffix)
        }
        for first in "cruds" {
            for second in "cruds" {
                for third in "cruds" {
                    let suffix = "\(first)\(second)\(third)"
                    #expect((Permissions(suffix: suffix) != nil) == read.contains(suffix), "\(suffix)")
                }
            }
        }
    }

    // RFC 6749 §3.3; SMART scopes-and-launch-context#experimental-features; Requirements 93, 95, 100, 110
    @Test(
        "what the grammar does not know is no scope, and is never put right",
        arguments: [
            ("patient/Observation.sr", ScopeRefusal.disordered("sr")), ("patient/Observation.dus", .disordered("dus")),
            ("patient/Observation.rd", nil), ("patient/Observation.dr", .disordered("dr")),
            ("patient/Observation.rr", .disordered("rr")), ("patient/Observation.", .noPermissions),
            ("patient/Observation.x", .unknownPermissions("x")),
            ("patient/Observation.rsx", .unknownPermissions("rsx")),
            ("patient/Observation.RS", .unknownPermissions("RS")),
            ("patient/Observation.Read", .unknownPermissions("Read")),
            ("patient/Observation.reads", .unknownPermissions("reads")),
            ("patient/Observation.**", .unknownPermissions("**")),
            ("patient/observation.rs", .unknownType("observation")), ("patient/Nothing.rs", .unknownType("Nothing")),
            ("patient/.rs", .unknownType("")), ("patient/**.rs", .unknownType("**")),
            ("Patient/Observation.rs", .unknownContext("Patient")), ("/Observation.rs", .unknownContext("")),
            ("system", .unknown), ("email", .unknown), ("offline", .unknown), ("OPENID", .unknown),
            ("patient/Observation", .noPermissions), ("patient/*", .noPermissions),
            ("patient/Observation?a=b.rs", .noPermissions),
            ("patient/Observation.rs?", .malformedConstraint),
            ("patient/Observation.rs?category", .malformedConstraint),
            ("patient/Observation.rs?category=a&", .malformedConstraint),
            ("patient/Observation.rs?&category=a", .malformedConstraint),
            ("patient/Observation.rs?category=%zz", .malformedConstraint),
            ("patient/Observation.rs?category=%ff", .malformedConstraint),
            ("patient/*.rs?category=x", .constrainedWildcard),
            ("patient/Observation.read?category=x", .constrainedVersion1),
            ("patient/Observation.*?category=x", .constrainedVersion1),
            ("patient/Observation.rs?value=5", .notEvaluable(parameter: "value", type: "Observation")),
            ("patient/Patient.rs?name=x", .notEvaluable(parameter: "name", type: "Patient")),
            ("patient/Observation.rs?_count=1", .notEvaluable(parameter: "_count", type: "Observation")),
            ("patient/Observation.rs?_filter=x", .notEvaluable(parameter: "_filter", type: "Observation")),
            ("patient/Goal.rs?status=x", .notEvaluable(parameter: "status", type: "Goal")),
            ("patient/Observation.rs?category:not=x", .modifier("category:not")),
            ("patient/Observation.rs?category%3Anot=x", .modifier("category:not")),
            ("patient/Observation.rs?code:in=http://vs.example", .modifier("code:in")),
            ("patient/Observation.rs?patient.name=x", .chain("patient.name")),
            ("patient/Observation.rs?category=a,,b", .notATokenValue(parameter: "category")),
            ("patient/Observation.rs?category=a|b|c", .notATokenValue(parameter: "category")),
            ("patient/Observation.rs?category=", .notATokenValue(parameter: "category")),
            ("patient/Observation.rs?category=s|", .notATokenValue(parameter: "category")),
            ("patient/Observation.rs?category=a%5C,b", .notATokenValue(parameter: "category")),
            (
                "patient/Observation.rs?category=\((0...64).map(String.init).joined(separator: ","))",
                .tooManyConstraints
            ),
            (
                "patient/Observation.rs?\((0...8).map { "code=\($0)" }.joined(separator: "&"))", .tooManyConstraints
            ),
            ("launch/", .unknownLaunchType("")), ("launch/Patient", .unknownLaunchType("Patient")),
            ("launch/nothing", .unknownLaunchType("nothing")), ("launch/patient/x", .unknownLaunchType("patient/x")),
            ("launch/patient?role=a&role=b", .wrongLaunchParameter), ("launch/patient?role=", .wrongLaunchParameter),
            ("launch/patient?", .wrongLaunchParameter), ("launch/patient?other=a", .wrongLaunchParameter),
            ("http://smarthealthit.org/fhir/scopes/patient/*.rs", .isURI(of: "patient/*.rs")),
            ("http://openid.net/specs/openid-connect-core-1_0#openid", .isURI(of: "openid")),
            ("open id", .notAToken), ("a\"b", .notAToken), ("a\\b", .notAToken), ("caf\u{e9}", .notAToken),
            ("a\tb", .notAToken), ("", .notAToken),
        ] as [(String, ScopeRefusal?)])
    func refusing(_ text: String, _ reason: ScopeRefusal?) {
        #expect(Scope(text) == nil || reason == nil)
        do throws(ScopeRefusal) {
            _ = try Scope(reading: text)
            #expect(reason == nil)
        } catch {
            #expect(error == reason)
            #expect(!error.description.isEmpty)
        }
    }

    // Requirement 95
    @Test("a refusal tells the developer which scope, why, and what there is instead")
    func explaining() {
        let refused = ScopeSet.refusals(
            of: "openid patient/Observation.dus  patient/Observation.rs?value=5 patient/*.rs patient/Goal.rs?a.b=c")
        #expect(
            refused.map(\.description) == [
                "patient/Observation.dus: “dus”: permissions are letters of cruds in that order, each once",
                "patient/Observation.rs?value=5: “value” of Observation cannot be enforced here; these can: "
                    + "category, code, status, _tag, _security",
                "patient/Goal.rs?a.b=c: “a.b”: chained search parameters cannot be enforced here",
            ])
        #expect(ScopeSet.refusals(of: "openid patient/*.rs").isEmpty && ScopeSet.refusals(of: "").isEmpty)
    }

    // Requirement 101
    @Test("constraints compare decoded, whatever the spelling")
    func percentEncoding() throws {
        let raw = "patient/Observation.rs?category=\(Self.category)|laboratory"
        let encoded =
            "patient/Observation.rs?category=http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2Fobservation-category%7Claboratory"
        let mixed = "patient/Observation.rs?categor%79=\(Self.category)%7claboratory"
        for spelling in [raw, encoded, mixed] {
            let scope = try #require(Scope(spelling))
            #expect(scope.clinical == Scope(raw)?.clinical)
            #expect(scope.spelling == spelling)
            #expect(scope.clinical?.constraints.first?.values.first?.system == Self.category)
            #expect(scope.clinical?.constraints.first?.values.first?.code == "laboratory")
            for registered in [raw, encoded, mixed, "patient/*.rs"] {
                #expect(ScopeSet(spelling).allowed(by: ScopeSet(registered)).description == spelling)
            }
        }
    }

    @Test("codes compare byte for byte, whatever Unicode calls equal")
    func exactCodes() {
        let composed = ScopeSet("patient/Observation.rs?category=caf%C3%A9")
        let decomposed = ScopeSet("patient/Observation.rs?category=cafe%CC%81")
        #expect(composed.scopes.count == 1 && decomposed.scopes.count == 1)
        #expect(composed.clinical != decomposed.clinical)
        #expect(composed.clinical.first.map { decomposed.covers($0) } == false)
    }

    @Test(
        "a scope that is spelled anew means the same",
        arguments: [
            "patient/Observation.rs?category=a|b,c&status=final", "patient/Condition.rs?category=|x", "user/*.cruds",
            "patient/Observation.rs?code=http%3A%2F%2Fx%3Fa%26b|c%2Bd", "patient/Observation.rs?code=caf%C3%A9%20x",
            "patient/Observation.rs?code=a%25b,c%23d", "patient/Observation.rs?_tag=a|b&_security=R",
        ])
    func roundTrip(_ text: String) throws {
        let scope = try #require(Scope(text)?.clinical)
        #expect(Scope(scope.spelling)?.clinical == scope)
        #expect(scope.spelling.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    }

    @Test("every parameter that is said to be grantable is granted")
    func grantable() {
        for type in ["Observation", "Condition", "DocumentReference", "Encounter", "Patient"] {
            for parameter in GranularParameter.names(of: type) {
                #expect(Scope("patient/\(type).rs?\(parameter)=s|c") != nil, "\(type) \(parameter)")
            }
        }
    }

    // SMART scopes-and-launch-context#extensibility, scopes-and-launch-context#scopes-for-requesting-context-data
    // Requirements 107, 108, 109, 110
    @Test(
        "other scopes are known by name",
        arguments: [
            ("launch", Scope.Kind.launch), ("launch/patient", .launchContext(type: "patient", role: nil)),
            ("launch/encounter", .launchContext(type: "encounter", role: nil)),
            ("launch/diagnosticreport", .launchContext(type: "diagnosticreport", role: nil)),
            ("launch/imagingstudy?role=https://x/y", .launchContext(type: "imagingstudy", role: "https://x/y")),
            ("launch/list?role=https%3A%2F%2Fx%2Fy", .launchContext(type: "list", role: "https://x/y")),
            ("launch/relatedperson?role=friend", .launchContext(type: "relatedperson", role: "friend")),
            ("openid", .openID), ("fhirUser", .fhirUser), ("profile", .profile), ("offline_access", .offlineAccess),
            ("online_access", .onlineAccess), ("__own", .other), ("__a/b.c?d=e", .other), ("urn:own:scope", .other),
            ("https://x.example/scope", .other),
            ("https://x.example/OperationDefinition/patient-export", .other),
        ])
    func others(_ text: String, _ kind: Scope.Kind) {
        #expect(Scope(text)?.kind == kind)
        #expect(Scope(text)?.spelling == text)
    }
}

@Suite("SMART scopes-and-launch-context#appendix-uri-representation-of-scopes")
struct ScopeURITests {
    // Requirement 106
    @Test(
        "a scope and its URI",
        arguments: [
            ("patient/*.r", "http://smarthealthit.org/fhir/scopes/patient/*.r"),
            (
                "patient/Observation.rs?category=a|b",
                "http://smarthealthit.org/fhir/scopes/patient/Observation.rs?category=a|b"
            ),
            ("patient/Patient.read", "http://smarthealthit.org/fhir/scopes/patient/Patient.read"),
            ("launch/patient", "http://smarthealthit.org/fhir/scopes/launch/patient"),
            ("fhirUser", "http://smarthealthit.org/fhir/scopes/fhirUser"),
            ("offline_access", "http://smarthealthit.org/fhir/scopes/offline_access"),
            ("__own", "http://smarthealthit.org/fhir/scopes/__own"),
            ("openid", "http://openid.net/specs/openid-connect-core-1_0#openid"),
            ("profile", "http://openid.net/specs/openid-connect-core-1_0#profile"),
            ("https://own.example/scope", "https://own.example/scope"),
        ])
    func bothWays(_ spelling: String, _ uri: String) {
        #expect(Scope(spelling)?.uri == uri)
        #expect(Scope(uri: uri)?.spelling == spelling)
    }

    @Test(
        "what is the URI of no scope",
        arguments: [
            "patient/*.r", "openid", "__own", "", "http://smarthealthit.org/fhir/scopes/",
            "http://smarthealthit.org/fhir/scopes/openid", "http://smarthealthit.org/fhir/scopes/patient/*.rd.s",
            "http://openid.net/specs/openid-connect-core-1_0#patient/*.r",
            "http://smarthealthit.org/fhir/scopes/http://smarthealthit.org/fhir/scopes/launch",
            "http://smarthealthit.org/fhir/scopes/https://own.example/scope",
        ])
    func others(_ uri: String) {
        #expect(Scope(uri: uri) == nil)
    }
}

@Suite("Scopes asked for, registered and granted")
struct ScopeSetTests {
    // Requirements 103, 105, 111
    @Test(
        "what a registration allows of a request",
        arguments: [
            ("patient/*.rs", "patient/*.cruds", "patient/*.rs"),
            ("patient/*.read", "patient/*.rs", "patient/*.read"),
            ("patient/*.cruds", "patient/*.rs", "patient/*.rs"),
            ("patient/*.rs", "patient/Patient.rs patient/Observation.r", "patient/Patient.rs patient/Observation.r"),
            ("patient/Observation.rs", "patient/Patient.rs", ""),
            ("user/Patient.rs", "patient/Patient.rs", ""),
            ("Patient/Patient.rs patient/patient.rs", "patient/*.cruds", ""),
            ("openid fhirUser", "openid", "openid"),
            ("launch/patient offline_access", "launch/patient offline_access", "launch/patient offline_access"),
            ("launch/list?role=a launch/list", "launch/list?role=a", "launch/list?role=a"),
            ("launch/patient?role=a launch/list?role=b", "launch/patient launch/task", "launch/patient?role=a"),
            ("patient/Observation.rs", "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|b"),
            ("patient/Observation.rs?category=a|b", "patient/*.rs", "patient/Observation.rs?category=a|b"),
            (
                "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|c",
                "patient/Observation.rs?category=a|b&category=a|c"
            ),
            (
                "patient/Observation.rs?category=a|b,a|c", "patient/Observation.cruds?category=a|c",
                "patient/Observation.rs?category=a|c"
            ),
            (
                "patient/Observation.rs?category=b", "patient/Observation.rs?category=a|b",
                "patient/Observation.rs?category=a|b"
            ),
            ("patient/*.rs", "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|b"),
            ("__a __b", "__a", "__a"),
            ("https://a.example/x", "https://a.example/y", ""),
            ("openid openid", "openid", "openid"),
            ("", "patient/*.rs", ""), ("patient/*.rs", "", ""),
        ])
    func allowed(_ asked: String, _ registered: String, _ granted: String) {
        #expect(ScopeSet(asked).allowed(by: ScopeSet(registered)).description == granted)
    }

    // SMART scopes-and-launch-context#scope-equivalence; Requirement 105
    @Test(
        "a scope that is registered in pieces is wholly registered, and comes back as it was written",
        arguments: [
            ("patient/Observation.rs", "patient/Observation.r patient/Observation.s"),
            ("patient/Observation.read", "patient/Observation.r patient/*.s"),
            ("patient/*.*", "patient/*.read patient/*.write"),
            (
                "patient/Observation.rs?category=a,b",
                "patient/Observation.rs?category=a patient/Observation.rs?category=b"
            ),
            (
                "patient/Observation.rs?category=a,b",
                "patient/Observation.r patient/Observation.s?category=a patient/Observation.s?category=b"
            ),
        ])
    func pieces(_ asked: String, _ registered: String) {
        #expect(ScopeSet(asked).allowed(by: ScopeSet(registered)).description == asked)
    }

    // Requirement 96
    @Test(
        "a request in version 1 is answered in version 1 where that can say it",
        arguments: [
            ("patient/*.read", "patient/Patient.rs patient/Task.cruds", "patient/Patient.read patient/Task.read"),
            ("patient/*.*", "patient/*.rs", "patient/*.read"),
            ("patient/Task.*", "patient/*.cud", "patient/Task.write"),
            ("patient/*.read", "patient/Patient.r", "patient/Patient.r"),
            ("patient/Observation.read", "patient/Observation.rs?category=a", "patient/Observation.rs?category=a"),
            ("patient/*.rs", "patient/Patient.read", "patient/Patient.rs"),
        ])
    func versions(_ asked: String, _ registered: String, _ granted: String) {
        #expect(ScopeSet(asked).allowed(by: ScopeSet(registered)).description == granted)
    }

    // SMART scopes-and-launch-context#scope-equivalence
    @Test("of what two registered scopes leave, the wider stays")
    func shortest() {
        let registered = ScopeSet("patient/Observation.rs?category=a patient/Observation.rs patient/Observation.r")
        #expect(ScopeSet("patient/*.rs").allowed(by: registered).description == "patient/Observation.rs")
    }

    // SMART scopes-and-launch-context#standalone-apps
    @Test(
        "a patient is needed for patient scopes and where one is asked for",
        arguments: [
            ("patient/*.rs", true), ("launch/patient", true), ("launch/patient?role=a", true),
            ("user/*.rs openid", false), ("launch", false), ("launch/encounter", false), ("", false),
        ])
    func needsPatient(_ text: String, _ isNeeded: Bool) {
        #expect(ScopeSet(text).needsPatient == isNeeded)
    }

    @Test("what the grammar does not know is left out, and the order stays")
    func reading() {
        let set = ScopeSet("openid  patient/Observation.dus patient/*.rs openid nothing launch")
        #expect(set.description == "openid patient/*.rs launch")
    }
}
