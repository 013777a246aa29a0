import JSON
import SMART
import Testing

@Suite("What is visible in one patient's context")
struct VisibilityTests {
    private func shows(
        _ json: String, _ scopes: String = "patient/*.rs", by letters: Permissions = .read,
        beside companions: Set<String> = []
    ) throws -> Bool {
        try Visibility(Case.access(scopes), references: Case.references())
            .shows(Case.resource(json), by: letters, beside: companions)
    }

    private func observation(_ subject: String, _ rest: String = "") -> String {
        #"{"resourceType":"Observation","id":"o","subject":\#(subject)\#(rest)}"#
    }

    @Test(
        "a reference to the patient is one in any of these spellings",
        arguments: [
            "Patient/kermit", "Patient/kermit/_history/3", "https://ehr.example.org/fhir/Patient/kermit",
            "http://10.0.0.5:8080/hapi/Patient/kermit",
        ])
    func own(_ reference: String) throws {
        #expect(try shows(observation(#"{"reference":"\#(reference)"}"#)))
    }

    @Test(
        "and nothing else proves membership",
        arguments: [
            #"{"reference":"Patient/eboni"}"#, ##"{"reference":"#kermit"}"##, #"{"reference":"urn:uuid:kermit"}"#,
            #"{"reference":"https://evil.example/fhir/Patient/kermit"}"#,
            #"{"reference":"https://ehr.example.org/fhirPatient/kermit"}"#, #"{"reference":"kermit"}"#,
            #"{"reference":"patient/kermit"}"#, #"{"reference":"Patient/Kermit"}"#,
            #"{"reference":"Patient/kermit/"}"#, #"{"reference":"Patient/kermit?x=1"}"#,
            #"{"reference":"Group/kermit"}"#, #"{"identifier":{"value":"kermit"},"type":"Patient"}"#,
            #"{"display":"Patient/kermit"}"#, #""Patient/kermit""#, "null", "{}", "[]",
            #"{"reference":["Patient/kermit"]}"#,
        ])
    func notOwn(_ subject: String) throws {
        #expect(try !shows(observation(subject)))
    }

