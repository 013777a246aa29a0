import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: what patients deny elsewhere, on the next use of everything")
struct DirectiveStoreTests {
    /// A store with a grant about patient p1, and tokens of it.
    private func begun(_ harness: Harness) throws -> SQLStore {
        let store = try harness.store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        return store
    }

    private func directive(
        _ id: String = "d1", of patient: String = "p1", to client: String? = "app", denied: String = "patient/*.cruds",
        from: Int? = nil, until: Int? = nil
    ) -> ConsentDirective {
        let rules = ScopeSet(denied).clinical.map { scope in
            ConsentRule(
                clientID: client, denied: DenyRule(patient: patient, denying: scope),
                from: from.map { Sample.now + $0 }, until: until.map { Sample.now + $0 })
        }
        return ConsentDirective(
            id: id, patient: patient, source: .paper, rules: rules, statement: "signed at the desk",
            recordedAt: Sample.now)
    }

    private func scopes(_ store: SQLStore, after seconds: Int = 1) throws -> String? {
        try store.accessToken(Sample.digest("at-1"), at: Sample.now + seconds, policy: SessionPolicy())?.scopes
            .description
    }

    @Test("access token, refresh token and code are nothing while everything is denied", arguments: Backend.allCases)
    func everything(_ backend: Backend) throws {
        for client in ["app", nil] {
            let store = try begun(backend.harness())
            #expect(try scopes(store) == "patient/*.rs")
            try store.add(directive(to: client))
            #expect(try scopes(store) == nil)
            let now = Sample.now + 1
            #expect(
                try store.refreshToken(Sample.digest("rt-1"))?.authorization.permittedScopes(at: now).isEmpty == true)
            #expect(try store.code(Sample.digest("code"))?.authorization.permittedScopes(at: now).isEmpty == true)
            #expect(try store.standingGrant("grant-1", at: now)?.state == .denied)
            #expect(try store.grants(of: "id-amara", at: now, policy: SessionPolicy()).isEmpty)
            #expect(try store.denyRules(for: "app", about: "p1", at: now).denyAll(of: "p1"))

            #expect(try store.withdraw(directive: "d1", reason: "changed their mind", at: now))
            #expect(try scopes(store) == "patient/*.rs")
            #expect(try store.denyRules(for: "app", about: "p1", at: now).isEmpty)
            #expect(try !store.withdraw(directive: "d1", reason: "again", at: now))
        }
    }

    @Test("another app, another patient and another time are not concerned", arguments: Backend.allCases)
    func others(_ backend: Backend) throws {
        let store = try begun(backend.harness())
        try store.add(directive("d1", to: "other"))
        try store.add(directive("d2", of: "p2"))
        try store.add(directive("d3", from: 100, until: 200))
        #expect(try scopes(store) == "patient/*.rs")
        #expect(try scopes(store, after: 99) != nil && scopes(store, after: 100) == nil)
        #expect(try scopes(store, after: 199) == nil && scopes(store, after: 200) != nil)
    }

    @Test("what is denied in part is cut out of scopes, for every reader", arguments: Backend.allCases)
    func part(_ backend: Backend) throws {
        let store = try begun(backend.harness())
        try store.add(directive(denied: "patient/Observation.cruds"))
        let words = Set((try scopes(store) ?? "").split(separator: " ").map(String.init))
        #expect(words.contains("patient/Condition.rs") && !words.contains("patient/Observation.rs"))
        let refresh = try #require(try store.refreshToken(Sample.digest("rt-1"))?.authorization)
        let refreshed = Set(refresh.permittedScopes(at: Sample.now).scopes.map(\.spelling))
        #expect(refreshed.isSuperset(of: words) && !refreshed.contains("patient/Observation.rs"))
    }

    @Test("a token that reaches many patients knows of each who denies its app", arguments: Backend.allCases)
    func many(_ backend: Backend) throws {
        let store = try begun(backend.harness())
        let tokens = NewTokens(
            grant: "backend", accessToken: Sample.digest("at-b"), scopes: ScopeSet("system/*.rs"),
            accessTokenExpiresAt: Sample.now + 300, refreshToken: nil, refreshTokenExpiresAt: Sample.now,
            issuedAt: Sample.now)
        try store.issue(
            tokens, beginning: BackendGrant(id: "backend", clientID: "app", scopes: ScopeSet("system/*.rs")))
        for patient in ["p1", "p9"] {
            try store.add(directive(patient, of: patient, to: patient == "p1" ? nil : "app"))
        }
        let token = try #require(
            try store.accessToken(Sample.digest("at-b"), at: Sample.now + 1, policy: SessionPolicy()))
        #expect(token.scopes.description == "system/*.rs")
        #expect(token.denied.denyAll(of: "p1") && token.denied.denyAll(of: "p9") && !token.denied.denyAll(of: "p2"))
    }

    @Test(
        "a directive comes back as it was entered, and is found by patient, app and status", arguments: Backend.allCases
    )
    func record(_ backend: Backend) throws {
        let store = try begun(backend.harness())
        let one = directive("d1", denied: "patient/Observation.rs?category=laboratory patient/Condition.cud", until: 50)
        try store.add(one)
        try store.add(directive("d2", of: "p2", to: nil))
        #expect(try store.directive("d1") == one)
        func found(_ filter: DirectiveFilter) throws -> [String] { try store.directives(filter).map(\.id) }
        #expect(try found(DirectiveFilter()) == ["d1", "d2"])
        #expect(try found(DirectiveFilter(patient: "p1")) == ["d1"])
        #expect(try found(DirectiveFilter(clientID: "x")) == ["d2"])
        #expect(try found(DirectiveFilter(clientID: "app")) == ["d1", "d2"])
        #expect(try store.withdraw(directive: "d2", reason: "moved away", at: Sample.now + 9))
        #expect(try found(DirectiveFilter(status: .active)) == ["d1"])
        let lifted = try #require(try store.directive("d2"))
        #expect(lifted.version == 2 && lifted.statement == "moved away" && lifted.changedAt == Sample.now + 9)
    }

    @Test("each act has its row, with the reason", arguments: Backend.allCases)
    func trail(_ backend: Backend) throws {
        let store = try begun(backend.harness())
        try store.add(directive(until: 50))
        #expect(try store.withdraw(directive: "d1", reason: "a mistake", at: Sample.now + 9))
        let rows = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns)
            .filter { $0.act.hasPrefix("directive") }
        #expect(rows.map(\.act) == ["directive_record", "directive_withdraw"])
        #expect(rows.allSatisfy { $0.patient == "p1" && $0.consent == "d1" })
        #expect(rows[0].client == "app" && rows[0].details.contains("signed at the desk"))
        #expect(rows[1].details.contains("a mistake"))
    }

    @Test("a program that decides can read the rules, and no more", arguments: Backend.allCases)
    func powers(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try begun(harness)
        try store.add(directive())
        for powers in [Powers.introspect, .enforce, .token] {
            let reader = try harness.store(powers)
            #expect(
                try reader.accessToken(Sample.digest("at-1"), at: Sample.now + 1, policy: SessionPolicy()) == nil)
            #expect(throws: StoreError.self) { try reader.directive("d1") }
        }
        for powers in [Powers.authorize, .launch] {
            #expect(try harness.store(powers).denyRules(for: "app", about: "p1", at: Sample.now).denyAll(of: "p1"))
            #expect(throws: StoreError.self) { try harness.store(powers).add(directive("d2")) }
        }
    }

    @Test("what thousands of directives of other patients cost a read, printed", arguments: Backend.allCases)
    func cost(_ backend: Backend) throws {
        let store = try begun(backend.harness())
        func measured() throws -> Duration {
            let count = 300
            return try ContinuousClock().measure {
                for _ in 0..<count { _ = try store.accessToken(Sample.digest("at-1"), at: Sample.now) }
            } / count
        }
        _ = try measured()
        let none = try measured()
        let rules = (0..<2_000).map { ConsentRule(clientID: nil, denied: DenyRule(patient: "other-\($0)")) }
        try store.add(
            ConsentDirective(
                id: "many", patient: "other-0", source: .paper, rules: rules, statement: nil, recordedAt: Sample.now))
        print("a token of one patient on \(backend.rawValue): \(none), beside 2000 directives \(try measured())")
    }
}
