import HTTP
import OAuth
import SMART
import Store
import Testing

@testable import Endpoints

@Suite("The help desk looks after other people's connected apps")
struct HelpDeskFlowTests {
    private let house: TestHouse
    private let browser: TestBrowser
    private static let reason = "Call 4711: telephone lost"
    private static let page = "\(TestHouse.authBase)/portal/help-desk"

    init() throws {
        house = try TestHouse()
        browser = TestBrowser(house)
        try house.addUser("hollis", "Practitioner/hollis", access: .none)
    }

    private func allow(_ username: String = "hollis", _ may: Bool = true) throws {
        #expect(try house.store().setMayHelp(may, account: username, at: house.instant))
    }

    /// The patient lets the app into the own record, and the app works.
    private func connect() throws -> String? {
        try house.redeem(try house.code())["access_token"]
    }

    private func search(_ query: String, reason: String = HelpDeskFlowTests.reason) throws {
        try browser.get(Self.page)
        try browser.submit("/portal/help-desk", ["q": query, "reason": reason])
    }

    private var acts: [String] {
        get throws {
            try house.store().auditRecords(after: 0, matching: AuditFilter(), limit: 500).map(\.columns)
                .filter { $0.act.hasPrefix("help_desk") }
                .map { "\($0.act) \($0.account ?? "") \($0.client ?? "-") \($0.patient ?? "-")" }
        }
    }

    @Test("it is there for who has the right alone, and for nobody who is a patient")
    func right() throws {
        try browser.get(Self.page)
        #expect(browser.address.hasSuffix("/portal/sign-in?next=help-desk"))
        try browser.signIn("hollis")
        #expect(browser.address == Self.page && browser.response.status == 403)
        try browser.get("\(TestHouse.authBase)/portal")
        #expect(!browser.page.contains("/portal/help-desk"))
        try allow()
        try browser.get("\(TestHouse.authBase)/portal")
        #expect(browser.page.contains("/portal/help-desk"))
        try browser.get(Self.page)
        #expect(browser.response.status == 200)
        try allow("maja")
        let patient = TestBrowser(house)
        try patient.get(Self.page)
        try patient.signIn("maja")
        #expect(patient.response.status == 403)
    }

    @Test("nobody is looked for without a reason, and nobody is listed whole")
    func refusals() throws {
        try allow()
        try browser.get(Self.page)
        try browser.signIn("hollis")
        for reason in ["", "   lost  "] {
            try search("maja", reason: reason)
            #expect(browser.response.status == 400 && browser.page.contains("Please say what it is about"))
        }
        for query in ["", "  ", "%", "Dr"] {
            try search(query)
            #expect(!browser.page.contains("See the apps"), "\(query)")
        }
        try search("nobody at all")
        #expect(browser.page.contains("Nobody found"))
        #expect(try acts.isEmpty)
    }

    @Test("from a call to the end of an access, with the reason, in view of the patient")
    func whole() throws {
        let token = try connect()
        #expect(try house.isAlive(token))
        try allow()
        try browser.get(Self.page)
        try browser.signIn("hollis")
        try search("MRN-1")
        #expect(browser.page.contains("Dr. maja") && browser.page.contains("12 Apr 1968"))
        try search("maja")
        try browser.submit("/portal/help-desk/person", [:])
        #expect(browser.page.contains("App app") && browser.page.contains("The person’s own"))
        #expect(browser.page.contains(Self.reason))
        #expect(try acts == ["help_desk_view id-hollis - p1"])
        try browser.submit("/portal/help-desk/person", ["end": "yes"])
        #expect(browser.response.status == 200 && browser.page.contains("has ended. It can read nothing more"))
        #expect(try acts == ["help_desk_view id-hollis - p1", "help_desk_end id-hollis app p1"])
        #expect(try !house.isAlive(token))
        let patient = TestBrowser(house)
        try patient.get("\(TestHouse.authBase)/portal/activity")
        try patient.signIn("maja")
        #expect(
            patient.page.contains("Dr. hollis of the help desk looked at your connected apps")
                && patient.page.contains("Dr. hollis of the help desk ended the access of App app")
                && patient.page.contains(Self.reason))
    }

    @Test("what is not there any more, and who, is said; and a form of somebody else's does nothing")
    func gone() throws {
        let token = try connect()
        try allow()
        try browser.get(Self.page)
        try browser.signIn("hollis")
        try search("maja")
        try browser.submit("/portal/help-desk/person", ["person": "nobody"])
        #expect(browser.response.status == 404 && browser.page.contains("This person is not there any more"))
        try search("maja")
        try browser.submit("/portal/help-desk/person", ["end": "yes", "app": "secretive"])
        #expect(browser.response.status == 404 && browser.page.contains("This access is not there any more"))
        try search("maja")
        try browser.submit("/portal/help-desk/person", ["end": "all", "csrf": "another"])
        #expect(browser.response.status == 403)
        try search("maja")
        try browser.submit("/portal/help-desk/person", ["end": "yes", "reason": ""])
        #expect(browser.response.status == 400)
        #expect(try house.isAlive(token))
        // The right goes while the page is open.
        try search("maja")
        try allow("hollis", false)
        try browser.submit("/portal/help-desk/person", ["end": "all"])
        #expect(browser.response.status == 403)
        #expect(try house.isAlive(token))
    }

    @Test("of a clinician's apps it sees which, and not about whom")
    func clinician() throws {
        let clinician = TestBrowser(house)
        try clinician.get(TestBrowser.request("app"))
        try clinician.signIn("amara")
        try clinician.choose("p2")
        try clinician.submit("/portal/consent", ["decision": "allow"])
        let token = try house.redeem(try #require(try clinician.answer["code"]))["access_token"]
        try allow()
        try browser.get(Self.page)
        try browser.signIn("hollis")
        try search("amara")
        try browser.submit("/portal/help-desk/person", [:])
        #expect(browser.page.contains("Somebody else’s") && !browser.page.contains("Liam"))
        try browser.submit("/portal/help-desk/person", ["end": "yes"])
        #expect(try browser.response.status == 200 && !house.isAlive(token))
        #expect(try acts.last == "help_desk_end id-hollis app p2")
    }
}
