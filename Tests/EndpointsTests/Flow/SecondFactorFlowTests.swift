import HTTP
import JOSE
import JSON
import OAuth
import Testing

@testable import Endpoints

@Suite("A sign-in with a second step")
struct SecondFactorFlowTests {
    private static let address = "\(TestHouse.authBase)/portal/second-factor"

    private func signIn(_ browser: TestBrowser, _ name: String = "amara") throws {
        try browser.get(Self.address)
        try browser.signIn(name)
    }

    /// What the page shows to be typed.
    private func totp(_ browser: TestBrowser) throws -> TOTP {
        let typed = try #require(browser.page.firstMatch(of: /<code>([A-Z2-7 ]+)<\/code>/)?.1.filter { $0 != " " })
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bits = ""
        for letter in typed {
            let value = String(try #require(alphabet.firstIndex(of: letter)), radix: 2)
            bits += String(repeating: "0", count: 5 - value.count) + value
        }
        let letters = Array(bits)
        return TOTP(
            secret: stride(from: 0, to: letters.count, by: 8).compactMap {
                UInt8(String(letters[$0..<$0 + 8]), radix: 2)
            })
    }

    private func code(_ totp: TOTP, _ house: TestHouse) -> String { totp.code(at: house.instant.seconds / 30) }

    /// Signs in and sets it up.
    private func enrol(_ browser: TestBrowser, _ house: TestHouse) throws -> (TOTP, recovery: [String]) {
        try signIn(browser)
        #expect(browser.page.contains("protected by your password alone"))
        try browser.submit("/portal/second-factor", ["do": "begin"])
        #expect(browser.page.contains("<svg class=\"qr\""))
        let totp = try totp(browser)
        #expect(totp.secret.count == 20)
        try browser.submit("/portal/second-factor", ["do": "confirm", "code": code(totp, house)])
        let codes = browser.page.matches(of: /<li><code>([A-Z2-7-]{19})<\/code>/).map { String($0.1) }
        #expect(browser.response.status == 200 && codes.count == 10)
        return (totp, codes)
    }

    @Test("it counts from the first code on; a code is good once; nobody is signed in before it")
    func signIn() throws {
        let house = try TestHouse()
        let first = TestBrowser(house)
        let (totp, _) = try enrol(first, house)
        try first.get(Self.address)
        #expect(first.page.contains("10 recovery codes are left"))

        let second = TestBrowser(house)
        try signIn(second)
        #expect(second.address.hasSuffix("/portal/second-step?next=second-factor"))
        #expect(second.page.contains("autocomplete=\"one-time-code\""))
        #expect(second.cookies["__Host-vestibule-session"] == nil)
        // The code that confirmed it was used, and one of two steps away is none.
        try second.submit("/portal/second-step", ["code": code(totp, house)])
        #expect(second.response.status == 403 && second.page.contains("That did not work"))
        try second.submit("/portal/second-step", ["code": totp.code(at: house.instant.seconds / 30 + 2)])
        #expect(second.response.status == 403)
        #expect(second.cookies["__Host-vestibule-session"] == nil)
        house.advance(30)
        let right = code(totp, house)
        try second.submit("/portal/second-step", ["code": right])
        #expect(second.address == Self.address && second.response.status == 200)
        #expect(second.cookies["__Host-vestibule-sign-in"] == nil)

        let third = TestBrowser(house)
        try signIn(third)
        try third.submit("/portal/second-step", ["code": right])
        #expect(third.response.status == 403)
    }

    @Test("ten wrong codes have to wait, and a right one too; the password has its own count")
    func limit() throws {
        let house = try TestHouse()
        let (totp, _) = try enrol(TestBrowser(house), house)
        house.advance(30)
        let browser = TestBrowser(house)
        try signIn(browser)
        let page = browser.page
        for _ in 0..<10 { try browser.submit("/portal/second-step", ["code": "000000"], on: page) }
        #expect(browser.response.status == 429 && browser.response.value(of: "retry-after") != nil)
        try browser.submit("/portal/second-step", ["code": code(totp, house)], on: page)
        #expect(browser.response.status == 429 && browser.page.contains("Please wait a moment"))
        try browser.get(Self.address + "?")
        try browser.get("\(TestHouse.authBase)/portal/sign-in")
        try browser.signIn("amara")
        #expect(browser.address.hasSuffix("/portal/second-step"))
        house.advance(120)
        try browser.submit("/portal/second-step", ["code": code(totp, house)])
        #expect(browser.response.status == 200 && browser.address == "\(TestHouse.authBase)/portal")
    }

    @Test("a recovery code opens once; a waiting sign-in is this browser's, and ends after ten minutes")
    func recovery() throws {
        let house = try TestHouse()
        let (_, codes) = try enrol(TestBrowser(house), house)
        let browser = TestBrowser(house)
        try signIn(browser)
        try browser.get("\(TestHouse.authBase)/portal/second-step?way=recovery&next=second-factor")
        let form = browser.page
        try browser.submit("/portal/second-step", ["code": codes[0].lowercased()])
        #expect(browser.page.contains("9 recovery codes are left"))

        let again = TestBrowser(house)
        try signIn(again)
        try again.submit("/portal/second-step", ["code": codes[0]])
        #expect(again.response.status == 403)
        try again.submit("/portal/second-step", ["code": codes[1]], on: form)
        #expect(again.response.status == 403 && again.cookies["__Host-vestibule-session"] == nil)
        house.advance(600)
        try again.get("\(TestHouse.authBase)/portal/second-step")
        #expect(again.address.hasSuffix("/portal/sign-in"))
    }

    @Test("new recovery codes end the old; switching off needs a code; then the password is enough")
    func changes() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        let (totp, old) = try enrol(browser, house)
        try browser.get(Self.address)
        let page = browser.page
        try browser.submit("/portal/second-factor", ["do": "remove", "code": "123456"], on: page)
        #expect(browser.response.status == 403)
        house.advance(30)
        try browser.submit("/portal/second-factor", ["do": "codes", "code": code(totp, house)], on: page)
        #expect(browser.page.contains("shown only once"))
        try browser.submit("/portal/second-factor", ["do": "remove", "code": old[0]], on: page)
        #expect(browser.response.status == 403)
        house.advance(30)
        try browser.submit("/portal/second-factor", ["do": "remove", "code": code(totp, house)], on: page)
        #expect(browser.page.contains("The second step is switched off."))
        let other = TestBrowser(house)
        try signIn(other)
        #expect(other.address == Self.address && other.page.contains("protected by your password alone"))
    }

