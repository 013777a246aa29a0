import JOSE
import JSON
import OAuth
import SMART
import Testing

@Suite("RFC 7592 §2.2 Client Update Request")
struct RegistrationUpdateTests {
    private static let strict = RegistrationPolicy(ceiling: Registering.policy.ceiling, approvesPatientApps: false)

    private static func registered(
        _ members: [(name: String, json: String)] = Registering.usual, _ changes: [String: String?] = [:],
        approval: ClientRegistration.Approval = .approved
    ) throws -> ClientRegistration {
        var client = try Registering.registration(members, changes)
        client.approval = approval
        return client
    }

    private static func updated(
        _ client: ClientRegistration, _ members: [(name: String, json: String)] = Registering.usual,
        _ changes: [String: String?] = [:], policy: RegistrationPolicy = strict
    ) throws(OAuthError) -> ClientRegistration {
        var changes = changes
        if changes["client_id"] == nil { changes["client_id"] = #""id-1""# }
        return try ClientUpdate(json: Registering.body(members, changes)).applied(
            to: client, policy: policy, at: Fixture.now)
    }

    @Test("what is left out is gone, what is sent takes its place")
    func replacement() throws {
        let client = try Self.registered(
            Registering.usual,
            [
                "client_uri": #""https://app.example/""#, "contacts": #"["a@app.example"]"#,
                "initiate_login_uri": #""https://app.example/launch""#, "application_type": #""native""#,
            ])
        let updated = try Self.updated(
            client, Registering.usual, ["client_name": nil, "redirect_uris": #"["https://app.example/other"]"#])
        #expect(updated.name == "id-1" && updated.presentation == ClientPresentation() && updated.launchURLs.isEmpty)
        #expect(!updated.isNative && updated.redirectURIs.map(\.description) == ["https://app.example/other"])
        // Of these a client cannot have none.
        #expect(updated.scopes == client.scopes && updated.authentication == client.authentication)
    }

    // RFC 9700 §4.11.2
    @Test(
        "nobody vouches any more for an app that has become another one, though the policy lets it go on",
        arguments: [
            ([:], true), (["client_name": #""Another""#], false),
            (["redirect_uris": #"["https://app.example/cb","https://other.example/cb"]"#], false),
            (["scope": #""openid patient/Observation.r""#], true), (["scope": #""openid patient/Patient.rs""#], false),
        ] as [([String: String?], Bool)])
    func verified(_ changes: [String: String?], _ isVerified: Bool) throws {
        var client = try Self.registered()
        client.isVerified = true
        let updated = try Self.updated(client, Registering.usual, changes, policy: Registering.policy)
        #expect(updated.approval == .approved && updated.isVerified == isVerified)
        client.isVerified = false
        #expect(try !Self.updated(client, Registering.usual, changes, policy: Registering.policy).isVerified)
    }

    @Test("what a client reads of itself it can send back, without what is ours, and nothing changes")
    func echo() throws {
        for members in [Registering.usual, Registering.backend] {
            let client = try Self.registered(members)
            let told = try Registering.information(client)
            let ours = ["registration_access_token", "registration_client_uri", "client_id_issued_at"]
            var writer = JSONWriter()
            writer.object { object in
                for member in told.members where !ours.contains(member.name) {
                    object.member(member.name, member.value)
                }
            }
            let update = try ClientUpdate(json: writer.bytes)
            let updated = try update.applied(to: client, policy: Self.strict, at: Fixture.now)
            #expect(try Registering.information(updated).bytes == told.bytes)
        }
    }

    @Test("only an administrator gives or takes trust, roles, lifetimes and origins")
    func privileges() throws {
        var client = try Self.registered()
        client.isTrusted = true
        client.isDisabled = true
        client.origins = ["https://more.example"]
        client.lifetimes = ClientRegistration.Lifetimes(accessToken: 60)
        let updated = try Self.updated(client)
        #expect(updated.isTrusted && updated.isDisabled && updated.origins == client.origins)
        #expect(updated.lifetimes == client.lifetimes && updated.approval == .approved)
    }

    @Test("an app with trust or a role is never changed without approval, whatever the policy for patients' apps")
    func trusted() throws {
        var trusted = try Self.registered()
        trusted.isTrusted = true
        var ehr = try Self.registered(Registering.usual, ["token_endpoint_auth_method": #""client_secret_basic""#])
        ehr.roles = [.ehr]
        let changes = ["redirect_uris": #"["https://evil.example/cb"]"#, "token_endpoint_auth_method": nil]
        for client in [trusted, ehr] {
            let updated = try Self.updated(client, Registering.usual, changes, policy: Registering.policy)
            #expect(updated.approval == .pending)
        }
    }

    @Test("scopes and launch URLs that an administrator added may be kept")
    func added() throws {
        var client = try Self.registered(
            Registering.usual, ["initiate_login_uri": #""https://app.example/launch""#])
        client.launchURLs.append("https://app.example/second")
        client.scopes = ScopeSet("openid patient/*.cruds __own")
        let changes = [
            "scope": #""openid patient/*.cruds __own""#, "initiate_login_uri": #""https://app.example/launch""#,
        ]
        let updated = try Self.updated(client, Registering.usual, changes)
        #expect(updated.scopes == client.scopes && updated.launchURLs == client.launchURLs)
        #expect(updated.approval == .approved)
    }

    @Test("keys that an administrator put in the place of the client's own stay, until the client names others")
    func mirrored() throws {
        let members = Registering.backend.filter { $0.name != "jwks" } + [("jwks_uri", #""https://app.example/j""#)]
        var client = try Self.registered(members)
        client.authentication = .privateKey(
            ClientPublicKeys(.uri("https://app.example/j", mirror: "https://mirror.example/j")))
        #expect(try Self.updated(client, members).authentication == client.authentication)
        let other = try Self.updated(client, members, ["jwks_uri": #""https://app.example/other""#])
        #expect(other.authentication == .privateKey(ClientPublicKeys(.uri("https://app.example/other"))))
        client.authentication = .privateKey(ClientPublicKeys(.file("/etc/keys/app.json")))
        #expect(try Self.updated(client, members, ["jwks_uri": nil]).authentication == client.authentication)
    }

    @Test(
        "what goes beyond what was approved waits for another approval",
        arguments: [
            ([:], .approved), (["client_name": #""MyChart""#], .pending), (["client_name": nil], .pending),
            (["redirect_uris": #"["https://evil.example/cb"]"#], .pending),
            (["redirect_uris": #"["https://app.example/cb","https://app.example/2"]"#], .pending),
            (["scope": #""openid patient/*.rs""#], .pending), (["scope": #""openid""#], .approved),
            (["scope": #""patient/Observation.r""#], .approved), (["logo_uri": #""https://app.example/l""#], .pending),
            (["organization_name": #""Rowan Bay Hospital""#], .pending),
            (["client_uri": #""https://evil.example/""#], .pending), (["contacts": #"["b@app.example"]"#], .approved),
            (["software_version": #""3""#], .approved), (["application_type": #""native""#], .pending),
            (["initiate_login_uri": #""https://app.example/launch""#], .pending),
            (["grant_types": #"["authorization_code","refresh_token"]"#], .pending),
        ] as [([String: String?], ClientRegistration.Approval)])
    func approval(changes: [String: String?], approval: ClientRegistration.Approval) throws {
        #expect(try Self.updated(Self.registered(), Registering.usual, changes).approval == approval)
        #expect(
            try Self.updated(Self.registered(approval: .pending), Registering.usual, changes).approval == .pending)
        // Where apps for patients need no approval they need none for a change, unless they want to stand on the portal;
        // but once refused is refused.
        #expect(
            try Self.updated(Self.registered(), Registering.usual, changes, policy: Registering.policy).approval
                == (changes["initiate_login_uri"] == nil ? .approved : .pending))
        for policy in [Self.strict, Registering.policy] {
            #expect(
                try Self.updated(Self.registered(approval: .rejected), Registering.usual, changes, policy: policy)
                    .approval
                    == .rejected)
        }
    }

    @Test("keys at another place wait for another approval, new keys at the same place do not")
    func keys() throws {
        let client = try Self.registered(Registering.backend)
        let elsewhere = ["jwks": nil, "jwks_uri": #""https://evil.example/j""#] as [String: String?]
        #expect(try Self.updated(client, Registering.backend, elsewhere).approval == .pending)
        let rotated = ["token_endpoint_auth_signing_alg": #""ES384""#] as [String: String?]
        let updated = try Self.updated(client, Registering.backend, rotated)
        #expect(updated.approval == .approved && updated.authentication != client.authentication)
        #expect(try Self.updated(client, Registering.backend).approval == .approved)
    }

    @Test(
        "an update that is not for this registration, or says what is ours to say, is refused",
        arguments: [
            ["client_id": #""other""#], ["client_id": "1"], ["client_id": "null"],
            ["registration_access_token": #""x""#], ["registration_client_uri": #""https://h.example/""#],
            ["client_secret_expires_at": "0"], ["client_id_issued_at": "1800000000"], ["client_secret": #""chosen""#],
            ["client_secret": "1"],
        ] as [[String: String?]])
    func refusals(changes: [String: String?]) throws {
        let error = try #require(throws: OAuthError.self) {
            try Self.updated(Self.registered(), Registering.usual, changes)
        }
        #expect(error.code == .invalidRequest)
        let missing = Registering.body()
        #expect(throws: OAuthError.self) {
            try ClientUpdate(json: missing).applied(to: Self.registered(), policy: Self.strict, at: Fixture.now)
        }
    }

    @Test("a client may show its secret, and never choose one")
    func secret() throws {
        let members = Registering.usual.filter { $0.name != "token_endpoint_auth_method" }
        let client = try Self.registered(members)
        #expect(
            try Self.updated(client, members, ["client_secret": #""the secret""#]).authentication
                == client.authentication)
        #expect(throws: OAuthError.self) { try Self.updated(client, members, ["client_secret": #""chosen""#]) }
        var rotated = client
        rotated.authentication = .secret([ClientSecret(digest: Registering.secret, expiresAt: Fixture.now)])
        #expect(throws: OAuthError.self) { try Self.updated(rotated, members, ["client_secret": #""the secret""#]) }
    }

    @Test("the way a client authenticates is for good", arguments: ["client_secret_basic", "private_key_jwt"])
    func method(_ method: String) throws {
        let error = try #require(throws: OAuthError.self) {
            try Self.updated(
                Self.registered(), Registering.usual, ["token_endpoint_auth_method": #""\#(method)""#])
        }
        #expect(error.code == .invalidClientMetadata)
        #expect(
            try Self.updated(Self.registered(), Registering.usual, ["token_endpoint_auth_method": nil]).isPublic)
    }
}
