import Endpoints
import HTTP
import JSON
import OAuth
import SMART
import Store
import Testing

@testable import SQLStore

@Suite("From the request to the code")
struct LaunchFlowTests {
    @Test("a clinician signs in, picks a patient and allows the app")
    func standalone() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request())
        #expect(browser.address.hasPrefix("https://h.example/portal/sign-in?interaction="))
        #expect(browser.page.contains("App app"))
        try browser.signIn("amara")
        #expect(browser.address.hasPrefix("https://h.example/portal/patient?interaction="))
        try browser.submit("/portal/patient", ["q": "Maja"])
        #expect(!browser.address.contains("Maja"))
        #expect(browser.page.contains("Maja O&#39;Connor") && browser.page.contains("MRN-1"))
        try browser.choose("p1")
        #expect(browser.address.hasPrefix("https://h.example/portal/consent?interaction="))
        #expect(browser.page.contains("Maja O&#39;Connor"))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let answer = try browser.answer
        #expect(browser.location?.hasPrefix("https://app.example/cb?code=vst_ac_") == true)
        #expect(answer["state"] == "s t")
        #expect(answer["iss"] == "https://h.example/fhir")

        // The interaction is over: neither reload nor Back makes a second code.
        let consent = browser.address
        try browser.get(consent)
        #expect(browser.response.status == 400)
    }

    @Test("a denial goes back to the app, and the decision is kept")
    func denial() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request())
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "deny"])
        #expect(try browser.answer["error"] == "access_denied")
        #expect(try browser.answer["state"] == "s t")
    }

    // SMART app-launch#launch-app-ehr-launch
    @Test("an EHR launch works once, for its app, its user and its browser")
    func ehrLaunch() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal")
        try browser.signIn("amara")
        try browser.get("https://h.example/portal?patient=p1")
        try browser.submit("/portal/launch", ["client": "trusted", "patient": "p1"])
        let link = try #require(browser.location)
        #expect(link.hasPrefix("https://trusted.example/launch?iss=https%3A%2F%2Fh.example%2Ffhir&launch=vst_lh_"))
        let handle = try #require(try browser.answer["launch"])

        let request = TestBrowser.request("trusted", ["launch": handle, "scope": "launch openid patient/*.rs"])
        try browser.get(request)
        let code = try #require(try browser.answer["code"])
        let (_, answer) = try redeem(house, code, client: "trusted")
        #expect(answer["patient"]?.string == "p1")
        #expect(answer["encounter"]?.string == "e1")
        #expect(answer["need_patient_banner"]?.bool == true)
        try browser.get(request)
        #expect(try browser.answer["error"] == "invalid_request")
    }

    @Test("a launch's reload goes on with its interaction; another user is refused")
    func launchReload() throws {
        let house = try TestHouse()
        let handle = try house.launch()
        let browser = TestBrowser(house)
        let request = TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"])
        try browser.get(request)
        let first = browser.address
        try browser.get(request)
        #expect(browser.address == first)
        try browser.get(
            TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs", "state": "2"]))
        #expect(try browser.answer["error"] == "invalid_request")
        try browser.get(request)
        try browser.signIn("bela")
        #expect(try browser.answer["error"] == "access_denied")
    }

    // SMART scopes-and-launch-context#apps-that-launch-standalone
    @Test("an app that asks for a visit is told the one that the person picked, or none")
    func encounter() throws {
        let house = try TestHouse()
        for (field, encounter) in [("encounter", "e1"), ("none", nil)] as [(String, String?)] {
            let browser = TestBrowser(house)
            try browser.get(TestBrowser.request("app", ["scope": "launch/encounter openid patient/*.rs"]))
            try browser.signIn("amara")
            try browser.choose("p1")
            #expect(browser.address.hasPrefix("https://h.example/portal/encounter?interaction="))
            let page = browser.page
            try browser.submit("/portal/encounter", ["encounter": "e2"])
            #expect(browser.response.status == 403)
            try browser.submit("/portal/encounter", [field: encounter ?? "yes"], on: page)
            try browser.submit("/portal/consent", ["decision": "allow"])
            let (_, answer) = try redeem(house, try #require(try browser.answer["code"]), client: "app")
            #expect(answer["patient"]?.string == "p1")
            #expect(answer["encounter"]?.string == encounter)
            #expect(answer["scope"]?.string == "launch/encounter openid patient/*.rs")
        }
    }

    @Test("an expired handle begins nothing")
    func expiredLaunch() throws {
        let house = try TestHouse()
        let handle = try house.launch()
        house.advance(300)
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request("app", ["launch": handle, "scope": "launch patient/*.rs"]))
        #expect(try browser.answer["error"] == "invalid_request")
    }

    @Test("an interaction belongs to the browser that began it")
    func otherBrowser() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request())
        let thief = TestBrowser(house)
        try thief.get(browser.address)
        #expect(thief.response.status == 400)
        try thief.get("https://h.example/portal/sign-in")
        try thief.get(browser.address.replacing("/portal/sign-in", with: "/oauth2/authorize"))
        #expect(thief.response.status == 400)
    }

    @Test("an app that asked for no page gets none, even from a browser without our cookie")
    func silentWithoutCookie() throws {
        let house = try TestHouse()
        let url = try #require(AbsoluteURL(TestBrowser.request("app", ["prompt": "none"])))
        let first = try house.authorize().respond(to: Request(method: .get, path: url.path, query: url.query ?? ""))
        let browser = TestBrowser(house)
        try browser.get(try #require(first.value(of: "location")))
        #expect(try browser.answer["error"] == "login_required")
    }

    @Test("a POST is the same request, tied to the browser by the GET that follows")
    func post() throws {
        let house = try TestHouse()
        let url = try #require(AbsoluteURL(TestBrowser.request()))
        let response = try house.authorize().respond(
            to: Request(
                method: .post, path: url.path,
                fields: Fields([("content-type", "application/x-www-form-urlencoded")]),
                body: Array((url.query ?? "").utf8)))
        #expect(response.status == 303)
        #expect(response.values(of: "set-cookie").isEmpty)
        let browser = TestBrowser(house)
        try browser.get(try #require(response.value(of: "location")))
        #expect(browser.address.contains("/portal/sign-in?"))
        let mixed = try house.authorize().respond(
            to: Request(
                method: .post, path: url.path, query: "state=x",
                fields: Fields([("content-type", "application/x-www-form-urlencoded")]),
                body: Array((url.query ?? "").utf8)))
        #expect(mixed.status == 400)
    }

    @Test(
        "what has no proven address is shown, never redirected",
        arguments: [
            ["client_id": nil], ["client_id": "nobody"], ["redirect_uri": nil],
            ["redirect_uri": "https://evil.example/cb"], ["redirect_uri": "https://app.example/cb/"],
        ] as [[String: String?]])
    func shown(_ changes: [String: String?]) throws {
        let browser = TestBrowser(try TestHouse())
        try browser.get(TestBrowser.request("app", changes))
        #expect(browser.response.status == 400)
        #expect(browser.location == nil)
        #expect(browser.page.contains("000000000000"))
    }

    @Test("a user cannot pick a patient outside of the own rights")
    func tampering() throws {
        let browser = TestBrowser(try TestHouse())
        try browser.get(TestBrowser.request())
        try browser.signIn("bela")
        try browser.submit("/portal/patient", ["patient": "p2"])
        #expect(browser.response.status == 403)
    }

    // OpenID Core §3.1.2.1
    @Test(
        "who has just signed in signs in again where the app wants that, once",
        arguments: [["prompt": "login"], ["max_age": "0"]], [false, true])
    func freshLogin(_ changes: [String: String], _ isPosted: Bool) throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal")
        try browser.signIn("maja")
        var url = TestBrowser.request("app", changes)
        if isPosted {
            // From another site, so without our cookies.
            let response = try house.authorize().respond(
                to: Request(
                    method: .post, path: "/oauth2/authorize",
                    fields: Fields([("content-type", "application/x-www-form-urlencoded")]),
                    body: Array(url.split(separator: "?")[1].utf8)))
            url = try #require(response.value(of: "location"))
        }
        try browser.get(url)
        #expect(browser.address.hasPrefix("https://h.example/portal/sign-in?interaction="))
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "allow"])
        #expect(try browser.answer["code"] != nil)
    }

    @Test("who asked for no page is told of our trouble as of everything else; who did not sees it (RFC 6749 §4.1.2.1)")
    func trouble() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal")
        try browser.signIn("maja")
        try house.location.connection(.write, for: .administration).execute("ALTER TABLE sessions RENAME TO gone")
        try browser.get(TestBrowser.request("app", ["prompt": "none"]))
        let answer = try browser.answer
        #expect(answer["error"] == "temporarily_unavailable" && answer["state"] == "s t" && answer["iss"] != nil)
        try browser.get(TestBrowser.request())
        #expect(browser.response.status == 503 && browser.page.contains("temporarily_unavailable"))
    }

    @Test("another person takes over in the middle, and chooses anew")
    func switchUser() throws {
        let browser = TestBrowser(try TestHouse())
        try browser.get(TestBrowser.request())
        try browser.signIn("amara")
        try browser.choose("p2")
        try browser.submit("/portal/sign-out", ["next": "sign-in"])
        #expect(browser.address.hasPrefix("https://h.example/portal/sign-in?interaction="))
        try browser.signIn("maja")
        #expect(browser.address.hasPrefix("https://h.example/portal/consent?"))
        #expect(browser.page.contains("Maja O&#39;Connor") && !browser.page.contains("Liam"))
        try browser.submit("/portal/consent", ["decision": "allow"])
        #expect(try browser.answer["code"] != nil)
    }

    @Test("cancelling the picker is a denial")
    func cancel() throws {
        let browser = TestBrowser(try TestHouse())
        try browser.get(TestBrowser.request())
        try browser.signIn("amara")
        try browser.submit("/portal/patient", ["cancel": "yes"])
        #expect(try browser.answer["error"] == "access_denied")
    }

    private func redeem(_ house: TestHouse, _ code: String, client: String) throws -> (Response, JSONValue) {
        var endpoint = try house.token()
        let response = endpoint.respond(
            to: TestHouse.post([
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", "https://\(client).example/cb"),
                ("code_verifier", TestHouse.verifier), ("client_id", client),
            ]))
        return (response, try JSONDocument(response.body).root)
    }
}

