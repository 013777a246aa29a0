import HTTP
import JOSE
import OAuth
import SMART
import Testing

@Suite("RFC 6749 §2.3 client authentication")
struct ClientAuthenticationTests {
    private static func basic(_ text: String) -> Request {
        Request(
            method: .post, path: "/", fields: Fields([("authorization", "Basic \(Base64.encode(Array(text.utf8)))")]))
    }

    private static func secrets(_ text: String...) -> [ClientSecret] {
        text.map { ClientSecret(digest: SecretDigest(of: $0)) }
    }

    /// One client of each kind, all with the same id and, where they have one, the same secret.
    private static let kinds: [ClientAuthenticationMethod.Name: ClientAuthenticationMethod] = [
        .none: .none, .secretBasic: .secret(secrets("s3cret")),
        .secretPost: .secret(secrets("s3cret"), isTakenFromBody: true),
        .privateKeyJWT: .privateKey(ClientPublicKeys(.given(jwks: []))),
    ]

    private static let body = "client_id=app&client_secret=s3cret"
    private static let assertion =
        "client_assertion=x&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

    // RFC 6749 §2.1, §2.3.1, §3.2.1
    @Test(
        "each kind of client proves itself in its own way and in no other",
        arguments: [
            (.none, ["name"]), (.secretBasic, ["basic"]),
            (.secretPost, ["basic", "body"]), (.privateKeyJWT, []),
        ] as [(ClientAuthenticationMethod.Name, Set<String>)])
    func ways(_ kind: ClientAuthenticationMethod.Name, _ good: Set<String>) throws {
        let client = Fixture.client(authentication: try #require(Self.kinds[kind]))
        #expect(client.authentication.name == kind)
        let plain = Request(method: .post, path: "/")
        let ways: [(name: String, sent: ClientAuthentication)] = [
            ("name", try ClientAuthentication(plain, Form("client_id=app"))),
            ("basic", try ClientAuthentication(Self.basic("app:s3cret"), Form())),
            ("body", try ClientAuthentication(plain, Form(Self.body))),
            // Proven by its signature alone, and never here.
            ("assertion", try ClientAuthentication(plain, Form(Self.assertion))),
        ]
        for (name, sent) in ways {
            guard !good.contains(name) else {
                #expect(try client.authenticated(by: sent, at: Fixture.now).id == "app")
                continue
            }
            let error = try #require(throws: OAuthError.self) { try client.authenticated(by: sent, at: Fixture.now) }
            #expect(error.code == .invalidClient)
            // Who sent the right secret in the wrong place hears of the right place.
            #expect(kind == .none ? error.description.contains("public") : error.description.contains(kind.rawValue))
        }
    }

    private let confidential = Fixture.client(id: "c d", authentication: .secret(secrets("s%e:c+ret")))

    // RFC 6749 §2.3.1
    @Test(
        "both spellings of Basic are the same client",
        arguments: ["c d:s%e:c+ret", "c+d:s%25e%3Ac%2Bret", "c%20d:s%25e%3Ac%2Bret"])
    func spellings(_ text: String) throws {
        let authentication = try ClientAuthentication(Self.basic(text), Form())
        _ = try confidential.authenticated(by: authentication, at: Fixture.now)
        #expect(authentication.claimedClientIDs.contains("c d"))
    }

    @Test(
        "a wrong secret is invalid_client and never says what was wrong",
        arguments: ["c d:wrong", "c d:", "other:s%e:c+ret", "c d:S%E:c+ret", "c d:s%e:c+ret "])
    func wrongSecret(_ text: String) throws {
        let authentication = try ClientAuthentication(Self.basic(text), Form())
        let error = try #require(throws: OAuthError.self) {
            try confidential.authenticated(by: authentication, at: Fixture.now)
        }
        #expect(error.code == .invalidClient)
        #expect(error.description == "unknown client or wrong secret")
    }

