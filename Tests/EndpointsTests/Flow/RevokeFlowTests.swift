import HTTP
import OAuth
import SMART
import Testing

@Suite("RFC 7009 revocation")
struct RevokeFlowTests {
    private let house: TestHouse
    private let tokens: TestAnswer

    init() throws {
        house = try TestHouse()
        tokens = try house.redeem(house.code())
    }

    private func revoke(
        _ token: String?, _ changes: [String: String?] = ["client_id": "app"],
        _ fields: [(name: String, value: String)] = []
    ) throws -> TestAnswer {
        try house.ask(.revocation, changes.merging(["token": token]) { $1 }, fields)
    }

    // RFC 7009 §2.1
    @Test("an access token goes alone: the app may refresh")
    func accessToken() throws {
        let answer = try revoke(tokens["access_token"])
        #expect(answer.status == 200 && answer.text.isEmpty)
        #expect(answer.response.value(of: "cache-control") == "no-store")
        #expect(try !house.isAlive(tokens["access_token"]))
        let next = try house.refresh(tokens["refresh_token"])
        #expect(next.status == 200)
        #expect(try house.isAlive(next["access_token"]))
    }

    // RFC 7009 §2.1
    @Test("with a refresh token goes all that was issued with it")
    func refreshToken() throws {
        let next = try house.refresh(tokens["refresh_token"])
        #expect(try revoke(next["refresh_token"]).status == 200)
        for answer in [tokens, next] {
            #expect(try !house.isAlive(answer["access_token"]))
            #expect(try house.refresh(answer["refresh_token"]).error == "invalid_grant")
        }
        // The person's page of connected apps has it no longer.
        #expect(try house.store().grants(of: "id-maja", at: house.instant, policy: SessionPolicy()).isEmpty)
    }

    @Test("an app that lost the answer to a refresh ends the line by the token it has")
    func spentRefreshToken() throws {
        let next = try house.refresh(tokens["refresh_token"])
        #expect(try revoke(tokens["refresh_token"]).status == 200)
        #expect(try !house.isAlive(next["access_token"]))
    }

    // RFC 7009 §2.2
    @Test("what is unknown, or was revoked, is as good as revoked")
    func unknown() throws {
        for token in ["x", "vst_at_x", "vst_rt_x", TestHouse.verifier] {
            let answer = try revoke(token)
            #expect(answer.status == 200 && answer.text.isEmpty)
        }
        for _ in 0..<2 { #expect(try revoke(tokens["access_token"]).status == 200) }
        for _ in 0..<2 { #expect(try revoke(tokens["refresh_token"]).status == 200) }
    }

    // RFC 7009 §2.1
    @Test("a hint only says where to look first", arguments: ["access_token", "refresh_token", "id_token", ""])
    func hint(_ hint: String) throws {
        for name in ["access_token", "refresh_token"] {
            #expect(try revoke(tokens[name], ["client_id": "app", "token_type_hint": hint]).status == 200)
        }
        #expect(try !house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant")
    }

    // RFC 7009 §2.1; Requirement 205
    @Test("another client's token is refused, and stays")
    func anotherClient() throws {
        let basic = [TestHouse.basic("secretive", "s3cret")]
        for name in ["access_token", "refresh_token"] {
            for answer in [
                try revoke(tokens[name], ["client_id": "trusted"]), try revoke(tokens[name], [:], basic),
            ] {
                #expect(answer.status == 400 && answer.error == "invalid_grant")
            }
        }
        #expect(try house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"]).status == 200)
    }

    @Test("a public client by its client_id, or by the token itself; a confidential one by its secret alone")
    func authentication() throws {
        let second = try house.redeem(house.code())
        #expect(try revoke(second["refresh_token"], [:]).status == 200)
        #expect(try !house.isAlive(second["access_token"]))
        // Nothing says whose the request is.
        #expect(try revoke("vst_rt_x", [:]).status == 401)
        #expect(try revoke(tokens["access_token"], ["client_id": "nobody"]).error == "invalid_client")

        let browser = TestBrowser(house)
        let basic = [TestHouse.basic("secretive", "s3cret")]
        let confidential = try house.redeem(house.code(of: browser, for: "secretive"), for: "secretive", [:], basic)
        for changes in [[:], ["client_id": "secretive"]] as [[String: String?]] {
            #expect(try revoke(confidential["access_token"], changes).status == 401)
        }
        #expect(try revoke(confidential["access_token"], [:], [TestHouse.basic("secretive", "wrong")]).status == 401)
        #expect(try house.isAlive(confidential["access_token"]))
        #expect(try revoke(confidential["access_token"], [:], basic).status == 200)
        #expect(try !house.isAlive(confidential["access_token"]))
    }

    @Test("a code or an id_token is no token to revoke: 200, and nothing happens")
    func otherThings() throws {
        let code = try house.code()
        #expect(try revoke(code).status == 200)
        #expect(try house.redeem(code).status == 200)
        #expect(try revoke(tokens["id_token"]).status == 200)
        #expect(try house.isAlive(tokens["access_token"]))
    }

    @Test("an expired access token is its client's still")
    func expired() throws {
        house.advance(900)
        #expect(try revoke(tokens["access_token"], ["client_id": "trusted"]).error == "invalid_grant")
        #expect(try revoke(tokens["access_token"]).status == 200)
    }

    // RFC 9110 §15.5.6
    @Test("what is no request for it is refused in JSON")
    func notARequest() throws {
        for method in [Request.Method.get, .put, .delete] {
            let answer = try house.ask(.revocation, Request(method: method, path: "/oauth2/revoke", query: "token=x"))
            #expect(answer.status == 405 && answer.error == "invalid_request")
            #expect(answer.response.value(of: "allow") == "POST, OPTIONS")
            #expect(answer.response.value(of: "content-type")?.hasPrefix("application/json") == true)
        }
        #expect(try revoke(nil).error == "invalid_request")
        let twice = TestHouse.post([("token", "a"), ("token", "b"), ("client_id", "app")])
        #expect(try house.ask(.revocation, twice).error == "invalid_request")
        var queried = TestHouse.post([("client_id", "app")])
        queried.query = "token=x"
        #expect(try house.ask(.revocation, queried).error == "invalid_request")
        let json = Request(
            method: .post, path: "/oauth2/revoke", fields: Fields([("content-type", "application/json")]),
            body: Array(#"{"token":"x","client_id":"app"}"#.utf8))
        #expect(try house.ask(.revocation, json).error == "invalid_request")
    }

    // SMART app-launch#considerations-for-cross-origin-resource-sharing-cors-support
    @Test("pages of registered origins may sign out of their app here; others may not")
    func cors() throws {
        let preflight = Request(
            method: .options, path: "/oauth2/revoke",
            fields: Fields([("origin", "https://app.example"), ("access-control-request-method", "POST")]))
        let asked = try house.ask(.revocation, preflight)
        #expect(asked.status == 204)
        #expect(asked.response.value(of: "access-control-allow-methods") == "POST")
        for (origin, allowed) in [("https://app.example", true), ("https://evil.example", false), ("null", false)] {
            for token in [tokens["access_token"], nil] {
                let answer = try revoke(token, ["client_id": "app"], [("origin", origin)])
                #expect((answer.response.value(of: "access-control-allow-origin") == origin) == allowed)
                #expect(answer.response.value(of: "vary") == "Origin")
            }
        }
    }
}
