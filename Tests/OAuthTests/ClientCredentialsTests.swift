import OAuth
import SMART
import Testing

@Suite("RFC 6749 §4.4.2, SMART backend-services#obtain-access-token: client_credentials")
struct ClientCredentialsTests {
    private static let key = try? Fixture.AsymmetricKey()

    private func granted(
        _ asked: String, registered: String, grantTypes: Set<ClientRegistration.GrantType> = [.clientCredentials]
    ) throws -> ScopeSet {
        let key = try #require(Self.key)
        let client = Fixture.client(scope: registered, authentication: key.method, grantTypes: grantTypes)
        return try ClientCredentialsRequest(scope: asked).granted(to: key.proven(client))
    }

    @Test(
        "what is asked for within what was approved, narrowed where that is less",
        arguments: [
            ("system/Patient.rs", "system/Patient.rs", "system/Patient.rs"),
            ("system/Patient.read", "system/*.rs", "system/Patient.read"),
            ("system/*.rs", "system/Patient.rs system/Observation.rs", "system/Patient.rs system/Observation.rs"),
            ("system/*.cruds", "system/*.rs", "system/*.rs"),
            ("system/Patient.cruds system/Group.r", "system/Patient.r", "system/Patient.r"),
            (
                "system/Observation.rs", "system/Observation.rs?category=laboratory",
                "system/Observation.rs?category=laboratory"
            ),
            // A backend has no user: what would say something of one is left out.
            (
                "openid fhirUser offline_access launch system/Patient.r",
                "openid fhirUser offline_access launch system/*.r",
                "system/Patient.r"
            ),
            ("__introspect", "__introspect", "__introspect"),
            ("__introspect __other system/Patient.r", "__introspect system/*.rs", "__introspect system/Patient.r"),
        ])
    func granted(_ asked: String, _ registered: String, _ expected: String) throws {
        #expect(try granted(asked, registered: registered).description == expected)
    }

    @Test(
        "what is no system scope, or was not approved, is invalid_scope",
        arguments: [
            ("patient/*.rs", "patient/*.rs"), ("user/Patient.r", "user/*.rs"),
            ("system/Patient.r user/Patient.r", "system/*.rs user/*.rs"),
            ("system/Patient.r patient/Patient.r", "system/*.rs"), ("system/Patient.r", "system/Group.r"),
            ("system/Patient.r", "user/*.rs patient/*.rs"), ("openid offline_access", "openid offline_access"),
            ("__introspect", "system/*.rs"), ("nonsense", "system/*.rs"), ("system/Patient.sr", "system/*.rs"),
            ("", ""),
        ])
    func refused(_ asked: String, _ registered: String) throws {
        let error = try #require(throws: OAuthError.self) { try granted(asked, registered: registered) }
        #expect(error.code == .invalidScope)
    }

    @Test("a client that is not registered for it is unauthorized_client")
    func notRegistered() throws {
        let error = try #require(throws: OAuthError.self) {
            try granted("system/*.rs", registered: "system/*.rs", grantTypes: [.authorizationCode, .refreshToken])
        }
        #expect(error.code == .unauthorizedClient)
    }

    // SMART client-confidential-symmetric
    @Test("a client without a key is unauthorized_client, though it is registered for it")
    func sharedSecret() throws {
        let secret = ClientAuthenticationMethod.secret(
            [ClientSecret(digest: SecretDigest(of: "s"))], isTakenFromBody: true)
        for method in [ClientAuthenticationMethod.none, secret] {
            let client = Fixture.client(
                scope: "system/*.rs", authentication: method, grantTypes: [.clientCredentials])
            let sent: ClientAuthentication =
                method == .none
                ? .none(clientID: "app")
                : try ClientAuthentication(.init(method: .post, path: "/"), .init("client_id=app&client_secret=s"))
            let proven = try client.authenticated(by: sent, at: Fixture.now)
            let error = try #require(throws: OAuthError.self) {
                try ClientCredentialsRequest(scope: "system/*.rs").granted(to: proven)
            }
            #expect(error.code == .unauthorizedClient)
            #expect(error.description.contains("private_key_jwt"))
        }
    }

    // SMART backend-services#response-1
    @Test(
        "five minutes, or less where the registration says so",
        arguments: [(nil, 300), (60, 60), (300, 300), (3600, 300)] as [(Int?, Int)])
    func lifetime(_ registered: Int?, _ seconds: Int) {
        var client = Fixture.client()
        client.lifetimes.accessToken = registered
        #expect(TokenPolicy().backendAccessTokenLifetime(for: client) == seconds)
    }
}
