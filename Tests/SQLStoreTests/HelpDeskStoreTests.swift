import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: the help desk")
struct HelpDeskStoreTests {
    private let reason: StatedReason
    private let assistance: Assistance

    init() throws {
        reason = try #require(StatedReason("Call 4711: telephone lost"))
        assistance = Assistance(by: "id-helper", reason: reason)
    }

    /// Amara has let an app in; somebody at the help desk may help.
    private func store(_ backend: Backend) throws -> SQLStore {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        try store.add(Sample.account("helper", access: .none), at: Sample.now)
        #expect(try store.setMayHelp(true, account: "helper", at: Sample.now))
        return store
    }

    private func rows(_ store: SQLStore) throws -> [AuditRecord.Columns] {
        try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns)
            .filter { $0.act.hasPrefix("help_desk") }
    }

    @Test("the right is given and taken, and a locked account has none", arguments: Backend.allCases)
    func right(_ backend: Backend) throws {
        let store = try store(backend)
        #expect(try store.mayHelp("id-helper") && !store.mayHelp("id-amara") && !store.mayHelp("nobody"))
        #expect(try store.account(named: "helper")?.helpsOthers == true)
        #expect(try store.account(named: "amara")?.helpsOthers == false)
        #expect(try !store.setMayHelp(true, account: "nobody", at: Sample.now))
        #expect(try store.setDisabled(true, account: "helper", at: Sample.now))
        #expect(try !store.mayHelp("id-helper"))
        #expect(try store.setDisabled(false, account: "helper", at: Sample.now) && store.mayHelp("id-helper"))
        #expect(try store.setMayHelp(false, account: "helper", at: Sample.now) && !store.mayHelp("id-helper"))
    }

    @Test("people are found by words of the name, the whole user name, or as the patient", arguments: Backend.allCases)
    func search(_ backend: Backend) throws {
        let store = try store(backend)
        for (name, words, fhirUser) in [
            ("asa", "Åsa Öberg", "Patient/p9"), ("percent", "100% Sure_Thing", "Practitioner/x"),
            ("bert", "BERT Öberg", nil),
        ] {
            let sample = try Sample.account(name, access: .none)
            let user = User(
                id: "id-\(name)", subject: "sub-\(name)", name: words, fhirUser: fhirUser.flatMap { FHIRUser($0) },
                access: .none)
            try store.add(Account(user: user, username: name, password: sample.password), at: Sample.now)
        }
        try store.add(
            TemporaryAccess(patient: "p9", relationship: .parent, until: Sample.now + 100), id: "x1",
            account: "id-bert", at: Sample.now)
        func found(_ text: String, _ patients: [String] = [], limit: Int = 10, at now: Instant = Sample.now) throws
            -> [String]
        {
            let query = try #require(CallerQuery(text))
            return try store.callers(query, orFor: patients, limit: limit, at: now).map(\.username)
        }
        #expect(try found("åsa") == ["asa"] && found("ÅSA") == ["asa"])
        #expect(try Set(found("öberg")) == ["asa", "bert"] && found("öberg", limit: 1).count == 1)
        #expect(try found("bert öberg") == ["bert"] && found("öberg, bert") == ["bert"])
        #expect(try found("bert nobody").isEmpty && found("xyz").isEmpty)
        // What means something to the engine means nothing here.
        #expect(try found("100%") == ["percent"] && found("sure_") == ["percent"] && found("s%e_").isEmpty)
        #expect(try found("a!%b").isEmpty && found("' or 1=1").isEmpty)
        #expect(try Set(found("mrn-9", ["p9"])) == ["asa", "bert"])
        #expect(try found("mrn-9", ["p9"], at: Sample.now + 100) == ["asa"])
    }

    @Test("a look is in the trail, with the reason", arguments: Backend.allCases)
    func look(_ backend: Backend) throws {
        let store = try store(backend)
        let caller = try store.caller("id-amara", lookedAtBy: assistance, at: Sample.now)
        #expect(caller?.username == "amara")
        #expect(try store.caller("nobody", lookedAtBy: assistance, at: Sample.now) == nil)
        let row = try #require(try rows(store).first)
        #expect(try rows(store).count == 1)
        #expect(row.act == "help_desk_view" && row.account == "id-helper" && row.patient == nil)
        #expect(row.details.contains(#""person":"id-amara""#) && row.details.contains(reason.text))
    }

    @Test("an end is in the trail, with the reason, and everything ends at once", arguments: Backend.allCases)
    func end(_ backend: Backend) throws {
        let store = try store(backend)
        #expect(try store.endGrants(of: "id-amara", to: "other", by: assistance, at: Sample.now)?.ended == 0)
        #expect(try rows(store).map(\.act) == ["help_desk_view"])
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now) != nil)
        #expect(try store.endGrants(of: "id-amara", to: "app", by: assistance, at: Sample.now)?.ended == 1)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now) == nil)
        let row = try #require(try rows(store).last)
        #expect(row.act == "help_desk_end" && row.client == "app" && row.patient == "p1")
        #expect(row.account == "id-helper" && row.details.contains(reason.text))
        let told = try store.acts(on: "p1", since: Instant(0))
        #expect(told.contains { $0.act == .helpDeskEnd && $0.statement == reason.text })
        #expect(try store.endGrants(of: "id-amara", to: nil, by: assistance, at: Sample.now)?.ended == 0)
        #expect(try AuditStoreTests.verdict(store).isEmpty)
    }

    @Test("whose right was taken meanwhile ends nothing and sees nobody", arguments: Backend.allCases)
    func taken(_ backend: Backend) throws {
        let store = try store(backend)
        #expect(try store.setMayHelp(false, account: "helper", at: Sample.now))
        #expect(try store.caller("id-amara", lookedAtBy: assistance, at: Sample.now) == nil)
        #expect(try store.endGrants(of: "id-amara", to: nil, by: assistance, at: Sample.now) == nil)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now) != nil && rows(store).isEmpty)
    }

    @Test("portal can do it with the rights it has", arguments: Backend.allCases)
    func powers(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.add(Sample.account("helper", access: .none), at: Sample.now)
        #expect(try store.setMayHelp(true, account: "helper", at: Sample.now))
        let portal = try harness.store(.portal)
        #expect(try portal.mayHelp("id-helper"))
        #expect(try portal.caller("id-helper", lookedAtBy: assistance, at: Sample.now) != nil)
        #expect(try portal.endGrants(of: "id-helper", to: nil, by: assistance, at: Sample.now)?.ended == 0)
        let query = try #require(CallerQuery("helper"))
        #expect(try portal.callers(query, orFor: ["p1"], limit: 5, at: Sample.now).count == 1)
    }
}
