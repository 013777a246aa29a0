import JSON
import SMART
import Testing

@Suite("Deny rules: what a patient denies to an app is not there for it, whatever its token reaches")
struct DenyRuleTests {
    private static let eboni = DenyRules([DenyRule(patient: Case.other)])
    private static let laboratory = DenyRuleScopeTests.rules(
        "patient/Observation.rs?category=laboratory", of: Case.other)

    private func access(
        _ scopes: String = "user/*.cruds", _ denied: DenyRules = eboni, access: UserAccess = .all,
        patient: String? = nil
    ) -> TokenAccess {
        TokenAccess(ScopeSet(scopes), patient: patient, user: nil, access: access, clientAccess: access, denied: denied)
    }

    private func decide(
        _ target: String, _ access: TokenAccess, body: String? = nil, prefer: String? = nil
    ) throws -> String {
        let table = DecisionTable(access, references: try Case.references(), server: .all, page: { _ in nil })
        let fields = [("Content-Type", "application/fhir+json")] + (prefer.map { [("Prefer", $0)] } ?? [])
        let request = try Case.request(body == nil ? .get : .post, target, fields, body: body)
        return table.decision(on: request).summary
    }

    private func shows(_ json: String, _ access: TokenAccess, beside companions: Set<String> = []) throws -> Bool {
        try Visibility(access, references: Case.references()).shows(
            Case.resource(json), by: .read, beside: companions)
    }

    @Test(
        "a token for everybody is looked after, where it was handed on before",
        arguments: [
            ("/Observation/o", "read Observation/o"), ("/Patient/eboni", "404"),
            ("/Patient/kermit", "read Patient/kermit"),
            ("/Observation?code=x", "search Observation?code=x"),
            ("/Organization?name=x", "search Organization?name=x"),
            ("/Organization/o", "handOff /Organization/o"), ("/Patient/eboni/$everything", "403"),
            ("/Patient/kermit/$everything", "collect /Patient/kermit/$everything"), ("/_history", "403"),
            ("/Observation/_history", "403"), ("/Observation?patient.name=x", "403"),
            ("/Observation?_has:Provenance:target:agent=x", "403"), ("/Observation?_summary=count", "403"),
            ("/Binary/b", "binary b by binary"), ("/Patient/kermit/$summary", "document /Patient/kermit/$summary"),
            ("/Patient/eboni/$summary", "403"), ("/Patient?_id=eboni", "search Patient?_id=eboni"),
        ])
    func rows(_ target: String, _ decision: String) throws {
        #expect(try decide(target, access()).hasPrefix(decision))
        #expect(try !decide(target, access("user/*.cruds", .none)).hasPrefix("403"))
    }

