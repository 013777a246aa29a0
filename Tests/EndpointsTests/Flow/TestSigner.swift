import JOSE
import JSON
import OAuth
import Testing

/// A client that signs: its key pair, and the assertions it makes (SMART client-confidential-asymmetric).
struct TestSigner {
    private let key: SigningKey
    private let algorithm: SignatureAlgorithm
    private let kid: String

    init(_ algorithm: SignatureAlgorithm = .es384, kid: String = "k1") throws {
        key = try SigningKey.generate(for: algorithm)
        self.algorithm = algorithm
        self.kid = kid
    }

    /// The public half alone, under the name that the assertions give.
    var jwks: [UInt8] {
        var published = key.publicKey
        published.kid = kid
        return JWKSet([published]).bytes
    }

    var method: ClientAuthenticationMethod { .privateKey(ClientPublicKeys(.given(jwks: jwks))) }

    /// An assertion in order, but for what a test changes: claims as JSON, `nil` for one that is left out.
    func assertion(
        of client: String, at now: Instant, _ changes: [String: String?] = [:], kid: String? = nil
    ) throws -> String {
        var claims: [String: String?] = [
            "iss": "\"\(client)\"", "sub": "\"\(client)\"", "aud": "\"https://h.example/oauth2/token\"",
            "exp": "\(now.seconds + 60)", "jti": "\"\(SecretSource.system.identifier())\"",
        ]
        claims.merge(changes) { $1 }
        let members = claims.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return try JWS.sign(
            payload: Array("{\(members.sorted().joined(separator: ","))}".utf8), kid: kid ?? self.kid, typ: "JWT",
            by: key,
            alg: algorithm)
    }

    /// What goes into a body beside the request itself.
    static func parameters(_ assertion: String) -> [String: String?] {
        ["client_id": nil, "client_assertion": assertion, "client_assertion_type": ClientAssertion.type]
    }
}
