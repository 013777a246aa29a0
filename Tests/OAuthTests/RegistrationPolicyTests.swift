import OAuth
import SMART
import Testing

@Suite("RFC 7591 §5: who approves an app that registers itself")
struct RegistrationPolicyTests {
    @Test(
        "an app for patients may begin where the site says so",
        arguments: [
            ("openid fhirUser profile launch launch/patient offline_access patient/*.rs", true),
            ("online_access patient/Observation.rs", true), ("openid", true), ("user/*.rs", false),
            ("patient/*.rs user/Patient.r", false),
        ])
    func scopes(scope: String, isApproved: Bool) throws {
        for method in ["none", "client_secret_basic", "client_secret_post"] {
            let changes = ["scope": #""\#(scope)""#, "token_endpoint_auth_method": #""\#(method)""#]
            let client = try Registering.registration(Registering.usual, changes)
            #expect(client.approval == (isApproved ? .approved : .pending))
            let strict = RegistrationPolicy(ceiling: Registering.policy.ceiling, approvesPatientApps: false)
            #expect(try Registering.registration(Registering.usual, changes, policy: strict).approval == .pending)
        }
    }

    // RFC 9700 §4.11.2
    @Test("the policy lets an app begin, and vouches for none; an initial access token does", arguments: [false, true])
    func verified(_ isVouchedFor: Bool) throws {
        let client = try Registering.registration(isVouchedFor: isVouchedFor)
        #expect(client.approval == .approved && client.isVerified == isVouchedFor)
    }

    @Test("scopes of the site's own and backend services wait, whatever the ceiling says")
    func others() throws {
        let policy = RegistrationPolicy(
            ceiling: ScopeSet("openid https://site.example/x system/*.rs"), approvesPatientApps: true)
        let own = try Registering.registration(
            Registering.usual, ["scope": #""openid https://site.example/x""#], policy: policy)
        #expect(own.scopes.description == "openid https://site.example/x" && own.approval == .pending)
        #expect(try Registering.registration(Registering.backend, policy: policy).approval == .pending)
        #expect(
            try Registering.registration(
                Registering.backend,
                [
                    "grant_types": #"["authorization_code","client_credentials"]"#, "scope": #""openid""#,
                    "redirect_uris": #"["https://app.example/cb"]"#,
                ], policy: policy
            ).approval == .pending)
    }
}

@Suite("RFC 7591 §2.1: parts of a registration that do not go together")
struct RegistrationContradictionTests {
    private static let keys = ClientAuthenticationMethod.privateKey(ClientPublicKeys(.uri("https://a.example/j")))
    private static let secret = ClientAuthenticationMethod.secret([])

    @Test(
        "SMART backend-services#register-smart-backend-service-communicating-public-keys: each is named",
        arguments: [
            (Fixture.client(), nil),
            (Fixture.client(redirects: []), "redirect URI"),
            (Fixture.client(redirects: ["https://app.example/cb", "com.example.app:/cb"]), "native"),
            (Fixture.client(native: true, redirects: ["https://app.example/cb", "com.example.app:/cb"]), nil),
            (Fixture.client(redirects: ["http://127.0.0.1/cb"]), nil),
            (Fixture.client(grantTypes: [.refreshToken]), "refresh_token"),
            (Fixture.client(grantTypes: [.clientCredentials]), "redirect URI"),
            (backend("system/*.rs", .none), "private_key_jwt"), (backend("system/*.rs", secret), "private_key_jwt"),
            (backend("system/*.rs", keys), nil), (backend("system/*.rs __introspect", keys), nil),
            (backend("patient/*.rs", keys), "system/"), (backend("openid", keys), "system/"),
            (backend("", keys), "scope"), (Fixture.client(scope: "system/*.rs"), "client_credentials"),
            (Fixture.client(scope: ""), "scope"), (Fixture.client(scope: "openid __introspect"), "__introspect"),
            (Fixture.client(scope: "openid __introspect", authentication: secret), nil),
            (Fixture.client(roles: [.ehr]), "EHR"), (server([.ehr], secret), nil),
            (server([.resourceServer], keys), nil),
            (server([], secret), "grant type"), (server([.ehr], .none), "EHR"),
            (server([.ehr], secret, scope: "openid"), "grant type"), (launched(), "launch URL"),
            (bounded(Fixture.client()), "system/"), (bounded(backend("system/*.rs", keys)), nil),
        ] as [(ClientRegistration, String?)])
    func table(client: ClientRegistration, word: String?) throws {
        guard let word else {
            #expect(client.contradiction == nil)
            return
        }
        #expect(try #require(client.contradiction).contains(word))
    }

    private static func bounded(_ client: ClientRegistration) -> ClientRegistration {
        var client = client
        client.access = .patients(["p1"])
        return client
    }

    private static func backend(_ scope: String, _ method: ClientAuthenticationMethod) -> ClientRegistration {
        ClientRegistration(
            id: "b", name: "B", authentication: method, grantTypes: [.clientCredentials], scopes: ScopeSet(scope))
    }

    private static func server(
        _ roles: Set<ClientRegistration.Role>, _ method: ClientAuthenticationMethod, scope: String = ""
    ) -> ClientRegistration {
        ClientRegistration(
            id: "s", name: "S", authentication: method, grantTypes: [], roles: roles, scopes: ScopeSet(scope))
    }

    private static func launched() -> ClientRegistration {
        ClientRegistration(
            id: "l", name: "L", authentication: keys, grantTypes: [.clientCredentials],
            launchURLs: ["https://a.example/launch"], scopes: ScopeSet("system/*.rs"))
    }
}

@Suite("SMART app-launch#register-app-with-ehr: launch URLs and names")
struct RegistrationWordsTests {
    @Test(
        "a launch URL is whole and safe",
        arguments: [
            ("https://app.example/launch", true), ("https://app.example:8443/launch?tenant=a", true),
            ("http://localhost:3000/launch", true), ("http://127.0.0.1/launch", true), ("http://[::1]/", true),
            ("http://app.example/launch", false), ("https://app.example/launch#x", false),
            ("app.example/launch", false),
            ("https://a@app.example/", false), ("javascript:alert(1)", false), ("com.example.app://launch", false),
            ("", false), ("https://app.example/ launch", false),
        ])
    func launchURL(text: String, isPossible: Bool) {
        #expect(((try? LaunchURL(registering: text)) != nil) == isPossible)
    }

    @Test(
        "a name is one visible line",
        arguments: [
            ("Growth Chart", true), ("Wachstumskurve für Kinder", true), ("成長曲線", true), ("منحنى النمو", true),
            ("👨‍👩‍👧 Family", true), ("x", true), (String(repeating: "x", count: 100), true), ("", false), (" ", false),
            (" x", false), ("x ", false), ("a\nb", false), ("a\u{0}b", false), ("a\tb", false), ("a\u{2028}b", false),
            ("a\u{202E}b", false), ("a\u{2066}b", false), ("a\u{200B}b", false), ("a\u{AD}b", false),
            ("a\u{FEFF}", false),
            (String(repeating: "x", count: 101), false), ("e" + String(repeating: "\u{301}", count: 400), false),
        ])
    func name(text: String, isPossible: Bool) {
        #expect(ClientName.isPossible(text) == isPossible)
    }
}
