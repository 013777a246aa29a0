import JSON

/// What a verified token says (RFC 7519 §4.1).
package struct JWTClaims: Sendable {
    package let iss: String?
    package let sub: String?
    /// One or more, whichever way it was written; none if the token names none.
    package let aud: [String]
    /// In whole seconds since 1970, like `nbf` and `iat`.
    package let exp: Int?
    package let nbf: Int?
    package let iat: Int?
    package let jti: String?

    private let root: JSONValue

    package init(_ token: VerifiedJWS) throws(JOSEError) {
        try self.init(payload: token.payload)
    }

    init(payload: [UInt8]) throws(JOSEError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(payload)
        } catch {
            throw JOSEError(.malformed, "the payload of the token is not JSON: \(error)")
        }
        guard !document.holdsNUL else { throw JOSEError(.malformed, "the payload of the token holds a NUL") }
        root = document.root
        guard root.kind == .object else { throw JOSEError(.malformed, "the payload of the token is not a JSON object") }
        iss = try Self.text("iss", of: root)
        sub = try Self.text("sub", of: root)
        aud = try Self.audience(of: root)
        exp = try Self.date("exp", of: root)
        nbf = try Self.date("nbf", of: root)
        iat = try Self.date("iat", of: root)
        jti = try Self.text("jti", of: root)
    }

    /// Any other claim.
    package subscript(_ name: String) -> JSONValue? { root[name] }

    /// Whether the token is meant for this audience, by exact spelling (RFC 7519 §4.1.3).
    package func isMeant(for audience: String) -> Bool {
        aud.contains { $0.isExactly(audience) }
    }

    /// Refuses a token before its time, after it, and without an end to it; clocks may differ by the leeway.
    package func requireCurrent(at now: Int, leeway: Int) throws(JOSEError) {
        // RFC 7519 §4.1.4
        guard let exp else { throw JOSEError(.malformed, "the token has no exp") }
        guard now - leeway < exp else { throw JOSEError(.notCurrent, "the token has expired") }
        // RFC 7519 §4.1.5
        guard nbf.map({ $0 <= now + leeway }) ?? true else { throw JOSEError(.notCurrent, "nbf lies in the future") }
        // RFC 7519 §4.1.6; RFC 7523 §3 leaves it to us: such a clock is wrong, and its exp with it.
        guard iat.map({ $0 <= now + leeway }) ?? true else { throw JOSEError(.notCurrent, "iat lies in the future") }
    }
}

extension JWTClaims {
    /// The end of the year 9999: later is no date, and earlier leaves room for sums with any of them.
    private static let latest = 253_402_300_799

    private static func text(_ name: String, of root: JSONValue) throws(JOSEError) -> String? {
        guard let claim = root[name] else { return nil }
        guard let text = claim.string else { throw JOSEError(.malformed, "\(name) must be a string") }
        return text
    }

    private static func audience(of root: JSONValue) throws(JOSEError) -> [String] {
        guard let claim = root["aud"] else { return [] }
        if let one = claim.string { return [one] }
        let several = claim.elements.compactMap(\.string)
        guard claim.kind == .array, several.count == claim.count else {
            throw JOSEError(.malformed, "aud must be a string or an array of strings")
        }
        return several
    }

    /// RFC 7519 §2: NumericDate, which may have a fraction; it is cut off.
    private static func date(_ name: String, of root: JSONValue) throws(JOSEError) -> Int? {
        guard let claim = root[name] else { return nil }
        guard let seconds = claim.integer ?? claim.double.flatMap({ Int(exactly: $0.rounded(.down)) }),
            (0...latest).contains(seconds)
        else { throw JOSEError(.malformed, "\(name) must be a number of seconds since 1970") }
        return seconds
    }
}
