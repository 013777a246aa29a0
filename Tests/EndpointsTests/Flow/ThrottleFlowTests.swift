import HTTP
import OAuth
import SMART
import Testing

@Suite("RFC 6585 §4, RFC 6819 §4.4.1.3: who guesses waits, and nobody else does")
struct ThrottleFlowTests {
    private let house: TestHouse
    private let right = [TestHouse.basic("secretive", "s3cret")]
    private let wrong = [TestHouse.basic("secretive", "wrong")]

    init() throws {
        house = try TestHouse()
    }

    private func revoke(
        _ fields: [(name: String, value: String)], from address: String = "192.0.2.1"
    ) throws -> TestAnswer {
        try house.ask(.revocation, ["token": "x"], fields, from: address)
    }

    @Test("wrong secrets: the eleventh begins a wait, which doubles")
    func secrets() throws {
        for _ in 0..<11 {
            let answer = try revoke(wrong)
            #expect(answer.status == 401 && answer.error == "invalid_client" && answer.retryAfter == nil)
        }
        for wait in [2, 4, 8] {
            let answer = try revoke(wrong)
            #expect(answer.status == 429 && answer.error == "invalid_client")
            #expect(answer.description.hasPrefix("unknown client or wrong secret; "))
            #expect(answer.retryAfter == "\(wait)" && answer.description.hasSuffix(" \(wait) s"))
            #expect(answer.detail == "throttled: wrong secret")
            // To ask while waiting makes it no longer.
            house.advance(wait - 1)
            #expect(try revoke(wrong).retryAfter == "1")
            house.advance(1)
            #expect(try revoke(wrong).status == 401)
        }
    }

    @Test("the client itself waits nowhere: with its secret, or from another address")
    func rightfulClient() throws {
        for _ in 0..<12 { _ = try revoke(wrong) }
        #expect(try revoke(wrong).status == 429)
        #expect(try revoke(right).status == 200)
        #expect(try revoke(right, from: "192.0.2.2").status == 200)
        #expect(try revoke(wrong, from: "192.0.2.2").status == 401)
        #expect(try revoke([TestHouse.basic("other", "wrong")]).status == 401)
        // The right secret is no pardon for the guesser beside it.
        #expect(try revoke(wrong).status == 429)
        house.advance(3601)
        #expect(try revoke(wrong).status == 401)
    }

