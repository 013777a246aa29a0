import HTTP
import SMART
import Testing

@Suite("The decision table")
struct DecisionTableTests {
    typealias Row = (method: Request.Method, target: String, scopes: String, decision: String)

    private func decide(
        _ row: Row, access: UserAccess = .patients([Case.own]), _ fields: [(String, String)] = [], body: String? = nil
    ) throws -> String {
        try Case.table(row.scopes, access: access).decision(
            on: Case.request(row.method, row.target, fields, body: body)
        )
        .summary
    }

    @Test(
        "R1 to R6: a token without restriction reads by itself",
        arguments: [
            (.get, "/Patient/1", "system/Patient.r", "handOff /Patient/1"),
            (.head, "/Patient/1?_format=xml", "system/Patient.r", "handOff /Patient/1?_format=xml"),
            (.get, "/Patient/1?_include=x", "system/Patient.r", "403"),
            (.get, "/Patient/1?_include=x", "system/*.rs", "handOff /Patient/1?_include=x"),
            (.get, "/Patient/1/_history/2", "system/Patient.r", "handOff /Patient/1/_history/2"),
            (.get, "/Patient/1/_history?_count=2", "system/Patient.r", "handOff /Patient/1/_history?_count=2"),
            (.get, "/Patient/_history", "system/Patient.s", "handOff /Patient/_history"),
            (.get, "/Patient/_history", "system/Patient.r", "403"),
            (.get, "/_history", "system/*.rs", "handOff /_history"), (.get, "/_history", "system/*.r", "403"),
            (.get, "/Binary/1", "system/Binary.r", "handOff /Binary/1"),
            (.get, "/Subscription/1", "system/*.rs", "handOff /Subscription/1"),
        ] as [Row])
    func unrestrictedReads(_ row: Row) throws {
        #expect(try decide(row) == row.decision)
    }

    @Test(
        "S1 to S6: a token without restriction searches by itself",
        arguments: [
            (.get, "/Observation?code=a%7Cb", "system/*.rs", "handOff /Observation?code=a%7Cb"),
            (.get, "/Observation?code=a%7Cb", "system/Observation.s", "search Observation?code=a%7Cb"),
            (.get, "/Observation?_offset=20", "system/*.rs", "handOff /Observation?_offset=20"),
            (.get, "/Observation?_offset=20", "system/Observation.s", "403"),
            (.get, "/Observation?_getpages=x", "system/Observation.s", "403"),
            (.get, "/Observation?code=a", "system/Observation.r", "403"),
            (.get, "/Observation?_include=*", "system/*.rs", "handOff /Observation?_include=%2A"),
            (.get, "/Observation?patient.name=x", "system/Observation.rs", "403"),
            (.post, "/Observation/_search", "system/*.rs", "handOff /Observation/_search"),
            (.post, "/Observation/_search", "system/Observation.rs", "body"),
            (
                .get, "/Patient/1/Observation", "system/Observation.s system/Patient.r",
                "handOff /Patient/1/Observation"
            ),
            (.get, "/Patient/1/Observation", "system/Observation.s", "search Observation?patient=Patient%2F1"),
            (.get, "/Patient/1/Practitioner", "system/Practitioner.s", "400"),
            (
                .get, "/Encounter/1/Observation?code=x", "system/Observation.s system/Encounter.s",
                "handOff /Encounter/1/Observation?code=x"
            ),
            (.get, "/Encounter/1/Observation?code=x", "system/Observation.s", "403"),
            (.get, "/Patient/1/*", "system/*.rs", "handOff /Patient/1/*"),
            (.get, "/Patient/1/*", "system/Observation.rs", "403"),
            (.get, "?_type=Patient,Observation", "system/*.rs", "handOff /?_type=Patient%2CObservation"),
            (.get, "?_type=Patient", "system/Patient.s", "collect /?_type=Patient"),
            (.get, "?_type=Patient,Observation", "system/Patient.s", "403"),
            (.get, "?_type=Patient,", "system/Patient.s", "403"),
            (.get, "?_type=Patient&_type=Observation", "system/Patient.s", "403"),
            (.get, "?_type=Patient&_revinclude=Observation:subject", "system/Patient.s", "403"),
            (.post, "/_search?_type=Patient", "system/Patient.s", "403"),
            (.post, "/_search?_type=Patient", "system/*.rs", "handOff /_search?_type=Patient"),
            (.get, "?name=x", "system/Patient.s", "403"),
        ] as [Row])
    func unrestrictedSearches(_ row: Row) throws {
        #expect(try decide(row) == row.decision)
    }

