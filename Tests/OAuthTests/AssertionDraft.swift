import JOSE
import OAuth
import Testing

/// An assertion that is all in order; each test changes one thing.
struct AssertionDraft {
    static let audiences = ["https://h.example/auth/token", "https://h.example/fhir"]
    static let now = Fixture.now

    static let keys: [SignatureAlgorithm: SigningKey] = {
        var keys: [SignatureAlgorithm: SigningKey] = [:]
        for algorithm in SignatureAlgorithm.allCases { keys[algorithm] = try? SigningKey.generate(for: algorithm) }
        return keys
    }()

    static func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey { try #require(keys[algorithm]) }

    /// The public halves, named by algorithm.
    static func published(_ algorithms: [SignatureAlgorithm] = SignatureAlgorithm.allCases) throws -> JWKSet {
        JWKSet(
            try algorithms.map { algorithm in
                var key = try key(algorithm).publicKey
                key.kid = algorithm.rawValue
                return key
            })
    }

    var algorithm = SignatureAlgorithm.es384
    var header: [String: String?] = [:]
    var claims: [String: String?] = [:]

    /// Header and claims are JSON values; by `nil` one is left out.
    func signed() throws -> String {
        var header: [String: String?] = [
            "alg": "\"\(algorithm.rawValue)\"", "kid": "\"\(algorithm.rawValue)\"", "typ": "\"JWT\"",
        ]
        var claims: [String: String?] = [
            "iss": "\"app\"", "sub": "\"app\"", "aud": "\"\(Self.audiences[0])\"",
            "exp": "\(Self.now.seconds + 300)", "jti": "\"one\"",
        ]
        header.merge(self.header) { $1 }
        claims.merge(self.claims) { $1 }
        let input = [header, claims].map { Base64URL.encode(Self.json($0).utf8) }.joined(separator: ".")
        return try input + "." + Base64URL.encode(Self.key(algorithm).sign(Array(input.utf8), with: algorithm))
    }

    private static func json(_ members: [String: String?]) -> String {
        let members = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return "{\(members.sorted().joined(separator: ","))}"
    }

    func verified(
        for clientID: String = "app", keys: RegisteredKeys = .uri("https://app.example/jwks"),
        set: JWKSet? = nil, algorithms: Set<SignatureAlgorithm> = ClientAssertion.usualAlgorithms, at now: Instant = now
    ) throws -> VerifiedAssertion {
        let checked = try ClientAssertion(signed()).checked(
            for: clientID, keys: keys, audiences: Self.audiences, algorithms: algorithms, at: now)
        switch try checked.verified(with: set ?? Self.published()) {
        case .verified(let assertion): return assertion
        case .keyNotFound(let refusal): throw refusal
        }
    }

    /// The refusal's description; fails unless it is `invalid_client`.
    func refusal(
        for clientID: String = "app", keys: RegisteredKeys = .uri("https://app.example/jwks"),
        set: JWKSet? = nil, algorithms: Set<SignatureAlgorithm> = ClientAssertion.usualAlgorithms, at now: Instant = now
    ) throws -> String {
        let error = try #require(throws: OAuthError.self) {
            try verified(for: clientID, keys: keys, set: set, algorithms: algorithms, at: now)
        }
        #expect(error.code == .invalidClient)
        return error.description
    }
}
