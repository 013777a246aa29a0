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

    @Test("another client, another redirect_uri, too late, ended, disabled, without the patient: invalid_grant")
    func refused() throws {
        let other = try Fixture.proven(Fixture.client(id: "other"))
        let cases: [(AuthorizationCode, AuthenticatedClient, CodeRequest, Int)] = [
            (try code(), other, request(), 0),
            (try code(), try Fixture.proven(), request(redirect: "https://app.example/cb2"), 0),
            (try code(), try Fixture.proven(), request(), 60),
            (try code(ended: true), try Fixture.proven(), request(), 0),
            (try code(user: Fixture.user(disabled: true)), try Fixture.proven(), request(), 0),
            (try code(user: Fixture.user(access: .patients(["pat-2"]))), try Fixture.proven(), request(), 0),
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
            ("grant_type=client_credentials", .invalidScope),
            ("grant_type=client_credentials&scope=", .invalidScope),
            ("grant_type=client_credentials&scope=a&scope=b", .invalidRequest),
        ])
    func refused(_ form: String, _ code: OAuthError.Code) {
        #expect { try TokenRequest(Form(form)) } throws: { ($0 as? OAuthError)?.code == code }
    }
}

@Suite("OpenID Core §2 id_token")
struct IDTokenTests {
    private func claims(
        _ scopes: String, user: User = Fixture.user(), isRefresh: Bool = false
    ) throws -> JSONValue {
        try JSONDocument(
            IDToken(
                issuer: Fixture.base, authorization: Fixture.authorization(user: user), scopes: ScopeSet(scopes),
                issuedAt: Fixture.now, expiresAt: Fixture.now + 300, isRefresh: isRefresh
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

    // OpenID Core §12.2
    @Test("a refresh repeats the moment of the sign-in and no nonce")
    func refreshed() throws {
        let claims = try claims("openid", isRefresh: true)
        #expect(claims["nonce"] == nil)
        #expect(claims["auth_time"]?.integer == Fixture.now.seconds - 30)
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
