/// The signatures made and taken here (RFC 7518 §3.1); `none` and HMAC cannot even be named.
package enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case es256 = "ES256"
    case es384 = "ES384"

    /// The key type it needs (RFC 7518 §6.1).
    package var kty: String {
        switch self {
        case .rs256, .rs384: "RSA"
        case .es256, .es384: "EC"
        }
    }

    /// The curve it needs, if any (RFC 7518 §3.4).
    package var curve: JWK.Curve? {
        switch self {
        case .rs256, .rs384: nil
        case .es256: .p256
        case .es384: .p384
        }
    }

    var digest: MessageDigest {
        switch self {
        case .rs256, .es256: .sha256
        case .rs384, .es384: .sha384
        }
    }

    /// Whether keys of this material make such signatures.
    func suits(_ material: JWK.Material) -> Bool {
        switch material {
        case .rsa: kty == "RSA"
        case .elliptic(let curve, _, _): curve == self.curve
        }
    }
}
