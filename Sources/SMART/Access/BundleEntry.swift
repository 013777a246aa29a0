import HTTP
import JSON

/// One request of a batch or a transaction, and what was decided on it (FHIR R4 http#transaction).
package struct BundleEntry: Sendable {
    package let method: Request.Method
    package let target: FHIRTarget
    /// The resource that goes with it; empty where there is none.
    package let body: [UInt8]
    package let decision: AccessDecision

    package init(method: Request.Method, target: FHIRTarget, body: [UInt8], decision: AccessDecision) {
        self.method = method
        self.target = target
        self.body = body
        self.decision = decision
    }
}

/// A batch or a transaction as it was sent: proven to be one, with nothing decided on yet.
struct BundleRequest {
    enum Kind {
        case batch
        case transaction
    }

    let kind: Kind
    let document: JSONDocument
    let entries: [JSONValue]

    /// - Parameter longest: how many entries there may be.
    init(_ document: JSONDocument, longest: Int) throws(FHIRRefusal) {
        let root = document.root
        guard root["resourceType"]?.equals("Bundle") == true else { throw .malformed("The body is no Bundle.") }
        switch root["type"]?.string {
        case "batch": kind = .batch
        case "transaction": kind = .transaction
        default: throw FHIRRefusal(403, .forbidden, "A Bundle sent to the base is a batch or a transaction.")
        }
        guard let list = root["entry"], list.kind == .array, list.count > 0 else {
            throw .malformed("The Bundle has no entries.")
        }
        guard list.count <= longest else {
            throw FHIRRefusal(413, .tooLong, "A Bundle has at most \(longest) entries here.")
        }
        self.document = document
        entries = Array(list.elements)
    }

    /// What an entry asks, as if it had come by itself.
    static func request(of entry: JSONValue) throws(FHIRRefusal) -> FHIRRequest {
        guard let request = entry["request"], let name = request["method"]?.string, let url = request["url"]?.string
        else { throw .malformed("An entry has a request with method and url.") }
        guard let method = Request.Method(rawValue: name), method != .options else {
            throw .malformed("The method of an entry is none.")
        }
        let target = try FHIRTarget(relative: url)
        try check(entry["fullUrl"], method)
        return try FHIRRequest(
            entry: method, target, ifMatch: request["ifMatch"]?.string, ifNoneExist: request["ifNoneExist"]?.string,
            body: entry["resource"].map { Array($0.bytes) } ?? [])
    }

    /// A server gives entries that are created new names wherever their fullUrl stands: that must be a name of nothing else.
    private static func check(_ fullURL: JSONValue?, _ method: Request.Method) throws(FHIRRefusal) {
        guard let fullURL, method == .post else { return }
        guard let text = fullURL.string, text.hasPrefix("urn:uuid:") || text.hasPrefix("urn:oid:") else {
            throw .malformed("The fullUrl of what is created is a urn:uuid.")
        }
    }
}