@Suite("Signing in")
struct SignInTests {
    @Test("an unknown name and a wrong password look the same")
    func sameAnswer() throws {
        let house = try TestHouse()
        var pages: [String] = []
        for name in ["amara", "nobody"] {
            let browser = TestBrowser(house)
            try browser.get("https://h.example/portal/sign-in")
            try browser.signIn(name, password: "a wrong password")
            #expect(browser.response.status == 403)
            pages.append(browser.page.replacing(name, with: "NAME").replacing(/name="csrf" value="[^"]*"/, with: ""))
        }
        #expect(pages[0] == pages[1])
    }

    @Test("a name that nobody has waits like one that somebody has")
    func sameDelay() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal/sign-in")
        for _ in 0..<3 { try browser.signIn("nobody", password: "a wrong password") }
        try browser.signIn("nobody")
        #expect(browser.response.status == 429)
        #expect(browser.response.value(of: "retry-after") == "2")
    }

    @Test("from the third wrong password on the account waits, the right one too")
    func delay() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal/sign-in")
        for _ in 0..<3 { try browser.signIn("amara", password: "a wrong password") }
        try browser.signIn("amara")
        #expect(browser.response.status == 429)
        #expect(browser.response.value(of: "retry-after") == "2")
        house.advance(2)
        try browser.signIn("amara")
        #expect(browser.address == "https://h.example/portal")
    }

    @Test("the session is new at every sign-in, and a planted one is worth nothing")
    func renewal() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal/sign-in")
        try browser.signIn("amara")
        let first = browser.cookies["__Host-vestibule-session"]
        try browser.submit("/portal/sign-out", [:])
        #expect(browser.cookies["__Host-vestibule-session"] == nil)
        try browser.get("https://h.example/portal")
        try browser.signIn("amara")
        #expect(browser.cookies["__Host-vestibule-session"] != first)
    }

    // RFC 6749 §10.12
    @Test("a form without our token, with another browser's or from another site is refused")
    func forgery() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal/sign-in")
        try browser.submit(
            "/portal/sign-in", ["username": "amara", "password": TestHouse.password, "csrf": "forged"])
        #expect(browser.response.status == 403)
        try browser.submit(
            "/portal/sign-in", ["username": "amara", "password": TestHouse.password], origin: "https://evil.example")
        #expect(browser.response.status == 403)
        try browser.submit("/portal/sign-in", ["username": "amara", "password": TestHouse.password], origin: "null")
        #expect(browser.response.status == 403)
        try browser.signIn("amara")
        #expect(browser.address == "https://h.example/portal")
        try browser.get("https://h.example/portal?patient=p1")
        try browser.submit("/portal/launch", ["client": "app", "patient": "p1", "csrf": "forged"])
        #expect(browser.response.status == 403)
    }

    @Test("an idle session ends, and so does one that is too old")
    func idle() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("https://h.example/portal")
        try browser.signIn("amara")
        for _ in 0..<3 {
            house.advance(800)
            try browser.get("https://h.example/portal")
            #expect(browser.address == "https://h.example/portal")
        }
        house.advance(900)
        try browser.get("https://h.example/portal")
        #expect(browser.address == "https://h.example/portal/sign-in?ended=yes")
    }

    @Test("pages are kept by nobody, framed by nobody and load nothing but the stylesheet")
    func headers() throws {
        let browser = TestBrowser(try TestHouse())
        try browser.get("https://h.example/portal/sign-in")
        #expect(browser.response.value(of: "cache-control") == "no-store")
        #expect(browser.response.value(of: "x-frame-options") == "DENY")
        #expect(browser.response.value(of: "content-security-policy")?.contains("default-src 'none'") == true)
        #expect(browser.response.value(of: "content-security-policy")?.contains("frame-ancestors 'none'") == true)
        #expect(browser.response.value(of: "referrer-policy") == "same-origin")
    }
}
