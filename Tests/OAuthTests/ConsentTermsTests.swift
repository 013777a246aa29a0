import OAuth
import SMART
import Testing

@Suite("What a consent record says now")
struct ConsentTermsTests {
    private static let now = Fixture.now

    private func terms(
        _ allowed: String, _ status: Consent.Status = .active, version: Int = 2, expiresAt: Int? = nil
    ) -> ConsentTerms {
        ConsentTerms(
            status: status, version: version, allowed: ScopeSet(allowed),
            expiresAt: expiresAt.map { Self.now + $0 })
    }

    @Test(
        "of what was granted, a changed record leaves what it allows",
        arguments: [
            ("patient/*.rs", "patient/*.rs", "patient/*.rs"),
            ("openid patient/*.rs", "openid patient/Goal.rs", "openid patient/Goal.rs"),
            ("openid patient/*.rs", "patient/Goal.r", "patient/Goal.r"),
            ("patient/Observation.rs", "patient/Observation.rs?category=a|b", "patient/Observation.rs?category=a|b"),
            ("patient/Goal.r", "patient/*.rs", "patient/Goal.r"),
            ("patient/Goal.rs", "patient/Condition.rs", ""),
        ])
    func permitted(_ granted: String, _ allowed: String, _ left: String) {
        #expect(terms(allowed).permitted(ScopeSet(granted), at: Self.now).description == left)
    }

    @Test("a record that is not active, or has run out, leaves nothing, whatever it allowed")
    func over() {
        let granted = ScopeSet("openid patient/*.rs")
        for version in [1, 2] {
            for status in Consent.Status.allCases {
                let left = terms("openid patient/*.rs", status, version: version).permitted(granted, at: Self.now)
                #expect(left.isEmpty == (status != .active))
            }
            for (expiry, holds) in [(-1, false), (0, false), (1, true)] {
                let terms = terms("openid patient/*.rs", version: version, expiresAt: expiry)
                #expect(terms.holds(at: Self.now) == holds)
                #expect(terms.permitted(granted, at: Self.now).isEmpty == !holds)
            }
        }
    }

    private func consent(_ allowed: String, _ status: Consent.Status? = nil) -> Consent {
        Consent(
            id: "c", account: "a", clientID: "app", patient: "p1", requested: ScopeSet("openid patient/*.cruds"),
            allowed: ScopeSet(allowed), decidedAt: Self.now, status: status)
    }

    @Test("a decision is a yes or a no, in its first version")
    func begun() {
        let yes = consent("patient/*.rs")
        #expect(yes.status == .active && yes.version == 1 && yes.changedAt == Self.now)
        #expect(consent("").status == .rejected)
    }

    @Test("a consent is narrowed, and never widened")
    func narrowed() throws {
        let consent = consent("openid patient/Goal.rs patient/Observation.rs")
        #expect(try consent.narrowed(to: ScopeSet("openid patient/Goal.r")) == .to(ScopeSet("openid patient/Goal.r")))
        for nothing in ["", "openid"] { #expect(try consent.narrowed(to: ScopeSet(nothing)) == .nothingLeft) }
        for wider in ["patient/Goal.cruds", "patient/*.rs", "user/Goal.rs", "openid offline_access patient/Goal.rs"] {
            let error = #expect(throws: OAuthError.self) { try consent.narrowed(to: ScopeSet(wider)) }
            #expect(error?.code == .invalidScope)
        }
        #expect(throws: OAuthError.self) {
            try self.consent("patient/Goal.rs", .inactive).narrowed(to: ScopeSet("patient/Goal.r"))
        }
    }

    // Protocol E4
    @Test("a refresh gives what the consent allows now, and nothing once it is over")
    func refresh() throws {
        func refreshed(_ terms: ConsentTerms?, scope: String? = nil) throws -> String {
            let token = RefreshToken(
                digest: SecretDigest(of: "r"), authorization: Fixture.authorization(terms: terms),
                expiresAt: Self.now + 100)
            #expect(token.isActive(at: Self.now, policy: SessionPolicy()) == terms?.holds(at: Self.now) ?? true)
            let outcome = try token.refreshed(
                by: Fixture.proven(Fixture.client()),
                with: RefreshRequest(refreshToken: Secret(received: "r"), scope: scope), policy: SessionPolicy(),
                at: Self.now)
            if case .fresh(let scopes) = outcome { return scopes.description }
            return "not fresh"
        }
        #expect(try refreshed(nil) == "openid fhirUser patient/*.rs")
        #expect(try refreshed(terms("openid patient/Goal.rs")) == "openid patient/Goal.rs")
        // Many clients send what they were granted the last time.
        let repeated = "openid fhirUser patient/*.rs"
        #expect(try refreshed(terms("openid patient/Goal.rs"), scope: repeated) == "openid patient/Goal.rs")
        for terms in [terms("patient/*.rs", .inactive), terms("patient/*.rs", expiresAt: 0)] {
            let error = #expect(throws: OAuthError.self) { try refreshed(terms) }
            #expect(error?.code == .invalidGrant)
        }
    }
}
