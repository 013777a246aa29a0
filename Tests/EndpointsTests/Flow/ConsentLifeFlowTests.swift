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

    @Test("the button on the page of connected apps withdraws")
    func page() throws {
        try browser.get("https://h.example/portal/apps")
        try browser.submit("/portal/apps", ["app": "app"])
        #expect(try record().status == .inactive)
        #expect(try !house.isAlive(tokens["access_token"]))
    }
}
