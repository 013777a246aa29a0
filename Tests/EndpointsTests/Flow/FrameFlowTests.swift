import Endpoints
import HTTP
import Testing

@Suite("RFC 9700 §4.16 which pages a listed EHR may show in a frame")
struct FrameFlowTests {
    private static let ehr = "https://ehr.example"
    private let house: TestHouse

    init() throws {
        house = try TestHouse(frames: [Self.ehr, "https://second.example:8443"])
        try house.addEHR()
    }

    private func frame() -> TestBrowser {
        let frame = TestBrowser(house, keepsCookies: false)
        frame.fetchDestination = "iframe"
        return frame
    }

    /// Whether listed origins, and nobody else, may frame the answer; otherwise nobody may.
    private func isFramed(_ browser: TestBrowser) throws -> Bool {
        let policy = try #require(browser.response.value(of: "content-security-policy"))
        let hasField = browser.response.value(of: "x-frame-options") != nil
        if policy.hasSuffix("; frame-ancestors https://ehr.example https://second.example:8443") {
            #expect(!hasField, "it could only forbid what the policy allows")
            return true
        }
        #expect(policy.hasSuffix("; frame-ancestors 'none'") && hasField)
        return false
    }

    // RFC 7034 §2.1; CSP Level 3 §6.4.2
    @Test("the pages of an authorization that an EHR vouches for: picker, results, consent, and the code at the end")
    func vouched() throws {
        let handle = try #require(try house.prepare("app", for: "amara")["launch"])
        let frame = frame()
        try frame.get(TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"]))
        #expect(try frame.address.contains("/portal/patient?") && isFramed(frame))
        try frame.submit("/portal/patient", ["q": "Maja"])
        #expect(try isFramed(frame))
        try frame.choose("p1")
        #expect(try frame.address.contains("/portal/consent?") && isFramed(frame))
        let address = frame.address
        try frame.get("\(address)&tick=none")
        #expect(try isFramed(frame))
        try frame.get(address)
        try frame.submit("/portal/consent", ["decision": "allow"])
        #expect(try frame.answer["code"] != nil)
    }

    @Test("no page of anything else: the portal, a sign-in, an authorization without an EHR's word")
    func everythingElse() throws {
        let browser = TestBrowser(house)
        for path in ["/portal/sign-in", "/portal/signed-out", "/portal/nowhere", "/oauth2/authorize"] {
            try browser.get("https://h.example\(path)")
            #expect(try !isFramed(browser), "\(path)")
        }
        try browser.get(TestBrowser.request())
        #expect(try browser.address.contains("/portal/sign-in?") && !isFramed(browser))
        try browser.signIn("amara")
        #expect(try browser.address.contains("/portal/patient?") && !isFramed(browser))
        try browser.submit("/portal/patient", ["q": "Maja"])
        try browser.choose("p1")
        #expect(try browser.address.contains("/portal/consent?") && !isFramed(browser))
        try browser.submit("/portal/consent", ["decision": "allow", "csrf": "old"])
        #expect(try browser.response.status == 403 && !isFramed(browser))
        for path in ["/portal", "/portal?patient=p1", "/portal/apps", "/portal/activity", "/portal/sessions"] {
            try browser.get("https://h.example\(path)")
            #expect(try browser.response.status == 200 && !isFramed(browser), "\(path)")
        }
        // A launch from the portal is nobody's word but the session's.
        try browser.get(TestBrowser.request("app", ["launch": house.launch(), "scope": "launch patient/*.rs"]))
        #expect(try browser.address.contains("/portal/consent?") && !isFramed(browser))
    }

    @Test("its errors, each with a way on that works in a frame")
    func errors() throws {
        let frame = frame()
        try frame.get(house.vouchedRequest("app", ["ui_locales": "de"]).url)
        let address = frame.address
        let page = frame.page
        try frame.submit("/portal/consent", ["decision": "allow", "csrf": "old"])
        #expect(try frame.response.status == 403 && isFramed(frame))
        #expect(frame.page.contains("<html lang=\"de\"") && frame.page.contains("Seite noch einmal öffnen"))
        #expect(frame.page.contains("href=\"/portal\" target=\"_blank\" rel=\"noopener\""))
        let again = try #require(frame.page.firstMatch(of: /href="(\/oauth2\/authorize[^"]*)"/)).1
        try frame.get("https://h.example\(again)")
        #expect(frame.address == address)
        try frame.submit("/portal/consent", ["decision": "deny"])
        #expect(try frame.answer["error"] == "access_denied")
        // What is over is nobody's.
        try frame.submit("/portal/consent", ["decision": "allow"], on: page)
        #expect(try frame.response.status == 400 && isFramed(frame))
        try frame.get("https://h.example/oauth2/authorize?interaction=unknown")
        #expect(try frame.response.status == 400 && isFramed(frame))
    }

    // Fetch Metadata §2.1
    @Test("where a password is needed the frame offers a window, and the authorization goes on there")
    func window() throws {
        for destination in ["iframe", nil] {
            let frame = frame()
            frame.fetchDestination = destination
            try frame.get(house.vouchedRequest("trusted", ["prompt": "login"]).url)
            #expect(try isFramed(frame))
            #expect(!frame.page.contains("type=\"password\"") && !frame.page.contains("<form"))
            let link = try #require(frame.page.firstMatch(of: /href="([^"]*)" target="_blank" rel="noopener"/)).1
            let path = link.replacing("&amp;", with: "&")
            // Neither in the frame, whatever that says.
            try frame.get("https://h.example\(path)")
            #expect(try frame.page.contains("name=\"password\"") && !isFramed(frame))
            for isKnown in [false, true] where destination != nil || isKnown {
                let window = TestBrowser(house)
                window.fetchDestination = destination.map { _ in "document" }
                if isKnown { try window.get("https://h.example/portal/sign-in") }
                try window.get("https://h.example\(path)")
                #expect(window.page.contains("name=\"password\""))
                guard isKnown else { continue }
                try window.signIn("amara")
                #expect(try window.answer["code"] != nil)
                // The frame was left behind, and says so.
                try frame.get("https://h.example\(path)")
                #expect(try frame.response.status == 400 && isFramed(frame))
            }
        }
    }

    @Test("a person who is somebody else in that window gets nothing there")
    func stranger() throws {
        let frame = frame()
        try frame.get(house.vouchedRequest("trusted", ["prompt": "login"]).url)
        let link = try #require(frame.page.firstMatch(of: /href="([^"]*)" target="_blank"/)).1
        let window = TestBrowser(house)
        try window.get("https://h.example\(link.replacing("&amp;", with: "&"))")
        try window.signIn("bela")
        #expect(try window.answer["error"] == "access_denied")
    }

    @Test("where nobody is listed, nobody frames, whatever the browser says")
    func unlisted() throws {
        let house = try TestHouse()
        try house.addEHR()
        let frame = TestBrowser(house, keepsCookies: false)
        frame.fetchDestination = "iframe"
        for changes in [[:], ["prompt": "login"]] {
            try frame.get(house.vouchedRequest("app", changes).url)
            #expect(try !isFramed(frame))
        }
        #expect(frame.page.contains("name=\"password\""))
    }

    // OpenID Core §3.1.2.1
    @Test("errors of an authorization speak the language that its app asked for")
    func language() throws {
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request("app", ["ui_locales": "es"]))
        try browser.signIn("amara")
        let (address, page) = (browser.address, browser.page)
        try browser.submit("/portal/patient", ["q": "x", "csrf": "old"])
        #expect(browser.response.status == 403 && browser.page.contains("<html lang=\"es\""))
        try browser.submit("/portal/patient", ["patient": "nobody"], on: page)
        #expect(browser.response.status == 403 && browser.page.contains("<html lang=\"es\""))
        // Of a browser that is not the one it began in, and of one without cookies.
        let stranger = TestBrowser(house)
        try stranger.get("https://h.example/portal/sign-in")
        for other in [stranger, TestBrowser(house, keepsCookies: false)] {
            try other.get(address.replacing("/portal/patient", with: "/oauth2/authorize"))
            #expect(other.response.status == 400 && other.page.contains("<html lang=\"es\""))
        }
    }
}
