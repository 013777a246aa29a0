import OAuth
import SMART
import SQLStore
import Store
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

extension User {
    fileprivate func username(is name: String) -> Bool { id == "id-\(name)" }
}
