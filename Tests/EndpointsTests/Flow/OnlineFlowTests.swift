import Endpoints
import HTTP
import OAuth
import SMART
import Testing

@Suite("SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token: online_access")
struct OnlineFlowTests {
    private static let scope = "openid launch/patient online_access patient/*.rs"
    private let house: TestHouse
    private let browser: TestBrowser

    init() throws {
        house = try TestHouse()
        browser = TestBrowser(house)
    }

    private func tokens(_ scope: String = OnlineFlowTests.scope) throws -> TestAnswer {
        try house.redeem(house.code(of: browser, ["scope": scope]))
    }

    private func signOut() throws {
        try browser.get("https://h.example/portal")
        try browser.submit("/portal/sign-out", [:])
        #expect(browser.address == "https://h.example/portal/signed-out")
    }

    private func read(_ tokens: TestAnswer) throws -> Int {
        let server = LyingServer(#"{"resourceType":"Patient","id":"p1"}"#)
        return try house.enforced(
            by: server,
            to: Request(
                method: .get, path: "/fhir/Patient/p1",
                fields: Fields([("Authorization", "Bearer \(try #require(tokens["access_token"]))")]))
        ).status
    }

    @Test("there is a refresh token, and the scope says which kind")
    func granted() throws {
        let tokens = try tokens()
        #expect(tokens["scope"] == Self.scope)
        #expect(tokens["refresh_token"]?.hasPrefix("vst_rt_") == true)
        #expect(try house.refresh(tokens["refresh_token"])["scope"] == Self.scope)
    }

    @Test("signing out ends the refresh token and the access tokens")
    func signOutEnds() throws {
        let tokens = try tokens()
        let later = try house.refresh(tokens["refresh_token"])
        #expect(try read(later) == 200)
        try signOut()
        for answer in [tokens, later] {
            #expect(try !house.isAlive(answer["access_token"]))
            #expect(try house.refresh(answer["refresh_token"]).error == "invalid_grant")
        }
        #expect(try read(later) == 401)
    }

    // SMART conformance#using-well-known: management_endpoint
    @Test("the page of connected apps shows it while it is online, and the one with offline_access after that, too")
    func connected() throws {
        try house.addClient("offline", by: .none)
        _ = try tokens()
        _ = try house.redeem(house.code(of: browser, for: "offline"), for: "offline")
        for (seconds, isOnline) in [(899, true), (1, false)] {
            house.advance(seconds)
            let other = TestBrowser(house)
            try other.get("https://h.example/portal/apps")
            try other.signIn("maja")
            #expect(other.address == "https://h.example/portal/apps")
            #expect(other.page.contains("App app") == isOnline && other.page.contains("App offline"))
        }
    }

    @Test("a code that was not redeemed yet is worth nothing after signing out")
    func signOutBeforeRedemption() throws {
        let code = try house.code(of: browser, ["scope": Self.scope])
        try signOut()
        #expect(try house.redeem(code).error == "invalid_grant")
    }

    @Test("a session that nobody uses ends it after a quarter of an hour")
    func idle() throws {
        let tokens = try tokens()
        house.advance(899)
        #expect(try house.isAlive(tokens["access_token"]))
        house.advance(1)
        #expect(try !house.isAlive(tokens["access_token"]))
        let refused = try house.refresh(tokens["refresh_token"])
        #expect(refused.status == 400 && refused.error == "invalid_grant")
        #expect(refused.description.contains("no longer signed in"))
        // What is over stays over.
        try browser.get("https://h.example/portal")
        try browser.signIn("maja")
        #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant")
    }

    @Test("who refreshes is at work: the session stays awake to the end of its twelve hours, and no longer")
    func refreshingKeepsAwake() throws {
        var tokens = try tokens()
        let end = house.instant + 43_200
        while house.instant + 800 < end {
            house.advance(800)
            tokens = try house.refresh(tokens["refresh_token"])
            #expect(tokens.status == 200)
        }
        // The person's own pages stayed awake with it.
        try browser.get("https://h.example/portal")
        #expect(browser.address == "https://h.example/portal")
        house.advance(end - house.instant - 1)
        #expect(try house.isAlive(tokens["access_token"]))
        house.advance(1)
        #expect(try !house.isAlive(tokens["access_token"]))
        let refused = try house.refresh(tokens["refresh_token"])
        #expect(refused.error == "invalid_grant" && refused.description.contains("no longer signed in"))
    }

    @Test("who reads is at work, too; a read that is refused is none")
    func readingKeepsAwake() throws {
        try house.addClient("longer", by: .none, scopes: Self.scope, lifetimes: .init(accessToken: 7200))
        let tokens = try house.redeem(
            house.code(of: browser, for: "longer", ["scope": Self.scope]), for: "longer")
        for _ in 0..<3 {
            house.advance(899)
            #expect(try read(tokens) == 200)
        }
        // Within the idle time, but not allowed: it keeps nothing awake.
        house.advance(800)
        let refused = try house.enforced(
            by: LyingServer(""),
            to: Request(
                method: .delete, path: "/fhir/Patient/p1",
                fields: Fields([("Authorization", "Bearer \(try #require(tokens["access_token"]))")])))
        #expect(refused.status == 403)
        house.advance(100)
        #expect(try read(tokens) == 401)
    }

    @Test("offline_access beside it wins: what works without the person needs no session")
    func offlineWins() throws {
        let tokens = try tokens("openid launch/patient online_access offline_access patient/*.rs")
        try signOut()
        #expect(try house.isAlive(tokens["access_token"]))
        #expect(try read(tokens) == 200)
        house.advance(86_400)
        #expect(try house.refresh(tokens["refresh_token"]).status == 200)
    }

    @Test("without either there is no refresh token, and signing out ends nothing before its time")
    func neither() throws {
        let tokens = try tokens("openid launch/patient patient/*.rs")
        #expect(tokens["refresh_token"] == nil)
        try signOut()
        #expect(try read(tokens) == 200)
        house.advance(900)
        #expect(try read(tokens) == 401)
    }

    @Test("a new password ends what lives in a session and what does not")
    func password() throws {
        let online = try tokens()
        let offline = try tokens("launch/patient offline_access patient/*.rs")
        let account = try #require(try house.store().account(named: "maja"))
        #expect(try house.store().setPassword(account.password, account: "maja", at: house.instant))
        for answer in [online, offline] {
            #expect(try !house.isAlive(answer["access_token"]))
            #expect(try house.refresh(answer["refresh_token"]).error == "invalid_grant")
        }
    }

    @Test("who signs in again, because another app asked for that, stays online with the first")
    func samePerson() throws {
        let tokens = try tokens()
        house.advance(1)
        try browser.get(TestBrowser.request("app", ["prompt": "login"]))
        try browser.signIn("maja")
        #expect(browser.address.hasPrefix("https://h.example/portal/consent?"))
        #expect(try house.isAlive(tokens["access_token"]))
        let next = try house.refresh(tokens["refresh_token"])
        #expect(next.status == 200)
        try signOut()
        #expect(try !house.isAlive(next["access_token"]))
    }

    @Test("somebody else who signs in with this browser ends what lived in the session before")
    func anotherPerson() throws {
        let tokens = try tokens()
        house.advance(1)
        try browser.get(TestBrowser.request("app", ["prompt": "login"]))
        try browser.signIn("amara")
        #expect(try !house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant")
    }

    // SMART app-launch#launch-app-ehr-launch
    @Test("in a launch that an EHR vouches for, a session begins for the app, though the browser keeps no cookie")
    func vouched() throws {
        try house.addEHR()
        let handle = try #require(try house.prepare("trusted", for: "amara", ["patient": "p1"])["launch"])
        let frame = TestBrowser(house, keepsCookies: false)
        try frame.get(
            TestBrowser.request("trusted", ["launch": handle, "scope": "launch openid online_access patient/*.rs"]))
        var tokens = try house.redeem(try #require(try frame.answer["code"]), for: "trusted")
        #expect(tokens["scope"] == "launch openid online_access patient/*.rs")
        let trusted: [String: String?] = ["client_id": "trusted"]
        for _ in 0..<3 {
            house.advance(890)
            tokens = try house.refresh(tokens["refresh_token"], trusted)
            #expect(tokens.status == 200)
        }
        house.advance(900)
        #expect(try !house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"], trusted).error == "invalid_grant")
    }

    @Test("its twelve hours begin when the EHR signed the person in; after them there is no online_access to be had")
    func vouchedBefore() throws {
        try house.addEHR()
        let trusted: [String: String?] = ["client_id": "trusted"]
        let scope = "launch openid online_access patient/*.rs"
        func launched(_ secondsAgo: Int) throws -> TestAnswer {
            let signedIn = "\(house.instant.seconds - secondsAgo)"
            let context = ["patient": "p1", "auth_time": signedIn]
            let handle = try #require(try house.prepare("trusted", for: "amara", context)["launch"])
            let frame = TestBrowser(house, keepsCookies: false)
            try frame.get(TestBrowser.request("trusted", ["launch": handle, "scope": scope]))
            return try house.redeem(try #require(try frame.answer["code"]), for: "trusted")
        }
        let tokens = try launched(43_200 - 600)
        #expect(tokens["scope"] == scope)
        house.advance(599)
        let next = try house.refresh(tokens["refresh_token"], trusted)
        #expect(next.status == 200)
        #expect(try house.isAlive(next["access_token"]))
        house.advance(1)
        #expect(try !house.isAlive(next["access_token"]))
        #expect(try house.refresh(next["refresh_token"], trusted).error == "invalid_grant")

        let late = try launched(43_200)
        #expect(late["scope"] == "launch openid patient/*.rs" && late["refresh_token"] == nil)
        #expect(try house.isAlive(late["access_token"]))
    }
}
