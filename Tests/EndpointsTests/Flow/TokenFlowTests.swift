import Endpoints
import HTTP
import JOSE
import JSON
import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("From the code to the tokens")
struct TokenFlowTests {
    private func redeem(
        _ house: TestHouse, _ code: String, verifier: String = TestHouse.verifier, changes: [String: String] = [:],
        fields: [(name: String, value: String)] = []
    ) throws -> (Response, JSONValue) {
        var parameters = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example/cb",
            "code_verifier": verifier, "client_id": "app",
        ]
        parameters.merge(changes) { $1 }
        return try ask(house, parameters.map { ($0.key, $0.value) }, fields: fields)
    }

    private func refresh(_ house: TestHouse, _ token: String, scope: String? = nil) throws -> (Response, JSONValue) {
        try ask(
            house,
            [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "app")]
                + (scope.map { [("scope", $0)] } ?? []))
    }

    private func ask(
        _ house: TestHouse, _ pairs: [(String, String)], fields: [(name: String, value: String)] = []
    ) throws -> (Response, JSONValue) {
        var endpoint = try house.token()
        let response = endpoint.respond(to: TestHouse.post(pairs, fields: fields))
        return (response, try JSONDocument(response.body).root)
    }

    private func isAlive(_ house: TestHouse, _ token: String?) throws -> Bool {
        try house.store().accessToken(SecretDigest(of: try #require(token)), at: house.instant, policy: SessionPolicy())
            != nil
    }

    // RFC 6749 §5.1; OpenID Core §3.1.3.3; SMART app-launch#obtain-access-token, app-launch#response-5
    @Test("the answer has everything, and the id_token holds")
    func answer() throws {
        let house = try TestHouse()
        let (response, answer) = try redeem(house, house.code())
        #expect(response.status == 200)
        #expect(response.value(of: "cache-control") == "no-store" && response.value(of: "pragma") == "no-cache")
        #expect(answer["token_type"]?.string == "Bearer")
        #expect(answer["expires_in"]?.integer == 900)
        #expect(answer["scope"]?.string == "openid fhirUser launch/patient offline_access patient/*.rs")
        #expect(answer["patient"]?.string == "p1")
        #expect(answer["access_token"]?.string?.hasPrefix("vst_at_") == true)
        #expect(answer["refresh_token"]?.string?.hasPrefix("vst_rt_") == true)

        let published = try #require(try house.store().publishedKeys(at: house.instant).first)
        let key = try VerificationKey(JWK(JSONDocument(published.publicJWK).root))
        let proven = try JWS(compact: try #require(answer["id_token"]?.string)).verified(by: key, allowing: [.rs256])
        let claims = try JWTClaims(proven)
        #expect(proven.header.kid == published.kid)
        #expect(claims.iss == "https://h.example/fhir" && claims.sub == "sub-maja" && claims.aud == ["app"])
        #expect(claims["nonce"]?.string == "n-1")
        #expect(claims["fhirUser"]?.string == "https://h.example/fhir/Patient/p1")
    }

    @Test("a code used twice ends its tokens")
    func codeTwice() throws {
        let house = try TestHouse()
        let code = try house.code()
        let (_, first) = try redeem(house, code)
        #expect(try isAlive(house, first["access_token"]?.string))
        let (response, second) = try redeem(house, code)
        #expect(response.status == 400)
        #expect(second["error"]?.string == "invalid_grant")
        #expect(try !isAlive(house, first["access_token"]?.string))
        let (_, refreshed) = try refresh(house, try #require(first["refresh_token"]?.string))
        #expect(refreshed["error"]?.string == "invalid_grant")
    }

    @Test("wrong verifiers do not spend the code; the fifth does")
    func wrongVerifiers() throws {
        let house = try TestHouse()
        let wrong = String(repeating: "x", count: 43)
        let code = try house.code()
        for _ in 0..<4 { #expect(try redeem(house, code, verifier: wrong).1["error"]?.string == "invalid_grant") }
        #expect(try redeem(house, code).0.status == 200)
        let other = try house.code()
        for _ in 0..<5 { #expect(try redeem(house, other, verifier: wrong).0.status == 400) }
        #expect(try redeem(house, other).1["error"]?.string == "invalid_grant")
    }

    @Test("a stranger with a stolen code ends nothing")
    func stranger() throws {
        let house = try TestHouse()
        let code = try house.code()
        let (_, tokens) = try redeem(house, code)
        #expect(try redeem(house, code, changes: ["client_id": "trusted"]).0.status == 400)
        #expect(try redeem(house, code, verifier: String(repeating: "x", count: 43)).0.status == 400)
        #expect(try isAlive(house, tokens["access_token"]?.string))
    }

    @Test("a code is good for its time", arguments: [(59, 200), (60, 400)])
    func expiry(_ after: Int, _ status: Int) throws {
        let house = try TestHouse()
        let code = try house.code()
        house.advance(after)
        #expect(try redeem(house, code).0.status == status)
    }

    @Test("a refresh rotates, may narrow, keeps the context, and a replay ends the line")
    func refreshing() throws {
        let house = try TestHouse()
        let (_, first) = try redeem(house, house.code())
        let old = try #require(first["refresh_token"]?.string)
        let (_, narrow) = try refresh(house, old, scope: "patient/Observation.rs")
        #expect(narrow["scope"]?.string == "patient/Observation.rs")
        #expect(narrow["patient"]?.string == "p1")
        #expect(narrow["id_token"] == nil)
        let next = try #require(narrow["refresh_token"]?.string)
        #expect(next != old)
        #expect(try refresh(house, next, scope: "user/*.rs").1["error"]?.string == "invalid_scope")
        let (_, whole) = try refresh(house, next)
        #expect(whole["scope"]?.string == "openid fhirUser launch/patient offline_access patient/*.rs")
        #expect(whole["id_token"]?.string != nil)
        #expect(try refresh(house, old).1["error"]?.string == "invalid_grant")
        #expect(try !isAlive(house, whole["access_token"]?.string))
        #expect(try refresh(house, try #require(whole["refresh_token"]?.string)).1["error"]?.string == "invalid_grant")
    }

    @Test("each use gives the line its three months anew")
    func sliding() throws {
        let house = try TestHouse()
        var token = try #require(try redeem(house, house.code()).1["refresh_token"]?.string)
        for _ in 0..<3 {
            house.advance(92 * 86_400 - 1)
            token = try #require(try refresh(house, token).1["refresh_token"]?.string)
        }
        house.advance(92 * 86_400)
        #expect(try refresh(house, token).0.status == 400)
    }

    @Test("without offline_access there is no refresh token, without openid no id_token")
    func onlyWhatWasGranted() throws {
        let house = try TestHouse()
        let (_, answer) = try redeem(house, house.code(["scope": "launch/patient patient/*.rs"]))
        #expect(answer["refresh_token"] == nil)
        #expect(answer["id_token"] == nil)
    }

    @Test("a public client may leave out its client_id when it refreshes")
    func refreshWithoutID() throws {
        let house = try TestHouse()
        let token = try #require(try redeem(house, house.code()).1["refresh_token"]?.string)
        let (response, _) = try ask(house, [("grant_type", "refresh_token"), ("refresh_token", token)])
        #expect(response.status == 200)
    }

    // RFC 6749 §5.2
    @Test(
        "what a client may not send",
        arguments: [
            (["client_id": "nobody"], 401, "invalid_client"),
            (["grant_type": "password"], 400, "unsupported_grant_type"),
            (["redirect_uri": "https://app.example/other"], 400, "invalid_grant"),
            (["code": "unknown"], 400, "invalid_grant"),
            (["code_verifier": ""], 400, "invalid_request"), (["client_secret": "x"], 401, "invalid_client"),
        ])
    func refused(_ changes: [String: String], _ status: Int, _ error: String) throws {
        let house = try TestHouse()
        let (response, answer) = try redeem(house, house.code(), changes: changes)
        #expect(response.status == status)
        #expect(answer["error"]?.string == error)
        #expect((response.value(of: "www-authenticate") != nil) == (status == 401))
    }

    @Test("bodies that are no forms, parameters in the URL and other methods")
    func notAForm() throws {
        var endpoint = try TestHouse().token()
        #expect(endpoint.respond(to: Request(method: .get, path: "/oauth2/token")).status == 405)
        let json = Request(
            method: .post, path: "/oauth2/token", fields: Fields([("content-type", "application/json")]),
            body: Array("{}".utf8))
        #expect(endpoint.respond(to: json).status == 400)
        var queried = TestHouse.post([("grant_type", "refresh_token")])
        queried.query = "refresh_token=x"
        #expect(endpoint.respond(to: queried).status == 400)
    }

    @Test("a disabled user, app or grant ends refreshing")
    func disabled() throws {
        let house = try TestHouse()
        let token = try #require(try redeem(house, house.code()).1["refresh_token"]?.string)
        _ = try house.store().setDisabled(true, client: "app", at: house.instant)
        #expect(try refresh(house, token).1["error"]?.string == "invalid_client")
        _ = try house.store().setDisabled(false, client: "app", at: house.instant)
        _ = try house.store().setDisabled(true, account: "maja", at: house.instant)
        #expect(try refresh(house, token).1["error"]?.string == "invalid_grant")
        _ = try house.store().setDisabled(false, account: "maja", at: house.instant)
        #expect(try refresh(house, token).1["error"]?.string == "invalid_grant")
    }

    @Test("browsers of registered origins may read, errors too; others may not")
    func cors() throws {
        let house = try TestHouse()
        var endpoint = try house.token()
        func allowed(_ origin: String, _ request: Request) -> String? {
            var request = request
            request.fields.set("origin", to: origin)
            return endpoint.respond(to: request).value(of: "access-control-allow-origin")
        }
        let preflight = Request(
            method: .options, path: "/oauth2/token", fields: Fields([("access-control-request-method", "POST")]))
        #expect(allowed("https://app.example", preflight) == "https://app.example")
        #expect(allowed("https://app.example", TestHouse.post([])) == "https://app.example")
        #expect(allowed("https://evil.example", preflight) == nil)
        #expect(allowed("null", preflight) == nil)
        _ = try house.store().setDisabled(true, client: "app", at: house.instant)
        #expect(allowed("https://app.example", preflight) == nil)
    }
}
