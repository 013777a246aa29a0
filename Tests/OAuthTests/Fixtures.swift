import HTTP
import JOSE
import OAuth
import SMART

/// An app, a person and a request that are all in order; each test changes one thing.
enum Fixture {
    static let base: FHIRBase = {
        guard let base = FHIRBase("https://h.example/fhir") else { preconditionFailure("the fixture is broken") }
        return base
    }()
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let redirectURI = "https://app.example/cb"
    static let now = Instant(1_800_000_000)

    static func client(
        id: String = "app", trusted: Bool = false, disabled: Bool = false, native: Bool = false,
        redirects: [String] = [redirectURI],
        scope: String = "openid fhirUser launch launch/patient offline_access patient/*.rs user/*.rs",
        authentication: ClientAuthenticationMethod = .none,
        grantTypes: Set<ClientRegistration.GrantType> = [.authorizationCode, .refreshToken],
        roles: Set<ClientRegistration.Role> = [], approval: ClientRegistration.Approval = .approved
    ) -> ClientRegistration {
        ClientRegistration(
            id: id, name: "App", authentication: authentication, grantTypes: grantTypes, roles: roles,
            redirectURIs: redirects.map { RedirectURI(stored: $0) }, launchURLs: ["https://app.example/launch"],
            scopes: ScopeSet(scope), isTrusted: trusted, isNative: native, isDisabled: disabled, approval: approval)
    }

    static let parameters: [(name: String, value: String)] = [
        ("response_type", "code"), ("client_id", "app"), ("redirect_uri", redirectURI), ("state", "s t&a=te"),
        ("scope", "openid fhirUser launch/patient patient/*.rs"), ("aud", "https://h.example/fhir"),
        ("code_challenge", challenge), ("code_challenge_method", "S256"), ("nonce", "n-1"),
    ]

    /// The parameters with some replaced, added or (by `nil`) left out.
    static func form(_ changes: [String: String?] = [:]) -> Form {
        var pairs = parameters.filter { !changes.keys.contains($0.name) }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let value { pairs.append((name, value)) }
        }
        return Form(pairs)
    }

    static func valid(
        _ changes: [String: String?] = [:], client: ClientRegistration = client()
    ) throws(OAuthError) -> ValidAuthorizationRequest {
        let request = AuthorizationRequest(form(changes))
        let redirect = try request.redirect(for: client, issuer: base.description)
        return try request.validated(for: client, at: base, redirect: redirect)
    }

    static func user(
        _ id: String = "u1", fhirUser: String? = "Practitioner/p1", access: UserAccess = .all, disabled: Bool = false
    ) -> User {
        User(
            id: id, subject: "sub-\(id)", name: "Dr. Test", fhirUser: fhirUser.flatMap { FHIRUser($0) }, access: access,
            isDisabled: disabled)
    }

    static func authorization(
        scopes: String = "openid fhirUser patient/*.rs", user: User = user(), clientID: String = "app",
        session: SecretDigest? = nil, requestedScope: String? = nil, terms: ConsentTerms? = nil
    ) -> Authorization {
        Authorization(
            grant: "g1", clientID: clientID, user: user, scopes: ScopeSet(scopes),
            context: LaunchContext(patient: "pat-1"), basis: .consent("c1"), nonce: "n-1",
            authenticatedAt: Instant(now.seconds - 30), session: session,
            requestedScope: requestedScope, terms: terms)
    }

    static func proven(
        _ client: ClientRegistration = client()
    ) throws(OAuthError) -> AuthenticatedClient {
        try client.authenticated(by: .none(clientID: client.id), at: now)
    }
}

extension Fixture {
    /// A key pair of a client that signs its assertions.
    struct AsymmetricKey {
        private let key: SigningKey
        private let published: JWKSet

        init() throws {
            key = try SigningKey.generate(for: .es384)
            published = JWKSet([key.publicKey])
        }

        var method: ClientAuthenticationMethod { .privateKey(ClientPublicKeys(.given(jwks: published.bytes))) }

        func verified(for client: ClientRegistration) throws -> VerifiedAssertion {
            let claims = #"""
                {"iss":"\#(client.id)","sub":"\#(client.id)","aud":"t","exp":\#(now.seconds + 60),"jti":"j"}
                """#
            let assertion = try ClientAssertion(
                JWS.sign(payload: Array(claims.utf8), kid: key.publicKey.kid, typ: "JWT", by: key, alg: .es384))
            let checked = try assertion.checked(
                for: client.id, keys: client.assertionKeys().registered, audiences: ["t"], at: now)
            switch try checked.verified(with: published) {
            case .verified(let verified): return verified
            case .keyNotFound(let refusal): throw refusal
            }
        }

        func proven(_ client: ClientRegistration) throws -> AuthenticatedClient {
            try client.authenticated(by: verified(for: client))
        }
    }
}
