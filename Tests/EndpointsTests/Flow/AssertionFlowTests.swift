import HTTP
import OAuth
import SMART
import Testing

@Suite("RFC 7523 §2.2, SMART client-confidential-asymmetric: an app that signs")
struct AssertionFlowTests {
    private static let signer = try? TestSigner()
    private static let stranger = try? TestSigner()
    private let signer: TestSigner
    private let house: TestHouse

    init() throws {
        signer = try #require(Self.signer)
        house = try TestHouse()
        try house.addClient("signed", by: signer.method)
        try house.addClient("other", by: signer.method)
        try house.addClient(
            "secretpost", by: .secret([ClientSecret(digest: SecretDigest(of: "s"))], isTakenFromBody: true))
    }

    private func code(_ client: String = "signed") throws -> String {
        try house.code(of: TestBrowser(house), for: client)
    }

    private func assertion(_ changes: [String: String?] = [:], of client: String = "signed") throws -> [String: String?]
    {
        TestSigner.parameters(try signer.assertion(of: client, at: house.instant, changes))
    }

    private func redeem(_ code: String, _ parameters: [String: String?]) throws -> TestAnswer {
        try house.redeem(code, for: "signed", parameters)
    }

    @Test("the code, the refresh and the end of a grant, signed each time")
    func life() throws {
        let tokens = try redeem(code(), assertion())
        #expect(tokens.status == 200)
        #expect(tokens["patient"] == "p1" && tokens["id_token"] != nil)
        let refreshed = try house.refresh(tokens["refresh_token"], assertion())
        #expect(refreshed.status == 200)
        let told = try house.ask(
            .introspection, assertion().merging(["token": refreshed["access_token"]]) { $1 })
        #expect(told.flag("active") == true)
        let gone = try house.ask(.revocation, assertion().merging(["token": refreshed["refresh_token"]]) { $1 })
        #expect(gone.status == 200)
        #expect(try !house.isAlive(refreshed["access_token"]))
    }

    @Test(
        "the token endpoint and the issuer are the audiences, each with the algorithms that every client has",
        arguments: [
            ("https://h.example/oauth2/token", true), ("https://h.example/fhir", true),
            ("https://h.example/oauth2/introspect", false), ("https://h.example/oauth2/token/", false),
            ("https://h.example/fhir/", false), ("https://h.example", false),
            ("https://evil.example/oauth2/token", false),
        ])
    func audience(_ audience: String, _ isRight: Bool) throws {
        let answer = try redeem(code(), assertion(["aud": "\"\(audience)\""]))
        #expect(answer.status == (isRight ? 200 : 401))
        #expect(isRight || answer.description.contains("aud"))
    }

    @Test("RS384 as well as ES384, and only what is registered")
    func algorithms() throws {
        let rsa = try TestSigner(.rs384)
        try house.addClient("rsa", by: rsa.method)
        let good = try house.redeem(
            code("rsa"), for: "rsa", TestSigner.parameters(rsa.assertion(of: "rsa", at: house.instant)))
        #expect(good.status == 200)
        let weak = try TestSigner(.es256)
        try house.addClient("weak", by: weak.method)
        let refused = try house.redeem(
            code("weak"), for: "weak", TestSigner.parameters(weak.assertion(of: "weak", at: house.instant)))
        #expect(refused.status == 401 && refused.description.contains("ES256 is not registered"))
    }

    // SMART client-confidential-asymmetric#protocol-details
    @Test("whatever is wrong with an assertion is invalid_client, is named, and costs nobody the code")
    func refused() throws {
        let code = try code()
        let now = house.instant
        let stranger = try #require(Self.stranger)
        let wrong: [(parameters: [String: String?], word: String)] = [
            (try assertion(["exp": "\(now.seconds - 60)"]), "expired"),
            (try assertion(["exp": "\(now.seconds + 361)"]), "future"),
            (try assertion(["exp": nil]), "exp"), (try assertion(["jti": nil]), "jti"),
            (try assertion(["sub": "\"other\""]), "differ"), (try assertion(["iss": nil]), "iss"),
            (try assertion(["aud": nil]), "aud"),
            (TestSigner.parameters(try signer.assertion(of: "signed", at: now, kid: "k2")), "kid"),
            (TestSigner.parameters(try stranger.assertion(of: "signed", at: now)), "signature"),
            (TestSigner.parameters(try signer.assertion(of: "nobody", at: now)), "not registered"),
            (TestSigner.parameters(try signer.assertion(of: "app", at: now)), "private_key_jwt"),
            (TestSigner.parameters("a.b.c"), "client_assertion"),
            (try assertion().merging(["client_assertion_type": "jwt"]) { $1 }, "client_assertion_type"),
            (try assertion().merging(["client_assertion_type": nil]) { $1 }, "client_assertion_type"),
            (try assertion().merging(["client_assertion": nil]) { $1 }, "client_assertion"),
            (["client_id": "signed"], "private_key_jwt"), (["client_id": nil], "client_id"),
            (["client_id": "signed", "client_secret": "s"], "private_key_jwt"),
        ]
        for (number, (parameters, word)) in wrong.enumerated() {
            // From an address of its own, so that none has to wait for the others.
            var all: [String: String?] = [
                "grant_type": "authorization_code", "code": code, "redirect_uri": "https://signed.example/cb",
                "code_verifier": TestHouse.verifier,
            ]
            all.merge(parameters) { $1 }
            let answer = try house.ask(.token, all, from: "192.0.2.\(100 + number)")
            #expect(answer.status == 401 && answer.error == "invalid_client", "\(word)")
            #expect(answer.description.contains(word), "\(answer.description)")
            #expect(answer.response.value(of: "www-authenticate") != nil)
        }
        #expect(try redeem(code, assertion()).status == 200)
    }

