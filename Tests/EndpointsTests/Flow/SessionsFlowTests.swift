import HTTP
import JOSE
import OAuth
import Testing

@testable import Endpoints

@Suite("Where one is signed in")
struct SessionsFlowTests {
    private static let address = "\(TestHouse.authBase)/portal/sessions"
    private let house: TestHouse
    private let here: TestBrowser
    private let there: TestBrowser

    init() throws {
        house = try TestHouse()
        here = TestBrowser(house, userAgent: "Gecko/20100101 Firefox/140.0")
        there = TestBrowser(house, userAgent: "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0")
    }

    private func signIn(_ browser: TestBrowser, _ name: String = "maja") throws {
        try browser.get(Self.address)
        #expect(browser.address.hasSuffix("/portal/sign-in?next=sessions"))
        try browser.signIn(name)
        #expect(browser.address == Self.address)
    }

    private func isSignedIn(_ browser: TestBrowser) throws -> Bool {
        try browser.get(Self.address)
        return browser.address == Self.address
    }

    @Test("every browser is listed, this one marked; one ends, with what was online there, and this one stays")
    func one() throws {
        try signIn(here)
        try signIn(there)
        let online = try house.redeem(
            house.code(of: there, ["scope": "openid launch/patient online_access patient/*.rs"]))
        #expect(try house.isAlive(online["access_token"]))
        house.advance(600)
        #expect(try isSignedIn(here))
        #expect(here.page.contains("Firefox (this one)") && here.page.contains("<h2>Edge</h2>"))
        #expect(here.page.contains("just now") && here.page.contains("less than 11 minutes ago"))
        #expect(!here.page.contains("Gecko") && !here.page.contains("Sign out everywhere else"))
        try here.submit("/portal/sessions", ["end": "one"])
        #expect(here.response.status == 200 && here.page.contains("You are signed out there."))
        #expect(!here.page.contains("<h2>Edge</h2>"))
        #expect(try !house.isAlive(online["access_token"]))
        #expect(try house.refresh(online["refresh_token"]).error == "invalid_grant")
        #expect(try !isSignedIn(there))
        #expect(try isSignedIn(here))
    }

    @Test("all others end at once, and this one stays")
    func others() throws {
        let third = TestBrowser(house)
        for browser in [here, there, third] { try signIn(browser) }
        #expect(try isSignedIn(here))
        try here.submit("/portal/sessions", ["end": "others"])
        #expect(here.page.contains("You are signed out everywhere else."))
        #expect(try isSignedIn(here))
        #expect(try !isSignedIn(there))
        #expect(try !isSignedIn(third))
    }

    @Test("another person's session is not listed, and does not end: the same answer as for none")
    func foreign() throws {
        try signIn(here)
        try signIn(there, "amara")
        #expect(try isSignedIn(here))
        #expect(!here.page.contains("<h2>Edge</h2>"))
        let secret = try #require(there.cookies.first { $0.key.contains("session") }?.value)
        let own = try #require(here.cookies.first { $0.key.contains("session") }?.value)
        let page = here.page
        for name in [Self.name(secret), Self.name(own), Self.name("nobody"), "%", ""] {
            try here.submit("/portal/sessions", ["end": "one", "session": name], on: page)
            #expect(here.response.status == 404 && here.page.contains("You are not signed in there any more"))
        }
        #expect(try isSignedIn(there))
        #expect(try isSignedIn(here))
    }

    @Test("a form that is not ours changes nothing")
    func forged() throws {
        try signIn(here)
        try signIn(there)
        #expect(try isSignedIn(here))
        try here.submit("/portal/sessions", ["end": "others", "csrf": "x"])
        #expect(here.response.status == 403 && here.page.contains("Please try once more"))
        try here.submit("/portal/sessions", ["end": "others"], origin: "https://evil.example")
        #expect(here.response.status == 403)
        #expect(try isSignedIn(there))
    }

    private static func name(_ secret: String) -> String { Base64URL.encode(Secret(received: secret).digest.bytes) }
}
