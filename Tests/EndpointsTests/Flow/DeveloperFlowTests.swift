import Endpoints
import HTTP
import JOSE
import OAuth
import SMART
import Service
import Store
import Testing

@Suite("The developer page, in demo mode alone")
struct DeveloperFlowTests {
    private static let page = "https://h.example/portal/developer"
    private let house: TestHouse

    init() throws { house = try TestHouse(isDemo: true) }

    private func developer() throws -> TestBrowser {
        let browser = TestBrowser(house)
        try browser.get(Self.page)
        #expect(browser.address.hasSuffix("/portal/sign-in?next=developer"))
        try browser.signIn("amara")
        #expect(browser.address == Self.page && browser.response.status == 200)
        return browser
    }

    private func inspect(_ token: String?, _ request: String = "") throws -> TestBrowser {
        let browser = try developer()
        let token = try #require(token)
        try browser.submit("/portal/developer", ["do": "inspect", "token": token, "request": request])
        #expect(browser.response.status == 200)
        #expect(!browser.page.contains(token.suffix(20)), "no token comes back")
        #expect(!browser.response.remarks.contains { $0.value.contains(token.suffix(20)) })
        return browser
    }

    private func simulate(_ kind: Simulation.Kind, of client: String = "app") throws {
        try house.store().add(Simulation(clientID: client, kind: kind), at: house.instant)
    }

    // MARK: Nowhere else

