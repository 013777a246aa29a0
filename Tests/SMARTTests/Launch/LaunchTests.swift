import JSON
import SMART
import Testing

@Suite("SMART scopes-and-launch-context#launch-context-arrives-with-your-access_token")
struct LaunchContextTests {
    @Test("what is stored is read back")
    func roundTrip() throws {
        let context = LaunchContext(
            patient: "p-1", encounter: "e.1", fhirContext: FHIRContext(json: #"[{"reference":"ImagingStudy/1"}]"#),
            intent: "review \"this\"", needPatientBanner: false, smartStyleURL: "https://x.example/s.json", tenant: "t")
        #expect(LaunchContext(json: context.json) == context)
        #expect(LaunchContext(json: LaunchContext().json) == LaunchContext())
        #expect(LaunchContext(json: Array("[]".utf8)) == nil)
        #expect(LaunchContext(json: Array("{".utf8)) == nil)
    }

    // SMART scopes-and-launch-context#fhir-context
    @Test(
        "items of fhirContext",
        arguments: [
            (#"[{"reference":"ImagingStudy/1"}]"#, true),
            (#"[{"reference":"Patient/1","role":"https://x.example/r"}]"#, true),
            (#"[{"reference":"Patient/1"}]"#, false),
            (#"[{"reference":"Encounter/1","role":"launch"}]"#, false),
            (#"[{"reference":"Nothing/1"}]"#, false),
            (#"[{"reference":"https://x.example/Patient/1"}]"#, false),
            (#"[{"canonical":"https://x.example/Questionnaire/1"}]"#, true),
            (#"[{"canonical":"Questionnaire/1"}]"#, false),
            (#"[{"identifier":{"system":"s","value":"v"},"type":"Device"}]"#, true),
            (#"[{"identifier":"v"}]"#, false),
            (#"[{"reference":"ImagingStudy/1","role":""}]"#, false),
            (#"[{"type":"Device"}]"#, false), (#"["Patient/1"]"#, false), ("[]", false), ("{}", false), ("[", false),
        ])
    func fhirContext(_ json: String, _ isValid: Bool) {
        #expect((FHIRContext(json: json) != nil) == isValid)
    }

    @Test("absent members are left out")
    func writing() {
        var writer = JSONWriter()
        writer.object { LaunchContext(patient: "1").write(to: &$0) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"patient":"1"}"#)
    }
}

@Suite("FHIR bases and users")
struct FHIRBaseTests {
    @Test(
        "an aud that means this server",
        arguments: [
            ("https://h.example/fhir", true), ("https://h.example/fhir/", true), ("https://H.EXAMPLE/fhir", true),
            ("HTTPS://h.example/fhir", true), ("https://h.example:443/fhir", true), ("https://h.example/fhir//", false),
            ("https://h.example/FHIR", false), ("https://h.example/fhir/x", false), ("https://h.example/fhi", false),
            ("http://h.example/fhir", false), ("https://h.example:8443/fhir", false),
            ("https://evil.example/fhir", false),
            ("https://h.example/fhir?x", false), ("https://h.example/fhir#x", false),
            ("https://a@h.example/fhir", false),
            ("h.example/fhir", false), ("", false),
        ])
    func audience(_ text: String, _ isMeant: Bool) throws {
        #expect(try #require(FHIRBase("https://h.example/fhir")).isMeant(by: text) == isMeant)
    }

    @Test(
        "a base is https without anything behind its path",
        arguments: [
            ("https://h.example/fhir", true), ("http://localhost:8080/fhir", true), ("http://h.example/fhir", false),
            ("https://h.example/fhir/", false), ("https://h.example/fhir?x", false), ("ftp://h.example/fhir", false),
        ])
    func bases(_ text: String, _ isBase: Bool) {
        #expect((FHIRBase(text) != nil) == isBase)
    }

    // SMART scopes-and-launch-context#scopes-for-requesting-identity-data
    @Test(
        "users are people's resources",
        arguments: [
            ("Practitioner/1", true), ("Patient/a-b.c", true), ("RelatedPerson/1", true), ("Device/1", false),
            ("Practitioner/", false), ("Practitioner/a b", false), ("Practitioner/1/2", false),
            ("practitioner/1", false),
        ])
    func users(_ text: String, _ isUser: Bool) {
        #expect((FHIRUser(text) != nil) == isUser)
    }

    @Test("a user's patients: the administrator's word, and never more than the own record for a patient")
    func access() throws {
        let patient = try #require(FHIRUser("Patient/1"))
        let practitioner = try #require(FHIRUser("Practitioner/1"))
        #expect(UserAccess.all.limited(to: patient) == .patients(["1"]))
        #expect(UserAccess.none.limited(to: patient) == .patients(["1"]))
        #expect(UserAccess.all.limited(to: practitioner) == .all)
        #expect(UserAccess("patients:a,b")?.includes(patient: "b") == true)
        #expect(UserAccess("patients:a,b")?.includes(patient: "c") == false)
        #expect(UserAccess.none.includes(patient: "a") == false)
        for text in ["", "patients:", "patients:a,,b", "All", "patients:a b"] { #expect(UserAccess(text) == nil) }
    }
}
