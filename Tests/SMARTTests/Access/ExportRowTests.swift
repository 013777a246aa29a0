import HTTP
import SMART
import Testing

@Suite("Rows X1 and X2: bulk export (HL7 Bulk Data Access)")
struct ExportRowTests {
    private static let whole = "system/*.rs"
    private static let some = "system/Patient.rs system/Observation.read system/Condition.r"

    private func decide(
        _ target: String, _ scopes: String, method: Request.Method = .get, prefer: String? = "respond-async",
        body: String? = nil, access: UserAccess = .all
    ) throws -> String {
        let fields = (prefer.map { [("Prefer", $0)] } ?? []) + [("Content-Type", "application/fhir+json")]
        let table = DecisionTable(
            Case.access(scopes, access: access), references: try Case.references(), server: .all, page: { _ in nil },
            export: { text in
                let parts = text.split(separator: "-").map(String.init)
                return ExportLink(text: "9|\(parts[0])|\(parts[1])|/bulk/1")
            })
        return try table.decision(on: Case.request(method, target, fields, body: body)).summary
    }

    @Test(
        "X1: an export is of the types that the client's own scopes cover whole",
        arguments: [
            ("/$export", whole, "export /$export"),
            ("/$export?_type=Patient,Group", whole, "export /$export?_type=Group%2CPatient"),
            ("/$export", some, "export /$export?_type=Observation%2CPatient"),
            ("/$export?_type=Patient&_since=2026-01-01", some, "export /$export?_since=2026-01-01&_type=Patient"),
            ("/$export?_type=Patient,Condition", some, "403"), ("/$export?_type=Nonsense", some, "400"),
            ("/$export?_type=", some, "400"), ("/$export?_type=Patient&_type=Condition", some, "403"),
            ("/Patient/$export", some, "export /Patient/$export?_type=Observation%2CPatient"),
            ("/Patient/$export", "system/Observation.rs", "403"), ("/Group/g/$export", some, "403"),
            (
                "/Group/g/$export", "\(some) system/Group.rs",
                "export /Group/g/$export?_type=Group%2CObservation%2CPatient"
            ),
            ("/Group/$export", whole, "403"), ("/Observation/$export", whole, "403"),
            ("/Patient/1/$export", whole, "403"),
            ("/$export", "system/Patient.r system/Patient.s", "export /$export?_type=Patient"),
            ("/$export", "system/Observation.rs?category=a", "403"), ("/$export", "system/*.r", "403"),
            ("/$export", "patient/*.rs", "403"), ("/$export", "user/*.cruds", "403"),
            (
                "/$export?_typeFilter=Patient?gender=x", some,
                "export /$export?_typeFilter=Patient%3Fgender%3Dx&_type=Observation%2CPatient"
            ),
            ("/$export?_typeFilter=Condition?code=x", some, "403"),
            ("/$export?_typeFilter=Patient?organization.name=x", some, "403"),
            ("/$export?_typeFilter=Patient?gender=x,Condition?code=y", some, "403"),
            ("/$export?_typeFilter=x", some, "400"),
            (
                "/$export?_typeFilter=Patient?organization.name=x", whole,
                "export /$export?_typeFilter=Patient%3Forganization.name%3Dx"
            ),
            ("/$export?patient=Patient/1", some, "403"), ("/$export?unheard=1", whole, "403"),
        ])
    func begin(_ target: String, _ scopes: String, _ decision: String) throws {
        #expect(try decide(target, scopes) == decision)
    }

    @Test("X1: it is asked for asynchronously, by GET or with Parameters")
    func forms() throws {
        #expect(try decide("/$export", Self.whole, prefer: nil) == "400")
        #expect(try decide("/$export", Self.whole, prefer: "return=minimal, respond-async") == "export /$export")
        #expect(try decide("/$export", Self.whole, method: .post) == "body")
        let body = #"{"resourceType":"Parameters","parameter":[{"name":"_type","valueString":"Patient"}]}"#
        #expect(try decide("/$export", Self.some, method: .post, body: body) == "export /$export?_type=Patient")
        #expect(try decide("/$export", Self.some, method: .put) == "403")
    }

    @Test(
        "X2: its status and files are for a client whose token still covers their types",
        arguments: [
            (.get, "status-*", whole, "status /bulk/1"), (.delete, "status-*", whole, "handOff /bulk/1"),
            (.get, "file-Patient", some, "handOff /bulk/1"), (.get, "file-*", some, "403"),
            (.get, "status-Patient,Observation", some, "status /bulk/1"), (.get, "file-Condition", some, "403"),
            (.get, "file-Patient", "patient/*.rs", "403"), (.get, "status-*", "system/*.r", "403"),
            (.delete, "file-Patient", some, "400"), (.get, "other-*", whole, "404"),
        ] as [(Request.Method, String, String, String)])
    func goesOn(_ method: Request.Method, _ link: String, _ scopes: String, _ decision: String) throws {
        #expect(try decide("?_export=\(link)", scopes, method: method) == decision)
    }

    @Test("a link is read as it was written")
    func text() throws {
        let target = try FHIRTarget(path: "/fhir/$poll", query: "id=1", under: Case.base())
        for types in [nil, ["Patient", "Observation"] as Set<String>] {
            let link = ExportLink(.file, of: types, at: target, expiry: 7)
            #expect(ExportLink(text: link.text) == link)
        }
        for text in [
            "", "1|status|*", "x|status|*|/a", "1|other|*|/a", "1|status|Nonsense|/a", "1|status|*|a",
            "1|status|*|/../a",
        ] {
            #expect(ExportLink(text: text) == nil)
        }
    }

    @Test("operations that a site switches on are for those who may do everything")
    func allowed() throws {
        func decide(_ scopes: String) throws -> String {
            let table = try Case.table(scopes, site: SiteRules(operations: ["Patient/$match"]))
            return try table.decision(on: Case.request(.post, "/Patient/$match", body: "x")).summary
        }
        #expect(try decide("system/*.cruds") == "handOff /Patient/$match")
        #expect(try decide("system/*.rs") == "403" && decide("patient/*.cruds") == "403")
        for good in ["$match", "Patient/$match"] { #expect(FHIROperation.isSpelling(good)) }
        for bad in ["match", "Patient/1/$match", "/$match", "Nonsense/$match", "$", "$a/$b", "Patient/$match?x=1"] {
            #expect(!FHIROperation.isSpelling(bad))
        }
    }
}
