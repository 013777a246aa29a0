import HTTP
import JOSE
import JSON
import OAuth
import SMART
import Testing

@Suite("RFC 7636 §4.6 Server Verifies code_verifier")
struct CodeChallengeTests {
    @Test("the example of appendix B matches")
    func appendixB() throws {
        #expect(try #require(CodeChallenge(Fixture.challenge)).matches(Fixture.verifier))
    }

    // RFC 7636 §4.1
    @Test(
        "nothing else does",
        arguments: [
            "", Fixture.challenge, String(Fixture.verifier.dropLast()), Fixture.verifier + "A",
            String(repeating: "a", count: 42), String(repeating: "a", count: 129),
            "a b" + String(repeating: "a", count: 43),
        ])
    func others(_ verifier: String) throws {
        #expect(try #require(CodeChallenge(Fixture.challenge)).matches(verifier) == false)
    }
}

@Suite("RFC 6749 §4.1.3 redemption of a code")
struct AuthorizationCodeTests {
    private func code(spent: Bool = false, ended: Bool = false, user: User = Fixture.user()) throws -> AuthorizationCode
    {
        AuthorizationCode(
            digest: SecretDigest(of: "c"), authorization: Fixture.authorization(user: user),
            redirectURI: Fixture.redirectURI, codeChallenge: try #require(CodeChallenge(Fixture.challenge)),
            expiresAt: Fixture.now + 60, isSpent: spent, isEnded: ended)
    }

    private func request(redirect: String = Fixture.redirectURI, verifier: String = Fixture.verifier) -> CodeRequest {
        CodeRequest(code: Secret(received: "c"), redirectURI: redirect, codeVerifier: verifier)
    }

    @Test("in order")
    func fresh() throws {
        guard
            case .fresh(let authorization) = try code().redeemed(by: Fixture.proven(), with: request(), at: Fixture.now)
        else { return #expect(Bool(false)) }
        #expect(authorization.grant == "g1")
    }

    @Test("another client, another redirect_uri, too late, ended, disabled: invalid_grant")
    func refused() throws {
        let other = try Fixture.proven(Fixture.client(id: "other"))
        let cases: [(AuthorizationCode, AuthenticatedClient, CodeRequest, Int)] = [
            (try code(), other, request(), 0),
            (try code(), try Fixture.proven(), request(redirect: "https://app.example/cb2"), 0),
            (try code(), try Fixture.proven(), request(), 60),
            (try code(ended: true), try Fixture.proven(), request(), 0),
            (try code(user: Fixture.user(disabled: true)), try Fixture.proven(), request(), 0),
        ]
        for (code, client, request, after) in cases {
            #expect {
                try code.redeemed(by: client, with: request, at: Fixture.now + after)
            } throws: { ($0 as? OAuthError)?.code == .invalidGrant }
        }
    }

    @Test("possession comes first: a wrong verifier or a stranger never looks like a replay")
    func orderMatters() throws {
        let spent = try code(spent: true)
        guard
            case .wrongVerifier = try spent.redeemed(
                by: Fixture.proven(), with: request(verifier: String(repeating: "x", count: 43)), at: Fixture.now)
        else { return #expect(Bool(false), "a wrong verifier must not be a replay") }
        #expect(throws: OAuthError.self) {
            try spent.redeemed(by: Fixture.proven(Fixture.client(id: "other")), with: request(), at: Fixture.now)
        }
        guard case .replayed = try spent.redeemed(by: Fixture.proven(), with: request(), at: Fixture.now + 600)
        else { return #expect(Bool(false), "a spent code is a replay, also after it expired") }
    }
}

@Suite("RFC 6749 §6 refreshing")
struct RefreshTokenTests {
    private func token(spent: Bool = false, ended: Bool = false, user: User = Fixture.user()) -> RefreshToken {
        RefreshToken(
            digest: SecretDigest(of: "r"), authorization: Fixture.authorization(user: user),
            expiresAt: Fixture.now + 60, isSpent: spent, isEnded: ended)
    }

    private func request(_ scope: String? = nil) -> RefreshRequest {
        RefreshRequest(refreshToken: Secret(received: "r"), scope: scope)
    }

    // SMART app-launch#refresh-access-token
    @Test(
        "without a scope the grant, with one no more than the grant",
        arguments: [
            (String?.none, "openid fhirUser patient/*.rs"), ("openid", "openid"),
            ("patient/*.rs openid", "patient/*.rs openid"),
            ("patient/Observation.rs", "patient/Observation.rs"),
        ])
    func scopes(_ asked: String?, _ granted: String) throws {
        guard
            case .fresh(let scopes) = try token().refreshed(by: Fixture.proven(), with: request(asked), at: Fixture.now)
        else { return #expect(Bool(false)) }
        #expect(scopes.description == granted)
    }

    @Test(
        "a wider scope is invalid_scope",
        arguments: ["patient/*.cruds", "openid user/*.rs", "nonsense", "openid nonsense"])
    func wider(_ asked: String) {
        #expect {
            try token().refreshed(by: Fixture.proven(), with: request(asked), at: Fixture.now)
        } throws: { ($0 as? OAuthError)?.code == .invalidScope }
    }