    @Test("the secret of the body is the one that was registered, for its client")
    func wrongSecretInBody() throws {
        let client = Fixture.client(authentication: .secret(Self.secrets("s3cret"), isTakenFromBody: true))
        for body in ["client_id=app&client_secret=wrong", "client_id=other&client_secret=s3cret"] {
            let sent = try ClientAuthentication(Request(method: .post, path: "/"), Form(body))
            #expect(throws: OAuthError.self) { try client.authenticated(by: sent, at: Fixture.now) }
        }
    }

    @Test("the old secret of a rotation ends, in the header and in the body", arguments: [false, true])
    func overlap(_ isTakenFromBody: Bool) throws {
        let client = Fixture.client(
            authentication: .secret(
                [
                    ClientSecret(digest: SecretDigest(of: "old"), expiresAt: Fixture.now + 10),
                    ClientSecret(digest: SecretDigest(of: "new")),
                ], isTakenFromBody: isTakenFromBody))
        func sent(_ secret: String) throws -> ClientAuthentication {
            isTakenFromBody
                ? try ClientAuthentication(
                    Request(method: .post, path: "/"), Form("client_id=app&client_secret=\(secret)"))
                : try ClientAuthentication(Self.basic("app:\(secret)"), Form())
        }
        for secret in ["old", "new"] { _ = try client.authenticated(by: sent(secret), at: Fixture.now + 9) }
        #expect(throws: OAuthError.self) { try client.authenticated(by: sent("old"), at: Fixture.now + 10) }
        _ = try client.authenticated(by: sent("new"), at: Fixture.now + 10)
    }

    // RFC 7523 §2.2
    @Test(
        "what the request itself makes impossible",
        arguments: [
            ("client_secret=x", false, OAuthError.Code.invalidClient),
            ("client_assertion=x", false, .invalidClient),
            (
                "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer", false,
                .invalidClient
            ),
            ("client_assertion=x&client_assertion_type=jwt-bearer", false, .invalidClient),
            (
                "client_assertion=x&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
                false,
                .invalidClient
            ),
            // Two ways at once.
            ("client_secret=x", true, .invalidRequest), ("client_assertion=x", true, .invalidRequest),
            ("client_assertion_type=x", true, .invalidRequest),
            ("client_id=app&client_secret=x&client_assertion=x", false, .invalidRequest),
            ("\(assertion)&client_secret=x&client_id=app", false, .invalidRequest),
            ("client_id=other", true, .invalidRequest),
            // Once each.
            ("client_id=a&client_id=a", false, .invalidRequest),
            ("client_id=a&client_secret=a&client_secret=a", false, .invalidRequest),
            ("\(assertion)&client_assertion=x", false, .invalidRequest),
            ("\(assertion)&client_assertion_type=x", false, .invalidRequest),
        ])
    func impossible(_ form: String, _ hasBasic: Bool, _ code: OAuthError.Code) throws {
        let request = hasBasic ? Self.basic("app:x") : Request(method: .post, path: "/")
        let error = try #require(throws: OAuthError.self) { try ClientAuthentication(request, Form(form)) }
        #expect(error.code == code)
    }

