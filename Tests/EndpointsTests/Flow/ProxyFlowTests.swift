import HTTP
import OAuth
import SMART
import Store
import Testing

@testable import Endpoints

// Protocol E12
@Suite("A parent acts for a child")
struct ProxyFlowTests {
    private let house: TestHouse
    private let browser: TestBrowser

    init() throws {
        house = try TestHouse()
        browser = TestBrowser(house)
        try house.addUser("rosa", "RelatedPerson/rosa", access: .none)
    }

    private func represent(_ patients: String..., by name: String = "rosa", seconds: Int = 86_400) throws {
        for patient in patients {
            try house.store().add(
                TemporaryAccess(patient: patient, relationship: .parent, until: house.instant + seconds),
                id: "\(name)-\(patient)", account: "id-\(name)", at: house.instant)
        }
    }

    private func ask(_ scope: String = "openid fhirUser launch/patient offline_access patient/Patient.rs") throws {
        try browser.get(TestBrowser.request("app", ["scope": scope]))
    }

    @Test("with one child nobody is asked which; the page says for whom; the person stays the person")
    func one() throws {
        try represent("p1")
        try ask()
        try browser.signIn("rosa")
        #expect(browser.page.contains("You answer for <strong><bdi>Maja O&#39;Connor</bdi></strong>"))
        #expect(browser.page.contains("As a parent, until"))
        try browser.submit("/portal/consent", ["decision": "allow"])
        let tokens = try house.redeem(try #require(try browser.answer["code"]))
        #expect(tokens["patient"] == "p1")
        let consent = try #require(try house.store().consents(ConsentFilter(account: "id-rosa")).first)
        #expect(consent.patient == "p1" && consent.expiresAt == house.instant + 86_400)
        #expect(consent.purpose == .familyRequest)
        #expect(consent.wording?.text.contains("For the patient, by a person who acts for them.") == true)
        #expect(consent.wording?.text.contains("Maja") == false)
    }

    @Test("tokens live no longer than it holds: then refresh is refused, and so is the next read")
    func expiry() throws {
        try represent("p1", seconds: 300)
        try ask()
        try browser.signIn("rosa")
        try browser.submit("/portal/consent", ["decision": "allow"])
        let tokens = try house.redeem(try #require(try browser.answer["code"]))
        #expect(tokens.number("expires_in") == 300)
        let digest = SecretDigest(of: try #require(tokens["access_token"]))
        #expect(try house.store().accessToken(digest, at: house.instant + 299, policy: SessionPolicy()) != nil)
        house.advance(300)
        #expect(try house.store().accessToken(digest, at: house.instant, policy: SessionPolicy()) == nil)
        #expect(try house.refresh(tokens["refresh_token"]).error == "invalid_grant")
    }

    @Test("who has a record too, or two children, is asked for whom; nobody else can be named")
    func several() throws {
        try represent("p2", by: "maja")
        try ask()
        try browser.signIn("maja")
        #expect(browser.page.contains("For whom are you here?") && browser.page.contains("Yourself"))
        #expect(browser.page.contains("Liam Murphy") && !browser.page.contains("type=\"search\""))
        try browser.submit("/portal/patient", ["patient": "p9"])
        #expect(browser.response.status == 403)
        try browser.get("\(TestHouse.authBase)/portal")
        try ask()
        try browser.submit("/portal/patient", ["patient": "p2"])
        #expect(browser.page.contains("You answer for <strong><bdi>Liam Murphy</bdi></strong>"))
        try browser.submit("/portal/consent", ["decision": "allow"])
        #expect(try house.redeem(try #require(try browser.answer["code"]))["patient"] == "p2")
    }

    @Test("the portal asks for whom, shows the one who was chosen, and launches for that one alone")
    func portal() throws {
        try represent("p1", "p2")
        try browser.get("\(TestHouse.authBase)/portal/sign-in")
        try browser.signIn("rosa")
        #expect(browser.page.contains("For whom are you here?"))
        #expect(browser.page.contains("As soon as you have chosen for whom"))
        try browser.get("\(TestHouse.authBase)/portal?patient=p2")
        #expect(browser.page.contains("For whom you act") && browser.page.contains(">Chosen<"))
        try browser.submit("/portal/launch", ["client": "app", "patient": "p2"])
        #expect(browser.location?.hasPrefix("https://app.example/launch?") == true)
        try browser.get("\(TestHouse.authBase)/portal?patient=p3")
        #expect(browser.page.contains("No such patient"))
    }

    @Test("when it is over the portal is that of somebody without patients")
    func over() throws {
        try represent("p1", seconds: 60)
        try browser.get("\(TestHouse.authBase)/portal/sign-in")
        try browser.signIn("rosa")
        #expect(browser.page.contains("For whom you act"))
        house.advance(60)
        try browser.get("\(TestHouse.authBase)/portal?patient=p1")
        #expect(browser.page.contains("No patients yet") && !browser.page.contains("Maja"))
    }
}
