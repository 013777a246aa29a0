import HTTP
import SMART
import Testing

@Suite("The decision table")
struct DecisionTableTests {
    typealias Row = (method: Request.Method, target: String, scopes: String, decision: String)

    private func decide(_ row: Row, access: UserAccess = .patients([Case.own]), _ fields: [(String, String)] = [])
        throws -> String
    {
        try Case.table(row.scopes, access: access).decision(on: Case.request(row.method, row.target, fields)).summary
    }

    @Test(
        "a token without restriction is handed on",
        arguments: [
            (.get, "/Patient/1", "system/Patient.r", "handOff /Patient/1"),
            (.head, "/Patient/1?_format=xml", "system/Patient.r", "handOff /Patient/1?_format=xml"),
            (.get, "/Patient/1?_include=x", "system/Patient.r", "403"),
            (.get, "/Patient/1?_include=x", "system/*.rs", "handOff /Patient/1?_include=x"),
            (.get, "/Patient/1/_history/2", "system/Patient.r", "handOff /Patient/1/_history/2"),
            (.get, "/Patient/1/_history?_count=2", "system/Patient.r", "handOff /Patient/1/_history?_count=2"),
            (.get, "/Patient/_history", "system/Patient.s", "handOff /Patient/_history"),
            (.get, "/Patient/_history", "system/Patient.r", "403"),
            (.get, "/_history", "system/*.rs", "handOff /_history"),
            (.get, "/_history", "system/*.r", "403"),
            (.get, "/Binary/1", "system/Binary.r", "handOff /Binary/1"),
            (.get, "/Subscription/1", "system/*.rs", "handOff /Subscription/1"),
            (.get, "/Observation?code=a%7Cb", "system/Observation.s", "handOff /Observation?code=a%7Cb"),
            (.get, "/Observation?_offset=20", "system/Observation.s", "handOff /Observation?_offset=20"),
            (.get, "/Observation?_getpages=x", "system/Observation.s", "403"),
            (.get, "/Observation?code=a", "system/Observation.r", "403"),
            (.get, "/Observation?_include=Observation:subject", "system/Observation.rs", "403"),
            (.get, "/Observation?patient.name=x", "system/Observation.rs", "403"),
            (.get, "/Observation?_include=*", "system/*.rs", "handOff /Observation?_include=%2A"),
            (.post, "/Observation/_search", "system/*.rs", "handOff /Observation/_search"),
            (.post, "/Observation/_search", "system/Observation.rs", "403"),
            (.get, "/Patient/1/Observation", "system/Observation.s", "handOff /Patient/1/Observation"),
            (.get, "/Patient/1/*", "system/*.rs", "handOff /Patient/1/*"),
            (.get, "/Patient/1/*", "system/Observation.rs", "403"),
            (.get, "?_type=Patient,Observation", "system/*.rs", "handOff /?_type=Patient%2CObservation"),
            (.get, "?_type=Patient", "system/Patient.s", "handOff /?_type=Patient"),
            (.get, "?_type=Patient,Observation", "system/Patient.s", "403"),
            (.get, "?_type=Patient,", "system/Patient.s", "403"),
            (.get, "?_type=Patient&_type=Observation", "system/Patient.s", "403"),
            (.get, "?_type=Patient&_revinclude=Observation:subject", "system/Patient.s", "403"),
            (.get, "?name=x", "system/Patient.s", "403"),
            (.post, "/Observation", "system/Observation.c", "handOff /Observation"),
            (.post, "/Observation", "system/Observation.ruds", "403"),
            (.put, "/Observation/1", "system/Observation.u", "handOff /Observation/1"),
            (.patch, "/Observation/1", "system/Observation.u", "handOff /Observation/1"),
            (.delete, "/Observation/1", "system/Observation.d", "handOff /Observation/1"),
            (.delete, "/Observation/1", "system/Observation.u", "403"),
            (.delete, "/Observation/1?_cascade=delete", "system/*.cruds", "403"),
            (.delete, "/Observation/1?_expunge=true", "system/*.cruds", "403"),
            (.put, "/Observation/1?x=y", "system/*.cruds", "403"),
            (.put, "/Observation?code=x", "system/*.cruds", "403"),
            (.post, "/", "system/*.cruds", "403"), (.get, "/Patient/1/$everything", "system/*.cruds", "403"),
            (.get, "/$graphql", "system/*.cruds", "403"), (.get, "/$export", "system/*.cruds", "403"),
        ] as [Row])
    func unrestricted(_ row: Row) throws {
        #expect(try decide(row) == row.decision)
    }