    @Test("the endpoints count together, whatever is wrong with the proof")
    func everywhere() throws {
        let doors: [TestHouse.Door] = [.token, .introspection, .revocation, .launch]
        let request = ["grant_type": "refresh_token", "refresh_token": "x", "token": "x"]
        for number in 0..<11 { #expect(try house.ask(doors[number % 4], request, wrong).status == 401) }
        for door in doors {
            let answer = try house.ask(door, request, wrong)
            #expect(answer.status == 429 && answer.error == "invalid_client")
            let bare = try house.ask(door, request.merging(["client_id": "secretive"]) { $1 })
            #expect(bare.status == 429)
        }
    }

    // RFC 7523 §3: the client is the one inside.
    @Test("assertions count by the service that they name, with a client_id beside them or without")
    func assertions() throws {
        let (signer, stranger) = (try TestSigner(), try TestSigner())
        for service in ["one", "two"] {
            try house.addClient(service, by: signer.method, for: [.clientCredentials], scopes: "system/Patient.r")
        }
        func ask(_ service: String, by signer: TestSigner, named: Bool = false) throws -> TestAnswer {
            var parameters = TestSigner.parameters(try signer.assertion(of: service, at: house.instant))
            parameters["client_id"] = named ? service : nil
            return try house.ask(
                .token, parameters.merging(["grant_type": "client_credentials", "scope": "system/Patient.r"]) { $1 })
        }
        for number in 0..<61 { #expect(try ask("one", by: stranger, named: number % 2 == 0).status == 401) }
        let waits = try ask("one", by: stranger)
        #expect(waits.status == 429 && waits.error == "invalid_client" && waits.retryAfter == "2")
        #expect(try ask("one", by: signer).status == 200)
        // The other one behind the same address has all of its own mistakes before it.
        for _ in 0..<61 { #expect(try ask("two", by: stranger).status == 401) }
        #expect(try ask("two", by: signer).status == 200)
    }

    @Test("many clients from one address are one guesser")
    func address() throws {
        for number in 0..<51 { #expect(try revoke([TestHouse.basic("c\(number)", "x")]).status == 401) }
        #expect(try revoke([TestHouse.basic("c99", "x")]).status == 429)
        #expect(try revoke([TestHouse.basic("c99", "x")], from: "192.0.2.2").status == 401)
        #expect(try revoke(right).status == 200)
    }

    @Test("guessed refresh tokens and codes are counted by address, and cost nobody who has one anything")
    func tokens() throws {
        let tokens = try house.redeem(house.code())
        let code = try house.code()
        for number in 0..<31 {
            let answer =
                number % 2 == 0
                ? try house.refresh("vst_rt_\(number)") : try house.redeem("vst_ac_\(number)")
            #expect(answer.status == 400 && answer.error == "invalid_grant")
        }
        let guess = try house.refresh("vst_rt_guess")
        #expect(guess.status == 429 && guess.error == "invalid_grant" && guess.retryAfter == "2")
        let guessedCode = try house.redeem("vst_ac_guess")
        #expect(guessedCode.status == 429 && guessedCode.error == "invalid_grant")
        #expect(try house.refresh("vst_rt_guess", from: "192.0.2.2").error == "invalid_grant")
        #expect(try house.refresh(tokens["refresh_token"]).status == 200)
        #expect(try house.redeem(code).status == 200)
    }

    @Test("who guesses at a bearer token for introspection waits, together with the token endpoint")
    func bearers() throws {
        let tokens = try house.redeem(house.code())
        func ask(_ token: String?, from address: String = "192.0.2.1") throws -> TestAnswer {
            let bearer = (name: "authorization", value: "Bearer \(try #require(token))")
            return try house.ask(.introspection, ["token": token], [bearer], from: address)
        }
        for number in 0..<30 {
            let answer = try ask("vst_at_\(number)")
            #expect(answer.status == 401 && answer.error == "invalid_token")
        }
        #expect(try house.refresh("vst_rt_guess").error == "invalid_grant")
        let guess = try ask("vst_at_guess")
        #expect(guess.status == 429 && guess.error == "invalid_token" && guess.retryAfter == "2")
        #expect(try house.refresh("vst_rt_guess").status == 429)
        // Who has one, or asks elsewhere, never waits; one that has expired is no guess.
        #expect(try ask(tokens["access_token"]).flag("active") == true)
        #expect(try ask("vst_at_guess", from: "192.0.2.2").status == 401)
        house.advance(900)
        #expect(try ask(tokens["access_token"], from: "192.0.2.3").status == 401)
        for _ in 0..<40 { #expect(try ask(tokens["access_token"], from: "192.0.2.3").status == 401) }
    }

    @Test("a token that was somebody's is no guess")
    func expired() throws {
        let tokens = try house.redeem(house.code())
        _ = try house.store().endGrants(of: "id-maja", to: "app", reason: .withdrawn, at: house.instant)
        for _ in 0..<40 { #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant") }
        #expect(try house.refresh("vst_rt_guess").error == "invalid_grant")
    }

    @Test("whose browser is known is not kept waiting by strangers; strangers are, by name")
    func signIn() throws {
        let home = TestBrowser(house, at: "192.0.2.10")
        try home.get("https://h.example/portal/sign-in")
        try home.signIn("amara")
        try home.submit("/portal/sign-out", [:])
        // Guesses from many places at once: each a few, the name's own limit in the end.
        var statuses: [Int] = []
        for number in 0..<22 {
            let stranger = TestBrowser(house, at: "198.51.100.\(number)")
            try stranger.get("https://h.example/portal/sign-in")
            try stranger.signIn("amara", password: "a wrong password")
            statuses.append(stranger.response.status)
        }
        #expect(statuses == Array(repeating: 403, count: 21) + [429])
        try home.get("https://h.example/portal/sign-in")
        try home.signIn("amara")
        #expect(home.address == "https://h.example/portal")
    }
}
