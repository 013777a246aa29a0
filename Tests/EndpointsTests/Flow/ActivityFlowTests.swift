import HTTP
import OAuth
import SQLStore
import Store
import Testing

@testable import Endpoints

@Suite("The accounting that a patient reads")
struct ActivityFlowTests {
    @Test("who, what, how often; and an emergency stands first")
    func own() throws {
        let house = try TestHouse()
        let store = try house.store()
        let browser = TestBrowser(house)
        let address = "\(TestHouse.authBase)/portal/activity"
        try browser.get(address)
        #expect(browser.address.hasSuffix("/portal/sign-in?next=activity"))
        try browser.signIn("maja")
        #expect(browser.address == address)
        #expect(browser.page.contains("Nobody has read your record by an app"))
        try store.add([
            count("Observation", account: "id-maja", 3, at: house.instant),
            count("Condition", account: "id-amara", 1, at: house.instant),
            count("Observation", account: "id-amara", 7, patient: "p2", at: house.instant),
        ])
        try store.record(AuditEvent(.breakGlassBegin, account: "id-amara", patient: "p1"), at: house.instant)
        try browser.get(address)
        #expect(
            browser.page.contains(": 3 times") && browser.page.contains(": once") && !browser.page.contains("7 times"))
        #expect(browser.page.contains("<dd>You</dd>") && browser.page.contains("Dr. amara opened your record"))
    }

    @Test("staff have no record here, and their home leads nowhere")
    func staff() throws {
        let house = try TestHouse()
        let browser = TestBrowser(house)
        try browser.get("\(TestHouse.authBase)/portal/activity")
        try browser.signIn("amara")
        #expect(browser.page.contains("There is no record of yours here"))
        try browser.get("\(TestHouse.authBase)/portal")
        #expect(!browser.page.contains("/portal/activity"))
    }

    private func count(
        _ type: String, account: String, _ reads: Int, patient: String = "p1", at now: Instant
    ) -> DisclosureCount {
        DisclosureCount(
            Disclosure(
                grant: "g", client: "app", account: account, patient: patient, resourceType: type, interaction: .search),
            reads: reads, first: now, last: now)
    }
}
