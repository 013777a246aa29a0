import HTTP
import OAuth
import SMART
import Store
import Testing

@testable import Endpoints

@Suite("A patient says what no app may see, on a page")
struct LimitsFlowTests {
    private let house: TestHouse
    private let browser: TestBrowser
    private static let page = "\(TestHouse.authBase)/portal/sharing"
    private static let scope = "openid launch/patient offline_access patient/Patient.rs patient/Goal.rs"

    init() throws {
        house = try TestHouse()
        browser = TestBrowser(house)
    }

    private func open(_ name: String = "maja", _ query: String = "") throws {
        try browser.get(Self.page + query)
        if browser.address.contains("/portal/sign-in") { try browser.signIn(name) }
        if !query.isEmpty { try browser.get(Self.page + query) }
    }

    /// Saves what is ticked on the page, and these beside it.
    private func save(_ ticks: String? = nil, unticking: [String] = [], on earlier: String? = nil) throws {
        var fields = ["do": "save"]
        fields["deny"] = ticks
        try browser.submit("/portal/sharing", fields, unticking: unticking, on: earlier)
    }

    private func own(_ patient: String = "p1") throws -> ConsentDirective? {
        try house.store().directives(DirectiveFilter(patient: patient)).first { $0.source == .page }
    }

    private func represent(_ patients: String...) throws {
        try house.addUser("rosa", "RelatedPerson/rosa", access: .none)
        for patient in patients {
            try house.store().add(
                TemporaryAccess(patient: patient, relationship: .parent, until: house.instant + 86_400),
                id: "rosa-\(patient)", account: "id-rosa", at: house.instant)
        }
    }

    @Test("where the site does not offer it, what was said is seen and taken back, and no more is said")
    func notOffered() throws {
        try open()
        try save("Goal")
        let earlier = browser.page
        house.offerNoLimits()
        try open()
        #expect(browser.page.contains("Every app") && browser.page.contains("ask Test, by telephone or at the desk"))
        #expect(!browser.page.contains("type=\"checkbox\""))
        try save("Condition", on: earlier)
        #expect(browser.response.status == 403 && browser.page.contains("This is not open to you"))
        #expect(try own()?.version == 1)
        try open()
        try browser.submit("/portal/sharing", ["do": "lift"])
        #expect(try browser.response.status == 200 && own()?.rules.isEmpty == true)
    }

