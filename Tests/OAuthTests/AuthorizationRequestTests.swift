import HTTP
import OAuth
import SMART
import Testing

@Suite("SMART app-launch#obtain-authorization-code, RFC 6749 §4.1.2.1")
struct AuthorizationRequestTests {
    @Test("a request in order is proven, and the store gives the same one back")
    func valid() throws {
        let request = try Fixture.valid(["prompt": "login consent", "max_age": "60", "login_hint": "amara"])
        #expect(request.scopes.description == "openid fhirUser launch/patient patient/*.rs")
        #expect(request.redirect.state == "s t&a=te")
        #expect(request.prompt == [.login, .consent])
        #expect(request.maxAge == 60)
        #expect(ValidAuthorizationRequest(stored: request.json, launch: nil) == request)
    }

    // RFC 6749 §4.1.1; RFC 7636 §4.2, §4.3; OpenID Core §6
    // SMART app-launch#considerations-for-pkce-support
    @Test(
        "refusals that are redirected, each with its code",
        arguments: [
            (["response_type": nil], OAuthError.Code.invalidRequest),
            (["response_type": "token"], .unsupportedResponseType),
            (["response_type": "code token"], .unsupportedResponseType),
            (["response_mode": "fragment"], .unsupportedResponseType),
            (["state": nil], .invalidRequest), (["state": ""], .invalidRequest),
            (["code_challenge": nil], .invalidRequest),
            (["code_challenge": "short"], .invalidRequest),
            (["code_challenge": String(repeating: "=", count: 43)], .invalidRequest),
            (["code_challenge_method": nil], .invalidRequest),
            (["code_challenge_method": "plain"], .invalidRequest),
            (["aud": nil], .invalidRequest), (["aud": "https://evil.example/fhir"], .invalidRequest),
            (["scope": nil], .invalidScope), (["scope": "patient/Nothing.rs"], .invalidScope),
            (["scope": "system/*.rs"], .invalidScope), (["scope": "online_access"], .invalidScope),
            (["scope": "launch openid"], .invalidRequest),
            (["request": "x"], .requestNotSupported), (["request_uri": "https://x"], .requestURINotSupported),
            (["registration": "{}"], .registrationNotSupported),
            (["prompt": "none login"], .invalidRequest), (["max_age": "soon"], .invalidRequest),
            (["max_age": "-1"], .invalidRequest), (["state": String(repeating: "x", count: 4097)], .invalidRequest),
        ] as [([String: String?], OAuthError.Code)])
    func redirected(_ changes: [String: String?], _ code: OAuthError.Code) {
        do {
            _ = try Fixture.valid(changes)
            Issue.record("the request was taken")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test("a missing code challenge is named (RFC 7636 §4.4.1)")
    func challengeIsNamed() {
        do {
            _ = try Fixture.valid(["code_challenge": nil])
            Issue.record("the request was taken")
        } catch {
            #expect(error.description.contains("code challenge required"))
        }
    }

    @Test("a parameter that is repeated is refused, known or not", arguments: ["state", "scope", "aud", "whatever"])
    func repeated(_ name: String) throws {
        let form = Form(Fixture.parameters + [(name, "x"), (name, "y")])
        let client = Fixture.client()
        let request = AuthorizationRequest(form)
        let redirect = try request.redirect(for: client, issuer: "i")
        #expect(throws: OAuthError.self) { try request.validated(for: client, at: Fixture.base, redirect: redirect) }
        if name == "state" { #expect(redirect.state == nil) }
    }

    @Test("unknown parameters are ignored")
    func unknown() throws {
        _ = try Fixture.valid(["display": "page", "acr_values": "1", "id_token_hint": "x", "claims": "{}", "x": "y"])
    }

    // RFC 8707 §2
    @Test("resource stands in for aud")
    func resource() throws {
        _ = try Fixture.valid(["aud": nil, "resource": "https://h.example/fhir/"])
    }

    // RFC 6749 §3.1.2.3; RFC 9700 §2.1, §4.1.3
    @Test(
        "redirect URIs that are not the registered one never become an address",
        arguments: [
            "https://app.example/cb/", "https://app.example/cb?x=1", "https://app.example/CB", "https://APP.example/cb",
            "http://app.example/cb", "https://app.example:443/cb", "https://app.example/cb#f",
            "https://app.example/../cb",
            "https://app.example/c%62", "https://good@app.example/cb", "https://app.example.evil/cb",
            "https://app.example/c",
            "https://\u{212A}app.example/cb", "javascript:alert(1)", "",
        ])
    func unregistered(_ uri: String) {
        #expect(throws: OAuthError.self) {
            try AuthorizationRequest(Fixture.form(["redirect_uri": uri])).redirect(for: Fixture.client(), issuer: "i")
        }
    }

    @Test("equivalent in Unicode is not registered")
    func unicode() {
        let client = Fixture.client(redirects: ["https://app.example/K"])
        #expect(throws: OAuthError.self) {
            try AuthorizationRequest(Fixture.form(["redirect_uri": "https://app.example/\u{212A}"]))
                .redirect(for: client, issuer: "i")
        }
    }

    @Test("a missing, repeated or disabled client and a repeated redirect_uri are shown, not redirected")
    func shown() {
        let twice = Form(Fixture.parameters + [("client_id", "app"), ("redirect_uri", Fixture.redirectURI)])
        let missing = AuthorizationRequest(Fixture.form(["client_id": nil]))
        let disabled = Fixture.client(disabled: true)
        let refusals = [
            #expect(throws: OAuthError.self) { try missing.clientID() },
            #expect(throws: OAuthError.self) {
                try AuthorizationRequest(Fixture.form()).redirect(for: disabled, issuer: "i")
            },
            #expect(throws: OAuthError.self) { try AuthorizationRequest(twice).clientID() },
            #expect(throws: OAuthError.self) {
                try AuthorizationRequest(twice).redirect(for: Fixture.client(), issuer: "i")
            },
        ]
        #expect(refusals.map { $0?.code } == [.invalidClient, .invalidClient, .invalidRequest, .invalidRequest])
    }

    @Test(
        "the port of a loopback redirect is free for native apps alone (RFC 8252 §7.3)",
        arguments: [
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true, true),
            ("http://[::1]/cb", "http://[::1]:51004/cb", true, true),
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", false, false),
            ("http://localhost/cb", "http://localhost:51004/cb", true, false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb2", true, false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:51004/cb", true, false),
        ])
    func loopback(_ registered: String, _ sent: String, _ isNative: Bool, _ matches: Bool) {
        #expect(RedirectURI(stored: registered).matches(sent, isNative: isNative) == matches)
    }

    // RFC 6749 §3.1.2; RFC 8252 §7.1; RFC 9700 §4.1.3; SMART app-launch#register-app-with-ehr
    @Test(
        "what may be registered",
        arguments: [
            ("https://app.example/cb", true), ("http://localhost:3000/cb", true), ("http://127.0.0.1/cb", true),
            ("com.example.app:/cb", true), ("com.example.app://cb", true), ("http://app.example/cb", false),
            ("https://app.example/cb#f", false), ("https://*.example/cb", false), ("javascript:alert(1)", false),
            ("data:text/html,x", false), ("myapp://cb", false), ("/cb", false), ("https://u@app.example/cb", false),
        ])
    func registering(_ text: String, _ isAllowed: Bool) {
        #expect(((try? RedirectURI(registering: text)) != nil) == isAllowed)
    }

    // OpenID Core §3.1.2.1
    @Test(
        "silent is who asks for no page, alone and once",
        arguments: [
            (["prompt": "none"], true), (["prompt": nil], false), (["prompt": "none login"], false),
            (["prompt": "NONE"], false), (["prompt": "login"], false),
        ] as [([String: String?], Bool)])
    func silent(_ changes: [String: String?], _ isSilent: Bool) {
        #expect(AuthorizationRequest(Fixture.form(changes)).isSilent == isSilent)
        #expect(!AuthorizationRequest(Form([("prompt", "none"), ("prompt", "none")])).isSilent)
    }

    @Test(
        "where an answer goes, in a word",
        arguments: [
            ("https://app.example:8443/cb?x=1", "app.example"), ("http://[::1]:70/cb", "[::1]"),
            ("com.example.app:/cb", "com.example.app"), ("com.example.app://hospital.example/cb", "com.example.app"),
        ])
    func host(_ uri: String, _ host: String) throws {
        let client = Fixture.client(redirects: [uri])
        let redirect = try AuthorizationRequest(Fixture.form(["redirect_uri": uri])).redirect(for: client, issuer: "i")
        #expect(redirect.host == host)
    }

    @Test("answers carry state as it came and iss, in the query that is there (RFC 9207 §2)")
    func responses() throws {
        let plain = try Fixture.valid().redirect
        let code = Secret(received: "abc")
        #expect(
            AuthorizationResponse.code(code).location(at: plain)
                == "https://app.example/cb?code=abc&state=s%20t%26a%3Dte&iss=https%3A%2F%2Fh.example%2Ffhir")
        let client = Fixture.client(redirects: ["https://app.example/cb?x=1"])
        let queried = try Fixture.valid(["redirect_uri": "https://app.example/cb?x=1"], client: client).redirect
        let error = OAuthError(.accessDenied, "no \"way\"\n\u{e9}")
        #expect(
            AuthorizationResponse.error(error).location(at: queried)
                == "https://app.example/cb?x=1&error=access_denied&error_description=no%20%27way%27%3F%3F"
                + "&state=s%20t%26a%3Dte&iss=https%3A%2F%2Fh.example%2Ffhir")
    }
}
