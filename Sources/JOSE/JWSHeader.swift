import JSON

/// What a signed token says of itself (RFC 7515 §4.1); keys that it carries or points to by itself are not read.
package struct JWSHeader: Sendable, Equatable {
    /// As it is spelled: the algorithm is known only once the token is verified.
    package let alg: String
    package let kid: String?
    package let typ: String?
    package let jku: String?

    init(_ bytes: [UInt8]) throws(JOSEError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(bytes).root
        } catch {
            throw JOSEError(.malformed, "the header of the token is not JSON: \(error)")
        }
        guard root.kind == .object else { throw JOSEError(.malformed, "the header of the token is not a JSON object") }
        // RFC 7515 §4.1.11: whoever does not know an extension must refuse it, and we know none.
        guard root["crit"] == nil else { throw JOSEError(.unsupported, "crit in the header is not supported") }
        // RFC 7797 §3
        guard root["b64"] == nil else { throw JOSEError(.unsupported, "b64 in the header is not supported") }
        guard let alg = try Self.text("alg", of: root) else { throw JOSEError(.malformed, "the header has no alg") }
        self.alg = alg
        self.kid = try Self.text("kid", of: root)
        self.typ = try Self.text("typ", of: root)
        self.jku = try Self.text("jku", of: root)
    }

    private static func text(_ name: String, of root: JSONValue) throws(JOSEError) -> String? {
        guard let member = root[name] else { return nil }
        guard let text = member.string else { throw JOSEError(.malformed, "\(name) in the header must be a string") }
        return text
    }
}
