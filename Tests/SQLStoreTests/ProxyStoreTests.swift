import OAuth
import SMART
import SQLStore
import Store
import StoreTesting
import Testing

// Protocol E12
@Suite("Every store: who acts for whom")
struct ProxyStoreTests {
    private func proxy(
        _ patient: String = "p1", _ relationship: TemporaryAccess.Relationship = .parent, until: Int = 100
    ) -> TemporaryAccess {
        TemporaryAccess(patient: patient, relationship: relationship, until: Sample.now + until)
    }

    @Test("all who read an account read it with the one question, and its access besides", arguments: Backend.allCases)
    func everyRead(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        try store.add(proxy("p2", .carer), id: "x2", account: "id-amara", at: Sample.now)
        try store.add(proxy("p1", until: 50), id: "x1", account: "id-amara", at: Sample.now)
        let both = [proxy("p1", until: 50), proxy("p2", .carer)]
        for user in [
            try store.user("id-amara"), try store.user(named: "amara"), try store.account(named: "amara")?.user,
            try store.accounts().first?.user,
            try store.accessToken(Sample.digest("at-1"), at: Sample.now)?.user,
            try store.refreshToken(Sample.digest("rt-1"))?.authorization.user,
            try store.standingGrant("grant-1", at: Sample.now)?.token.user,
        ] {
            let user = try #require(user)
            #expect(user.temporaryAccess == both)
            #expect(user.access == .all && user.username(is: "amara"))
        }
    }

    @Test("said once more, it is the later word that holds", arguments: Backend.allCases)
    func again(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.account("amara", access: .none), at: Sample.now)
        try store.add(Sample.account("bela", access: .none), at: Sample.now)
        try store.add(proxy(), id: "x1", account: "id-amara", at: Sample.now)
        try store.add(proxy("p1", .guardian, until: 900), id: "x2", account: "id-amara", at: Sample.now + 1)
        let records = try store.proxies(of: nil, for: nil)
        #expect(records.map(\.access) == [proxy("p1", .guardian, until: 900)])
        #expect(records.map(\.username) == ["amara"] && records.map(\.since) == [Sample.now])
        #expect(try store.proxies(of: "bela", for: nil).isEmpty && store.proxies(of: nil, for: "p2").isEmpty)
        #expect(try store.proxies(of: "amara", for: "p1").count == 1)
        #expect(try store.user(named: "bela")?.temporaryAccess == [])
    }

    @Test("its end ends what rests on it at once, for good, and nothing else", arguments: Backend.allCases)
    func end(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        try store.add(proxy("p2"), id: "x2", account: "id-amara", at: Sample.now)
        #expect(try !store.endProxy(of: "id-amara", for: "p1", at: Sample.now + 1))
        #expect(try store.endProxy(of: "id-amara", for: "p2", at: Sample.now + 1))
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now + 1) != nil)
        try store.add(proxy("p1"), id: "x1", account: "id-amara", at: Sample.now + 2)
        #expect(try store.endProxy(of: "id-amara", for: "p1", at: Sample.now + 3))
        #expect(try !store.endProxy(of: "id-amara", for: "p1", at: Sample.now + 3))
        #expect(try store.user(named: "amara")?.temporaryAccess == [])
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now + 3) == nil)
        #expect(try store.standingGrant("grant-1", at: Sample.now + 3)?.state == .ended("proxy_ended"))
        try store.add(proxy("p1"), id: "x3", account: "id-amara", at: Sample.now + 4)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now + 4) == nil)
        let acts = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns)
            .filter { $0.act.hasPrefix("proxy") }.map { "\($0.act) \($0.patient ?? "")" }
        #expect(acts == ["proxy_add p2", "proxy_remove p2", "proxy_add p1", "proxy_remove p1", "proxy_add p1"])
    }
}

// Protocol E11, E12
@Suite("Every store: what a person may see for a time ends by itself")
struct ExpiredAccessTests {
    /// The house, a proxy of `p1` until 100 seconds, and an emergency with `p2` until 60.
    private func house(_ backend: Backend) throws -> (Harness, SQLStore) {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        #expect(try store.setMayBreakGlass(true, account: "amara", at: Sample.now))
        try store.add(
            TemporaryAccess(patient: "p1", relationship: .parent, until: Sample.now + 100), id: "x1",
            account: "id-amara", at: Sample.now)
        try begin(store, at: Sample.now)
        return (harness, store)
    }

