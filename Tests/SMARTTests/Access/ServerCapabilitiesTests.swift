import SMART
import Testing

@Suite("What the FHIR server can search by (FHIR R4 capabilitystatement)")
struct ServerCapabilitiesTests {
    private static let statement = #"""
        {"resourceType":"CapabilityStatement","rest":[{"mode":"client","resource":[{"type":"Goal","searchParam":[{"name":"patient"}]}]},
        {"mode":"server","searchParam":[{"name":"_tag"}],"resource":[
        {"type":"Observation","searchParam":[{"name":"patient"},{"name":"code"}]},{"type":"Patient"},
        {"type":"Condition","searchParam":[{"name":"patient"},{"name":"category"}]}]}]}
        """#

    private func decide(_ target: String, _ scopes: String = "patient/*.rs") throws -> String {
        let server = try Case.given(ServerCapabilities(Case.resource(Self.statement)))
        return try Case.table(scopes, server: server).decision(on: Case.request(.get, target)).summary
    }

    // FHIR R4 search#id
    @Test("a type that cannot be searched by patient is not searched for a patient")
    func types() throws {
        #expect(try decide("/Observation") == "search Observation?patient=Patient%2Fkermit")
        #expect(try decide("/Patient") == "search Patient?_id=kermit")
        #expect(try decide("/Practitioner") == "search Practitioner?")
        #expect(try decide("/Goal") == "403" && decide("/Patient/kermit/Goal") == "403")
        #expect(try decide("/Goal", "system/Goal.rs") == "search Goal?")
        #expect(try decide("/Goal/1") == "read Goal/1")
    }

    @Test("a constraint that cannot be searched by is not asked for, and then counts tell too much")
    func constraints() throws {
        let category = "patient/Observation.rs?category=a patient/Condition.rs?category=a"
        #expect(try decide("/Observation", category) == "search Observation?patient=Patient%2Fkermit")
        #expect(try decide("/Condition", category) == "search Condition?patient=Patient%2Fkermit&category=a")
        #expect(try decide("/Observation?_summary=count", category) == "403")
        #expect(try decide("/Condition?_summary=count", category).hasPrefix("search"))
        #expect(try decide("/Observation", "patient/Observation.rs?_tag=a").hasSuffix("&_tag=a"))
    }

    @Test(
        "what is no statement of a server is none",
        arguments: [
            "{}", "[]", #"{"resourceType":"CapabilityStatement"}"#,
            #"{"resourceType":"OperationOutcome","rest":[{"mode":"server"}]}"#,
        ])
    func none(_ text: String) throws {
        #expect(ServerCapabilities(try Case.resource(text)) == nil)
    }
}
