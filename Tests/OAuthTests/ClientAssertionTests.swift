import JOSE
import OAuth
import Testing

@Suite("RFC 7523 §3, SMART client-confidential-asymmetric: client assertions")
struct ClientAssertionTests {
    // Requirement 187
    @Test("in order, with every algorithm that is registered", arguments: SignatureAlgorithm.allCases)
    func inOrder(_ algorithm: SignatureAlgorithm) throws {
        let assertion = try AssertionDraft(algorithm: algorithm).verified(algorithms: [algorithm])
        #expect(assertion.clientID == "app" && assertion.jti == "one")
        #expect(assertion.rememberUntil == AssertionDraft.now + 360)
    }

    // SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys
    @Test("RS384 and ES384 need no word of the registration, RS256 and ES256 do")
    func algorithms() throws {
        for algorithm in [SignatureAlgorithm.rs384, .es384] { _ = try AssertionDraft(algorithm: algorithm).verified() }
        #expect(
            try AssertionDraft(algorithm: .rs256).refusal()
                == "RS256 is not registered for this client; ES384, RS384 is")
        #expect(try AssertionDraft(algorithm: .es256).refusal().hasPrefix("ES256 is not registered"))
        #expect(try AssertionDraft(algorithm: .es384).refusal(algorithms: []).hasPrefix("ES384 is not registered"))
    }

    // Requirement 187
    // RFC 8725 §3.1
    @Test(
        "none, secrets and other algorithms are refused",
        arguments: ["none", "None", "HS256", "HS384", "PS384", "RS512", "EdDSA", "rs384", ""])
    func otherAlgorithms(_ name: String) throws {
        let description = try AssertionDraft(header: ["alg": "\"\(name)\""]).refusal()
        #expect(description.contains("alg") && description.contains("RS384 or ES384"))
    }

    // Requirements 180, 189
    // SMART client-confidential-asymmetric#authenticating-to-the-token-endpoint
    @Test(
        "what is written otherwise than it must be is refused, and its name is said",
        arguments: [
            ("kid", nil, "no kid"), ("kid", "\"\"", "no kid"), ("kid", "1", "kid in the header must be a string"),
            ("typ", "\"jwt\"", "typ"), ("typ", "\"at+jwt\"", "typ"), ("typ", "\"\"", "typ"),
            ("jku", "\"https://app.example/jwks/\"", "jku"), ("jku", "\"\"", "jku"),
            ("jku", "\"https://evil.example/jwks\"", "jku"), ("crit", "[\"exp\"]", "crit"),
        ] as [(String, String?, String)])
    func header(_ name: String, _ value: String?, _ expected: String) throws {
        let description = try AssertionDraft(header: [name: value]).refusal()
        #expect(description.contains("client_assertion") && description.contains(expected))
    }

    @Test("typ may be missing: widespread libraries do not send it")
    func missingType() throws {
        _ = try AssertionDraft(header: ["typ": nil]).verified()
    }

    // Requirement 183
    @Test("a jku is exactly the registered URL")
    func keyURL() throws {
        let draft = AssertionDraft(header: ["jku": "\"https://app.example/jwks\""])
        _ = try draft.verified()
        _ = try draft.verified(keys: .uri("https://app.example/jwks", mirror: "https://mirror.example/a"))
        _ = try draft.verified(keys: .file("/a/copy", uri: "https://app.example/jwks"))
        #expect(try draft.refusal(keys: .given(jwks: [])).contains("no jwks_uri registered"))
        #expect(try draft.refusal(keys: .file("/a/copy")).contains("no jwks_uri registered"))
        #expect(try draft.refusal(keys: .uri("https://app.example/jwks2")).contains("not exactly the jwks_uri"))
    }

    // Requirement 181
    @Test(
        "iss and sub are the client_id, by exact spelling",
        arguments: [
            (nil, "\"app\"", "no iss"), ("\"app\"", nil, "no sub"), ("\"app\"", "\"App\"", "differ"),
            ("\"https://app.example\"", "\"app\"", "differ"), ("\"other\"", "\"other\"", "another client"),
            ("\"\"", "\"\"", "another client"), ("[\"app\"]", "\"app\"", "iss must be a string"),
            // U+212A is K to Unicode, and another client to us.
            ("\"\u{212A}\"", "\"K\"", "differ"),
        ] as [(String?, String?, String)])
    func names(_ iss: String?, _ sub: String?, _ expected: String) throws {
        #expect(try AssertionDraft(claims: ["iss": iss, "sub": sub]).refusal().contains(expected))
    }

    // RFC 7523 §2.2
    @Test("the type that goes with it is spelled as it is sent")
    func type() {
        #expect(ClientAssertion.type == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    }

    @Test("the claimed name finds the registration")
    func claimed() throws {
        let assertion = try ClientAssertion(
            AssertionDraft(claims: ["iss": "\"\u{212A}\"", "sub": "\"\u{212A}\""]).signed())
        #expect(assertion.claimedClientID.utf8.elementsEqual("\u{212A}".utf8))
        #expect(assertion.kid == "ES384" && assertion.algorithm == .es384 && assertion.jku == nil)
        #expect(throws: OAuthError.self) {
            try assertion.checked(
                for: "K", keys: .given(jwks: []), audiences: AssertionDraft.audiences, at: AssertionDraft.now)
        }
    }

    @Test("aud is the token endpoint or the issuer, as a string or an array of one")
    func audience() throws {
        for audience in AssertionDraft.audiences {
            _ = try AssertionDraft(claims: ["aud": "\"\(audience)\""]).verified()
            _ = try AssertionDraft(claims: ["aud": "[\"\(audience)\"]"]).verified()
        }
    }

    // Requirement 191
    @Test(
        "another aud is refused, and the refusal says what was expected",
        arguments: [
            (nil, "no aud"), ("[]", "no aud"), ("\"https://h.example/fhir/\"", "not this server"),
            ("\"https://H.example/fhir\"", "not this server"), ("\"https://h.example\"", "not this server"),
            ("\"\"", "not this server"),
            ("[\"https://h.example/fhir\",\"https://h.example/auth/token\"]", "several aud"),
            ("[\"https://h.example/fhir\",\"https://other.example\"]", "several aud"),
        ] as [(String?, String)])
    func otherAudience(_ aud: String?, _ expected: String) throws {
        let description = try AssertionDraft(claims: ["aud": aud]).refusal()
        #expect(description.contains(expected))
        #expect(description.hasSuffix("exactly one of: https://h.example/auth/token, https://h.example/fhir"))
        #expect(!description.contains("other.example"))
    }

    // Requirements 181, 190
    @Test(
        "exp is at most five minutes ahead, and clocks may differ by a minute",
        arguments: [
            (361, "lies 361 s in the future"), (360, nil), (300, nil), (1, nil), (0, nil), (-59, nil),
            (-60, "expired 60 s ago"), (-3600, "expired 3600 s ago"), (86_400, "lies 86400 s in the future"),
        ] as [(Int, String?)])
    func expiry(_ seconds: Int, _ expected: String?) throws {
        let draft = AssertionDraft(claims: ["exp": "\(AssertionDraft.now.seconds + seconds)"])
        guard let expected else {
            #expect(try draft.verified().rememberUntil == AssertionDraft.now + seconds + 60)
            return
        }
        let description = try draft.refusal()
        #expect(description.contains(expected))
        #expect(description.contains(seconds > 0 ? "clock is ahead" : "clock is behind"))
    }

    @Test("iat and nbf lie no more than a minute ahead; how old they are does not matter", arguments: ["iat", "nbf"])
    func beginning(_ name: String) throws {
        for seconds in [60, 0, -86_400] {
            _ = try AssertionDraft(claims: [name: "\(AssertionDraft.now.seconds + seconds)"]).verified()
        }
        let description = try AssertionDraft(claims: [name: "\(AssertionDraft.now.seconds + 61)"]).refusal()
        #expect(description.hasPrefix("\(name) of client_assertion lies 61 s in the future"))
        #expect(description.contains("clock is ahead"))
        // A clock that is wrong is the reason to give, not what comes of it.
        let both = AssertionDraft(claims: [
            name: "\(AssertionDraft.now.seconds + 500)", "exp": "\(AssertionDraft.now.seconds + 800)",
        ])
        #expect(try both.refusal().hasPrefix("\(name) of client_assertion lies 500 s in the future"))
    }

    @Test(
        "claims that are missing or no dates are named",
        arguments: [
            ("exp", nil, "no exp"), ("exp", "\"soon\"", "exp must be a number"),
            ("iat", "null", "iat must be a number"),
            ("jti", nil, "no jti"), ("jti", "\"\"", "jti"), ("jti", "1", "jti must be a string"),
        ] as [(String, String?, String)])
    func claims(_ name: String, _ value: String?, _ expected: String) throws {
        #expect(try AssertionDraft(claims: [name: value]).refusal().contains(expected))
    }

    // RFC 7519 §4.1.7
    @Test("a jti has at most 255 bytes")
    func identifier() throws {
        _ = try AssertionDraft(claims: ["jti": "\"\(String(repeating: "x", count: 255))\""]).verified()
        #expect(
            try AssertionDraft(claims: ["jti": "\"\(String(repeating: "x", count: 256))\""]).refusal()
                == "the jti of client_assertion must have 1 to 255 bytes")
    }

    @Test("what is remembered differs with client and jti, however the two are divided")
    func digest() throws {
        func digest(_ clientID: String, _ jti: String) throws -> [UInt8] {
            let name = "\"\(clientID)\""
            return try AssertionDraft(claims: ["iss": name, "sub": name, "jti": "\"\(jti)\""]).verified(for: clientID)
                .jtiDigest
        }
        let digests = [
            try digest("app", "one"), try digest("app", "two"), try digest("ap", "pone"),
            try digest("apponeapp", "one"),
        ]
        #expect(Set(digests).count == digests.count && digests.allSatisfy { $0.count == 32 })
        #expect(try digest("app", "one") == digests[0])
    }

    // Requirement 183
    // SMART client-confidential-asymmetric#signature-verification
    @Test("exactly one key answers, or none; only none is worth another look at the set")
    func keys() throws {
        func verification(_ set: JWKSet) throws -> CheckedAssertion.Verification {
            try ClientAssertion(AssertionDraft().signed())
                .checked(
                    for: "app", keys: .given(jwks: []), audiences: AssertionDraft.audiences, at: AssertionDraft.now
                )
                .verified(with: set)
        }
        let key = try #require(try AssertionDraft.published([.es384]).keys.first)
        var other = key
        func isMissing(_ set: JWKSet) throws -> Bool {
            if case .keyNotFound(let refusal) = try verification(set) { return refusal.code == .invalidClient }
            return false
        }
        other.kid = "x"
        #expect(try isMissing(JWKSet([other])))
        other.kid = nil
        #expect(try isMissing(JWKSet([other])))
        (other.kid, other.use) = (key.kid, "enc")
        #expect(try isMissing(JWKSet([other])))
        (other.use, other.alg) = (nil, "ES256")
        #expect(try isMissing(JWKSet([other])))
        #expect(try isMissing(JWKSet([])))
        // The same name for another type of key, or for encryption, does not disturb.
        var named = try AssertionDraft.key(.rs384).publicKey
        named.kid = key.kid
        guard case .verified = try verification(JWKSet([other, named, key])) else {
            Issue.record("the key was not found")
            return
        }
        #expect(throws: OAuthError.self) { try verification(JWKSet([key, key])) }
    }

    @Test("a key too weak is passed over, and the developer hears of it")
    func weakKey() throws {
        let weak = JWK(.rsa(n: [UInt8](repeating: 0xFF, count: 128), e: [1, 0, 1]), kid: "RS384")
        let set = try JWKSet(json: JWKSet([weak]).bytes)
        let description = try AssertionDraft(algorithm: .rs384).refusal(set: set)
        #expect(description.contains("no RS384 key") && description.contains("2048 bits"))
    }

    @Test("another key's signature is refused, and so is a text that was changed")
    func signature() throws {
        var stranger = try SigningKey.generate(for: .es384).publicKey
        stranger.kid = "ES384"
        let description = try AssertionDraft().refusal(set: JWKSet([stranger]))
        #expect(description == "client_assertion: the signature does not match the key")
        let parts = try AssertionDraft().signed().split(separator: ".").map(String.init)
        let others = try AssertionDraft(claims: ["jti": "\"two\""]).signed().split(separator: ".").map(String.init)
        let mixed = try ClientAssertion("\(parts[0]).\(others[1]).\(parts[2])").checked(
            for: "app", keys: .given(jwks: []), audiences: AssertionDraft.audiences, at: AssertionDraft.now)
        #expect(throws: OAuthError.self) { try mixed.verified(with: AssertionDraft.published()) }
    }

    @Test("a text cut anywhere is refused and repeated nowhere")
    func cut() throws {
        let text = try AssertionDraft(claims: ["marker": "\"marker\""]).signed()
        for count in 0..<text.utf8.count {
            let error = #expect(throws: OAuthError.self) {
                let checked = try ClientAssertion(String(text.prefix(count))).checked(
                    for: "app", keys: .given(jwks: []), audiences: AssertionDraft.audiences, at: AssertionDraft.now)
                if case .keyNotFound(let refusal) = try checked.verified(with: AssertionDraft.published()) {
                    throw refusal
                }
            }
            #expect(error?.code == .invalidClient && error?.description.contains("marker") == false)
        }
    }
}
