import Endpoints
import HTTP
import OAuth
import SMART
import Testing

@Suite("SMART backend-services#obtain-access-token: a service without a person")
struct BackendFlowTests {
    private static let signer = try? TestSigner()
    private let signer: TestSigner
    private let house: TestHouse

    init() throws {
        signer = try #require(Self.signer)
        house = try TestHouse()
        try house.addClient(
            "robot", by: signer.method, for: [.clientCredentials],
            scopes: "system/Patient.rs system/Observation.rs system/Group.r __introspect openid offline_access")
    }

    private func ask(_ scope: String?, of client: String = "robot", _ changes: [String: String?] = [:]) throws
        -> TestAnswer
    {
        var parameters = TestSigner.parameters(try signer.assertion(of: client, at: house.instant))
        parameters.merge(["grant_type": "client_credentials", "scope": scope]) { $1 }
        parameters.merge(changes) { $1 }
        return try house.ask(.token, parameters)
    }

    // SMART backend-services#response-1
    @Test("the answer has a token for five minutes and nothing of a person")
    func answer() throws {
        let answer = try ask("system/Patient.rs")
        #expect(answer.status == 200)
        #expect(answer.members == ["access_token", "token_type", "expires_in", "scope"])
        #expect(answer["token_type"] == "Bearer" && answer.number("expires_in") == 300)
        #expect(answer["scope"] == "system/Patient.rs")
        #expect(answer.response.value(of: "cache-control") == "no-store")
        #expect(answer.response.value(of: "pragma") == "no-cache")
        house.advance(299)
        #expect(try house.isAlive(answer["access_token"]))
        house.advance(1)
        #expect(try !house.isAlive(answer["access_token"]))
    }

    @Test(
        "what is asked for is cut down to what was approved",
        arguments: [
            ("system/*.rs", "system/Patient.rs system/Observation.rs system/Group.r"),
            // What can be said in version 1 is.
            ("system/Patient.* system/Observation.read", "system/Patient.read system/Observation.read"),
            ("system/Patient.cruds", "system/Patient.rs"), ("system/Patient.read", "system/Patient.read"),
            ("system/Condition.rs system/Group.rs", "system/Group.r"),
            ("system/Patient.r openid offline_access fhirUser launch", "system/Patient.r"),
        ])
    func narrowing(_ asked: String, _ granted: String) throws {
        let answer = try ask(asked)
        #expect(answer["scope"] == granted)
        #expect(answer.members == ["access_token", "token_type", "expires_in", "scope"])
        let told = try house.ask(.introspection, introspecting(answer))
        #expect(told["scope"] == granted)
    }

    @Test(
        "what has no place here is invalid_scope",
        arguments: [
            nil, "", "patient/*.rs", "user/Patient.r", "system/Patient.r patient/Patient.r", "system/Condition.rs",
            "openid offline_access", "launch/patient", "nonsense",
        ])
    func refusedScopes(_ scope: String?) throws {
        let answer = try ask(scope)
        #expect(answer.status == 400 && answer.error == "invalid_scope")
        #expect(!answer.description.isEmpty)
    }