    @Test("a patient sees the own Patient resource alone")
    func root() throws {
        #expect(try shows(#"{"resourceType":"Patient","id":"kermit"}"#))
        #expect(
            try !shows(#"{"resourceType":"Patient","id":"eboni","link":[{"other":{"reference":"Patient/kermit"}}]}"#))
        #expect(try !shows(#"{"resourceType":"Patient"}"#))
    }

    @Test("being the performer or the focus makes nobody the subject")
    func performer() throws {
        let kermit = #"{"reference":"Patient/kermit"}"#
        let eboni = #"{"reference":"Patient/eboni"}"#
        #expect(try !shows(observation(eboni, #","performer":[\#(kermit)]"#)))
        #expect(try shows(observation(kermit, #","focus":[\#(eboni)]"#)))
        #expect(try !shows(#"{"resourceType":"Observation","id":"o"}"#))
    }

    @Test("an instance for two patients is shown to neither, an appointment to both")
    func two() throws {
        let both = #"[{"reference":"Patient/kermit"},{"reference":"Patient/eboni"}]"#
        let mixed = #"[{"reference":"Patient/kermit"},{"reference":"Device/d"}]"#
        #expect(try !shows(#"{"resourceType":"Account","subject":\#(both)}"#))
        #expect(try shows(#"{"resourceType":"Account","subject":\#(mixed)}"#))
        #expect(try !shows(#"{"resourceType":"Account","subject":[{"reference":"Patient/kermit"},{"display":"?"}]}"#))
        let actors = #"[{"actor":{"reference":"Patient/kermit"}},{"actor":{"reference":"Patient/eboni"}}]"#
        #expect(try shows(#"{"resourceType":"Appointment","participant":\#(actors)}"#))
    }

    @Test(
        "lists of patients, raw content and unknown types are hidden",
        arguments: [
            #"{"resourceType":"Group","member":[{"entity":{"reference":"Patient/kermit"}}]}"#,
            #"{"resourceType":"Person","link":[{"target":{"reference":"Patient/kermit"}}]}"#,
            #"{"resourceType":"AuditEvent","agent":[{"who":{"reference":"Patient/kermit"}}]}"#,
            #"{"resourceType":"Binary","securityContext":{"reference":"Patient/kermit"}}"#,
            #"{"resourceType":"Bundle"}"#, #"{"resourceType":"Parameters"}"#, #"{"resourceType":"Nonsense"}"#,
            #"{"id":"kermit"}"#, #"{"resourceType":["Patient"],"id":"kermit"}"#, "[]",
            #"{"resourceType":"List","entry":[{"item":{"reference":"Patient/kermit"}}]}"#,
            #"{"resourceType":"Task","for":{"reference":"Patient/eboni"}}"#, #"{"resourceType":"Task"}"#,
        ])
    func hidden(_ json: String) throws {
        #expect(try !shows(json))
    }

    @Test("what care shares, definitions and equipment nobody has are shown")
    func shared() throws {
        #expect(try shows(#"{"resourceType":"Practitioner","id":"p"}"#))
        #expect(try shows(#"{"resourceType":"Questionnaire","id":"q"}"#))
        #expect(try shows(#"{"resourceType":"Device","id":"d"}"#))
        #expect(try shows(#"{"resourceType":"Task","for":{"reference":"Patient/kermit"}}"#))
        #expect(try !shows(#"{"resourceType":"Device","patient":{"reference":"Patient/eboni"}}"#))
        #expect(try !shows(#"{"resourceType":"Device","patient":{"display":"someone"}}"#))
    }

    @Test("a Provenance is shown beside everything it is about, or not at all")
    func provenance() throws {
        func provenance(_ targets: String...) -> String {
            let list = targets.map { #"{"reference":"\#($0)"}"# }.joined(separator: ",")
            return #"{"resourceType":"Provenance","target":[\#(list)]}"#
        }
        #expect(try shows(provenance("Patient/kermit")))
        #expect(try !shows(provenance("Patient/kermit", "Patient/eboni")))
        #expect(try !shows(provenance("DocumentReference/d")))
        #expect(try shows(provenance("DocumentReference/d"), beside: ["DocumentReference/d"]))
        #expect(try !shows(provenance("DocumentReference/d", "DocumentReference/e"), beside: ["DocumentReference/d"]))
        #expect(try shows(provenance("Patient/kermit", "Organization/o")))
        #expect(try !shows(provenance("Organization/o")))
        #expect(try !shows(provenance()))
        #expect(try !shows(#"{"resourceType":"Provenance"}"#))
    }

    @Test("a companion proves nothing for other types")
    func companion() throws {
        #expect(
            try !shows(
                #"{"resourceType":"Media","subject":{"reference":"Device/d"}}"#, beside: ["Device/d"]))
    }

    @Test("the type and the letter must be in the scope")
    func letters() throws {
        let own = observation(#"{"reference":"Patient/kermit"}"#)
        #expect(try shows(own, "patient/Observation.r"))
        #expect(try !shows(own, "patient/Observation.r", by: .search))
        #expect(try !shows(own, "patient/Observation.s"))
        #expect(try shows(own, "patient/Observation.s", by: [.read, .search]))
        #expect(try !shows(own, "patient/Condition.rs"))
        #expect(try shows(own, "patient/Observation.read"))
        #expect(try !shows(own, "patient/Observation.write"))
    }

    @Test("constraints hold by code and system, never by text (FHIR R4 search#token)")
    func constraints() throws {
        let system = "http://terminology.hl7.org/CodeSystem/observation-category"
        func observation(_ codings: String, _ rest: String = "") -> String {
            #"{"resourceType":"Observation","subject":{"reference":"Patient/kermit"},"category":[\#(codings)]\#(rest)}"#
        }
        let lab = #"{"coding":[{"system":"\#(system)","code":"laboratory"}]}"#
        let vital = #"{"coding":[{"system":"\#(system)","code":"vital-signs"}]}"#
        let otherSystem = #"{"coding":[{"system":"http://other","code":"laboratory"}]}"#
        let noSystem = #"{"coding":[{"code":"laboratory"}]}"#
        let text = #"{"text":"laboratory"}"#
        let exact = "patient/Observation.rs?category=\(system)|laboratory"
        #expect(try shows(observation(lab), exact))
        #expect(try shows(observation("\(vital),\(lab)"), exact))
        for hidden in [vital, otherSystem, noSystem, text] { #expect(try !shows(observation(hidden), exact)) }
        let any = "patient/Observation.rs?category=laboratory"
        for shown in [lab, otherSystem, noSystem] { #expect(try shows(observation(shown), any)) }
        let none = "patient/Observation.rs?category=|laboratory"
        #expect(try shows(observation(noSystem), none))
        #expect(try !shows(observation(lab), none))
        let both = "\(exact)&status=final"
        #expect(try shows(observation(lab, #","status":"final""#), both))
        #expect(try !shows(observation(lab, #","status":"amended""#), both))
        #expect(try !shows(observation(lab), both))
        #expect(try !shows(observation(lab, #","status":"final""#), "\(exact)&status=http://hl7.org|final"))
        let union = "\(exact) patient/Observation.rs?category=\(system)|vital-signs"
        #expect(try shows(observation(vital), union))
        #expect(try shows(observation(vital), "\(exact),\(system)|vital-signs"))
    }

    @Test("a constraint on a Coding or on a tag is read there")
    func codings() throws {
        let encounter =
            #"{"resourceType":"Encounter","subject":{"reference":"Patient/kermit"},"class":{"system":"urn:c","code":"AMB"}}"#
        #expect(try shows(encounter, "patient/Encounter.r?class=urn:c|AMB"))
        #expect(try !shows(encounter, "patient/Encounter.r?class=urn:d|AMB"))
        let tagged =
            #"{"resourceType":"Goal","meta":{"tag":[{"code":"a"},{"system":"s","code":"b"}]},"subject":{"reference":"Patient/kermit"}}"#
        #expect(try shows(tagged, "patient/Goal.r?_tag=s|b"))
        #expect(try !shows(tagged, "patient/Goal.r?_tag=s|a"))
    }

    @Test("a constraint never lets another patient in")
    func constraintElsewhere() throws {
        #expect(
            try !shows(
                #"{"resourceType":"Observation","status":"final","subject":{"reference":"Patient/eboni"}}"#,
                "patient/Observation.rs?status=final"))
    }
}