    @Test(
        "W1 to W7: a token without restriction writes by itself",
        arguments: [
            (.post, "/Observation", "system/Observation.c system/*.rs", "handOff /Observation"),
            (.post, "/Observation", "system/Observation.c", "body"),
            (.post, "/Subscription", "system/Subscription.c", "403"),
            (.put, "/SearchParameter/1", "system/*.cud", "403"),
            (.post, "/Subscription", "system/*.cruds", "handOff /Subscription"),
            (.post, "/Observation", "system/Observation.ruds", "403"),
            (.put, "/Observation/1", "system/*.rus", "handOff /Observation/1"),
            (.put, "/Observation/1", "system/Observation.u", "body"),
            (.patch, "/Observation/1", "system/*.rus", "handOff /Observation/1"),
            (.patch, "/Observation/1", "system/Observation.u", "body"),
            (.delete, "/Observation/1", "system/Observation.d", "handOff /Observation/1"),
            (.delete, "/Observation/1", "system/Observation.u", "403"),
            (.delete, "/Observation/1?_cascade=delete", "system/*.cruds", "403"),
            (.delete, "/Observation/1?_expunge=true", "system/*.cruds", "403"),
            (.put, "/Observation/1?x=y", "system/*.cruds", "403"),
            (.put, "/Observation?code=x", "system/*.rus", "handOff /Observation?code=x"),
            (.put, "/Observation?code=x", "system/Observation.us", "body"),
            (.patch, "/Observation?code=x", "system/Observation.us", "body"),
            (.delete, "/Observation?code=x", "system/Observation.ds", "handOff /Observation?code=x"),
            (.put, "/Observation?code=x", "system/Observation.u", "403"),
            (.delete, "/Observation?code=x", "system/Observation.us", "403"),
            (.delete, "/Observation?patient.name=x", "system/Observation.cruds", "403"),
        ] as [Row])
    func unrestrictedWrites(_ row: Row) throws {
        #expect(try decide(row) == row.decision)
    }

    @Test(
        "O1 to O7: a token without restriction asks for the operations that have a row",
        arguments: [
            (.get, "/Patient/1/$everything", "system/*.rs", "handOff /Patient/1/$everything"),
            (.get, "/Patient/1/$everything", "system/Patient.rs", "collect /Patient/1/$everything"),
            (.get, "/Patient/1/$everything", "system/Patient.r", "403"),
            (.get, "/Patient/1/$everything", "system/Observation.rs", "403"),
            (.get, "/Observation/$lastn?max=2", "system/*.rs", "handOff /Observation/$lastn?max=2"),
            (.get, "/Observation/$lastn?max=2", "system/Observation.s", "search Observation/$lastn?max=2"),
            (
                .get, "/DocumentReference/$docref?patient=1", "system/*.rs",
                "handOff /DocumentReference/$docref?patient=1"
            ),
            (.get, "/ValueSet/$expand?url=x", "system/ValueSet.r", "handOff /ValueSet/$expand?url=x"),
            (.post, "/CodeSystem/$lookup", "system/CodeSystem.s", "handOff /CodeSystem/$lookup"),
            (.get, "/ConceptMap/1/$translate?code=x", "user/*.rs", "handOff /ConceptMap/1/$translate?code=x"),
            (.get, "/ValueSet/$expand?url=x", "system/CodeSystem.r", "403"),
            (.post, "/Observation/$validate", "system/Observation.c", "handOff /Observation/$validate"),
            (.post, "/Observation/$validate", "system/Observation.rs", "403"),
            (.get, "/Patient/1/$summary", "system/*.rs", "handOff /Patient/1/$summary"),
            (.get, "/$graphql", "system/*.cruds", "403"), (.post, "/Patient/$match", "system/*.cruds", "403"),
            (.post, "/Patient/1/$meta-add", "system/*.cruds", "403"), (.get, "/$reindex", "system/*.cruds", "403"),
            (.post, "/Observation/1/$expunge", "system/*.cruds", "403"),
        ] as [Row])
    func unrestrictedOperations(_ row: Row) throws {
        #expect(try decide(row) == row.decision)
    }

