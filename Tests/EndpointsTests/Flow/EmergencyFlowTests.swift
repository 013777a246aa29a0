import HTTP
import OAuth
import SMART
import Store
import Testing

@testable import Endpoints

// Protocol E11
@Suite("Breaking the glass")
struct EmergencyFlowTests {
    private let house: TestHouse
    private let browser: TestBrowser

    init() throws {
        house = try TestHouse(longestEmergency: 1800)
        browser = TestBrowser(house)
    }

    private func allow(_ may: Bool = true) throws {
        #expect(try house.store().setMayBreakGlass(may, account: "bela", at: house.instant))
    }

    private func signIn() throws {
        try browser.get("\(TestHouse.authBase)/portal/sign-in")
        try browser.signIn("bela")
    }

    private func open(_ fields: [String: String] = [:]) throws {
        try browser.get("\(TestHouse.authBase)/portal/emergency")
        let usual = ["number": "MRN-2", "reason": "found unconscious in the waiting room", "seconds": "900"]
        try browser.submit("/portal/emergency", usual.merging(fields) { $1 })
    }

    private var begun: [String] {
        get throws {
            try house.store().auditRecords(after: 0, matching: AuditFilter(), limit: 500).map(\.columns)
                .filter { $0.act.hasPrefix("break_glass") }.map { "\($0.act) \($0.patient ?? "") \($0.details)" }
        }
    }

    @Test("the way is there after a denial alone, and for who has the right alone")
    func door() throws {
        try signIn()
        try browser.submit("/portal", ["q": "Murphy"])
        #expect(!browser.page.contains("Open in an emergency"))
        try browser.get("\(TestHouse.authBase)/portal/emergency")
        #expect(browser.response.status == 403)
        try allow()
        try browser.get("\(TestHouse.authBase)/portal")
        #expect(!browser.page.contains("Open in an emergency"))
        try browser.submit("/portal", ["q": "Murphy"])
        #expect(browser.page.contains("Open in an emergency") && !browser.page.contains("Liam"))
    }

    @Test("nobody is found by a name or part of a number, and nothing opens without a reason")
    func refusals() throws {
        try allow()
        try signIn()
        for number in ["MRN", "Murphy", "MRN-22", "1958-06-30", ""] {
            try open(["number": number])
            #expect(browser.response.status == 404 && !browser.page.contains("Liam"), "\(number)")
        }
        for reason in ["", "  urgent  "] {
            try open(["reason": reason])
            #expect(browser.response.status == 400 && browser.page.contains("Please give a reason"))
        }
        #expect(try begun.isEmpty)
        // Who may see the patient anyway needs no emergency, and raises no alarm.
        try open(["number": "MRN-1"])
        #expect(browser.page.contains("Maja") && !browser.page.contains("Open in an emergency now"))
        #expect(try begun.isEmpty)
    }

    @Test("it opens one record for minutes, in view of everybody, and ends by itself")
    func whole() throws {
        try allow()
        try signIn()
        try open()
        #expect(browser.page.contains("Liam Murphy") && browser.page.contains("Minutes left: 15"))
        let rows = try begun
        #expect(rows.count == 1 && rows[0].hasPrefix("break_glass_begin p2"))
        #expect(rows[0].contains("BTG") && rows[0].contains("found unconscious in the waiting room"))
        try browser.submit("/portal/launch", ["client": "app", "patient": "p2"])
        #expect(browser.location?.hasPrefix("https://app.example/launch?") == true)
        let told = try house.store().acts(on: "p2", since: Instant(0))
        #expect(told.first { $0.act == .breakGlassBegin }?.statement == "found unconscious in the waiting room")
        house.advance(840)
        try browser.get("\(TestHouse.authBase)/portal?patient=p2")
        #expect(browser.page.contains("Minutes left: 1") && browser.page.contains("Liam Murphy"))
        house.advance(60)
        try browser.get("\(TestHouse.authBase)/portal?patient=p2")
        #expect(browser.page.contains("No such patient") && !browser.page.contains("Liam"))
    }

    @Test("an app gets it for these minutes, without offline access, and introspection says the purpose")
    func app() throws {
        try allow()
        try signIn()
        try browser.get(
            TestBrowser.request(
                "app", ["scope": "openid launch/patient offline_access online_access patient/*.rs user/*.rs"]))
        try browser.submit("/portal/patient", ["q": "Murphy"])
        let door = try #require(browser.page.firstMatch(of: /href="(\/portal\/emergency\?interaction=[^"]+)"/))
        try browser.get("\(TestHouse.authBase)\(door.1)")
        try browser.submit(
            "/portal/emergency", ["number": "MRN-2", "reason": "found unconscious in the hall", "seconds": "900"])
        #expect(browser.page.contains("Liam Murphy"))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let tokens = try house.redeem(try #require(try browser.answer["code"]))
        #expect(tokens["patient"] == "p2" && tokens.number("expires_in") == 900)
        #expect(tokens["scope"]?.contains("offline_access") == false)
        #expect(try house.store().consents(ConsentFilter(patient: "p2")).first?.purpose == .breakTheGlass)
        let digest = SecretDigest(of: try #require(tokens["access_token"]))
        let token = try #require(
            try house.store().accessToken(digest, at: house.instant, policy: SessionPolicy()))
        let said = String(
            decoding: IntrospectionResponse.active(token, issuer: house.urls.fhirBase).json, as: UTF8.self)
        #expect(said.contains("\"code\":\"BTG\""))
        // Its user/ scopes reach this patient and no other of the user's.
        let access = TokenAccess(token, at: house.instant)
        #expect(access.rule(.read, on: "Goal") != .none)
        house.advance(900)
        #expect(try house.refresh(tokens["refresh_token"])["error"] == "invalid_grant")
    }

    @Test("it ends at once by the person's own button, or with the right")
    func ends() throws {
        try allow()
        try signIn()
        try open()
        try browser.submit("/portal/emergency/end", ["patient": "p2"])
        #expect(try house.store().user("id-bela")?.temporaryAccess == [])
        try open()
        try allow(false)
        #expect(try house.store().user("id-bela")?.temporaryAccess == [])
        #expect(try begun.map { $0.prefix(20).description }.filter { $0.contains("end") }.count == 2)
        try browser.get("\(TestHouse.authBase)/portal/emergency")
        #expect(browser.response.status == 403)
    }

    @Test("the patient reads how long it was to be, and how long it was")
    func told() throws {
        try allow()
        try signIn()
        try open()
        house.advance(125)
        try browser.submit("/portal/emergency/end", ["patient": "p2"])
        try open()
        house.advance(900 + 300)
        _ = try house.store().purge(at: house.instant)
        try house.addUser("liam", "Patient/p2", access: .none)
        let patient = TestBrowser(house)
        try patient.get("\(TestHouse.authBase)/portal/activity")
        try patient.signIn("liam")
        for words in [
            "in an emergency, for 15 minutes at most. The reason that was given: found", "ended after 3 minutes.",
            "ended after 15 minutes.",
        ] { #expect(patient.page.contains(words), "\(words)") }
        #expect(try begun.count == 4)
    }

    @Test("where the site does not offer it, nobody can")
    func off() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        #expect(try house.store().setMayBreakGlass(true, account: "bela", at: house.instant))
        try browser.get("\(TestHouse.authBase)/portal/sign-in")
        try browser.signIn("bela")
        try browser.get("\(TestHouse.authBase)/portal/emergency")
        #expect(browser.response.status == 403)
    }
}