    @Test("what is ticked is gone for tokens that are out, until it is unticked")
    func whole() throws {
        let app = TestBrowser(house)
        let tokens = try house.redeem(try house.code(of: app, ["scope": Self.scope]))
        try open()
        #expect(browser.response.status == 200 && browser.page.contains("Nothing is kept from apps"))
        try save("Goal")
        #expect(browser.page.contains("Saved. It holds from now on") && browser.page.contains("on this page"))
        #expect(browser.page.contains("Every app"))
        let refreshed = try house.refresh(tokens["refresh_token"])
        #expect(refreshed["scope"]?.contains("Goal") == false && refreshed["scope"]?.contains("Patient.rs") == true)
        // The consent page says what was cut, and where it can be changed.
        try app.get(TestBrowser.request("app", ["scope": Self.scope]))
        #expect(app.page.contains("You have told Test") && app.page.contains("href=\"/portal/sharing\""))
        try save("everything")
        #expect(
            try !house.isAlive(refreshed["access_token"]) && own()?.rules.map(\.denied) == [DenyRule(patient: "p1")])
        try browser.submit("/portal/sharing", ["do": "lift"])
        #expect(browser.page.contains("Taken back."))
        #expect(try house.isAlive(refreshed["access_token"]) && own()?.status == .inactive)
        #expect(try own()?.version == 3)
    }

    @Test("two windows do not overwrite each other; what is saved twice is saved once")
    func windows() throws {
        try open()
        let earlier = browser.page
        try save("Goal")
        try save("Condition", on: earlier)
        #expect(browser.response.status == 409 && browser.page.contains("It was changed meanwhile"))
        #expect(try own()?.rules.map(\.denied) == [DenyRule(patient: "p1", "Goal")])
        try save()
        #expect(browser.response.status == 200 && browser.page.contains("Nothing was changed"))
        try browser.submit("/portal/sharing", ["do": "save", "version": "-1"])
        #expect(browser.response.status == 409)
        try browser.submit("/portal/sharing", ["do": "save", "csrf": "another"], unticking: ["Goal"])
        #expect(browser.response.status == 403)
        #expect(try own()?.version == 1)
        try save(unticking: ["Goal"])
        #expect(try own()?.status == .inactive && own()?.version == 2)
    }

    @Test("what was said elsewhere is told, with whom to ask, and cannot be changed here")
    func elsewhere() throws {
        let store = try house.store()
        func add(_ id: String, _ source: ConsentDirective.Source, _ client: String?, _ scope: String, until: Int? = nil)
            throws
        {
            let denied = DenyRule(patient: "p1", denying: try #require(ClinicalScope(scope)))
            let rule = ConsentRule(clientID: client, denied: denied, until: until.map { house.instant + $0 })
            try store.add(
                ConsentDirective(
                    id: id, patient: "p1", source: source, rules: [rule], statement: "words of staff",
                    recordedAt: house.instant))
        }
        try add("d1", .paper, "app", "patient/Condition.cruds", until: 86_400 * 40)
        try add("d2", .webhook, nil, "patient/Observation.rs?category=laboratory")
        try add("d3", .fhir, "gone", "patient/*.cruds")
        try add("d4", .paper, nil, "patient/Goal.cruds", until: 10)
        house.advance(20)
        try open()
        for words in [
            "App app", "on paper or in person", "Ask Test, by telephone", "Laboratory results", "consent service",
            "An app that is not connected any more", "Every kind of information, now and later",
            "in the records of Test",
        ] { #expect(browser.page.contains(words), "\(words)") }
        #expect(!browser.page.contains("words of staff") && !browser.page.contains("Take all of it back"))
        // The ticks are those of this page.
        #expect(!browser.page.contains(" checked"))
        try save("Goal")
        try browser.submit("/portal/sharing", ["do": "lift"])
        #expect(try store.directives(DirectiveFilter(patient: "p1", status: .active)).count == 4)
    }

    @Test("who acts for a patient says it for that patient, and for nobody else; the act is the person's")
    func proxy() throws {
        try represent("p1", "p2")
        try open("rosa")
        #expect(browser.page.contains("For whom are you here?") && !browser.page.contains("name=\"deny\""))
        try open("rosa", "?patient=p2")
        #expect(browser.page.contains("Liam Murphy") && browser.page.contains("For whom you act"))
        try save("Condition")
        #expect(try own("p2")?.rules.map(\.denied) == [DenyRule(patient: "p2", "Condition")] && own("p1") == nil)
        let row = try #require(
            try house.store().auditRecords(after: 0, matching: AuditFilter(), limit: 500).map(\.columns).last)
        #expect(row.act == "directive_record" && row.account == "id-rosa" && row.patient == "p2")
        for stranger in ["p3", "", "id-rosa"] {
            try browser.submit("/portal/sharing", ["do": "save", "deny": "Goal", "patient": stranger, "version": "0"])
            #expect(browser.response.status == 404, "\(stranger)")
        }
        // Whoever acts no more, does not.
        try open("rosa", "?patient=p2")
        let earlier = browser.page
        house.advance(600)
        #expect(try house.store().endProxy(of: "id-rosa", for: "p2", at: house.instant))
        try save("Goal", on: earlier)
        #expect(browser.response.status == 404 && browser.page.contains("You do not act for this patient"))
        #expect(try own("p2")?.version == 1)
    }

    @Test("the patient reads who said it")
    func activity() throws {
        try open()
        try save("Goal")
        try browser.submit("/portal/sharing", ["do": "lift"])
        try browser.get("\(TestHouse.authBase)/portal/activity")
        #expect(browser.page.contains("Dr. maja changed what apps may not see."))
        #expect(browser.page.contains("Dr. maja took back what apps may not see."))
    }

    @Test("who is no patient is told so, finds no link, and changes nothing")
    func staff() throws {
        try open("amara")
        #expect(browser.response.status == 200 && browser.page.contains("This page is for patients"))
        #expect(!browser.page.contains("<form class=\"stack\""))
        try browser.submit("/portal/sharing", ["do": "save", "deny": "everything", "patient": "p1", "version": "0"])
        #expect(browser.response.status == 404)
        #expect(try own() == nil)
        for page in ["/portal", "/portal?patient=p1", "/portal/apps"] {
            try browser.get(TestHouse.authBase + page)
            #expect(!browser.page.contains("/portal/sharing"), "\(page)")
        }
        let patient = TestBrowser(house)
        for page in ["/portal", "/portal/apps"] {
            try patient.get(TestHouse.authBase + page)
            if patient.address.contains("/portal/sign-in") { try patient.signIn("maja") }
            try patient.get(TestHouse.authBase + page)
            #expect(patient.page.contains("/portal/sharing"), "\(page)")
        }
    }
}
