import HTTP
import SMART
import Testing

@Suite("Why a request is decided as it is")
struct AccessExplanationTests {
    private func explain(
        _ method: Request.Method, _ target: String, _ scopes: String = "patient/*.rs"
    ) throws -> AccessExplanation {
        try Case.table(scopes).explanation(of: Case.request(method, target))
    }

    @Test("a refusal says which row, why, and what would do")
    func refusal() throws {
        let found = try explain(.get, "/Observation?code=x", "patient/Patient.rs")
        #expect(found.row == "S1" && found.asked == "a search of Observation" && found.outcome == "refused with 403")
        #expect(found.reason == "The token's scopes do not cover this." && found.needed == "patient/Observation.s")
        #expect(found.upstream == nil)
    }

    @Test("what is done says what the FHIR server is asked")
    func search() throws {
        let found = try explain(.get, "/Observation?code=x")
        #expect(found.outcome == "searched, and every entry looked at" && found.reason == nil && found.needed == nil)
        #expect(found.upstream == "/Observation?code=x&patient=Patient%2Fkermit")
        #expect(try explain(.post, "/Observation").outcome == "refused with 403")
        #expect(
            try explain(.post, "/Observation", "patient/*.c").outcome == "decided by the body, which is not given here")
    }

    @Test(
        "every interaction has a row",
        arguments: [
            (.get, "/metadata", "open"), (.get, "/Patient/1", "R1"), (.get, "/Binary/1", "R6"),
            (.get, "/Patient/1/_history/1", "R2"),
            (.get, "/Patient/1/_history", "R3"), (.get, "/Patient/_history", "R4"), (.get, "/_history", "R4"),
            (.get, "/Patient", "S1"),
            (.post, "/Patient/_search", "S2"), (.get, "/Patient/1/Goal", "S3"), (.get, "/Patient/1/*", "S4"),
            (.get, "/Encounter/1/Goal", "S4"), (.get, "?_type=Goal", "S5"), (.get, "?_page=x", "S6"),
            (.post, "/Goal", "W1"),
            (.put, "/Goal/1", "W3"), (.patch, "/Goal/1", "W4"), (.delete, "/Goal/1", "W5"),
            (.delete, "/Goal?x=y", "W6"), (.post, "/", "B"),
            (.get, "/Patient/1/$everything", "O1"), (.get, "/DocumentReference/$docref", "O2"),
            (.get, "/Observation/$lastn", "O3"),
            (.get, "/ValueSet/$expand", "O4"), (.post, "/Goal/$validate", "O5"), (.get, "/Patient/1/$summary", "O6"),
            (.post, "/$graphql", "O7"), (.get, "/$export", "X1"), (.get, "?_export=x", "X2"), (.put, "/", "Z"),
        ] as [(Request.Method, String, String)])
    func rows(_ method: Request.Method, _ target: String, _ row: String) throws {
        let found = try explain(method, target)
        #expect(found.row == row && !found.asked.isEmpty && !found.outcome.isEmpty)
    }
}
