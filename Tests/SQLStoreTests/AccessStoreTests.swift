import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: whose patients a person may see")
struct AccessStoreTests {
    @Test("an administrator says it anew, for the one account of this base", arguments: Backend.allCases)
    func access(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.add(Sample.account("amara", access: .all), at: Sample.now)
        try store.add(Sample.account("bela", access: .all), at: Sample.now)
        for access in [UserAccess.patients(["p1", "p2"]), .none, .all] {
            #expect(try store.setAccess(access, account: "amara", at: Sample.now))
            #expect(try store.user(named: "amara")?.access == access)
            #expect(try store.user(named: "bela")?.access == .all)
        }
        #expect(try !store.setAccess(.all, account: "nobody", at: Sample.now))
        let base = try #require(FHIRBase("https://other.example/fhir"))
        #expect(try !harness.database(base: base).store().setAccess(.none, account: "amara", at: Sample.now))
        #expect(try store.user(named: "amara")?.access == .all)
    }
}
