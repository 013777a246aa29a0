import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: consent records, and the grants that rest on them")
struct ConsentStoreTests {
    /// A store with a grant on a consent, and tokens of it.
    private func begun(_ backend: Backend) throws -> SQLStore {
        let store = try backend.harness().store()
        try store.add(Sample.client("app"), at: Sample.now)
        try store.add(Sample.account(), at: Sample.now)
        #expect(try store.begin(Sample.interaction()) == .begun)
        #expect(try store.decide(Sample.consent(), in: Sample.digest("i")))
        let interaction = try #require(try store.interaction(Sample.digest("i"), at: Sample.now))
        #expect(
            try store.issue(
                Sample.code(consent: "consent-1"), finishing: interaction, beginning: nil, policy: SessionPolicy(),
                at: Sample.now))
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        return store
    }

    private func scopes(_ store: SQLStore, at now: Instant = Sample.now + 1) throws -> String? {
        try store.accessToken(Sample.digest("at-1"), at: now, policy: SessionPolicy())?.scopes.description
    }

    @Test("a record comes back as it was kept, with what stood on the page", arguments: Backend.allCases)
    func record(_ backend: Backend) throws {
        let store = try begun(backend)
        let consent = try #require(try store.consent("consent-1"))
        #expect(consent.status == .active && consent.version == 1 && consent.patient == "p1")
        #expect(consent.allowed.description == "openid patient/*.rs" && consent.decidedAt == Sample.now)
        #expect(consent.wording == ConsentWording(language: "de", text: "App, \u{201E}Ja\u{201C}\n[x] Laborwerte"))
        #expect(consent.purpose == .treatment)
        #expect(try store.consent("consent-2") == nil)
    }

    @Test("records are found by person, app, patient and status", arguments: Backend.allCases)
    func filter(_ backend: Backend) throws {
        let store = try begun(backend)
        #expect(try store.begin(Sample.interaction("j")) == .begun)
        #expect(try store.decide(Sample.consent("consent-2", allowed: ""), in: Sample.digest("j")))
        func found(_ filter: ConsentFilter) throws -> [String] { try store.consents(filter).map(\.id) }
        #expect(try found(ConsentFilter()) == ["consent-1", "consent-2"])
        #expect(try found(ConsentFilter(account: "id-amara", clientID: "app")) == ["consent-1", "consent-2"])
        #expect(try found(ConsentFilter(patient: "p1", status: .rejected)) == ["consent-2"])
        #expect(try found(ConsentFilter(status: .active)) == ["consent-1"])
        for nobody in [ConsentFilter(account: "x"), ConsentFilter(clientID: "x"), ConsentFilter(patient: "x")] {
            #expect(try found(nobody).isEmpty)
        }
    }

    @Test("a withdrawal ends what rests on the record, once and in the same moment", arguments: Backend.allCases)
    func withdrawal(_ backend: Backend) throws {
        let store = try begun(backend)
        #expect(try scopes(store) == "patient/*.rs")
        #expect(try store.withdraw(consent: "consent-1", at: Sample.now + 5))
        #expect(try scopes(store) == nil)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.isEnded == true)
        #expect(try store.grants(of: "id-amara", at: Sample.now + 1, policy: SessionPolicy()).isEmpty)
        let consent = try #require(try store.consent("consent-1"))
        #expect(consent.status == .inactive && consent.version == 2 && consent.changedAt == Sample.now + 5)
        #expect(try !store.withdraw(consent: "consent-1", at: Sample.now + 6))
        #expect(try store.consent("consent-1")?.version == 2)
        #expect(try store.standingGrant("grant-1", at: Sample.now)?.state == .ended("withdrawn"))
        // Neither the code nor the refresh token makes another token.
        #expect(try store.issue(Sample.tokens("2"), spending: .refreshToken(Sample.digest("rt-1"))) != .issued)
    }

    /// The acts on the consent, and the grant that each was about.
    private func trail(_ store: SQLStore) throws -> [String] {
        try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns)
            .filter { $0.consent == "consent-1" && ($0.act.hasPrefix("consent") || $0.act == "grant_end") }
            .map { [$0.act, $0.grant].compactMap { $0 }.joined(separator: " ") }
    }

    @Test("the trail has the withdrawal, and each grant that ended with it", arguments: Backend.allCases)
    func trail(_ backend: Backend) throws {
        let store = try begun(backend)
        #expect(try store.withdraw(consent: "consent-1", at: Sample.now + 5))
        #expect(try trail(store) == ["consent_allow", "consent_withdraw", "grant_end grant-1"])
        let other = try begun(backend)
        #expect(try other.endGrants(of: "id-amara", to: "app", reason: .withdrawn, at: Sample.now + 1) == 1)
        #expect(try trail(other) == ["consent_allow", "grant_end grant-1", "consent_withdraw"])
    }

    @Test("ending an app's access is a withdrawal", arguments: Backend.allCases)
    func ending(_ backend: Backend) throws {
        let store = try begun(backend)
        #expect(try store.endGrants(of: "id-amara", to: "app", reason: .withdrawn, at: Sample.now + 1) == 1)
        #expect(try store.consent("consent-1")?.status == .inactive)
    }

    @Test(
        "a narrowing holds for tokens that are out, and is made from the version that was seen",
        arguments: Backend.allCases)
    func narrowing(_ backend: Backend) throws {
        let store = try begun(backend)
        let less = ScopeSet("openid patient/Goal.rs")
        #expect(try !store.narrow(consent: "consent-1", from: 2, to: less, at: Sample.now))
        #expect(try store.narrow(consent: "consent-1", from: 1, to: less, at: Sample.now))
        #expect(try !store.narrow(consent: "consent-1", from: 1, to: less, at: Sample.now))
        #expect(try scopes(store) == "patient/Goal.rs")
        let refresh = try #require(try store.refreshToken(Sample.digest("rt-1")))
        #expect(refresh.authorization.permittedScopes(at: Sample.now).description == "openid patient/Goal.rs")
        #expect(
            try store.grants(of: "id-amara", at: Sample.now + 1, policy: SessionPolicy()).map(\.scopes.description)
                == ["openid patient/Goal.rs"])
        let standing = try #require(try store.standingGrant("grant-1", at: Sample.now))
        #expect(standing.state == .alive && standing.token.scopes.description == "openid patient/Goal.rs")
    }

    @Test("a consent of another FHIR base is nobody's", arguments: Backend.allCases)
    func base(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        #expect(try !store.withdraw(consent: "consent-1", at: Sample.now))
        #expect(try store.consents(ConsentFilter()).isEmpty)
    }
}
