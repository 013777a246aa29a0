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
        _ scopes: String, patient: String? = own, user: String? = nil, access: UserAccess = .patients([own])
    ) throws -> DecisionTable {
        DecisionTable(
            Self.access(scopes, patient: patient, user: user, access: access), references: try references()
        ) { $0 == "good" ? PageLink(type: "Observation", target: "/Observation?_offset=2", expiry: 9) : nil }
    }

    static func request(
        _ method: Request.Method, _ target: String, _ fields: [(String, String)] = []
    ) throws(FHIRRefusal) -> FHIRRequest {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = FHIRBase("https://ehr.example.org/fhir") else { throw .malformed("fixture") }
        return try FHIRRequest(
            Request(
                method: method, path: basePath + halves[0], query: halves.count == 2 ? String(halves[1]) : "",
                fields: Fields(fields)),
            under: base)
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
        case .handOff(let handOff): "handOff \(handOff.target)"
        case .relay(.read(let type, let id)): "read \(type)/\(id)"
        case .relay(.search(let narrowing)): "search \(narrowing.type)?\(narrowing.query.encoded)"
        case .relay(.page(let link)): "page \(link.target)"
        }
    }
}