    @Test(
        "hidden is what names the patient, and what could",
        arguments: [
            (#"{"resourceType":"Patient","id":"eboni"}"#, false), (#"{"resourceType":"Patient","id":"kermit"}"#, true),
            (#"{"resourceType":"Observation","subject":{"reference":"Patient/eboni"}}"#, false),
            (
                #"{"resourceType":"Observation","subject":{"reference":"https://ehr.example.org/fhir/Patient/eboni"}}"#,
                false
            ),
            (#"{"resourceType":"Observation","subject":{"reference":"Patient/kermit"}}"#, true),
            (#"{"resourceType":"Observation","subject":{"reference":"Location/l"}}"#, true),
            (##"{"resourceType":"Observation","subject":{"reference":"#p"}}"##, false),
            (#"{"resourceType":"Observation","subject":{"identifier":{"value":"MRN-1"}}}"#, false),
            (#"{"resourceType":"Observation","id":"o"}"#, true),
            (
                #"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Patient/kermit"}},{"actor":{"reference":"Patient/eboni"}}]}"#,
                false
            ),
            (#"{"resourceType":"Group","member":[{"entity":{"reference":"Patient/eboni"}}]}"#, false),
            (#"{"resourceType":"Group","member":[{"entity":{"reference":"Patient/kermit"}}]}"#, true),
            (#"{"resourceType":"Device","id":"d"}"#, true),
            (#"{"resourceType":"Device","patient":{"reference":"Patient/eboni"}}"#, false),
            (#"{"resourceType":"Provenance","target":[{"reference":"Observation/o"}]}"#, false),
            (#"{"resourceType":"Provenance","target":[{"reference":"Organization/o"}]}"#, true),
            (#"{"resourceType":"Bundle","id":"b"}"#, false), (#"{"resourceType":"Organization","id":"o"}"#, true),
        ])
    func visibility(_ json: String, _ isShown: Bool) throws {
        #expect(try shows(json, access()) == isShown)
        #expect(try shows(json, access("user/*.cruds", .none)))
    }

    @Test("a Provenance is shown beside what it is about")
    func provenance() throws {
        let provenance = #"{"resourceType":"Provenance","target":[{"reference":"Observation/o"}]}"#
        #expect(try shows(provenance, access(), beside: ["Observation/o"]))
    }

    @Test("of one that some patients are within reach of, the denied one goes")
    func some() throws {
        let both = UserAccess.patients([Case.own, Case.other])
        let limited = access("user/*.rs", access: both)
        #expect(try decide("/Observation", limited) == "search Observation?patient=Patient%2Fkermit")
        #expect(try decide("/Observation?patient=eboni", limited) == "403")
        #expect(try decide("/Observation", access("user/*.rs", access: .patients([Case.other]))) == "403")
        #expect(
            try decide("/Organization/o", access("user/*.rs", access: .patients([Case.other]))) == "read Organization/o"
        )
        let context = TokenAccess(
            ScopeSet("patient/*.rs"), patient: Case.other, user: nil, access: .all, denied: Self.eboni)
        #expect(try decide("/Observation", context) == "403")
    }

    @Test("what several patients share is shown to none of them once one denies it, be that one within reach or not")
    func shared() throws {
        func appointment(_ patients: String...) -> String {
            let actors = patients.map { #"{"actor":{"reference":"Patient/\#($0)"}}"# }.joined(separator: ",")
            return #"{"resourceType":"Appointment","id":"a","participant":[\#(actors)]}"#
        }
        for patients in [[Case.own, Case.other], [Case.own]] {
            let limited = access("user/*.cruds", access: .patients(Set(patients)))
            let resource = try Case.resource(appointment(Case.own, Case.other))
            let visibility = Visibility(limited, references: try Case.references())
            #expect(!visibility.shows(resource, by: .read) && !visibility.admitsChange(of: resource, by: .delete))
            #expect(try shows(appointment(Case.own), limited))
            #expect(try !shows(appointment(Case.own), access("user/*.cruds", DenyRules([DenyRule(patient: Case.own)]))))
            #expect(try decide("/Patient?_has:Appointment:patient:status=x", limited) == "403")
            let open = access("user/*.cruds", .none, access: .patients(Set(patients)))
            #expect(try shows(appointment(Case.own, Case.other), open))
            #expect(try decide("/Patient?_has:Appointment:patient:status=x", open) != "403")
        }
    }

    @Test("a part that is denied is cut out by its codes, and what has none could be of it")
    func parts() throws {
        func observation(_ patient: String, _ category: String?) -> String {
            let codes = category.map { #","category":[{"coding":[{"code":"\#($0)"}]}]"# } ?? ""
            return #"{"resourceType":"Observation","subject":{"reference":"Patient/\#(patient)"}\#(codes)}"#
        }
        for scopes in ["user/*.rs", "system/*.rs"] {
            let cut = access(scopes, Self.laboratory)
            #expect(try !shows(observation(Case.other, "laboratory"), cut))
            #expect(try !shows(observation(Case.other, nil), cut))
            #expect(try shows(observation(Case.other, "survey"), cut))
            #expect(try shows(observation(Case.own, "laboratory"), cut) && shows(observation(Case.own, nil), cut))
            #expect(try shows(#"{"resourceType":"Patient","id":"eboni"}"#, cut))
            #expect(try decide("/Patient/eboni/$everything", cut).hasPrefix("collect"))
            #expect(try decide("/Patient/eboni/$summary", cut) == "403")
        }
    }

    @Test("nothing is written about the patient either")
    func writes() throws {
        func observation(_ patient: String) -> String {
            #"{"resourceType":"Observation","status":"final","subject":{"reference":"Patient/\#(patient)"}}"#
        }
        #expect(try decide("/Observation", access(), body: observation(Case.other)) == "403")
        #expect(try decide("/Observation", access(), body: observation(Case.own)) == "handOff /Observation")
        let readOnly = DenyRules([DenyRule(patient: Case.other, nil, [.create, .update, .delete])])
        #expect(try decide("/Observation", access("user/*.cruds", readOnly), body: observation(Case.other)) == "403")
        #expect(
            try shows(
                #"{"resourceType":"Observation","subject":{"reference":"Patient/eboni"}}"#,
                access("user/*.cruds", readOnly)))
    }

    @Test(
        "an export cannot leave anybody out, so it is refused with the reason",
        arguments: [
            ("/$export", "system/*.rs", "403"), ("/$export?_type=Organization", "system/*.rs", "export"),
            ("/$export?_type=Observation", "system/*.rs", "403"), ("/Patient/$export", "system/*.rs", "403"),
            ("/$export", "system/Organization.rs", "export"),
            ("/$export", "system/Organization.rs system/Observation.rs", "403"),
        ])
    func export(_ target: String, _ scopes: String, _ decision: String) throws {
        #expect(try decide(target, access(scopes), prefer: "respond-async").hasPrefix(decision))
        #expect(try decide(target, access(scopes, .none), prefer: "respond-async").hasPrefix("export"))
    }

    @Test("what only some types are denied of is exported without those")
    func exportOfOthers() throws {
        let rules = DenyRuleScopeTests.rules("patient/Observation.rs", of: Case.other)
        #expect(
            try decide("/Patient/$export?_type=Condition", access("system/*.rs", rules), prefer: "respond-async")
                .hasPrefix("export"))
        #expect(try decide("/Patient/$export", access("system/*.rs", rules), prefer: "respond-async") == "403")
    }

    @Test("the person's own entry is hidden where it is a patient who denies")
    func instance() throws {
        let token = TokenAccess(
            ScopeSet("openid fhirUser"), patient: nil, user: FHIRUser("Patient/eboni"), access: .all, denied: Self.eboni
        )
        #expect(try decide("/Patient/eboni", token) == "403")
    }
}
