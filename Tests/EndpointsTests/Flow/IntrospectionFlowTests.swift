import HTTP
import OAuth
import SMART
import Testing

@Suite("RFC 7662, SMART token-introspection: who hears what of which token")
struct IntrospectionFlowTests {
    private static let signer = try? TestSigner()
    private let signer: TestSigner
    private let house: TestHouse
    /// An app's tokens with openid and offline_access, for the patient p1.
    private let tokens: TestAnswer

    init() throws {
        signer = try #require(Self.signer)
        house = try TestHouse()
        let secret = ClientAuthenticationMethod.secret([ClientSecret(digest: SecretDigest(of: "s3cret"))])
        try house.addClient("server", by: secret, for: [], roles: [.resourceServer], scopes: "")
        try house.addClient(
            "robot", by: signer.method, for: [.clientCredentials], scopes: "system/Patient.r __introspect")
        tokens = try house.redeem(house.code())
    }

    private func ask(
        _ token: String?, _ parameters: [String: String?] = [:], _ fields: [(name: String, value: String)]
    ) throws -> TestAnswer {
        try house.ask(.introspection, parameters.merging(["token": token]) { $1 }, fields)
    }

    private func bearer(_ token: String?) throws -> [(name: String, value: String)] {
        [("authorization", "Bearer \(try #require(token))")]
    }

    private func robot(_ scope: String) throws -> String? {
        var parameters = TestSigner.parameters(try signer.assertion(of: "robot", at: house.instant))
        parameters.merge(["grant_type": "client_credentials", "scope": scope]) { $1 }
        return try house.ask(.token, parameters)["access_token"]
    }

    private static let nothing = #"{"active":false}"#

