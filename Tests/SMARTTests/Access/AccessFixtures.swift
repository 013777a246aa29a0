import HTTP
import JSON
import SMART

/// The patient in context of the cases, one who is not, and the bases of the server.
enum Case {
    static let own = "kermit"
    static let other = "eboni"
    static let basePath = "/fhir"

    static func base() throws -> FHIRBase { try given(FHIRBase("https://ehr.example.org/fhir")) }

    static func references() throws -> FHIRReferenceReader {
        FHIRReferenceReader(base: try base(), upstreamBase: "http://10.0.0.5:8080/hapi")
    }

    static func access(
        _ scopes: String, patient: String? = own, user: String? = nil, access: UserAccess = .patients([own])
    ) -> TokenAccess {
        TokenAccess(ScopeSet(scopes), patient: patient, user: user.flatMap { FHIRUser($0) }, access: access)
    }

    static func table(
        _ scopes: String, patient: String? = own, user: String? = nil, access: UserAccess = .patients([own]),
        server: ServerCapabilities = .all, site: SiteRules = SiteRules()
    ) throws -> DecisionTable {
        DecisionTable(
            Self.access(scopes, patient: patient, user: user, access: access), references: try references(),
            server: server, site: site
        ) { $0 == "good" ? PageLink(.search("Observation"), target: "/Observation?_offset=2", expiry: 9) : nil }
    }

    static func request(
        _ method: Request.Method, _ target: String, _ fields: [(String, String)] = [], body: String? = nil
    ) throws(FHIRRefusal) -> FHIRRequest {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = FHIRBase("https://ehr.example.org/fhir") else { throw .malformed("fixture") }
        return try FHIRRequest(
            Request(
                method: method, path: basePath + halves[0], query: halves.count == 2 ? String(halves[1]) : "",
                fields: Fields(fields), body: Array((body ?? "").utf8)),
            under: base, hasBody: body != nil)
    }

    static func resource(_ json: String) throws -> JSONValue { try JSONDocument(Array(json.utf8)).root }

    struct Missing: Error {}

    static func given<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }
}

extension AccessDecision {
    /// A short word for tables of cases.
    var summary: String {
        switch self {
        case .deny(let refusal): "\(refusal.status)"
        case .needsBody: "body"
        case .handOff(let handOff): "handOff \(handOff.target)"
        case .relay(.read(let type, let id, nil)): "read \(type)/\(id)"
        case .relay(.read(let type, let id, let version?)): "read \(type)/\(id) \(version)"
        case .relay(.history(_, _, let target)): "history \(target.text)"
        case .relay(.binary(let id, _, let content)): "binary \(id) by \(content)"
        case .relay(.search(let narrowing, let target)):
            "\(narrowing.isForm ? "form" : "search") \(target.path.dropFirst())?\(narrowing.query.encoded)"
        case .relay(.page(let link)): "page \(link.target)"
        case .relay(.collection(let target)): "collect \(target.text)"
        case .relay(.document(let target)): "document \(target.text)"
        case .relay(.create(let narrowing, let handOff)): "create \(handOff.target) unless \(narrowing.query.encoded)"
        case .relay(.export(let target, _)): "export \(target.text)"
        case .relay(.exportStatus(let link)): "status \(link.target.text)"
        case .relay(.batch(let entries)): "batch \(entries.map(\.decision.summary))"
        case .relay(.transaction(let entries, _, _)): "transaction \(entries.map(\.decision.summary))"
        case .relay(.change(let change)): "change \(change.letter.suffix) \(change.type)/\(change.id)"
        }
    }
}