    @Test(
        "R1 to R6: a patient's token reads what is checked, or is refused",
        arguments: [
            (.get, "/Patient/kermit", "patient/Patient.r", "read Patient/kermit"),
            (.get, "/Patient/eboni", "patient/Patient.r", "404"),
            (.get, "/Patient/kermit", "patient/Observation.rs", "403"),
            (.get, "/Observation/1?_format=json&_elements=id", "patient/*.r", "read Observation/1"),
            (.get, "/Observation/1?_format=xml", "patient/*.r", "406"),
            (.get, "/Observation/1?_include=x", "patient/*.r", "403"),
            (.get, "/Observation/1/_history/2", "patient/*.r", "read Observation/1 2"),
            (.get, "/Patient/eboni/_history/2", "patient/*.r", "404"),
            (.get, "/Observation/1/_history/2", "patient/*.s", "403"),
            (
                .get, "/Observation/1/_history?_count=5&_summary=true", "patient/*.r",
                "history /Observation/1/_history?_count=5"
            ),
            (.get, "/Patient/eboni/_history", "patient/*.r", "404"),
            (.get, "/Observation/1/_history?_sort=x", "patient/*.r", "403"),
            (.get, "/Observation/_history", "patient/*.rs", "403"), (.get, "/_history", "patient/*.rs", "403"),
            (.get, "/Group/g", "patient/*.rs", "403"), (.get, "/Group/g/_history", "patient/*.rs", "403"),
            (.get, "/AuditEvent/a", "patient/*.rs", "403"), (.get, "/Bundle/b", "patient/*.rs", "403"),
            (.get, "/Subscription/s", "patient/*.rs", "403"),
            (.get, "/Binary/b", "patient/*.rs", "binary b by binary"),
            (.get, "/Binary/b", "patient/DocumentReference.rs", "403"),
            (.get, "/Binary/b/_history/1", "patient/*.rs", "403"),
            (.get, "/Binary/b", "patient/Binary.r?_tag=a patient/DocumentReference.rs", "403"),
        ] as [Row])
    func restrictedReads(_ row: Row) throws {
        try expect(row)
    }

    // FHIR R4 binary#security
    @Test(
        "R6: where the site wants it, who reads documents of a patient reads what they point to",
        arguments: [
            ("patient/DocumentReference.rs", "binary b by document"),
            ("patient/DocumentReference.r?status=current", "binary b by document"),
            ("patient/DocumentReference.s", "403"), ("patient/Observation.rs", "403"),
            ("patient/DocumentReference.r patient/Binary.r", "binary b by binary"),
            ("patient/DocumentReference.rs patient/Binary.r?_tag=a", "403"),
        ])
    func documentsOpenBinaries(_ scopes: String, _ decision: String) throws {
        let table = try Case.table(scopes, site: SiteRules(documentsOpenBinaries: true))
        #expect(try table.decision(on: Case.request(.get, "/Binary/b")).summary == decision)
        #expect(try table.decision(on: Case.request(.get, "/Binary/b?x=y")).summary == "403")
        #expect(try table.decision(on: Case.request(.get, "/Binary")).summary == "403")
        let everybodys = try Case.table(
            "user/DocumentReference.rs", access: .all, site: SiteRules(documentsOpenBinaries: true))
        #expect(try everybodys.decision(on: Case.request(.get, "/Binary/b")).summary == "403")
    }