    // RFC 7662 §2.1; SMART token-introspection#authorization-to-perform-token-introspection
    @Test("the matrix of those who ask and what they ask about")
    func matrix() throws {
        let basic = [TestHouse.basic("secretive", "s3cret")]
        let own = try house.redeem(house.code(of: TestBrowser(house), for: "secretive"), for: "secretive", [:], basic)
        let plain = try robot("system/Patient.r")
        let introspector = try robot("__introspect")
        let callers: [(name: String, fields: [(name: String, value: String)])] = [
            ("secretive", basic), ("server", [TestHouse.basic("server", "s3cret")]),
            ("bearer of app", try bearer(tokens["access_token"])), ("bearer of robot", try bearer(plain)),
            ("introspector", try bearer(introspector)),
        ]
        let subjects: [(name: String, token: String?, heardBy: Set<String>)] = [
            ("app access", tokens["access_token"], ["server", "bearer of app", "introspector"]),
            ("secretive access", own["access_token"], ["server", "secretive", "introspector"]),
            ("robot access", plain, ["server", "bearer of robot", "introspector"]),
            // A refresh token is its own client's business and nobody else's.
            ("app refresh", tokens["refresh_token"], ["bearer of app"]),
            ("secretive refresh", own["refresh_token"], ["secretive"]),
            ("unknown", "vst_at_x", []), ("id_token", tokens["id_token"], []), ("code", try house.code(), []),
        ]
        for (caller, fields) in callers {
            for (subject, token, heardBy) in subjects {
                let answer = try ask(token, [:], fields)
                #expect(answer.status == 200, "\(caller) about \(subject)")
                #expect(answer.flag("active") == heardBy.contains(caller), "\(caller) about \(subject)")
                // Who may not hear learns nothing at all, not even that there is such a token.
                if !heardBy.contains(caller) { #expect(answer.text == Self.nothing) }
            }
        }
    }

    // RFC 7662 §2.2; SMART token-introspection#required-fields-in-the-introspection-response
    @Test("what is told of an access token is what the token response said, and until when")
    func accessToken() throws {
        let answer = try ask(tokens["access_token"], [:], [TestHouse.basic("server", "s3cret")])
        #expect(
            answer.members == [
                "active", "scope", "client_id", "token_type", "iat", "exp", "iss", "sub", "aud", "fhirUser", "patient",
                "extensions",
            ])
        #expect(answer["scope"] == tokens["scope"] && answer["patient"] == tokens["patient"])
        #expect(
            answer["client_id"] == "app" && answer["sub"] == "sub-maja" && answer["iss"] == "https://h.example/fhir")
        #expect(answer["fhirUser"] == "https://h.example/fhir/Patient/p1")
        #expect(answer.number("exp") == house.instant.seconds + 900 && answer.number("iat") == house.instant.seconds)
        #expect(answer.response.value(of: "cache-control") == "no-store")
    }

    @Test("of a refresh token: that it would be taken, for what and until when")
    func refreshToken() throws {
        let own = try bearer(tokens["access_token"])
        let answer = try ask(tokens["refresh_token"], [:], own)
        #expect(answer.members == ["active", "scope", "client_id", "exp", "iss"])
        #expect(answer["scope"] == tokens["scope"])
        #expect(answer.number("exp") == house.instant.seconds + 92 * 86_400)
        let next = try house.refresh(tokens["refresh_token"])
        #expect(try ask(tokens["refresh_token"], [:], own).text == Self.nothing)
        #expect(try ask(next["refresh_token"], [:], own).flag("active") == true)
    }

    @Test("a narrowed access token says what it carries; its refresh token the whole grant")
    func narrowed() throws {
        let next = try house.refresh(tokens["refresh_token"], ["scope": "patient/Observation.rs"])
        let own = try bearer(next["access_token"])
        let told = try ask(next["access_token"], [:], own)
        #expect(told["scope"] == "patient/Observation.rs" && told["sub"] == nil && told["patient"] == "p1")
        #expect(try ask(next["refresh_token"], [:], own)["scope"] == tokens["scope"])
    }

    @Test(
        "what no longer opens anything is not active",
        arguments: ["expired", "revoked", "withdrawn", "user disabled", "app disabled"])
    func inactive(_ what: String) throws {
        let server = [TestHouse.basic("server", "s3cret")]
        #expect(try ask(tokens["access_token"], [:], server).flag("active") == true)
        let store = try house.store()
        switch what {
        case "expired": house.advance(900)
        case "revoked":
            try store.end(accessToken: SecretDigest(of: try #require(tokens["access_token"])), at: house.instant)
        case "withdrawn": _ = try store.endGrants(of: "id-maja", to: "app", reason: .withdrawn, at: house.instant)
        case "user disabled": _ = try store.setDisabled(true, account: "maja", at: house.instant)
        default: _ = try store.setDisabled(true, client: "app", at: house.instant)
        }
        #expect(try ask(tokens["access_token"], [:], server).text == Self.nothing)
        let asBearer = try ask(tokens["access_token"], [:], bearer(tokens["access_token"]))
        #expect(asBearer.status == 401 && asBearer.error == "invalid_token")
    }

    @Test("who proves nothing hears nothing (RFC 7662 §2.1)")
    func unauthorized() throws {
        let token = tokens["access_token"]
        let unproven = [
            try ask(token, [:], []), try ask(token, ["client_id": "app"], []),
            try ask(token, ["client_id": "server"], []), try ask(token, [:], [TestHouse.basic("server", "wrong")]),
            try ask(token, ["client_id": "server", "client_secret": "s3cret"], []),
            try ask(token, [:], [("authorization", "Negotiate x")]),
        ]
        for answer in unproven {
            #expect(answer.status == 401 && answer.error == "invalid_client")
            #expect(answer.response.value(of: "www-authenticate") == #"Basic realm="OAuth""#)
        }
        for bad in ["unknown", try #require(tokens["refresh_token"]), try #require(tokens["id_token"])] {
            let answer = try ask(token, [:], bearer(bad))
            #expect(answer.status == 401 && answer.error == "invalid_token")
            #expect(
                answer.response.value(of: "www-authenticate")
                    == #"Bearer realm="https://h.example/fhir", error="invalid_token""#)
        }
    }

    @Test("a token is asked for once, in the body")
    func notARequest() throws {
        let server = [TestHouse.basic("server", "s3cret")]
        #expect(try ask(nil, [:], server).error == "invalid_request")
        #expect(try ask("", [:], server).error == "invalid_request")
        let twice = TestHouse.post([("token", "a"), ("token", "b")], fields: server)
        #expect(try house.ask(.introspection, twice).error == "invalid_request")
        var queried = TestHouse.post([], fields: server)
        queried.query = "token=x"
        #expect(try house.ask(.introspection, queried).error == "invalid_request")
        let get = try house.ask(.introspection, Request(method: .get, path: "/oauth2/introspect"))
        #expect(get.status == 405 && get.response.value(of: "allow") == "POST, OPTIONS")
        // RFC 7662 §2.1: a hint helps nobody here, and hurts nobody either.
        let hinted = try ask(tokens["access_token"], ["token_type_hint": "refresh_token"], server)
        #expect(hinted.flag("active") == true)
    }
}