    @Test("a registration that shrank shrinks what a refresh gives")
    func shrunk() throws {
        let client = try Fixture.proven(Fixture.client(scope: "openid patient/Observation.rs"))
        guard case .fresh(let scopes) = try token().refreshed(by: client, with: request(), at: Fixture.now) else {
            return #expect(Bool(false))
        }
        #expect(scopes.description == "openid patient/Observation.rs")
    }

    // RFC 9700 §4.14.2
    @Test("spent is replayed; another client, too late, ended, disabled: invalid_grant")
    func refused() throws {
        guard case .replayed = try token(spent: true).refreshed(by: Fixture.proven(), with: request(), at: Fixture.now)
        else { return #expect(Bool(false)) }
        let other = try Fixture.proven(Fixture.client(id: "other"))
        #expect(throws: OAuthError.self) {
            try token(spent: true).refreshed(by: other, with: request(), at: Fixture.now)
        }
        #expect(throws: OAuthError.self) {
            try token().refreshed(by: Fixture.proven(), with: request(), at: Fixture.now + 60)
        }
        #expect(throws: OAuthError.self) {
            try token(ended: true).refreshed(by: Fixture.proven(), with: request(), at: Fixture.now)
        }
        #expect(throws: OAuthError.self) {
            try token(user: Fixture.user(disabled: true)).refreshed(
                by: Fixture.proven(), with: request(), at: Fixture.now)
        }
    }

    @Test("the successor follows from the token and the key, and from nothing else")
    func successor() {
        let token = Secret(received: "vst_rt_x")
        let key = [UInt8](repeating: 1, count: 32)
        #expect(
            RefreshToken.successor(of: token, under: key).text == RefreshToken.successor(of: token, under: key).text)
        #expect(
            RefreshToken.successor(of: token, under: key).text
                != RefreshToken.successor(of: token, under: [UInt8](repeating: 2, count: 32)).text)
        #expect(RefreshToken.successor(of: token, under: key).text.hasPrefix("vst_rt_"))
    }
}

@Suite("RFC 6749 §2.3 client authentication")
struct ClientAuthenticationTests {
    private static func basic(_ text: String) -> Request {
        Request(
            method: .post, path: "/", fields: Fields([("authorization", "Basic \(Base64.encode(Array(text.utf8)))")]))
    }

    private let confidential = Fixture.client(
        id: "c d", authentication: .secret([.init(digest: SecretDigest(of: "s%e:c+ret"))]))

    // RFC 6749 §2.3.1
    @Test(
        "both spellings of Basic are the same client",
        arguments: ["c d:s%e:c+ret", "c+d:s%25e%3Ac%2Bret", "c%20d:s%25e%3Ac%2Bret"])
    func spellings(_ text: String) throws {
        let authentication = try ClientAuthentication(Self.basic(text), Form())
        _ = try confidential.authenticated(by: authentication, at: Fixture.now)
    }

    // RFC 6749 §2.1, §3.2.1
    @Test("a wrong secret, none, and the wrong way are invalid_client")
    func refused() throws {
        for text in ["c d:wrong", "c d:", "other:s%e:c+ret"] {
            let authentication = try ClientAuthentication(Self.basic(text), Form())
            #expect(throws: OAuthError.self) { try confidential.authenticated(by: authentication, at: Fixture.now) }
        }
        #expect(throws: OAuthError.self) { try confidential.authenticated(by: .none(clientID: "c d"), at: Fixture.now) }
        let withSecret = try ClientAuthentication(Self.basic("app:x"), Form())
        #expect(throws: OAuthError.self) { try Fixture.client().authenticated(by: withSecret, at: Fixture.now) }
        #expect(throws: OAuthError.self) {
            try Fixture.client(disabled: true).authenticated(by: .none(clientID: "app"), at: Fixture.now)
        }
    }

    @Test("the old secret of a rotation ends")
    func overlap() throws {
        let client = Fixture.client(
            authentication: .secret([
                .init(digest: SecretDigest(of: "old"), expiresAt: Fixture.now + 10),
                .init(digest: SecretDigest(of: "new")),
            ]))
        let old = try ClientAuthentication(Self.basic("app:old"), Form())
        _ = try client.authenticated(by: old, at: Fixture.now + 9)
        #expect(throws: OAuthError.self) { try client.authenticated(by: old, at: Fixture.now + 10) }
        _ = try client.authenticated(by: ClientAuthentication(Self.basic("app:new"), Form()), at: Fixture.now + 10)
    }

    @Test(
        "what the request itself makes impossible",
        arguments: [
            ("client_secret=x", false, OAuthError.Code.invalidClient),
            ("client_assertion=x", false, .invalidClient),
            ("client_secret=x", true, .invalidRequest), ("client_assertion=x", true, .invalidRequest),
            ("client_id=other", true, .invalidRequest), ("client_id=a&client_id=a", false, .invalidRequest),
        ])
    func impossible(_ form: String, _ hasBasic: Bool, _ code: OAuthError.Code) {
        let request = hasBasic ? Self.basic("app:x") : Request(method: .post, path: "/")
        #expect { try ClientAuthentication(request, Form(form)) } throws: { ($0 as? OAuthError)?.code == code }
    }

    @Test(
        "broken Basic and other schemes are invalid_client",
        arguments: ["Basic !!!", "Basic YQ==", "Bearer x", "Basic"])
    func broken(_ field: String) {
        let request = Request(method: .post, path: "/", fields: Fields([("authorization", field)]))
        #expect { try ClientAuthentication(request, Form()) } throws: {
            ($0 as? OAuthError)?.code == .invalidClient
        }
    }
}