    @Test(
        "a patient's token is checked, or refused",
        arguments: [
            (.get, "/Patient/kermit", "patient/Patient.r", "read Patient/kermit"),
            (.get, "/Patient/eboni", "patient/Patient.r", "404"),
            (.get, "/Patient/kermit", "patient/Observation.rs", "403"),
            (.get, "/Observation/1?_format=json&_elements=id", "patient/*.r", "read Observation/1"),
            (.get, "/Observation/1?_format=xml", "patient/*.r", "406"),
            (.get, "/Observation/1?_include=x", "patient/*.r", "403"),
            (.get, "/Observation?code=x", "patient/*.r", "403"),
            (.get, "/Observation?_format=xml", "patient/*.rs", "406"),
            (.get, "/Group/g", "patient/*.rs", "403"), (.get, "/Group", "patient/*.rs", "403"),
            (.get, "/Binary/b", "patient/*.rs", "403"), (.get, "/Subscription", "patient/*.rs", "403"),
            (.get, "/Observation/1/_history", "patient/*.rs", "403"),
            (.get, "/Observation/1/_history/1", "patient/*.rs", "403"),
            (.get, "/Observation/_history", "patient/*.rs", "403"), (.get, "/_history", "patient/*.rs", "403"),
            (.post, "/Observation/_search", "patient/*.rs", "403"),
            (.get, "/Patient/kermit/Observation", "patient/*.rs", "403"),
            (.get, "?_type=Observation", "patient/*.rs", "403"),
            (.get, "?_page=good", "patient/*.rs", "page /Observation?_offset=2"),
            (.get, "?_page=good", "patient/Condition.rs", "403"), (.get, "?_page=bad", "patient/*.rs", "404"),
            (.post, "/Observation", "patient/*.cruds", "403"), (.put, "/Observation/1", "patient/*.cruds", "403"),
            (.patch, "/Observation/1", "patient/*.cruds", "403"),
            (.delete, "/Observation/1", "patient/*.cruds", "403"), (.post, "/", "patient/*.cruds", "403"),
            (.get, "/Patient/kermit/$everything", "patient/*.cruds", "403"),
            (.get, "/Patient/kermit", "launch openid", "403"),
        ] as [Row])
    func restricted(_ row: Row) throws {
        #expect(try decide(row) == row.decision)
        // A user with these patients is in the same place.
        let user = row.scopes.replacing("patient/", with: "user/")
        #expect(
            try Case.table(user, patient: nil, access: .patients([Case.own]))
                .decision(on: Case.request(row.method, row.target)).summary == row.decision)
    }

    @Test(
        "a write under a constraint is refused",
        arguments: [
            (.post, "/Observation", "system/Observation.cruds?category=laboratory", "403"),
            (.put, "/Observation/1", "system/Observation.cruds?category=laboratory", "403"),
            (.patch, "/Observation/1", "user/Observation.cruds?category=laboratory", "403"),
            (.delete, "/Observation/1", "user/Observation.cruds?category=laboratory", "403"),
            (.post, "/Observation", "user/Observation.c", "handOff /Observation"),
        ] as [Row])
    func constrainedWrite(_ row: Row) throws {
        #expect(try decide(row, access: .all) == row.decision)
    }

    // SMART scopes-and-launch-context#scopes-for-requesting-identity-data
    @Test("the user's own resource is read though its type is closed")
    func fhirUser() throws {
        let table = try Case.table("openid fhirUser patient/*.rs", user: "Person/p")
        #expect(try table.decision(on: Case.request(.get, "/Person/p")).summary == "read Person/p")
        #expect(try table.decision(on: Case.request(.get, "/Person")).summary == "403")
    }

    @Test("a conditional create needs the search it makes")
    func conditionalCreate() throws {
        let condition = [("If-None-Exist", "identifier=a|b")]
        let row: Row = (.post, "/Patient", "system/Patient.c", "")
        #expect(try decide(row, condition) == "403")
        #expect(try decide((.post, "/Patient", "system/Patient.cs", ""), condition) == "handOff /Patient")
        let chain = [("If-None-Exist", "organization.name=x")]
        #expect(try decide((.post, "/Patient", "system/Patient.cs", ""), chain) == "403")
        #expect(try decide((.put, "/Patient/1", "system/*.cruds", ""), condition) == "400")
        guard
            case .handOff(let handOff) = try Case.table("system/Patient.cs")
                .decision(on: Case.request(.post, "/Patient", condition))
        else {
            Issue.record("not handed off")
            return
        }
        #expect(handOff.ifNoneExist == "identifier=a%7Cb")
    }

    @Test("a refusal names the scope that would do, and metadata needs none")
    func challenge() throws {
        guard
            case .deny(let refusal) = try Case.table("patient/Patient.r").decision(
                on: Case.request(.get, "/Observation"))
        else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.challenge == .insufficientScope("patient/Observation.s"))
        #expect(
            DecisionTable.open(try Case.request(.get, "/metadata?mode=full"))?.summary == "handOff /metadata?mode=full")
        #expect(DecisionTable.open(try Case.request(.get, "/Patient/1")) == nil)
        #expect(DecisionTable.open(try Case.request(.post, "/Patient")) == nil)
    }
}