    @Test(
        "S1 to S6: a patient's token searches what is narrowed, or is refused",
        arguments: [
            (.get, "/Observation?code=x", "patient/*.r", "403"),
            (.get, "/Observation?_format=xml", "patient/*.rs", "406"),
            (.get, "/Group", "patient/*.rs", "403"), (.get, "/Subscription", "patient/*.rs", "403"),
            (.get, "/Binary", "patient/*.rs", "403"),
            (.post, "/Observation/_search", "patient/*.rs", "body"),
            (.post, "/Observation/_search", "patient/*.r", "403"),
            (
                .get, "/Patient/kermit/Observation?code=x", "patient/*.rs",
                "search Observation?code=x&patient=Patient%2Fkermit"
            ),
            (.get, "/Patient/kermit/Patient", "patient/*.rs", "search Patient?_id=kermit"),
            (.get, "/Patient/eboni/Observation", "patient/*.rs", "403"),
            (.get, "/Patient/kermit/Practitioner", "patient/*.rs", "400"),
            (.get, "/Patient/kermit/Group", "patient/*.rs", "403"), (.get, "/Patient/kermit/*", "patient/*.rs", "403"),
            (.post, "/Patient/kermit/Observation/_search", "patient/*.rs", "body"),
            (.get, "/Encounter/e/Observation", "patient/*.rs", "403"),
            (.get, "?_type=Observation", "patient/*.rs", "403"), (.post, "/_search", "patient/*.rs", "403"),
            (.get, "?_page=good", "patient/*.rs", "page /Observation?_offset=2"),
            (.get, "?_page=good", "patient/Condition.rs", "403"), (.get, "?_page=bad", "patient/*.rs", "404"),
            (.get, "/Patient/kermit", "launch openid", "403"),
        ] as [Row])
    func restrictedSearches(_ row: Row) throws {
        try expect(row)
    }

