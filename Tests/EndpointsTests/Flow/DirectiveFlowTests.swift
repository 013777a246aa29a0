import HTTP
import OAuth
import SMART
import Store
import Testing

@testable import Endpoints

@Suite("What a patient denies elsewhere, from the authorization to the last token: protocol E2 to E5")
struct DirectiveFlowTests {
    private static let scope = "openid launch/patient offline_access patient/Patient.rs patient/Goal.rs"

    private let house: TestHouse
    private let browser: TestBrowser
    private let store: any DirectiveStore

    init() throws {
        house = try TestHouse()
        browser = TestBrowser(house)
        store = try house.store()
    }

    private func deny(_ denied: String = "patient/*.cruds", to client: String? = "app") throws {
        let rules = ScopeSet(denied).clinical.map {
            ConsentRule(clientID: client, denied: DenyRule(patient: "p1", denying: $0))
        }
        try store.add(
            ConsentDirective(
                id: "d1", patient: "p1", source: .paper, rules: rules, statement: "said so", recordedAt: house.instant))
    }

    private func tokens() throws -> TestAnswer {
        try browser.get(TestBrowser.request("app", ["scope": Self.scope]))
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "allow"])
        return try house.redeem(try #require(try browser.answer["code"]))
    }

    @Test("tokens that are out are nothing, until it is lifted")
    func all() throws {
        let tokens = try tokens()
        #expect(try house.isAlive(tokens["access_token"]))
        try deny()
        #expect(try !house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant")
        #expect(try store.withdraw(directive: "d1", reason: "x", at: house.instant))
        #expect(try house.isAlive(tokens["access_token"]))
        #expect(try house.refresh(tokens["refresh_token"])["access_token"] != nil)
    }

    @Test("a code that is out is worth nothing")
    func code() throws {
        try browser.get(TestBrowser.request("app", ["scope": Self.scope]))
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "allow"])
        try deny(to: nil)
        #expect(try house.redeem(try #require(try browser.answer["code"])).error == "invalid_grant")
    }

    @Test("the app is refused before anybody is asked")
    func refused() throws {
        try deny()
        try browser.get(TestBrowser.request("app", ["scope": Self.scope]))
        try browser.signIn("maja")
        #expect(try browser.answer["error"] == "access_denied")
    }

    @Test("what is denied in part is not offered, and a refresh gives less")
    func part() throws {
        let tokens = try tokens()
        try deny("patient/Goal.cruds")
        let refreshed = try house.refresh(tokens["refresh_token"])
        #expect(refreshed["scope"]?.contains("Goal") == false && refreshed["scope"]?.contains("Patient.rs") == true)
        try browser.get(TestBrowser.request("app", ["scope": Self.scope]))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let again = try house.redeem(try #require(try browser.answer["code"]))
        #expect(again["scope"]?.contains("Goal") == false)
    }

    @Test("a launch is refused where it is prepared, by the EHR and in the portal")
    func launch() throws {
        try house.addEHR()
        #expect(try house.prepare("app", for: "amara", ["patient": "p1"]).status == 201)
        try deny()
        let answer = try house.prepare("app", for: "amara", ["patient": "p1"])
        #expect(answer.status == 400 && answer.error == "access_denied" && answer["launch"] == nil)
        // A record of somebody else, another app, and a launch without a record go on.
        #expect(try house.prepare("app", for: "amara", ["patient": "p2"]).status == 201)
        #expect(try house.prepare("trusted", for: "amara", ["patient": "p1"]).status == 201)
        #expect(try house.prepare("app", for: "amara").status == 201)
        try browser.get("https://h.example/portal/sign-in")
        try browser.signIn("amara")
        try browser.get("https://h.example/portal?patient=p1")
        try browser.submit("/portal/launch", ["client": "app", "patient": "p1"])
        #expect(browser.response.status == 403 && browser.page.contains("may see nothing of the record"))
    }
}
