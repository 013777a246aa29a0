import Endpoints
import HTTP
import JOSE
import JSON
import OAuth
import SMART
import Testing

@Suite("SMART app-launch#launch-app-ehr-launch: a launch that the EHR vouches for")
struct VouchedFlowTests {
    private let house: TestHouse

    init() throws {
        house = try TestHouse()
        try house.addEHR()
    }

    /// A browser as it is in a frame of the EHR: it keeps no cookie of ours.
    private func frame() -> TestBrowser { TestBrowser(house, keepsCookies: false) }

    private func subject(_ tokens: TestAnswer) throws -> String? {
        let parts = try #require(tokens["id_token"]).split(separator: ".")
        let payload = try #require(Base64URL.decode(String(parts[1])))
        return try JSONDocument(payload).root["sub"]?.string
    }

    // MARK: A trusted app

    @Test("a trusted app has its code at once: no page, no sign-in, no cookie", arguments: [false, true])
    func trusted(_ keepsCookies: Bool) throws {
        let browser = TestBrowser(house, keepsCookies: keepsCookies)
        let (_, url) = try house.vouchedRequest("trusted")
        try browser.get(url)
        // The first address is the last: nothing lay between the request and the code.
        #expect(browser.address == url)
        let tokens = try house.redeem(try #require(try browser.answer["code"]), for: "trusted")
        #expect(tokens["patient"] == "p1" && tokens["encounter"] == "e1")
        #expect(tokens.flag("need_patient_banner") == true && tokens["smart_style_url"] == TestHouse.style)
        #expect(try subject(tokens) == "sub-amara")
        #expect(try house.isAlive(tokens["access_token"]))
    }

    @Test("who was signed in with that browser before is not asked, and not signed out")
    func anotherSession() throws {
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal")
        try browser.signIn("bela")
        house.advance(1)
        let session = browser.cookies["__Host-vestibule-session"]
        try browser.get(house.vouchedRequest("trusted").url)
        let tokens = try house.redeem(try #require(try browser.answer["code"]), for: "trusted")
        #expect(try subject(tokens) == "sub-amara")
        #expect(browser.cookies["__Host-vestibule-session"] == session)
        try browser.get("https://h.example/portal")
        #expect(browser.page.contains("Dr. bela"))
    }

    @Test(
        "prompt=none is answered: with the code where nothing is to ask, with the reason otherwise",
        arguments: [true, false])
    func silent(_ keepsCookies: Bool) throws {
        let browser = TestBrowser(house, keepsCookies: keepsCookies)
        try browser.get(house.vouchedRequest("trusted", ["prompt": "none"]).url)
        #expect(try browser.answer["code"] != nil)
        try browser.get(house.vouchedRequest("app", ["prompt": "none"]).url)
        #expect(try browser.answer["error"] == "consent_required")
    }

    @Test("the request may come as a POST", arguments: [true, false])
    func post(_ keepsCookies: Bool) throws {
        let parts = try #require(AbsoluteURL(house.vouchedRequest("trusted").url))
        let response = try house.authorize().respond(
            to: Request(
                method: .post, path: parts.path,
                fields: Fields([("content-type", "application/x-www-form-urlencoded")]),
                body: Array((parts.query ?? "").utf8)))
        #expect(response.status == 303)
        let browser = TestBrowser(house, keepsCookies: keepsCookies)
        try browser.get(try #require(response.value(of: "location")))
        #expect(try browser.answer["code"] != nil)
    }

    // MARK: An app that asks for consent

    @Test("without a cookie the consent page works by a value that is good once")
    func consentInFrame() throws {
        let frame = frame()
        try frame.get(house.vouchedRequest("app").url)
        #expect(frame.address.hasPrefix("https://h.example/portal/consent?interaction="))
        #expect(frame.page.contains("Maja O&#39;Connor") && frame.page.contains("Dr. amara"))
        try frame.submit("/portal/consent", ["decision": "allow"])
        let tokens = try house.redeem(try #require(try frame.answer["code"]))
        #expect(tokens["patient"] == "p1" && tokens["encounter"] == "e1")
        #expect(try subject(tokens) == "sub-amara")
    }

    @Test("a made-up value, another one's, an old one and another site's form are refused (RFC 6749 §10.12)")
    func forgedForms() throws {
        let frame = frame()
        try frame.get(house.vouchedRequest("app").url)
        let address = frame.address
        let page = frame.page
        let first = try #require(frame.formValue)
        #expect(first.hasPrefix("vst_fo_"))
        func decide(_ value: String, origin: String? = TestHouse.authBase) throws {
            try frame.submit("/portal/consent", ["decision": "allow", "csrf": value], on: page, origin: origin)
        }
        let other = self.frame()
        try other.get(house.vouchedRequest("app").url)
        for value in ["", "forged", String(first.dropLast()), try #require(other.formValue)] {
            try decide(value)
            #expect(frame.response.status == 403)
        }
        // Another site's form does not even use the value up.
        for origin in ["https://evil.example", "null", "https://h.example.evil.example"] {
            try decide(first, origin: origin)
            #expect(frame.response.status == 403)
        }
        // The page that was shown last is the one that counts.
        try frame.get(address)
        let second = try #require(frame.formValue)
        #expect(second != first)
        try decide(first)
        #expect(frame.response.status == 403)
        try decide(second)
        #expect(try frame.answer["code"] != nil)
        // It was good once, and the interaction is over.
        try frame.get(address)
        #expect(frame.response.status == 400)
    }

    @Test("the value is used up by a form that decides nothing, too")
    func usedUp() throws {
        let frame = frame()
        try frame.get(house.vouchedRequest("app").url)
        let value = try #require(frame.formValue)
        try frame.submit("/portal/consent", ["decision": "whatever"])
        #expect(frame.address.hasPrefix("https://h.example/portal/consent?"))
        #expect(frame.formValue != value)
        try frame.submit("/portal/consent", ["decision": "allow", "csrf": value])
        #expect(frame.response.status == 403)
    }

    @Test("a patient is picked in a frame, too, each form by a value of its own")
    func pickInFrame() throws {
        let handle = try #require(try house.prepare("app", for: "amara")["launch"])
        let frame = frame()
        try frame.get(TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"]))
        #expect(frame.address.hasPrefix("https://h.example/portal/patient?interaction="))
        let first = try #require(frame.formValue)
        try frame.submit("/portal/patient", ["q": "Maja"])
        #expect(frame.page.contains("Maja O&#39;Connor"))
        let second = try #require(frame.formValue)
        #expect(second != first)
        let found = frame.page
        try frame.submit("/portal/patient", ["patient": "p1", "csrf": first])
        #expect(frame.response.status == 403)
        try frame.choose("p1", on: found)
        #expect(frame.address.hasPrefix("https://h.example/portal/consent?interaction="))
        try frame.submit("/portal/consent", ["decision": "allow"])
        #expect(try house.redeem(try #require(try frame.answer["code"]))["patient"] == "p1")
    }

    @Test("a denial in a frame goes back to the app")
    func denial() throws {
        let frame = frame()
        try frame.get(house.vouchedRequest("app").url)
        try frame.submit("/portal/consent", ["decision": "deny"])
        #expect(try frame.answer["error"] == "access_denied")
    }

    @Test("a browser that keeps cookies gets the page, too, and from then on it is that browser's alone")
    func consentInBrowser() throws {
        let browser = TestBrowser(house)
        try browser.get(house.vouchedRequest("app").url)
        #expect(browser.address.hasPrefix("https://h.example/portal/consent?interaction="))
        #expect(browser.page.contains("Maja O&#39;Connor"))
        let page = browser.address
        for thief in [frame(), TestBrowser(house)] {
            try thief.get(page)
            #expect(thief.response.status == 400)
            try thief.get(page.replacing("/portal/consent", with: "/oauth2/authorize"))
            #expect(thief.response.status == 400)
        }
        // One that has a cookie of its own is a stranger as well.
        let neighbour = TestBrowser(house)
        try neighbour.get("https://h.example/portal/sign-in")
        try neighbour.get(page)
        #expect(neighbour.response.status == 400)
        try browser.submit("/portal/consent", ["decision": "allow"])
        #expect(try browser.answer["code"] != nil)
    }

    @Test("a browser that we know has the interaction from the first moment")
    func knownBrowser() throws {
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal/sign-in")
        let cookie = browser.cookies["__Host-vestibule-browser"]
        try browser.get(house.vouchedRequest("app").url)
        #expect(browser.cookies["__Host-vestibule-browser"] == cookie)
        let thief = frame()
        try thief.get(browser.address)
        #expect(thief.response.status == 400)
        try browser.submit("/portal/consent", ["decision": "allow"])
        #expect(try browser.answer["code"] != nil)
    }

    @Test("a reload goes on where it was, in a browser that is new here")
    func reload() throws {
        let browser = TestBrowser(house)
        let (_, url) = try house.vouchedRequest("app")
        try browser.get(url)
        let page = browser.address
        try browser.get(url)
        #expect(browser.address == page)
    }

    // MARK: Who it is

    // OpenID Core §3.1.2.1
    @Test("prompt=login is a sign-in here, though the EHR has vouched in the same second")
    func promptLogin() throws {
        for (name, isRight) in [("amara", true), ("bela", false)] {
            let browser = TestBrowser(house)
            try browser.get(house.vouchedRequest("trusted", ["prompt": "login"]).url)
            #expect(browser.address.hasPrefix("https://h.example/portal/sign-in?interaction="))
            try browser.signIn(name)
            #expect((try browser.answer["code"] != nil) == isRight)
            #expect(try browser.answer["error"] == (isRight ? nil : "access_denied"))
        }
        let frame = frame()
        try frame.get(house.vouchedRequest("trusted", ["prompt": "login"]).url)
        #expect(frame.address.hasPrefix("https://h.example/portal/sign-in?interaction="))
    }

    @Test("prompt=login sent by POST to a browser that is new here")
    func promptLoginByPost() throws {
        let parts = try #require(AbsoluteURL(house.vouchedRequest("trusted", ["prompt": "login"]).url))
        let response = try house.authorize().respond(
            to: Request(
                method: .post, path: parts.path,
                fields: Fields([("content-type", "application/x-www-form-urlencoded")]),
                body: Array((parts.query ?? "").utf8)))
        let browser = TestBrowser(house)
        try browser.get(try #require(response.value(of: "location")))
        try browser.signIn("amara")
        #expect(try browser.answer["code"] != nil)
    }

    // OpenID Core §3.1.2.1
    @Test("max_age counts from the moment the EHR spoke", arguments: [(60, true), (59, false)])
    func maxAge(_ seconds: Int, _ isEnough: Bool) throws {
        let (_, url) = try house.vouchedRequest("trusted", ["max_age": "\(seconds)"])
        house.advance(60)
        let browser = TestBrowser(house)
        try browser.get(url)
        guard isEnough else {
            #expect(browser.address.hasPrefix("https://h.example/portal/sign-in?interaction="))
            return
        }
        let tokens = try house.redeem(try #require(try browser.answer["code"]), for: "trusted")
        let parts = try #require(tokens["id_token"]).split(separator: ".")
        let claims = try JSONDocument(try #require(Base64URL.decode(String(parts[1])))).root
        #expect(claims["auth_time"]?.integer == house.instant.seconds - 60)
    }

    @Test("nobody can vouch for a user who is disabled, before the launch or after")
    func disabledUser() throws {
        let (_, url) = try house.vouchedRequest("trusted")
        _ = try house.store().setDisabled(true, account: "amara", at: house.instant)
        let frame = frame()
        try frame.get(url)
        #expect(frame.address.hasPrefix("https://h.example/portal/sign-in?interaction="))
        #expect(try house.prepare("trusted", for: "amara").error == "invalid_request")
    }

    @Test("a user who may no longer see the patient gets nothing")
    func patientOutOfReach() throws {
        // Bela may see p1 alone.
        #expect(try house.prepare("trusted", for: "bela", ["patient": "p2"]).error == "invalid_request")
        #expect(try house.prepare("trusted", for: "bela", ["patient": "p1"]).status == 201)
    }

    // MARK: Handles that come again (Requirements 47, 48)

    @Test("a handle that another app brings first has leaked: it is refused, and good for nobody any more")
    func anotherAppFirst() throws {
        let (handle, url) = try house.vouchedRequest("trusted")
        let thief = frame()
        try thief.get(TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"]))
        #expect(try thief.answer["error"] == "invalid_request")
        #expect(thief.response.remarks.contains { $0.value.contains("launch of another client") })
        let frame = frame()
        try frame.get(url)
        #expect(try frame.answer["error"] == "invalid_request")
        // A request that is wrong in another way shows nobody's handle, and costs none.
        let (other, later) = try house.vouchedRequest("trusted")
        try thief.get(TestBrowser.request("app", ["launch": other, "scope": "launch patient/*.rs", "state": nil]))
        try frame.get(later)
        #expect(try frame.answer["code"] != nil)
    }

    @Test("a handle that was used and comes from another app has leaked: what it began ends")
    func anotherAppLater() throws {
        let (handle, url) = try house.vouchedRequest("trusted", ["scope": "launch openid offline_access patient/*.rs"])
        let frame = frame()
        try frame.get(url)
        let tokens = try house.redeem(try #require(try frame.answer["code"]), for: "trusted")
        // Its own app may come again: refused, and nothing ends.
        try self.frame().get(url)
        let again = self.frame()
        try again.get(url)
        #expect(try again.answer["error"] == "invalid_request")
        #expect(try house.isAlive(tokens["access_token"]))
        let thief = self.frame()
        try thief.get(TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"]))
        #expect(try thief.answer["error"] == "invalid_request")
        #expect(try !house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"], ["client_id": "trusted"]).error == "invalid_grant")
    }

    @Test("the same for a code that was not redeemed yet, and for a launch of the portal")
    func anotherAppBeforeRedemption() throws {
        let (handle, url) = try house.vouchedRequest("trusted")
        let frame = frame()
        try frame.get(url)
        let code = try #require(try frame.answer["code"])
        try self.frame().get(TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"]))
        #expect(try house.redeem(code, for: "trusted").error == "invalid_grant")

        let portal = try house.launch()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal")
        try browser.signIn("amara")
        try browser.get(TestBrowser.request("app", ["launch": portal, "scope": "launch patient/*.rs"]))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let tokens = try house.redeem(try #require(try browser.answer["code"]))
        try self.frame().get(TestBrowser.request("trusted", ["launch": portal, "scope": "launch patient/*.rs"]))
        #expect(try !house.isAlive(tokens["access_token"]))
    }

    @Test("a handle that leaks while its person reads the consent page")
    func leakWhileAsking() throws {
        let (handle, url) = try house.vouchedRequest("app")
        let frame = frame()
        try frame.get(url)
        try self.frame().get(TestBrowser.request("trusted", ["launch": handle, "scope": "launch patient/*.rs"]))
        try frame.submit("/portal/consent", ["decision": "allow"])
        #expect(frame.response.status == 400)
    }

    @Test("a handle that was never handed out ends nothing; one that waited too long begins nothing")
    func unknownHandles() throws {
        let (_, url) = try house.vouchedRequest("trusted")
        let frame = frame()
        try frame.get(url)
        let tokens = try house.redeem(try #require(try frame.answer["code"]), for: "trusted")
        try self.frame().get(TestBrowser.request("app", ["launch": "vst_lh_x", "scope": "launch patient/*.rs"]))
        #expect(try house.isAlive(tokens["access_token"]))
        let (_, late) = try house.vouchedRequest("trusted")
        house.advance(300)
        try frame.get(late)
        #expect(try frame.answer["error"] == "invalid_request")
    }
}