    @Test("outside of demo mode there is no such page, and nothing that was asked to fail fails")
    func absent() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal")
        try browser.signIn("amara")
        for kind in Simulation.Kind.allCases {
            try house.store().add(Simulation(clientID: "app", kind: kind), at: house.instant)
        }
        try browser.get(Self.page)
        #expect(browser.response.status == 404)
        for what in ["inspect", "simulate", "launch", "end"] {
            try browser.submit("/portal/developer", ["do": what, "client": "app", "kind": "slow_token", "token": "x"])
            #expect(browser.response.status == 404)
        }
        #expect(try house.redeem(house.code()).status == 200)
        #expect(try house.store().simulations(at: house.instant).count == 2, "they lie there, and nobody looks")
    }

    @Test("what only a demonstration has is made from the configuration of one, and of no other")
    func configured() throws {
        func configuration(_ isDemo: Bool) throws -> Configuration {
            try Configuration(
                text: """
                    [server]
                    base = "https://localhost:8443"
                    demo = \(isDemo)
                    [fhir]
                    base = "https://localhost:8443/fhir"
                    relay = "/run/relay.sock"
                    [store]
                    database = "/nowhere"
                    [secrets]
                    directory = "/nowhere"
                    """, path: "t")
        }
        #expect(try configuration(true).onlyInDemo { 1 } == 1)
        #expect(try configuration(false).onlyInDemo { Issue.record("it was made") } == nil)
    }

    @Test("no page leads there")
    func unlinked() throws {
        let browser = TestBrowser(house)
        for path in ["/portal/sign-in", "/portal", "/portal?patient=p1", "/portal/apps", "/portal/sessions"] {
            try browser.get("https://h.example\(path)")
            #expect(!browser.page.contains("/portal/developer"), "\(path)")
            if path == "/portal/sign-in" { try browser.signIn("amara") }
        }
    }

    @Test("a form of another site, or an old one, does nothing")
    func forged() throws {
        let browser = try developer()
        let fields = ["do": "simulate", "client": "app", "kind": "invalid_grant"]
        try browser.submit("/portal/developer", fields, origin: "https://evil.example")
        #expect(browser.response.status == 403)
        try browser.submit("/portal/developer", fields.merging(["csrf": "old"]) { $1 })
        #expect(try browser.response.status == 403 && house.store().simulations(at: house.instant).isEmpty)
        for wrong in [["client": "nobody"], ["kind": "fire"], ["do": "sing"]] {
            try browser.submit("/portal/developer", fields.merging(wrong) { $1 })
            #expect(try browser.response.status == 400 && house.store().simulations(at: house.instant).isEmpty)
        }
    }

    // MARK: Launch URLs

    @Test("a launch URL stands in a field of its own, and starts the app once")
    func launch() throws {
        let browser = try developer()
        try browser.submit("/portal/developer", ["do": "launch", "client": "app", "patient": "p1"])
        let field = try #require(browser.page.firstMatch(of: /<input id="launch-url"[^>]* value="([^"]*)" readonly/)).1
        let url = try #require(AbsoluteURL(String(field).replacing("&amp;", with: "&")))
        #expect(url.host == "app.example" && url.path == "/launch")
        let handle = try #require(try Form(url.query ?? "")["launch"])
        try browser.get(TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"]))
        try browser.submit("/portal/consent", ["decision": "allow"])
        #expect(try house.redeem(#require(browser.answer["code"]))["patient"] == "p1")
        let bela = TestBrowser(house)
        try bela.get(Self.page)
        try bela.signIn("bela")
        try bela.submit("/portal/developer", ["do": "launch", "client": "app", "patient": "p2"])
        #expect(bela.response.status == 400 && !bela.page.contains("launch-url"))
    }

    // MARK: Tokens

    @Test("an access token: whose it is, what it may, in words, and which rule decides about a request")
    func accessToken() throws {
        let tokens = try house.redeem(house.code())
        let token = try #require(tokens["access_token"])
        let found = try inspect(" \(token)\n", "get /Observation?code=x").page
        for words in [
            String(token.prefix(12)), "An access token", "Yes", "<code>app</code>", "Dr. maja", "Patient/p1",
            "See in your record", "<code>\(tokens["scope"] ?? "?")</code>", "<code>S1</code>",
            "a search of Observation",
        ] {
            #expect(found.contains(words), "\(words)")
        }
        #expect(try inspect(token, "DELETE /Observation/1").page.contains("refused with 403"))
        #expect(try inspect(token, "gibberish").page.contains("a request is written as GET"))
        #expect(try inspect(token, "GET /Nothing/1").page.contains("refused with 404"))
    }

    @Test("why a token is good for nothing")
    func dead() throws {
        let tokens = try house.redeem(house.code())
        let (access, refresh) = (tokens["access_token"], tokens["refresh_token"])
        #expect(try inspect(refresh).page.contains("A refresh token"))
        #expect(try house.refresh(refresh).status == 200)
        #expect(try inspect(refresh).page.contains("No: it was exchanged for the next one"))
        house.advance(901)
        #expect(try inspect(access).page.contains("No: it has expired or was ended"))
        let later = try house.redeem(house.code())
        _ = try house.store().setDisabled(true, account: "maja", at: house.instant)
        let page = try inspect(later["access_token"]).page
        #expect(page.contains("No: ") && !page.contains("<dd>Yes</dd>"))
        #expect(try inspect("vst_at_unknown-and-long-enough-to-be-one").page.contains("Nobody has it here"))
        #expect(try inspect("vst_ac_unknown-and-long-enough-to-be-one").page.contains("It is good once"))
        let browser = try developer()
        try browser.submit("/portal/developer", ["do": "inspect", "token": " "])
        #expect(browser.response.status == 400)
    }

    @Test("an id_token: header, claims, and whether a key of ours signed it, now and for this issuer")
    func idToken() throws {
        let token = try #require(try house.redeem(house.code())["id_token"])
        let page = try inspect(token).page
        for words in ["A signed token", "Yes: signed with a key of this server", "RS256", "sub-maja"] {
            #expect(page.contains(words), "\(words)")
        }
        let parts = token.split(separator: ".").map(String.init)
        let forged = Base64URL.encode(Array(#"{"iss":"https://h.example/fhir","sub":"sub-amara"}"#.utf8))
        #expect(try inspect("\(parts[0]).\(forged).\(parts[2])").page.contains("No: this server did not sign it"))
        let foreign = Base64URL.encode(Array(#"{"alg":"RS256","kid":"of somebody else"}"#.utf8))
        #expect(try inspect("\(foreign).\(parts[1]).\(parts[2])").page.contains("no published key of this server"))
        house.advance(301)
        #expect(try inspect(token).page.contains("its time is over"))
    }

    // MARK: Failures

    @Test("a failure waits on the page, happens once, and can be taken back")
    func simulation() throws {
        let browser = try developer()
        try browser.submit("/portal/developer", ["do": "simulate", "client": "app", "kind": "invalid_grant"])
        #expect(browser.page.contains("It will happen to the next request of") && browser.page.contains("Take it back"))
        try browser.submit("/portal/developer", ["do": "end", "client": "app", "point": "token"])
        #expect(browser.page.contains("Nothing of the kind happens to") && !browser.page.contains("Take it back"))
        #expect(try house.redeem(house.code()).status == 200)
    }

    // RFC 6749 §4.1.2.1
    @Test(
        "an authorization request fails as asked, and the next one does not",
        arguments: [
            (Simulation.Kind.accessDenied, "access_denied"), (.invalidScope, "invalid_scope"),
            (.authorizationUnavailable, "temporarily_unavailable"),
        ])
    func authorization(_ kind: Simulation.Kind, _ error: String) throws {
        try simulate(kind, of: "trusted")
        try simulate(kind)
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request())
        #expect(try browser.answer["error"] == error && browser.answer["state"] == "s t")
        #expect(try browser.answer["error_description"]?.contains("simulated") == true)
        #expect(try house.redeem(house.code()).status == 200)
    }

    // RFC 6749 §5.2
    @Test(
        "a token request fails as asked and costs nothing: the same code is good for the next one",
        arguments: [
            (Simulation.Kind.invalidGrant, 400, "invalid_grant"), (.invalidClient, 401, "invalid_client"),
            (.tokenUnavailable, 503, "temporarily_unavailable"),
        ])
    func token(_ kind: Simulation.Kind, _ status: Int, _ error: String) throws {
        let code = try house.code()
        try simulate(kind)
        let failed = try house.redeem(code)
        #expect(failed.status == status && failed.error == error)
        let tokens = try house.redeem(code)
        #expect(tokens.status == 200)
        try simulate(kind)
        #expect(try house.refresh(tokens["refresh_token"]).error == error)
        #expect(try house.refresh(tokens["refresh_token"]).status == 200)
    }

    @Test("an access token that has expired after a second, and answers that take five")
    func slowAndShort() throws {
        try simulate(.expiredToken)
        let tokens = try house.redeem(house.code())
        #expect(tokens.number("expires_in") == 1)
        #expect(try house.isAlive(tokens["access_token"]))
        house.advance(1)
        #expect(try !house.isAlive(tokens["access_token"]))
        let next = try house.refresh(tokens["refresh_token"])
        #expect(next.number("expires_in") == 900)
        try simulate(.slowToken)
        try simulate(.slowAuthorization)
        #expect(try house.redeem(house.code()).status == 200)
        #expect(house.secondsPaused == 10)
    }
}
