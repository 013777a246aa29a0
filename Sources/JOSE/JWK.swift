import JSON

/// A public key as the world writes it (RFC 7517 §4, RFC 7518 §6); there is no such value with private parts.
package struct JWK: Sendable, Equatable {
    /// The curves in use here (RFC 7518 §6.2.1.1).
    package enum Curve: String, Sendable {
        case p256 = "P-256"
        case p384 = "P-384"

        package var coordinateSize: Int {
            switch self {
            case .p256: 32
            case .p384: 48
            }
        }
    }

    /// The numbers that are the key.
    package enum Material: Sendable, Equatable {
        case rsa(n: [UInt8], e: [UInt8])
        case elliptic(Curve, x: [UInt8], y: [UInt8])
    }

    package let material: Material
    package var kid: String?
    package var use: String?
    package var alg: String?

    package init(_ material: Material, kid: String? = nil, use: String? = nil, alg: String? = nil) {
        self.material = material
        self.kid = kid
        self.use = use
        self.alg = alg
    }

    package var kty: String {
        switch material {
        case .rsa: "RSA"
        case .elliptic: "EC"
        }
    }

    /// Whether the key may be used with this algorithm: its type and curve fit, and its own `alg` and `use` do not object.
    package func suits(_ algorithm: SignatureAlgorithm) -> Bool {
        algorithm.suits(material) && (alg?.isExactly(algorithm.rawValue) ?? true) && (use?.isExactly("sig") ?? true)
    }
}

// Reading, RFC 7517 §4
extension JWK {
    package init(_ value: JSONValue) throws(JOSEError) {
        guard value.kind == .object else { throw JOSEError(.malformed, "a key must be a JSON object") }
        // First of all: who sends a private key must hear that it is no longer private.
        try Self.refusePrivateMembers(of: value)
        let kty = try Self.text("kty", of: value)
        let material: Material =
            switch kty {
            case "RSA": try .rsa(n: Self.number("n", of: value), e: Self.number("e", of: value))
            case "EC": try Self.elliptic(value)
            case nil: throw JOSEError(.malformed, "the key has no kty")
            default: throw JOSEError(.unsupported, "the key type is not supported; RSA and EC are")
            }
        self.init(
            material, kid: try Self.text("kid", of: value), use: try Self.text("use", of: value),
            alg: try Self.text("alg", of: value))
    }

    /// RFC 7518 §6.2.2, §6.3.2 and §6.4, and the like of other key types.
    static func refusePrivateMembers(of value: JSONValue) throws(JOSEError) {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] where value[name] != nil {
            throw JOSEError(
                .unusableKey,
                "the key holds the private member \(name): it is disclosed, so replace it, and send public keys only")
        }
    }

    /// RFC 7518 §6.2.1
    private static func elliptic(_ value: JSONValue) throws(JOSEError) -> Material {
        guard let curve = try text("crv", of: value).flatMap(Curve.init(rawValue:)) else {
            throw JOSEError(.unsupported, "the curve is not supported; P-256 and P-384 are")
        }
        return try .elliptic(curve, x: coordinate("x", of: value, curve), y: coordinate("y", of: value, curve))
    }

    private static func coordinate(_ name: String, of value: JSONValue, _ curve: Curve) throws(JOSEError) -> [UInt8] {
        guard let bytes = value[name]?.string.flatMap(Base64URL.decode), bytes.count == curve.coordinateSize else {
            throw JOSEError(.malformed, "\(name) must be \(curve.coordinateSize) bytes in base64url")
        }
        return bytes
    }

    /// RFC 7518 §2: Base64urlUInt
    private static func number(_ name: String, of value: JSONValue) throws(JOSEError) -> [UInt8] {
        guard let bytes = value[name]?.string.flatMap(Base64URL.decode), let first = bytes.first else {
            throw JOSEError(.malformed, "\(name) must be a number in base64url")
        }
        guard first != 0 else { throw JOSEError(.malformed, "\(name) must not begin with a zero byte") }
        return bytes
    }

    private static func text(_ name: String, of value: JSONValue) throws(JOSEError) -> String? {
        guard let member = value[name] else { return nil }
        guard let text = member.string else { throw JOSEError(.malformed, "\(name) of a key must be a string") }
        return text
    }
}

// Writing
extension JWK {
    /// Writes the key as an object: the root, or an element of an array.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("kty", kty)
            json.member("use", use)
            json.member("alg", alg)
            json.member("kid", kid)
            switch material {
            case .rsa(let n, let e):
                json.member("n", Base64URL.encode(n))
                json.member("e", Base64URL.encode(e))
            case .elliptic(let curve, let x, let y):
                json.member("crv", curve.rawValue)
                json.member("x", Base64URL.encode(x))
                json.member("y", Base64URL.encode(y))
            }
        }
    }

    package var bytes: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    /// The name that follows from the key itself (RFC 7638 §3), with SHA-256, in base64url.
    package var thumbprint: String {
        var json = JSONWriter()
        // RFC 7638 §3.3: the required members alone, in lexicographic order.
        json.object {
            switch material {
            case .rsa(let n, let e):
                $0.member("e", Base64URL.encode(e))
                $0.member("kty", kty)
                $0.member("n", Base64URL.encode(n))
            case .elliptic(let curve, let x, let y):
                $0.member("crv", curve.rawValue)
                $0.member("kty", kty)
                $0.member("x", Base64URL.encode(x))
                $0.member("y", Base64URL.encode(y))
            }
        }
        return Base64URL.encode(Digest.sha256(json.bytes))
    }
}

extension JWK.Material {
    /// RFC 7518 §3.3 for the lower bound; the upper ones keep a stranger's key from costing us seconds.
    func requireStrength() throws(JOSEError) {
        guard case .rsa(let n, let e) = self else { return }
        let bits = n.count * 8 - (n.first?.leadingZeroBitCount ?? 0)
        guard bits >= 2048 else { throw JOSEError(.unusableKey, "an RSA key needs 2048 bits or more") }
        guard bits <= 8192 else { throw JOSEError(.unusableKey, "an RSA key of more than 8192 bits is not supported") }
        guard n.last.map({ $0 & 1 == 1 }) == true else { throw JOSEError(.unusableKey, "n must be odd") }
        // An exponent of 1 would make every message its own signature.
        guard let last = e.last, last & 1 == 1, e.count <= 8, e.count > 1 || last >= 3 else {
            throw JOSEError(.unusableKey, "e must be odd, at least 3, and of at most 8 bytes")
        }
    }
}