    @Test("a parameter without a value was not sent")
    func empty() throws {
        let sent = try ClientAuthentication(
            Self.basic("app:s3cret"), Form("client_secret=&client_assertion=&client_assertion_type=&client_id=app"))
        guard case .basic = sent else { return #expect(Bool(false), "an empty parameter counted") }
    }

    @Test("whom a request speaks for, before anything is proven")
    func claimed() throws {
        let plain = Request(method: .post, path: "/")
        #expect(try ClientAuthentication(plain, Form()).claimedClientIDs == [])
        #expect(try ClientAuthentication(plain, Form("client_id=a")).claimedClientIDs == ["a"])
        #expect(try ClientAuthentication(plain, Form(Self.body)).claimedClientIDs == ["app"])
        #expect(try ClientAuthentication(plain, Form(Self.assertion)).claimedClientIDs == [])
        #expect(try ClientAuthentication(plain, Form("\(Self.assertion)&client_id=a")).claimedClientIDs == ["a"])
        #expect(try ClientAuthentication(Self.basic("a%2Db:x"), Form()).claimedClientIDs == ["a-b", "a%2Db"])
        // An assertion that cannot be read names nobody, and nothing of it is kept.
        #expect(try ClientAuthentication(plain, Form(Self.assertion)).namedClientIDs == [])
        #expect(try ClientAuthentication(plain, Form("\(Self.assertion)&client_id=a")).namedClientIDs == ["a"])
        let words = try [Form(), Form(Self.body), Form(Self.assertion)].map {
            try ClientAuthentication(plain, $0).proof
        }
        #expect(words == ["no_proof", "wrong_secret", "wrong_assertion"])
    }

    @Test(
        "broken Basic and other schemes are invalid_client",
        arguments: ["Basic !!!", "Basic YQ==", "Bearer x", "Basic"])
    func broken(_ field: String) throws {
        let request = Request(method: .post, path: "/", fields: Fields([("authorization", field)]))
        let error = try #require(throws: OAuthError.self) { try ClientAuthentication(request, Form()) }
        #expect(error.code == .invalidClient)
    }

    @Test(
        "a NUL in Basic is broken, written as it is or with an escape",
        arguments: ["app\0:x", "app:x\0", "a%00b:x", "app:%00", "%00:x"])
    func nul(_ text: String) throws {
        let error = try #require(throws: OAuthError.self) { try ClientAuthentication(Self.basic(text), Form()) }
        #expect(error.code == .invalidClient && error.description.contains("not valid HTTP Basic"))
    }

    @Test(
        "a client that is disabled, waits or was rejected proves nothing, whatever its kind",
        arguments: [
            (true, ClientRegistration.Approval.approved, "disabled"), (false, .pending, "approval"),
            (false, .rejected, "approved"), (true, .pending, "approval"),
        ])
    func unusable(_ isDisabled: Bool, _ approval: ClientRegistration.Approval, _ word: String) throws {
        for (kind, method) in Self.kinds {
            var client = Fixture.client(disabled: isDisabled, authentication: method)
            client.approval = approval
            #expect(!client.isUsable)
            let sent = try ClientAuthentication(
                kind == .none ? Request(method: .post, path: "/") : Self.basic("app:s3cret"), Form("client_id=app"))
            let error = try #require(throws: OAuthError.self) { try client.authenticated(by: sent, at: Fixture.now) }
            #expect(error.code == .invalidClient)
            #expect(error.description.contains(word))
            #expect(throws: OAuthError.self) { try client.assertionKeys() }
        }
    }

    @Test("only an asymmetric client has keys to prove an assertion with")
    func assertionKeys() throws {
        for (kind, method) in Self.kinds where kind != .privateKeyJWT {
            let error = try #require(throws: OAuthError.self) {
                try Fixture.client(authentication: method).assertionKeys()
            }
            #expect(error.code == .invalidClient)
        }
        let keys = ClientPublicKeys(.given(jwks: [1]), algorithms: [.es384])
        #expect(try Fixture.client(authentication: .privateKey(keys)).assertionKeys() == keys)
    }

    @Test("a proven assertion is its own client's, and no other kind's")
    func proven() throws {
        let key = try Fixture.AsymmetricKey()
        _ = try key.proven(Fixture.client(authentication: key.method))
        // The assertion was signed for app; the registrations below are somebody else's, or of another kind.
        let verified = try key.verified(for: Fixture.client(authentication: key.method))
        for client in [Fixture.client(id: "other", authentication: key.method), Fixture.client()] {
            #expect(throws: OAuthError.self) { try client.authenticated(by: verified) }
        }
    }

    // RFC 6749 §5.2
    @Test(
        "a grant type that is not registered is unauthorized_client", arguments: ClientRegistration.GrantType.allCases)
    func grantTypes(_ type: ClientRegistration.GrantType) throws {
        try Fixture.proven(Fixture.client(grantTypes: [type])).requireGrant(type)
        let others = Set(ClientRegistration.GrantType.allCases).subtracting([type])
        let error = try #require(throws: OAuthError.self) {
            try Fixture.proven(Fixture.client(grantTypes: others)).requireGrant(type)
        }
        #expect(error.code == .unauthorizedClient)
        #expect(error.description.contains(type.rawValue))
    }
}
