import OAuth
import SQLStore
import Store
import StoreTesting
import Testing

@Suite("Every store: second factors")
struct SecondFactorStoreTests {
    private static let id = "id-amara"

    private func enrolled(_ backend: Backend) throws -> (Harness, SQLStore, SecondFactor) {
        let harness = try backend.harness()
        try harness.store().add(Sample.account(), at: Sample.now)
        let store = try harness.store(.portal)
        #expect(try store.offer([1, 2], to: Self.id, at: Sample.now))
        let offered = try #require(try store.secondFactor(of: Self.id))
        let codes = ["a", "b"].map { Sample.digest($0) }
        #expect(try store.confirm(offered, step: 100, recoveryCodes: codes, of: Self.id, at: Sample.now))
        return (harness, store, try #require(try store.secondFactor(of: Self.id)))
    }

    @Test("an offer asks nothing of anybody, gives way to another, and is confirmed once", arguments: Backend.allCases)
    func offer(_ backend: Backend) throws {
        let harness = try backend.harness()
        try harness.store().add(Sample.account(), at: Sample.now)
        let store = try harness.store(.portal)
        #expect(try store.secondFactor(of: Self.id) == nil)
        #expect(try store.offer([1], to: Self.id, at: Sample.now))
        let first = try #require(try store.secondFactor(of: Self.id))
        #expect(first.confirmedAt == nil)
        #expect(try !store.spend(step: 5, of: first, account: Self.id, at: Sample.now))
        #expect(try store.offer([2], to: Self.id, at: Sample.now))
        // The code proved a secret that is not there any more.
        #expect(try !store.confirm(first, step: 5, recoveryCodes: [], of: Self.id, at: Sample.now))
        let second = try #require(try store.secondFactor(of: Self.id))
        #expect(try store.confirm(second, step: 5, recoveryCodes: [], of: Self.id, at: Sample.now))
        #expect(try !store.confirm(second, step: 6, recoveryCodes: [], of: Self.id, at: Sample.now))
        #expect(try !store.offer([3], to: Self.id, at: Sample.now))
        #expect(try store.secondFactor(of: Self.id)?.sealed == [2])
    }

    @Test("a step and all before it are used up, in as many processes as there are", arguments: Backend.allCases)
    func steps(_ backend: Backend) throws {
        let (harness, store, factor) = try enrolled(backend)
        // The code that confirmed it signs nobody in.
        #expect(try !store.spend(step: 100, of: factor, account: Self.id, at: Sample.now))
        let stores = try (0..<10).map { _ in try harness.store(.portal) }
        let wins = try atOnce(stores.count) { number in
            try stores[number].spend(step: 101, of: factor, account: Self.id, at: Sample.now)
        }
        #expect(wins.filter { $0 }.count == 1)
        #expect(try !store.spend(step: 99, of: factor, account: Self.id, at: Sample.now))
        #expect(try store.spend(step: 102, of: factor, account: Self.id, at: Sample.now))
    }

    @Test("a recovery code is good once, and new ones end the old", arguments: Backend.allCases)
    func recovery(_ backend: Backend) throws {
        let (harness, store, _) = try enrolled(backend)
        let stores = try (0..<10).map { _ in try harness.store(.portal) }
        let wins = try atOnce(stores.count) { number in
            try stores[number].spend(recoveryCode: Sample.digest("a"), of: Self.id, at: Sample.now)
        }
        #expect(wins.filter { $0 }.count == 1)
        #expect(try store.secondFactor(of: Self.id)?.recoveryCodesLeft == 1)
        #expect(try !store.spend(recoveryCode: Sample.digest("b"), of: "id-bela", at: Sample.now))
        #expect(try store.replaceRecoveryCodes([Sample.digest("c")], of: Self.id, at: Sample.now))
        #expect(try !store.spend(recoveryCode: Sample.digest("b"), of: Self.id, at: Sample.now))
        #expect(try store.spend(recoveryCode: Sample.digest("c"), of: Self.id, at: Sample.now))
        #expect(try store.removeSecondFactor(of: Self.id, at: Sample.now))
        #expect(try !store.removeSecondFactor(of: Self.id, at: Sample.now))
        #expect(try !store.replaceRecoveryCodes([], of: Self.id, at: Sample.now))
        let trail = try harness.store().auditRecords(after: 0, matching: AuditFilter(), limit: 100)
        #expect(
            trail.map(\.columns.act).dropFirst() == [
                "second_factor_add", "recovery_code_use", "second_factor_add", "recovery_code_use",
                "second_factor_remove",
            ])
    }

    @Test("a sign-in that waits is good for minutes and once; a disabled account has none", arguments: Backend.allCases)
    func pending(_ backend: Backend) throws {
        let harness = try backend.harness()
        let all = try harness.store()
        try all.add(Sample.account(), at: Sample.now)
        #expect(try all.setNeedsSecondFactor(true, account: "amara", at: Sample.now))
        #expect(try !all.setNeedsSecondFactor(true, account: "nobody", at: Sample.now))
        let account = try #require(try all.account(named: "amara"))
        #expect(account.needsSecondFactor)
        let store = try harness.store(.portal)
        let id = Sample.digest("pending")
        try store.begin(
            PendingSignIn(id: id, account: account, browser: Sample.digest("br"), authenticatedAt: Sample.now))
        let found = try #require(try store.pendingSignIn(id, at: Sample.now + 599))
        #expect(found.account.user == account.user && found.account.needsSecondFactor)
        #expect(found.browser == Sample.digest("br") && found.authenticatedAt == Sample.now)
        #expect(try store.pendingSignIn(id, at: Sample.now + 600) == nil)
        #expect(try store.end(pending: id))
        #expect(try !store.end(pending: id))
        try store.begin(
            PendingSignIn(id: id, account: account, browser: Sample.digest("br"), authenticatedAt: Sample.now))
        #expect(try all.setDisabled(true, account: "amara", at: Sample.now))
        #expect(try store.pendingSignIn(id, at: Sample.now) == nil)
    }

    @Test("a session that shows it goes on under another id, and says so", arguments: Backend.allCases)
    func raise(_ backend: Backend) throws {
        let (harness, store, _) = try enrolled(backend)
        let old = Session(
            id: Sample.digest("s"), user: try Sample.account().user, authenticatedAt: Sample.now, lastSeenAt: Sample.now
        )
        try store.begin(old, of: "amara", with: nil, replacing: nil, policy: SessionPolicy())
        let authorize = try harness.store(.authorize)
        #expect(try authorize.session(old.id, at: Sample.now, policy: SessionPolicy())?.secondFactor == .enrolled)
        #expect(try store.raise(old.id, to: Sample.digest("t"), at: Sample.now))
        #expect(try !store.raise(old.id, to: Sample.digest("u"), at: Sample.now))
        #expect(try authorize.session(old.id, at: Sample.now, policy: SessionPolicy()) == nil)
        let raised = try authorize.session(Sample.digest("t"), at: Sample.now, policy: SessionPolicy())
        #expect(raised?.secondFactor == .proven && raised?.authenticatedAt == Sample.now)
    }
}