    @Test("an old sign-in, or a form that is not ours, sets nothing up")
    func stale() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try signIn(browser)
        let page = browser.page
        try browser.submit("/portal/second-factor", ["do": "begin", "csrf": "x"], on: page)
        #expect(browser.response.status == 403)
        for _ in 0..<2 {
            house.advance(600)
            try browser.get(Self.address)
        }
        #expect(browser.page.contains("Sign in again first"))
        try browser.submit("/portal/second-factor", ["do": "begin"], on: page)
        #expect(browser.response.status == 403 && !browser.page.contains("<svg"))
        try browser.submit("/portal/sign-out", ["to": "second-factor"])
        try browser.signIn("amara")
        #expect(browser.address == Self.address && browser.page.contains("Set it up"))
    }

    @Test("who has to have one sets it up before anything else")
    func demanded() throws {
        let house = try TestHouse(secondFactorPolicy: .staff)
        let patient = TestBrowser(house)
        try patient.get("\(TestHouse.authBase)/portal/sign-in")
        try patient.signIn("maja")
        #expect(patient.address == "\(TestHouse.authBase)/portal")
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request("app", ["scope": "openid launch/patient patient/*.rs"]))
        try browser.signIn("amara")
        #expect(browser.address.contains("/portal/second-factor?interaction="))
        #expect(browser.page.contains("asks you to protect your account"))
        try browser.get("\(TestHouse.authBase)/portal")
        #expect(browser.address.contains("/portal/sign-in"))
        try browser.get(Self.address)
        try browser.submit("/portal/second-factor", ["do": "begin"])
        let totp = try totp(browser)
        try browser.submit("/portal/second-factor", ["do": "confirm", "code": "000000"])
        #expect(browser.response.status == 403 && browser.page.contains("<svg"))
        #expect(try self.totp(browser) == totp)
        try browser.submit("/portal/second-factor", ["do": "confirm", "code": code(totp, house)])
        #expect(browser.page.contains("shown only once"))
        try browser.get("\(TestHouse.authBase)/portal")
        #expect(browser.address == "\(TestHouse.authBase)/portal")
    }

    @Test("without totp.key whoever needs it is told that we cannot, and everybody else signs in")
    func keyless() throws {
        let house = try TestHouse(hasSecondFactorKey: false)
        let browser = TestBrowser(house)
        try signIn(browser)
        #expect(browser.response.status == 200)
        try browser.submit("/portal/second-factor", ["do": "begin"])
        #expect(browser.response.status == 503)
        #expect(browser.response.remarks.contains { $0.value.contains("totp.key") })
    }

    @Test("an app that asks for it by acr_values gets it, and the id_token says so (OpenID Core §3.1.2.1, §2)")
    func stepUp() throws {
        let house = try TestHouse()
        let wish: [String: String?] = [
            "acr_values": AuthenticationMethods.multiFactor, "scope": "openid launch/patient patient/*.rs",
        ]
        // Who has none goes on without: the claim is a voluntary one.
        let patient = TestBrowser(house)
        let plain = try claims(of: house.redeem(house.code(of: patient, wish))["id_token"])
        #expect(plain["acr"] == nil && plain["amr"]?.elements.compactMap(\.string) == ["pwd"])

        let browser = TestBrowser(house)
        try browser.get(Self.address)
        try browser.signIn("maja")
        try browser.submit("/portal/second-factor", ["do": "begin"])
        let totp = try totp(browser)
        try browser.submit("/portal/second-factor", ["do": "confirm", "code": code(totp, house)])
        house.advance(30)
        // The first browser's session has not shown it.
        let before = patient.cookies["__Host-vestibule-session"]
        try patient.get(TestBrowser.request("app", wish))
        #expect(patient.address.contains("/portal/second-step?interaction="))
        try patient.submit("/portal/second-step", ["code": code(totp, house)])
        #expect(patient.address.contains("/portal/consent"))
        #expect(patient.cookies["__Host-vestibule-session"] != before)
        try patient.submit("/portal/consent", ["decision": "allow"])
        let code = try #require(try patient.answer["code"])
        let strong = try claims(of: house.redeem(code)["id_token"])
        #expect(strong["acr"]?.string == AuthenticationMethods.multiFactor)
        #expect(strong["amr"]?.elements.compactMap(\.string) == ["pwd", "otp", "mfa"])
    }

    private func claims(of token: String?) throws -> JSONValue {
        let parts = try #require(token).split(separator: ".")
        return try JSONDocument(try #require(Base64URL.decode(String(parts[1])))).root
    }
}