    private func begin(_ store: SQLStore, at now: Instant) throws {
        let access = TemporaryAccess(patient: "p2", basis: .emergency, until: now + 60)
        let reason = try #require(StatedReason("found unconscious"))
        #expect(
            try store.beginEmergency(
                access, id: "x\(now.seconds)", account: "id-amara", reason: reason, at: now))
    }

    private func acts(_ store: SQLStore) throws -> [String] {
        try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns)
            .filter { ["break_glass_end", "proxy_remove"].contains($0.act) }
            .map { "\($0.act) \($0.account ?? "") \($0.patient ?? "") \($0.details)" }
    }

    private func row(_ act: String, _ patient: String, _ since: Int, _ until: Int) -> String {
        let (since, until) = (Sample.now + since, Sample.now + until)
        return #"\#(act) id-amara \#(patient) {"reason":"expired","since":\#(since.seconds),"until":\#(until.seconds)}"#
    }

    @Test("its end is in the trail once, at its moment, with what rested on it", arguments: Backend.allCases)
    func ends(_ backend: Backend) throws {
        let (harness, store) = try house(backend)
        let portal = try harness.store(.portal)
        _ = try portal.purge(at: Sample.now + 59)
        #expect(try acts(store).isEmpty)
        for after in [60, 61, 99] { _ = try portal.purge(at: Sample.now + after) }
        #expect(try acts(store) == [row("break_glass_end", "p2", 0, 60)])
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now + 99) != nil)
        // Others have no business with it.
        for powers in [Powers.authorize, .token, .enforce] {
            _ = try harness.store(powers).purge(at: Sample.now + 500)
        }
        #expect(try acts(store).count == 1)
        for after in [500, 600] { _ = try portal.purge(at: Sample.now + after) }
        #expect(try acts(store).last == row("proxy_remove", "p1", 0, 100) && acts(store).count == 2)
        #expect(try store.standingGrant("grant-1", at: Sample.now + 600)?.state == .ended("proxy_ended"))
        #expect(try store.proxies(of: nil, for: nil).isEmpty && store.user(named: "amara")?.temporaryAccess == [])
        #expect(try !store.endEmergency(of: "id-amara", to: "p2", at: Sample.now + 600))
    }

    @Test("one that is begun anew ends the one before first, and is not ended by its end", arguments: Backend.allCases)
    func anew(_ backend: Backend) throws {
        let (harness, store) = try house(backend)
        try begin(store, at: Sample.now + 60)
        #expect(try acts(store) == [row("break_glass_end", "p2", 0, 60)])
        _ = try harness.store(.portal).purge(at: Sample.now + 90)
        #expect(try acts(store).count == 1)
        #expect(try store.user(named: "amara")?.temporaryAccess.map(\.patient) == ["p1", "p2"])
        // Begun anew while it is open, it is one emergency that goes on.
        try begin(store, at: Sample.now + 90)
        #expect(try acts(store).count == 1)
        #expect(try store.endEmergency(of: "id-amara", to: "p2", at: Sample.now + 100))
        #expect(try acts(store).last?.contains("expired") == false)
    }

    @Test(
        "what was told of it says when: a consent of a proxy whose day has come is inactive",
        arguments: Backend.allCases)
    func consents(_ backend: Backend) throws {
        let (harness, store) = try house(backend)
        try store.setDestinations([.platform])
        #expect(try store.begin(Sample.interaction("i2")) == .begun)
        #expect(try store.decide(Sample.consent("c2"), in: Sample.digest("i2")))
        _ = try harness.store(.portal).purge(at: Sample.now + 100)
        #expect(try store.consent("c2")?.status == .inactive)
        let versions = try store.deliveries(undeliveredOnly: true, limit: 9).filter { $0.consent == "c2" }
        #expect(versions.map(\.version).sorted() == [1, 2])
        let rows = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns.act)
        #expect(rows.filter { $0 == "consent_expire" }.count == 1 && !rows.contains("consent_withdraw"))
    }

    @Test("of many who see it at once one writes it down", arguments: Backend.allCases)
    func race(_ backend: Backend) throws {
        let (harness, store) = try house(backend)
        let databases = try (0..<4).map { _ in try harness.database() }
        _ = try atOnce(8) { number in
            _ = try databases[number % 4].store().purge(at: Sample.now + 60)
            return 0
        }
        #expect(try acts(store).count == 1)
    }
}

extension User {
    fileprivate func username(is name: String) -> Bool { id == "id-\(name)" }
}
