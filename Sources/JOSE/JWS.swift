import JSON

/// A signed token as it was sent, in compact serialization (RFC 7515 §7.1): nothing in it is proven yet.
package struct JWS: Sendable {
    package static let sizeLimit = 65_536

    package let header: JWSHeader

    private let payload: [UInt8]
    private let signingInput: [UInt8]
    private let signature: [UInt8]

    /// RFC 7515 §5.2, steps 1 to 7
    package init(compact: String) throws(JOSEError) {
        guard compact.utf8.count <= Self.sizeLimit else { throw JOSEError(.malformed, "the token is too long") }
        let parts = compact.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw JOSEError(.malformed, "a signed token has three parts") }
        header = try JWSHeader(Self.decode(parts[0], "header"))
        payload = try Self.decode(parts[1], "payload")
        signature = try Self.decode(parts[2], "signature")
        signingInput = Array(compact.utf8[..<parts[1].endIndex])
    }

    /// Who the token says it is from: good for finding the key that proves it, and for nothing else.
    package var claimedIssuer: String? {
        (try? JSONDocument(payload))?.root["iss"]?.string
    }

    /// What the token says: good for refusing it early, and for nothing else until it is verified.
    package func unprovenClaims() throws(JOSEError) -> JWTClaims {
        try JWTClaims(payload: payload)
    }

    /// RFC 7515 §5.2, step 8: the same token, now proven to be from the key's owner.
    package func verified(
        by key: VerificationKey, allowing algorithms: Set<SignatureAlgorithm>
    ) throws(JOSEError) -> VerifiedJWS {
        // The token never chooses: its alg must be one we offer, one allowed here, and one for this key (RFC 8725 §3.1).
        guard let algorithm = SignatureAlgorithm(rawValue: header.alg) else {
            throw JOSEError(.unsupported, "alg is not one of \(Self.list(SignatureAlgorithm.allCases))")
        }
        guard algorithms.contains(algorithm) else {
            throw JOSEError(.unsupported, "\(algorithm.rawValue) is not allowed here; \(Self.list(algorithms)) is")
        }
        guard key.jwk.suits(algorithm) else {
            throw JOSEError(.unusableKey, "the key is not for \(algorithm.rawValue)")
        }
        guard key.isValid(signature: signature, of: signingInput, with: algorithm) else {
            throw JOSEError(.notAuthentic, "the signature does not match the key")
        }
        return VerifiedJWS(header: header, algorithm: algorithm, payload: payload)
    }

    /// A new token (RFC 7515 §5.1).
    package static func sign(
        payload: [UInt8], kid: String?, typ: String?, by key: SigningKey, alg: SignatureAlgorithm
    ) throws(JOSEError) -> String {
        var header = JSONWriter(capacity: 128)
        header.object {
            $0.member("alg", alg.rawValue)
            $0.member("typ", typ)
            $0.member("kid", kid)
        }
        let signingInput = Base64URL.encode(header.bytes) + "." + Base64URL.encode(payload)
        let signature = try key.sign(Array(signingInput.utf8), with: alg)
        return signingInput + "." + Base64URL.encode(signature)
    }

    private static func decode(_ part: Substring.UTF8View, _ name: String) throws(JOSEError) -> [UInt8] {
        guard let bytes = Base64Alphabet.urlSafe.decode(part) else {
            throw JOSEError(.malformed, "the \(name) of the token is not base64url without padding")
        }
        return bytes
    }

    private static func list(_ algorithms: some Sequence<SignatureAlgorithm>) -> String {
        algorithms.map(\.rawValue).sorted().joined(separator: ", ")
    }
}

/// A signed token whose signature holds; only `JWS.verified(by:allowing:)` makes one.
package struct VerifiedJWS: Sendable {
    package let header: JWSHeader
    package let algorithm: SignatureAlgorithm
    package let payload: [UInt8]

    fileprivate init(header: JWSHeader, algorithm: SignatureAlgorithm, payload: [UInt8]) {
        self.header = header
        self.algorithm = algorithm
        self.payload = payload
    }
}
