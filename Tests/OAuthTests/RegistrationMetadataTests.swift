import JOSE
import JSON
import OAuth
import SMART
import Testing

@Suite("RFC 7591 §2 Client Metadata")
struct RegistrationMetadataTests {
    @Test("what is not said has its default")
    func defaults() throws {
        let client = try Registering.registration([(name: "redirect_uris", json: #"["https://app.example/cb"]"#)])
        #expect(client.name == "id-1")
        #expect(client.authentication == .secret([ClientSecret(digest: Registering.secret)]))
        #expect(client.grantTypes == [.authorizationCode])
        // Everything that apps with people may register for.
        #expect(client.scopes == ScopeSet(Registering.ceiling).filter { $0.spelling != "system/Observation.rs" })
        #expect(!client.isNative && client.launchURLs.isEmpty && client.presentation == ClientPresentation())
    }

    @Test("nothing that only an administrator gives can be asked for")
    func privileges() throws {
        let client = try Registering.registration(
            Registering.usual,
            [
                "client_id": #""mine""#, "client_secret": #""mine""#, "trusted": "true", "is_trusted": "true",
                "roles": #"["ehr","resource_server"]"#, "origins": #"["https://evil.example"]"#,
                "access_token_lifetime": "3600", "approval": #""approved""#, "client_id_issued_at": "1",
                "scope": #""patient/*.rs user/*.rs __introspect https://site.example/all system/*.rs""#,
            ])
        #expect(client.id == "id-1" && !client.isTrusted && client.roles.isEmpty)
        #expect(client.origins.isEmpty && client.registeredOrigins == ["https://app.example"])
        #expect(client.lifetimes == ClientRegistration.Lifetimes())
        #expect(client.scopes.description == "patient/*.rs user/*.rs")
        #expect(client.approval == .pending)
    }

    @Test("metadata that is not understood is ignored, and so is a name in another language (RFC 7591 §2.2)")
    func unknown() throws {
        let client = try Registering.registration(
            Registering.usual,
            [
                "client_name#de": #""Wachstum""#, "subject_type": #""pairwise""#, "id_token_signed_response_alg": "7",
                "x": #"{"y":[{}]}"#, "default_max_age": "null",
            ])
        #expect(client.name == "Growth Chart")
    }

    @Test(
        "what is wrong is refused by its name (RFC 7591 §3.1.1, §3.2.2)",
        arguments: [
            ("redirect_uris", nil, "invalid_redirect_uri"),
            ("redirect_uris", "[]", "invalid_redirect_uri"),
            ("redirect_uris", "null", "invalid_redirect_uri"),
            ("redirect_uris", #""https://app.example/cb""#, "invalid_redirect_uri"),
            ("redirect_uris", "[1]", "invalid_redirect_uri"),
            ("redirect_uris", #"["https://app.example/#x"]"#, "invalid_redirect_uri"),
            ("redirect_uris", #"["https://app.example/cb","http://app.example/cb"]"#, "invalid_redirect_uri"),
            ("redirect_uris", #"["https://*.app.example/"]"#, "invalid_redirect_uri"),
            ("redirect_uris", #"["javascript:alert(1)"]"#, "invalid_redirect_uri"),
            ("redirect_uris", #"["https://good@evil.example/"]"#, "invalid_redirect_uri"),
            ("redirect_uris", #"["myapp:/cb"]"#, "invalid_redirect_uri"),
            ("redirect_uris", #"[""]"#, "invalid_redirect_uri"),
            ("token_endpoint_auth_method", #""client_secret_jwt""#, "invalid_client_metadata"),
            ("token_endpoint_auth_method", "1", "invalid_client_metadata"),
            ("token_endpoint_auth_method", #""private_key_jwt""#, "invalid_client_metadata"),
            ("token_endpoint_auth_signing_alg", #""RS384""#, "invalid_client_metadata"),
            ("jwks_uri", #""https://app.example/jwks""#, "invalid_client_metadata"),
            ("grant_types", #"["implicit"]"#, "invalid_client_metadata"),
            ("grant_types", #"["authorization_code","password"]"#, "invalid_client_metadata"),
            ("grant_types", #"["refresh_token"]"#, "invalid_client_metadata"),
            ("grant_types", #"["authorization_code","client_credentials"]"#, "invalid_client_metadata"),
            ("grant_types", #""authorization_code""#, "invalid_client_metadata"),
            ("response_types", #"["token"]"#, "invalid_client_metadata"),
            ("response_types", #"["code","code id_token"]"#, "invalid_client_metadata"),
            ("scope", #"["openid"]"#, "invalid_client_metadata"),
            ("scope", #""nonsense patient/Nothing.rs""#, "invalid_client_metadata"),
            ("scope", #""system/*.rs""#, "invalid_client_metadata"),
            ("scope", #""__introspect""#, "invalid_client_metadata"),
            ("client_name", #""two\nlines""#, "invalid_client_metadata"),
            ("client_name", #"" ""#, "invalid_client_metadata"),
            ("client_name", #""turned \u202e around""#, "invalid_client_metadata"),
            ("organization_name", #""two\nlines""#, "invalid_client_metadata"),
            ("organization_name", "7", "invalid_client_metadata"),
            ("client_uri", #""http://app.example""#, "invalid_client_metadata"),
            ("client_uri", #""app.example""#, "invalid_client_metadata"),
            ("logo_uri", #""data:image/png;base64,AAAA""#, "invalid_client_metadata"),
            ("logo_uri", #""javascript:alert(1)""#, "invalid_client_metadata"),
            ("tos_uri", "{}", "invalid_client_metadata"),
            ("policy_uri", #""//app.example/policy""#, "invalid_client_metadata"),
            ("contacts", #""a@app.example""#, "invalid_client_metadata"),
            ("contacts", #"["a@app.example",""]"#, "invalid_client_metadata"),
            ("software_id", "7", "invalid_client_metadata"),
            ("application_type", #""service""#, "invalid_client_metadata"),
            ("initiate_login_uri", #""http://app.example/launch""#, "invalid_client_metadata"),
            ("initiate_login_uri", #""https://app.example/launch#x""#, "invalid_client_metadata"),
            ("software_statement", #""eyJhbGciOiJSUzI1NiJ9.e30.x""#, "invalid_software_statement"),
            ("software_statement", "{}", "invalid_software_statement"),
        ] as [(String, String?, String)])
    func refusals(name: String, json: String?, code: String) throws {
        let error = try Registering.refusal(Registering.usual, [name: json])
        #expect(error.code.rawValue == code)
        #expect(!error.description.isEmpty)
    }

    @Test("null and empty values count for nothing", arguments: ["null", #""""#, "[]"])
    func empty(_ json: String) throws {
        var changes: [String: String?] = [:]
        for name in [
            "client_name", "scope", "grant_types", "response_types", "client_uri", "contacts", "jwks", "jwks_uri",
            "organization_name",
            "software_statement", "application_type", "initiate_login_uri",
        ] { changes[name] = json }
        let client = try Registering.registration(Registering.usual, changes)
        #expect(client.name == "id-1" && client.grantTypes == [.authorizationCode])
    }

    @Test("everything is bounded")
    func bounds() throws {
        let long = "https://app.example/" + String(repeating: "x", count: 2030)
        let many = (0...20).map { #""https://app.example/\#($0)""# }.joined(separator: ",")
        for (name, json) in [
            ("redirect_uris", #"["\#(long)"]"#), ("redirect_uris", "[\(many)]"), ("client_uri", #""\#(long)""#),
            ("client_name", #""\#(String(repeating: "x", count: 101))""#), ("contacts", "[\(many)]"),
            ("scope", #""\#(String(repeating: "openid ", count: 1200))""#),
        ] { _ = try Registering.refusal(Registering.usual, [name: json]) }
        let twenty = (0..<20).map { #""https://app.example/\#($0)""# }.joined(separator: ",")
        #expect(
            try Registering.registration(Registering.usual, ["redirect_uris": "[\(twenty)]"]).redirectURIs.count == 20)
    }

    @Test(
        "what is no JSON object is no registration, and nothing with a NUL in it is",
        arguments: [
            "", "[]", "1", "{", #"{"a":1,"a":2}"#, "{}x", #"{"client_name":"a\u0000"}"#, #"{"x":["\u0000"]}"#,
            #"{"\u0000":1}"#,
        ])
    func malformed(_ text: String) throws {
        let error = #expect(throws: OAuthError.self) { try ClientMetadata(json: Array(text.utf8)) }
        #expect(error?.code == .invalidRequest)
    }

    @Test("a request cut at any byte is refused and never misread")
    func cut() throws {
        let body = Registering.body()
        for end in body.indices {
            #expect(throws: OAuthError.self) { try ClientMetadata(json: Array(body[..<end])) }
        }
    }

    @Test("scopes are cut down to what apps may register for, in the app's own words")
    func scopes() throws {
        for (asked, registered) in [
            ("patient/*.cruds", "patient/*.rs"), ("patient/*.read launch", "patient/*.read launch"),
            ("openid user/Patient.r system/Observation.rs", "openid user/Patient.r"),
            (
                "patient/Observation.rs?category=http://x.example|y",
                "patient/Observation.rs?category=http://x.example|y"
            ),
            ("openid x openid", "openid"),
        ] {
            let client = try Registering.registration(Registering.usual, ["scope": #""\#(asked)""#])
            #expect(client.scopes.description == registered)
        }
    }

    @Test("an app that asks for long access and names no grant types may refresh")
    func refresh() throws {
        for (scope, grants) in [
            ("openid offline_access", [.authorizationCode, .refreshToken]),
            ("openid online_access", [.authorizationCode, .refreshToken]), ("openid", [.authorizationCode]),
        ] as [(String, Set<ClientRegistration.GrantType>)] {
            #expect(try Registering.registration(Registering.usual, ["scope": #""\#(scope)""#]).grantTypes == grants)
        }
        let explicit = ["scope": #""openid offline_access""#, "grant_types": #"["authorization_code"]"#]
        #expect(try Registering.registration(Registering.usual, explicit).grantTypes == [.authorizationCode])
    }

    @Test("OpenID Registration §2: an app of the person's own device says so, and one that is launched says where")
    func native() throws {
        let client = try Registering.registration(
            Registering.usual,
            [
                "application_type": #""native""#, "initiate_login_uri": #""https://app.example/launch""#,
                "redirect_uris": #"["http://127.0.0.1/cb","com.example.app:/cb","https://app.example/cb"]"#,
            ])
        #expect(client.isNative && client.launchURLs == ["https://app.example/launch"])
        #expect(client.redirectURIs.count == 3)
        #expect(try !Registering.registration(Registering.usual, ["application_type": #""web""#]).isNative)
    }
}

@Suite(
    "RFC 7591 §2, SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys: keys of new clients"
)
struct RegistrationKeysTests {
    @Test("a backend service registers with its keys, and no redirect URI")
    func backend() throws {
        let client = try Registering.registration(Registering.backend)
        #expect(client.grantTypes == [.clientCredentials] && client.redirectURIs.isEmpty)
        #expect(client.scopes.description == "system/Observation.rs" && client.approval == .pending)
        guard case .privateKey(let keys) = client.authentication, case .given = keys.registered else {
            Issue.record("no keys")
            return
        }
        #expect(keys.algorithms == ClientAssertion.usualAlgorithms)
    }

    @Test("an app with people may keep its key at a URL")
    func uri() throws {
        let client = try Registering.registration(
            Registering.usual,
            [
                "token_endpoint_auth_method": #""private_key_jwt""#, "jwks_uri": #""https://app.example/jwks""#,
                "token_endpoint_auth_signing_alg": #""RS256""#,
            ])
        #expect(
            client.authentication
                == .privateKey(ClientPublicKeys(.uri("https://app.example/jwks"), algorithms: [.rs256])))
        #expect(client.approval == .approved)
    }

    @Test(
        "keys that cannot be used are refused",
        arguments: [
            ["jwks_uri": #""https://app.example/jwks""#], ["jwks": nil], ["jwks": #"{"keys":[]}"#],
            ["jwks": #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#], ["jwks": #""text""#],
            ["jwks": #"{"keys":[{"kty":"oct","kid":"1","k":"AAAA"}]}"#],
            ["jwks": nil, "jwks_uri": #""http://127.0.0.1/j""#],
            ["jwks": nil, "jwks_uri": #""http://app.example/j""#], ["token_endpoint_auth_signing_alg": #""HS256""#],
            ["token_endpoint_auth_signing_alg": #""none""#], ["token_endpoint_auth_signing_alg": #""RS384""#],
            ["token_endpoint_auth_method": #""client_secret_basic""#], ["token_endpoint_auth_method": #""none""#],
            ["response_types": #"["code"]"#], ["redirect_uris": #"["https://app.example/cb"]"#],
            ["initiate_login_uri": #""https://app.example/launch""#], ["scope": #""patient/*.rs""#],
        ] as [[String: String?]])
    func refusals(_ changes: [String: String?]) throws {
        #expect(try Registering.refusal(Registering.backend, changes).code == .invalidClientMetadata)
    }

    @Test("plain http on this machine is for demo mode alone")
    func loopback() throws {
        let demo = RegistrationPolicy(
            ceiling: Registering.policy.ceiling, approvesPatientApps: false, allowsLoopbackKeys: true)
        let changes = ["jwks": nil, "jwks_uri": #""http://127.0.0.1:9000/jwks""#] as [String: String?]
        _ = try Registering.registration(Registering.backend, changes, policy: demo)
        _ = try Registering.refusal(Registering.backend, changes)
    }
}

@Suite("RFC 7591 §3.2.1, RFC 7592 §3 Client Information Response")
struct RegistrationResponseTests {
    @Test("a client hears all that is registered of it, and its secret once")
    func response() throws {
        let client = try Registering.registration(
            Registering.usual,
            [
                "token_endpoint_auth_method": #""client_secret_post""#, "client_uri": #""https://app.example/""#,
                "logo_uri": #""https://app.example/l.png""#, "tos_uri": #""https://app.example/t""#,
                "policy_uri": #""https://app.example/p""#, "contacts": #"["a@app.example"]"#,
                "software_id": #""growth""#, "software_version": #""2.1""#,
                "initiate_login_uri": #""https://app.example/launch""#,
            ])
        let told = try Registering.information(client, secret: Secret(received: "the secret"))
        #expect(
            String(decoding: told.bytes, as: UTF8.self) == """
                {"client_id":"id-1","client_id_issued_at":1800000000,"client_secret":"the secret",\
                "client_secret_expires_at":0,"registration_access_token":"managing",\
                "registration_client_uri":"https://h.example/oauth2/register/id-1","approval":"pending",\
                "client_name":"Growth Chart","redirect_uris":["https://app.example/cb"],\
                "grant_types":["authorization_code"],"response_types":["code"],\
                "scope":"openid launch/patient patient/Observation.rs","application_type":"web",\
                "initiate_login_uri":"https://app.example/launch","token_endpoint_auth_method":"client_secret_post",\
                "client_uri":"https://app.example/","logo_uri":"https://app.example/l.png",\
                "policy_uri":"https://app.example/p","tos_uri":"https://app.example/t","contacts":["a@app.example"],\
                "software_id":"growth","software_version":"2.1"}
                """)
        let later = try Registering.information(client)
        #expect(later["client_secret"] == nil && later["client_secret_expires_at"] == nil)
    }

    @Test("a client without a secret is given none")
    func noSecret() throws {
        for client in [try Registering.registration(), try Registering.registration(Registering.backend)] {
            let told = try Registering.information(client, secret: Secret(received: "the secret"))
            #expect(told["client_secret"] == nil && told["client_secret_expires_at"] == nil)
        }
    }

    @Test("keys come back as they were given, and an algorithm where it is the only one")
    func keys() throws {
        let given = try Registering.information(Registering.registration(Registering.backend))
        #expect(given["jwks"]?["keys"]?.elements.compactMap { $0["kid"]?.string } == ["k1"])
        #expect(given["jwks_uri"] == nil && given["token_endpoint_auth_signing_alg"] == nil)
        #expect(given["response_types"]?.count == 0 && given["redirect_uris"]?.count == 0)
        let named = try Registering.information(
            Registering.registration(
                Registering.backend,
                [
                    "jwks": nil, "jwks_uri": #""https://app.example/j""#,
                    "token_endpoint_auth_signing_alg": #""ES256""#,
                ]))
        #expect(named["jwks_uri"]?.string == "https://app.example/j" && named["jwks"] == nil)
        #expect(named["token_endpoint_auth_signing_alg"]?.string == "ES256")
    }
}