@Suite("RFC 6749 §3.2 token requests")
struct TokenRequestTests {
    // RFC 7636 §4.5
    @Test(
        "what is missing, repeated or unknown is named",
        arguments: [
            ("", OAuthError.Code.invalidRequest), ("grant_type=", .invalidRequest),
            ("grant_type=password", .unsupportedGrantType),
            ("grant_type=implicit", .unsupportedGrantType), ("grant_type=authorization_code", .invalidRequest),
            ("grant_type=authorization_code&code=x&redirect_uri=y", .invalidRequest),
            ("grant_type=authorization_code&grant_type=refresh_token", .invalidRequest),
            ("grant_type=refresh_token", .invalidRequest),
            ("grant_type=refresh_token&refresh_token=a&x=1&x=2", .invalidRequest),
        ])
    func refused(_ form: String, _ code: OAuthError.Code) {
        #expect { try TokenRequest(Form(form)) } throws: { ($0 as? OAuthError)?.code == code }
    }
}

@Suite("OpenID Core §2 id_token")
struct IDTokenTests {
    private func claims(_ scopes: String, user: User = Fixture.user()) throws -> JSONValue {
        try JSONDocument(
            IDToken(
                issuer: Fixture.base, authorization: Fixture.authorization(user: user), scopes: ScopeSet(scopes),
                issuedAt: Fixture.now, expiresAt: Fixture.now + 300
            ).payload
        ).root
    }

    @Test("the claims are the grant's")
    func claims() throws {
        let claims = try claims("openid fhirUser")
        #expect(claims["iss"]?.string == "https://h.example/fhir")
        #expect(claims["sub"]?.string == "sub-u1")
        #expect(claims["aud"]?.string == "app")
        #expect(claims["nonce"]?.string == "n-1")
        #expect(claims["exp"]?.integer == Fixture.now.seconds + 300)
        #expect(claims["iat"]?.integer == Fixture.now.seconds)
        #expect(claims["auth_time"]?.integer == Fixture.now.seconds - 30)
        #expect(claims["name"]?.string == "Dr. Test")
        #expect(claims["fhirUser"]?.string == "https://h.example/fhir/Practitioner/p1")
    }

    // SMART scopes-and-launch-context#scopes-for-requesting-identity-data
    @Test("name and fhirUser come with their scopes alone")
    func scopes() throws {
        #expect(try claims("openid")["name"] == nil)
        #expect(try claims("openid")["fhirUser"] == nil)
        #expect(try claims("openid profile")["name"] != nil)
        #expect(try claims("openid profile")["fhirUser"] == nil)
        #expect(try claims("openid fhirUser", user: Fixture.user(fhirUser: nil))["fhirUser"] == nil)
    }
}

@Suite("Accounts")
struct AccountTests {
    @Test("waits double from the third wrong password on and end at a quarter of an hour")
    func delays() {
        #expect((0...14).map(SignInAttempts.delay) == [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
    }

    @Test(
        "user names compare in lower case",
        arguments: [
            ("Amara", "amara" as String?), ("  amara ", "amara"), ("", nil), ("a b", nil), ("a\u{0}", nil),
            ("a\nb", nil),
        ])
    func names(_ text: String, _ name: String?) {
        #expect(Account.normalized(username: text) == name)
    }

    // NIST SP 800-63B §5.1.1.2
    @Test(
        "a password is long enough, not endless and without NUL",
        arguments: [
            ("123456789", false), ("1234567890", true), (String(repeating: "x", count: 257), false),
            ("1234567890\u{0}", false),
        ])
    func passwords(_ text: String, _ isPossible: Bool) {
        #expect(Account.isPossible(password: text) == isPossible)
    }
}