    // RFC 7519 §4.1.7; SMART client-confidential-asymmetric#signature-verification
    @Test("an assertion is good once, for any of the endpoints together; another client's jti is another's")
    func replay() throws {
        let jti: [String: String?] = ["jti": "\"the same\""]
        let parameters = try assertion(jti)
        #expect(try house.ask(.introspection, parameters.merging(["token": "x"]) { $1 }).status == 200)
        let again = try redeem(code(), parameters)
        #expect(again.status == 401 && again.error == "invalid_client" && again.description.contains("jti"))
        // Newly made, but with a jti that was used.
        house.advance(10)
        #expect(try redeem(code(), assertion(jti)).description.contains("jti"))
        let other = try house.redeem(code("other"), for: "other", assertion(jti, of: "other"))
        #expect(other.status == 200)
        #expect(try redeem(code(), assertion()).status == 200)
    }

    @Test("nobody uses up a jti with a signature that does not hold")
    func jtiOfAForgery() throws {
        let stranger = try #require(Self.stranger)
        let jti: [String: String?] = ["jti": "\"wanted\""]
        let forged = TestSigner.parameters(try stranger.assertion(of: "signed", at: house.instant, jti))
        #expect(try redeem(code(), forged).status == 401)
        #expect(try redeem(code(), assertion(jti)).status == 200)
    }

    @Test("a client_id beside the assertion is the same client, or the request is broken")
    func clientID() throws {
        #expect(try redeem(code(), assertion().merging(["client_id": "signed"]) { $1 }).status == 200)
        for id in ["other", "Signed", "nobody"] {
            let answer = try redeem(code(), assertion().merging(["client_id": id]) { $1 })
            #expect(answer.status == 400 && answer.error == "invalid_request")
        }
    }

    @Test("two ways of authentication in one request are one too many (RFC 6749 §2.3)")
    func twoMethods() throws {
        let code = try code()
        let basic = TestHouse.basic("signed", "s")
        let answers = [
            try house.redeem(code, for: "signed", assertion(), [basic]),
            try redeem(code, assertion().merging(["client_secret": "s"]) { $1 }),
            try house.redeem(code, for: "secretpost", ["client_secret": "s"], [TestHouse.basic("secretpost", "s")]),
        ]
        for answer in answers { #expect(answer.status == 400 && answer.error == "invalid_request") }
        #expect(try redeem(code, assertion()).status == 200)
    }

    @Test("a client with a secret proves nothing by a signature")
    func otherKind() throws {
        let parameters = try assertion(of: "secretpost")
        let answer = try house.redeem(code("secretpost"), for: "secretpost", parameters)
        #expect(answer.status == 401 && answer.description.contains("private_key_jwt"))
    }

    // SMART app-launch#refresh-access-token
    @Test("a refresh without an assertion is refused, and the developer hears that each request needs one")
    func refreshUnsigned() throws {
        let tokens = try redeem(code(), assertion())
        for parameters in [["client_id": nil], ["client_id": "signed"]] as [[String: String?]] {
            let answer = try house.refresh(tokens["refresh_token"], parameters)
            #expect(answer.status == 401 && answer.error == "invalid_client")
            #expect(answer.description.contains("private_key_jwt") && answer.description.contains("every request"))
        }
        #expect(try house.refresh(tokens["refresh_token"], assertion()).status == 200)
    }

    @Test("new keys count from the next request on, a disabled client's not at all")
    func changes() throws {
        let store = try house.store()
        let newer = try #require(Self.stranger)
        #expect(
            try store.setKeys(ClientPublicKeys(.given(jwks: newer.jwks)), client: "signed", at: house.instant))
        #expect(try redeem(code(), assertion()).description.contains("signature"))
        let signed = TestSigner.parameters(try newer.assertion(of: "signed", at: house.instant))
        #expect(try redeem(code(), signed).status == 200)
        let code = try code()
        _ = try store.setDisabled(true, client: "signed", at: house.instant)
        let last = TestSigner.parameters(try newer.assertion(of: "signed", at: house.instant))
        let answer = try redeem(code, last)
        #expect(answer.status == 401 && answer.description.contains("disabled"))
    }

    @Test("keys that cannot be fetched are the client's trouble, and no code is lost")
    func unreachable() throws {
        try house.addClient("far", by: .privateKey(ClientPublicKeys(.uri("https://far.example/jwks"))))
        let code = try code("far")
        let answer = try house.redeem(
            code, for: "far", TestSigner.parameters(signer.assertion(of: "far", at: house.instant)))
        #expect(answer.status == 401 && answer.error == "invalid_client")
        #expect(answer.description.contains("jwks_uri"))
        #expect(
            try house.store().setKeys(
                ClientPublicKeys(.given(jwks: signer.jwks)), client: "far", at: house.instant))
        let signed = TestSigner.parameters(try signer.assertion(of: "far", at: house.instant))
        #expect(try house.redeem(code, for: "far", signed).status == 200)
    }
}
