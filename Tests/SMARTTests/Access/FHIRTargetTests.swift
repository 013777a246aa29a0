import HTTP
import SMART
import Testing

@Suite("The one form of an address (threat E3)")
struct FHIRTargetTests {
    @Test(
        "an address is decoded once and written out again",
        arguments: [
            ("/fhir/Patient/1", "", "/Patient/1"),
            ("/fhir/%50atient/1", "", "/Patient/1"),
            ("/fhir", "_type=Patient", "/?_type=Patient"),
            ("/fhir/", "", "/"),
            ("/fhir/Observation", "code=a%7Cb&x=1+2&y", "/Observation?code=a%7Cb&x=1%202&y="),
            ("/fhir/Observation", "%5Finclude=Observation:subject", "/Observation?_include=Observation%3Asubject"),
            ("/fhir/Observation", "date=ge2020;x=1&&a=b", "/Observation?date=ge2020%3Bx%3D1&a=b"),
            ("/fhir/Patient/1/$everything", "", "/Patient/1/$everything"),
        ])
    func canonical(_ path: String, _ query: String, _ text: String) throws {
        #expect(try FHIRTarget(path: path, query: query, under: Case.base()).text == text)
    }

    @Test(
        "what two readers could read in two ways is refused",
        arguments: [
            "/fhir/../fhir/Patient/1", "/fhir/./Patient", "/fhir/%2e%2e/Patient", "/fhir/%2E/Patient",
            "/fhir//Patient", "/fhir/Patient/", "/fhir/Patient//1", "//fhir/Patient", "/fhir/Patient%2F1",
            "/fhir/Patient%5C1", "/fhir/Patient;x=1", "/fhir/Patient%3Bx", "/fhir/Patient/1%00", "/fhir/Patient/1%0a",
            "/fhir/Patient/%zz", "/fhir/Patient/%C3", "/fhir/Patient/%C3%A9", "/fhir/Patient/1%20", "/fhir/Patient/1+2",
            "/fhir/Patient/1/%252e%252e", "/fhirPatient/1", "/FHIR/Patient/1", "/Patient/1", "",
            "/fhir/Patient/1/_history/2/x",
        ])
    func refused(_ path: String) throws {
        let base = try Case.base()
        let refusal = #expect(throws: FHIRRefusal.self) { try FHIRTarget(path: path, query: "", under: base) }
        #expect(refusal?.status == 400)
    }

    // RFC 9700 §4.3.2
    @Test(
        "a query that is broken or carries a token is refused",
        arguments: ["a=%", "a=%C3", "a=%00", "a=%0A", "a%7F=1", "access_token=x", "a=1&access%5Ftoken=x"])
    func query(_ query: String) throws {
        let base = try Case.base()
        let refusal = #expect(throws: FHIRRefusal.self) {
            try FHIRTarget(path: "/fhir/Patient", query: query, under: base)
        }
        #expect(refusal?.status == 400)
    }

    @Test("the text of a target, cut at every byte, is refused or read, and never leaves the base")
    func cuts() throws {
        let text = Array("/fhir/Pat%69ent/1/_history/2?_count=1&a=%2F".utf8)
        for end in 0...text.count {
            let halves = String(decoding: text[..<end], as: UTF8.self).split(
                separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let query = halves.count == 2 ? String(halves[1]) : ""
            guard let target = try? FHIRTarget(path: String(halves.first ?? ""), query: query, under: Case.base())
            else { continue }
            #expect(target.text.hasPrefix("/") && !target.text.contains("..") && !target.text.contains(" "))
        }
    }
}
