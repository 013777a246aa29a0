import HTTP
import OAuth
import SMART
import Store
import Testing

@testable import Endpoints

@Suite("Grants live and die with their consent")
struct ConsentLifeFlowTests {
    private let house: TestHouse
    private let browser: TestBrowser
    private let tokens: TestAnswer
    private let store: any ConsentStore & TokenStore

    init() throws {
        house = try TestHouse()
        browser = TestBrowser(house)
        store = try house.store()
        try browser.get(
            TestBrowser.request(
                "app", ["scope": "openid launch/patient offline_access patient/Patient.rs patient/Goal.rs"]))
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "allow"])
        tokens = try house.redeem(try #require(try browser.answer["code"]))
    }

    private func record() throws -> Consent {
        try #require(try store.consents(ConsentFilter(account: "id-maja")).first)
    }

    // Protocol E9
    @Test("the record keeps what stood on the page, and what was ticked of it, without a name of the patient")
    func wording() throws {
        let wording = try #require(try record().wording)
        #expect(wording.language == "en")
        #expect(wording.text.contains("[x] name, birth date") && wording.text.contains("[x] health goals"))
        #expect(wording.text.contains("app.example"))
        #expect(!wording.text.contains("Maja"))
    }

    @Test(
        "the words are those of the page's language",
        arguments: [("es", "objetivos de salud"), ("de", "Gesundheitsziele")])
    func language(_ language: String, _ goals: String) throws {
        try browser.get(
            TestBrowser.request(
                "app", ["scope": "openid launch/patient offline_access patient/Goal.rs", "ui_locales": language]))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let records = try store.consents(ConsentFilter(account: "id-maja"))
        let wording = try #require(records.compactMap(\.wording).first { $0.language == language })
        #expect(browser.response.status == 303 && wording.text.contains("[x] \(goals)"))
    }

    @Test("a no is kept as well")
    func denial() throws {
        try browser.get(TestBrowser.request("app", ["scope": "patient/Goal.rs launch/patient"]))
        try browser.submit("/portal/consent", ["decision": "deny"])
        let denied = try store.consents(ConsentFilter(status: .rejected))
        #expect(denied.count == 1 && denied.first?.wording?.text.contains("[ ] health goals") == true)
    }

    @Test("after a withdrawal the access token is dead, and the refresh is invalid_grant")
    func withdrawal() throws {
        #expect(try house.isAlive(tokens["access_token"]))
        #expect(try store.withdraw(consent: record().id, at: house.instant))
        #expect(try !house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant")
    }

    @Test("between the code and its exchange it holds as well")
    func beforeExchange() throws {
        try browser.get(TestBrowser.request("app", ["scope": "openid launch/patient patient/Goal.rs"]))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let code = try #require(try browser.answer["code"])
        for consent in try store.consents(ConsentFilter(status: .active)) {
            #expect(try store.withdraw(consent: consent.id, at: house.instant))
        }
        #expect(try house.redeem(code).error == "invalid_grant")
    }

    @Test("after a narrowing the same token allows less, and the next one says so")
    func narrowing() throws {
        let record = try record()
        let less = ScopeSet("openid launch/patient offline_access patient/Goal.rs")
        #expect(try record.narrowed(to: less) == .to(less))
        #expect(try store.narrow(consent: record.id, from: 1, to: less, at: house.instant))
        let active = try store.accessToken(
            SecretDigest(of: try #require(tokens["access_token"])), at: house.instant, policy: SessionPolicy())
        #expect(active?.scopes == less)
        let next = try house.refresh(tokens["refresh_token"], ["scope": tokens["scope"]])
        #expect(next.status == 200 && next["scope"] == less.description)
    }

    @Test("what is unticked on the page is gone from the next request on, and the rest goes on")
    func unticked() throws {
        try browser.get("https://h.example/portal/apps/change?app=app")
        try browser.submit("/portal/apps/change", [:], unticking: ["patient/Goal"])
        #expect(browser.response.status == 200 && browser.page.contains("has less from now on"))
        let record = try record()
        #expect(record.version == 2 && record.allowed.clinical.compactMap(\.resourceType) == ["Patient"])
        let active = try store.accessToken(
            SecretDigest(of: try #require(tokens["access_token"])), at: house.instant, policy: SessionPolicy())
        #expect(active?.scopes.clinical.compactMap(\.resourceType) == ["Patient"])
        #expect(try house.refresh(tokens["refresh_token"])["scope"]?.contains("Goal") == false)
        // The same once more changes nothing.
        try browser.get("https://h.example/portal/apps/change?app=app")
        try browser.submit("/portal/apps/change", [:])
        #expect(browser.page.contains("Nothing was changed"))
        #expect(try self.record().version == 2)
    }

    @Test("who takes offline access away ends the refreshing")
    func withoutOffline() throws {
        try browser.get("https://h.example/portal/apps/change?app=app")
        try browser.submit("/portal/apps/change", [:], unticking: ["offline_access"])
        #expect(try house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant")
    }

    @Test("who unticks everything has ended the access")
    func nothingLeft() throws {
        try browser.get("https://h.example/portal/apps/change?app=app")
        try browser.submit("/portal/apps/change", [:], unticking: ["patient/Goal", "patient/Patient"])
        #expect(browser.page.contains("has ended"))
        #expect(try record().status == .inactive)
        #expect(try !house.isAlive(tokens["access_token"]))
    }

    @Test("of two windows the slower one changes nothing that it has not seen")
    func twoWindows() throws {
        try browser.get("https://h.example/portal/apps/change?app=app")
        let earlier = browser.page
        #expect(
            try store.narrow(
                consent: record().id, from: 1, to: ScopeSet("openid launch/patient patient/Goal.rs"),
                at: house.instant))
        try browser.submit("/portal/apps/change", [:], on: earlier)
        #expect(try record().allowed.clinical.compactMap(\.resourceType) == ["Goal"])
    }

    @Test("another's app, and one that has nothing, are not there", arguments: ["secretive", "none", ""])
    func notThere(_ app: String) throws {
        try browser.get("https://h.example/portal/apps/change?app=\(app)")
        #expect(browser.response.status == 404 && browser.page.contains("This access is not there any more"))
        let other = TestBrowser(house)
        try other.get("https://h.example/portal/apps/change?app=app")
        #expect(other.address == "https://h.example/portal/sign-in?next=apps")
        try other.signIn("amara")
        try other.get("https://h.example/portal/apps/change?app=app")
        #expect(other.response.status == 404)
    }

    @Test("all at once: every app of this person, and nobody else's")
    func all() throws {
        try house.addClient("second")
        try browser.get(TestBrowser.request("second", ["scope": "launch/patient patient/Goal.rs"]))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let second = try house.redeem(try #require(try browser.answer["code"]), for: "second")
        #expect(try house.isAlive(second["access_token"]))
        try browser.get("https://h.example/portal/apps")
        let section = try #require(browser.page.firstRange(of: #"<h2 id="all">"#))
        try browser.submit("/portal/apps", ["end": "all"], on: String(browser.page[section.lowerBound...]))
        #expect(browser.page.contains("The access of all apps has ended"))
        #expect(try !house.isAlive(tokens["access_token"]) && !house.isAlive(second["access_token"]))
        #expect(try store.consents(ConsentFilter(status: .active)).isEmpty)
    }

    @Test("the page says how often an app has read")
    func reads() throws {
        let grant = try #require(
            try house.store().grants(of: "id-maja", at: house.instant, policy: SessionPolicy()).first)
        let disclosure = Disclosure(
            grant: grant.id, client: "app", account: "id-maja", patient: "p1", resourceType: "Goal",
            interaction: .search)
        try house.store().add([DisclosureCount(disclosure, reads: 7, first: house.instant, last: house.instant)])
        try browser.get("https://h.example/portal/apps")
        #expect(browser.page.contains("7 times, last on 15 Jan 2027"))
    }

    @Test("the button on the page of connected apps withdraws")
    func page() throws {
        try browser.get("https://h.example/portal/apps")
        try browser.submit("/portal/apps", ["app": "app"])
        #expect(try record().status == .inactive)
        #expect(try !house.isAlive(tokens["access_token"]))
    }
}