    // RFC 6749 §5.2
    @Test("who is not registered for it, or has but a secret or nothing, is unauthorized_client")
    func unauthorized() throws {
        let scopes = "system/*.rs"
        let secret = ClientAuthenticationMethod.secret([ClientSecret(digest: SecretDigest(of: "s3cret"))])
        try house.addClient("secretrobot", by: secret, for: [.clientCredentials], scopes: scopes)
        try house.addClient("openrobot", by: .none, for: [.clientCredentials], scopes: scopes)
        try house.addClient("signedapp", by: signer.method, scopes: scopes)
        let request = ["grant_type": "client_credentials", "scope": scopes]
        let answers = [
            try house.ask(.token, request, [TestHouse.basic("secretrobot", "s3cret")]),
            try house.ask(.token, request, [TestHouse.basic("secretive", "s3cret")]),
            try house.ask(.token, request.merging(["client_id": "openrobot"]) { $1 }),
            try house.ask(.token, request.merging(["client_id": "app"]) { $1 }), try ask(scopes, of: "signedapp"),
        ]
        for answer in answers { #expect(answer.status == 400 && answer.error == "unauthorized_client") }
        let unproven = [
            try house.ask(.token, request), try house.ask(.token, request.merging(["client_id": "robot"]) { $1 }),
            try ask(scopes, of: "robot", ["client_assertion": "x.y.z"]),
        ]
        for answer in unproven { #expect(answer.status == 401 && answer.error == "invalid_client") }
    }

    @Test("a service gets tokens for itself alone: no code, no refresh, no authorization request")
    func nothingElse() throws {
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request("robot", ["scope": "openid system/Patient.rs"]))
        #expect(try browser.answer["error"] == "unauthorized_client")
        for parameters in [
            ["grant_type": "authorization_code", "code": "x", "redirect_uri": "x", "code_verifier": "x"],
            ["grant_type": "refresh_token", "refresh_token": "x"],
        ] {
            let signed = TestSigner.parameters(try signer.assertion(of: "robot", at: house.instant))
            let answer = try house.ask(.token, signed.merging(parameters) { $1 })
            #expect(answer.status == 400 && answer.error == "unauthorized_client")
        }
    }

    private func introspecting(_ tokens: TestAnswer) throws -> [String: String?] {
        TestSigner.parameters(try signer.assertion(of: "robot", at: house.instant))
            .merging(["token": tokens["access_token"]]) { $1 }
    }

    // RFC 7662 §2.2
    @Test("introspection tells of no person")
    func introspection() throws {
        let tokens = try ask("system/Patient.rs")
        let told = try house.ask(.introspection, introspecting(tokens))
        #expect(told.members == ["active", "scope", "client_id", "token_type", "iat", "exp", "iss", "aud"])
        #expect(told["client_id"] == "robot" && told.number("exp") == house.instant.seconds + 300)
    }

    @Test("its token opens the FHIR API, within its scopes, until the client is disabled or the token ended")
    func enforcement() throws {
        let tokens = try ask("system/Patient.rs")
        func status(_ target: String, _ token: TestAnswer) throws -> Int {
            try house.enforced(
                by: LyingServer(""),
                to: Request(
                    method: .get, path: "/fhir/\(target)",
                    fields: Fields([("Authorization", "Bearer \(try #require(token["access_token"]))")]))
            ).status
        }
        #expect(try status("Patient/p1", tokens) == 200)
        #expect(try status("Observation/o1", tokens) == 403)
        let other = try ask("system/Patient.rs")
        let gone = try house.ask(.revocation, introspecting(tokens))
        #expect(gone.status == 200)
        #expect(try status("Patient/p1", tokens) == 401)
        #expect(try status("Patient/p1", other) == 200)
        // What it was given to see is asked for with every request.
        let robot = try #require(try house.store().client("robot"))
        var bounded = robot
        bounded.access = .patients(["p2"])
        _ = try house.store().replace(robot, with: bounded, at: house.instant)
        #expect(try status("Patient/p1", other) == 404)
        _ = try house.store().setDisabled(true, client: "robot", at: house.instant)
        #expect(try status("Patient/p1", other) == 401)
        #expect(try ask("system/Patient.rs").error == "invalid_client")
    }

    @Test("a registration may make it shorter, never longer", arguments: [(60, 60), (3600, 300)])
    func lifetime(_ registered: Int, _ seconds: Int) throws {
        try house.addClient(
            "brief", by: signer.method, for: [.clientCredentials], scopes: "system/*.rs",
            lifetimes: .init(accessToken: registered))
        let answer = try ask("system/*.rs", of: "brief")
        #expect(answer.number("expires_in") == seconds)
        house.advance(seconds - 1)
        #expect(try house.isAlive(answer["access_token"]))
        house.advance(1)
        #expect(try !house.isAlive(answer["access_token"]))
    }
}