    // FHIR R4 search#search: a POST has the parameters of its address as well.
    @Test(
        "S2, S3: a form is read, narrowed and sent as a form",
        arguments: [
            ("/Observation/_search", "code=x", "form Observation/_search?code=x&patient=Patient%2Fkermit"),
            ("/Observation/_search?_count=5", "", "form Observation/_search?_count=5&patient=Patient%2Fkermit"),
            (
                "/Observation/_search?code=a", "code=b&patient=kermit",
                "form Observation/_search?code=a&code=b&patient=Patient%2Fkermit"
            ),
            ("/Patient/kermit/Observation/_search", "", "form Observation/_search?patient=Patient%2Fkermit"),
            ("/Observation/_search", "patient=eboni", "403"), ("/Observation/_search", "_filter=x", "403"),
            ("/Observation/_search", "%5ffilter=x", "403"), ("/Observation/_search", "a=%", "400"),
            ("/Observation/_search", "a=%00", "400"), ("/Observation/_search", "access_token=x", "400"),
            ("/Patient/eboni/Observation/_search", "", "403"),
        ])
    func forms(_ target: String, _ body: String, _ decision: String) throws {
        let form = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
        #expect(try decide((.post, target, "patient/*.rs", decision), form, body: body) == decision)
        guard !body.isEmpty else { return }
        #expect(
            try decide((.post, target, "patient/*.rs", ""), [("Content-Type", "application/json")], body: body) == "415"
        )
        #expect(
            try decide((.post, target, "system/Observation.rs", ""), form, body: body).hasPrefix("handOff") == false)
    }

    @Test(
        "W1 to W7: a patient's token writes where the body allows it, or is refused",
        arguments: [
            (.post, "/Observation", "patient/*.cruds", "body"), (.post, "/Observation", "patient/*.ruds", "403"),
            (.put, "/Observation/1", "patient/*.cruds", "body"), (.patch, "/Observation/1", "patient/*.cruds", "body"),
            (.delete, "/Observation/1", "patient/*.cruds", "change d Observation/1"),
            (.delete, "/Observation/1", "patient/*.crus", "403"),
            (.delete, "/Patient/kermit", "patient/*.cruds", "403"),
            (.delete, "/Practitioner/p", "patient/*.cruds", "403"), (.delete, "/Group/g", "patient/*.cruds", "403"),
            (.patch, "/Practitioner/p", "patient/*.cruds", "403"), (.patch, "/ValueSet/v", "patient/*.cruds", "403"),
            (.put, "/Observation?code=x", "patient/*.cruds", "403"),
            (.patch, "/Observation?code=x", "patient/*.cruds", "403"),
            (.delete, "/Observation?code=x", "patient/*.cruds", "403"),
            (.delete, "/Observation/1?_cascade=delete", "patient/*.cruds", "403"),
            (.post, "/", "patient/*.rs", "body"),
        ] as [Row])
    func restrictedWrites(_ row: Row) throws {
        try expect(row)
    }

    @Test(
        "O1 to O7: a patient's token asks for operations on the own patient",
        arguments: [
            (
                .get, "/Patient/kermit/$everything?_type=Observation&_count=5", "patient/*.rs",
                "collect /Patient/kermit/$everything?_type=Observation&_count=5"
            ),
            (.post, "/Patient/kermit/$everything", "patient/*.rs", "body"),
            (.get, "/Patient/eboni/$everything", "patient/*.rs", "403"),
            (.get, "/Patient/kermit/$everything", "patient/Observation.rs", "403"),
            (.get, "/Patient/kermit/$everything", "patient/Patient.r", "403"),
            (.get, "/Patient/kermit/$everything?_include=x", "patient/*.rs", "403"),
            (.get, "/Patient/$everything", "patient/*.rs", "403"),
            (.get, "/Encounter/e/$everything", "patient/*.rs", "403"),
            (
                .get, "/DocumentReference/$docref?patient=Patient/kermit", "patient/*.rs",
                "collect /DocumentReference/$docref?patient=Patient%2Fkermit"
            ),
            (.get, "/DocumentReference/$docref?patient=eboni", "patient/*.rs", "403"),
            (.get, "/DocumentReference/$docref", "patient/*.rs", "400"),
            (.get, "/DocumentReference/$docref?patient=kermit&patient=eboni", "patient/*.rs", "400"),
            (.get, "/DocumentReference/$docref?patient=kermit", "patient/Observation.rs", "403"),
            (
                .get, "/Observation/$lastn?max=2", "patient/*.rs",
                "search Observation/$lastn?max=2&patient=Patient%2Fkermit"
            ),
            (.get, "/Observation/$lastn?patient=eboni", "patient/*.rs", "403"),
            (.get, "/ValueSet/$expand?url=x", "patient/*.r", "handOff /ValueSet/$expand?url=x"),
            (.get, "/ValueSet/$expand?url=x", "patient/Observation.r", "403"),
            (.get, "/ValueSet/$expand?url=x", "patient/ValueSet.r?_tag=a", "403"),
            (.post, "/Observation/$validate", "patient/*.cruds", "body"),
            (.get, "/Observation/$validate", "patient/*.cruds", "403"),
            (.post, "/Observation/1/$validate", "patient/*.cruds", "403"),
            (.get, "/Patient/kermit/$summary", "patient/*.rs", "document /Patient/kermit/$summary"),
            (.get, "/Patient/eboni/$summary", "patient/*.rs", "403"),
            (.get, "/Patient/kermit/$summary", "patient/Patient.rs patient/Observation.rs", "403"),
            (.get, "/$graphql", "patient/*.cruds", "403"), (.get, "/$export", "patient/*.cruds", "403"),
            (.get, "/Patient/$export", "patient/*.cruds", "403"), (.post, "/Patient/$match", "patient/*.cruds", "403"),
        ] as [Row])
    func restrictedOperations(_ row: Row) throws {
        try expect(row)
    }

    @Test("O1, O2: a POST brings its parameters as a Parameters resource")
    func operationParameters() throws {
        func decided(_ body: String, _ type: String = "application/fhir+json") throws -> String {
            try decide(
                (.post, "/Patient/kermit/$everything", "patient/*.rs", ""), [("Content-Type", type)], body: body)
        }
        #expect(try decided("") == "collect /Patient/kermit/$everything")
        #expect(
            try decided(#"{"resourceType":"Parameters","parameter":[{"name":"_count","valueInteger":5}]}"#)
                == "collect /Patient/kermit/$everything?_count=5")
        for body in [
            "{}", #"{"resourceType":"Patient"}"#, #"{"resourceType":"Parameters","parameter":[{"name":"_count"}]}"#,
            #"{"resourceType":"Parameters","parameter":[{"name":"_count","valueReference":{}}]}"#,
            #"{"resourceType":"Parameters","parameter":[{"name":"_count","valueString":"1","valueInteger":2}]}"#,
        ] { #expect(try decided(body) == "400") }
        #expect(
            try decided(#"{"resourceType":"Parameters","parameter":[{"name":"x","valueString":"1"}]}"#) == "403")
        #expect(try decided("<Parameters/>", "application/fhir+xml") == "415")
    }

    /// A user with these patients is in the same place as the patient.
    private func expect(_ row: Row, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try decide(row) == row.decision, sourceLocation: sourceLocation)
        let user = row.scopes.replacing("patient/", with: "user/")
        #expect(
            try Case.table(user, patient: nil, access: .patients([Case.own]))
                .decision(on: Case.request(row.method, row.target)).summary == row.decision,
            sourceLocation: sourceLocation)
    }

    // SMART scopes-and-launch-context#scopes-for-requesting-identity-data
    @Test("the user's own resource is read though its type is closed")
    func fhirUser() throws {
        let table = try Case.table("openid fhirUser patient/*.rs", user: "Person/p")
        #expect(try table.decision(on: Case.request(.get, "/Person/p")).summary == "read Person/p")
        #expect(try table.decision(on: Case.request(.get, "/Person")).summary == "403")
    }

    // FHIR R4 http#ccreate
    @Test("W2: a conditional create needs the search it makes, and finds no more than that")
    func conditionalCreate() throws {
        func condition(_ text: String, _ scopes: String, method: Request.Method = .post, body: String? = nil) throws
            -> String
        {
            let target = method == .post ? "/Observation" : "/Observation/1"
            let fields = [("If-None-Exist", text), ("Content-Type", "application/fhir+json")]
            let decision = try Case.table(scopes).decision(on: Case.request(method, target, fields, body: body))
            switch decision {
            case .handOff(let handOff): return handOff.ifNoneExist ?? "none"
            case .relay(.create(let narrowing, let handOff)):
                #expect(handOff.ifNoneExist == narrowing.query.encoded)
                return narrowing.query.encoded
            default: return decision.summary
            }
        }
        #expect(try condition("identifier=a|b", "system/*.crs") == "identifier=a%7Cb")
        #expect(try condition("identifier=a|b", "system/Observation.c") == "403")
        #expect(try condition("subject.name=x", "system/Observation.cs") == "403")
        #expect(try condition("identifier=%", "system/Observation.cs") == "400")
        #expect(try condition("identifier=a", "system/*.cruds", method: .put) == "400")

        let body = #"{"resourceType":"Observation","subject":{"reference":"Patient/kermit"}}"#
        #expect(try condition("identifier=a", "patient/*.cruds", body: body) == "identifier=a&patient=Patient%2Fkermit")
        #expect(try condition("patient=eboni", "patient/*.cruds", body: body) == "403")
        #expect(try condition("_has:Observation:patient:code=x", "patient/*.cruds", body: body) == "403")
        let lab = body.replacing("}}", with: #"},"category":[{"coding":[{"code":"a"}]}]}"#)
        #expect(
            try condition("identifier=a", "patient/Observation.cs?category=a", body: lab)
                == "identifier=a&patient=Patient%2Fkermit&category=a")
        #expect(
            try condition(
                "identifier=a", "patient/Observation.cs?category=a patient/Observation.s?status=final", body: lab)
                == "403")
    }

    // FHIR R4 http#capabilities; RFC 6750 §3
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
        #expect(DecisionTable.open(try Case.request(.get, "/metadata?_getpages=x"))?.summary == "400")
        #expect(DecisionTable.open(try Case.request(.get, "/Patient/1")) == nil)
        #expect(DecisionTable.open(try Case.request(.post, "/Patient")) == nil)
    }
}
