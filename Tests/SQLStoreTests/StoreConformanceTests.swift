import Foundation
import JOSE
import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: clients and accounts")
struct RegistrationConformanceTests {
    @Test("a client comes back as it was registered", arguments: Backend.allCases)
    func client(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.client("a", secret: "s"), at: Sample.now)
        let client = try #require(try store.client("a"))
        #expect(client.name == "App a")
        #expect(client.authentication == .secret([.init(digest: Sample.digest("s"))]))
        #expect(client.redirectURIs.map(\.description) == ["https://a.example/cb"])
        #expect(client.launchURLs == ["https://a.example/launch"])
        #expect(client.scopes.description == "openid offline_access patient/*.rs")
        #expect(client.isTrusted && !client.isNative && !client.isDisabled)
        #expect(client.lifetimes == .init(accessToken: 300, refreshToken: nil))
        #expect(client.access == .patients(["p1", "p2"]))
        #expect(try store.client("b") == nil)
        #expect(throws: StoreError.self) { try store.add(Sample.client("a"), at: Sample.now) }
    }

    @Test("origins are those of enabled clients", arguments: Backend.allCases)
    func origins(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.client("a"), at: Sample.now)
        #expect(try store.isRegisteredOrigin("https://a.example"))
        #expect(try store.isRegisteredOrigin("https://extra.example"))
        #expect(try !store.isRegisteredOrigin("https://b.example"))
        #expect(try store.setDisabled(true, client: "a", at: Sample.now))
        #expect(try !store.isRegisteredOrigin("https://a.example"))
        #expect(try store.client("a")?.isDisabled == true)
        #expect(try !store.setDisabled(true, client: "b", at: Sample.now))
    }

    @Test("two secrets overlap, never three", arguments: Backend.allCases)
    func rotation(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.client("a", secret: "one"), at: Sample.now)
        for secret in ["two", "three"] {
            #expect(
                try store.rotateSecret(
                    to: Sample.digest(secret), client: "a", overlapEnd: Sample.now + 60, at: Sample.now))
        }
        guard case .secret(let secrets, _) = try #require(try store.client("a")).authentication else {
            return #expect(Bool(false))
        }
        #expect(Set(secrets.map(\.digest)) == [Sample.digest("two"), Sample.digest("three")])
        #expect(secrets.filter { $0.expiresAt == Sample.now + 60 }.map(\.digest) == [Sample.digest("two")])
        try store.add(Sample.client("public"), at: Sample.now)
        #expect(
            try !store.rotateSecret(to: Sample.digest("x"), client: "public", overlapEnd: Sample.now, at: Sample.now))
    }

    @Test(
        "an account comes back as it was added; wrong passwords are counted and forgiven", arguments: Backend.allCases)
    func account(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.account(access: .patients(["p1", "p2"])), at: Sample.now)
        let account = try #require(try store.account(named: "amara"))
        #expect(account.user == (try Sample.account(access: .patients(["p1", "p2"])).user))
        #expect(account.password.matches("a long password"))
        for name in ["amara", "nobody"] {
            #expect(try (0..<5).map { _ in try store.beginAttempt(named: name, at: Sample.now) } == [0, 0, 0, 2, 2])
            #expect(try store.beginAttempt(named: name, at: Sample.now + 2) == 0)
            #expect(try store.beginAttempt(named: name, at: Sample.now + 3) == 3)
        }
        try store.forget(Attempt.signIn("amara", from: "192.0.2.1", knownBrowser: nil))
        #expect(try store.beginAttempt(named: "amara", at: Sample.now + 3) == 0)
        #expect(try store.beginAttempt(named: "nobody", at: Sample.now + 3) == 3)
        // They are forgotten after a day, and counted anew.
        let later = Sample.now + 3 + 86_400
        #expect(try (0..<4).map { _ in try store.beginAttempt(named: "nobody", at: later) } == [0, 0, 0, 2])
    }

    @Test("one FHIR base never sees another's rows", arguments: Backend.allCases)
    func bases(_ backend: Backend) throws {
        let harness = try backend.harness()
        let other = try #require(FHIRBase("https://other.example/fhir"))
        try harness.store().add(Sample.client("a"), at: Sample.now)
        try harness.store().add(Sample.account(), at: Sample.now)
        let stranger = try harness.database(base: other).store()
        #expect(try stranger.client("a") == nil)
        #expect(try stranger.clients().isEmpty)
        #expect(try stranger.account(named: "amara") == nil)
        #expect(try !stranger.isRegisteredOrigin("https://a.example"))
    }
}

@Suite("Every store: sessions and interactions")
struct JourneyConformanceTests {
    @Test(
        "a session lives until it is idle too long, too old, ended or its account disabled", arguments: Backend.allCases
    )
    func sessions(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let policy = SessionPolicy(idle: 100, absolute: 250)
        try store.add(Sample.account(), at: Sample.now)
        func begin(_ id: String, replacing old: SecretDigest? = nil) throws {
            let session = Session(
                id: Sample.digest(id), user: try Sample.account().user, authenticatedAt: Sample.now,
                lastSeenAt: Sample.now)
            try store.begin(session, of: "amara", replacing: old, policy: policy)
        }
        func isAlive(_ id: String, _ after: Int) throws -> Bool {
            try store.session(Sample.digest(id), at: Sample.now + after, policy: policy) != nil
        }
        try begin("s")
        #expect(try isAlive("s", 99))
        #expect(try !isAlive("s", 100))
        try store.touch(Sample.digest("s"), at: Sample.now + 90)
        #expect(try isAlive("s", 180))
        try store.touch(Sample.digest("s"), at: Sample.now + 200)
        #expect(try isAlive("s", 249))
        #expect(try !isAlive("s", 250))
        try begin("t", replacing: Sample.digest("s"))
        #expect(try !isAlive("s", 1))
        #expect(try isAlive("t", 1))
        try store.end(session: Sample.digest("t"))
        #expect(try !isAlive("t", 1))
        try begin("u")
        #expect(try store.setDisabled(true, account: "amara", at: Sample.now))
        #expect(try store.setDisabled(false, account: "amara", at: Sample.now))
        #expect(try !isAlive("u", 1))
    }

    @Test("a person's sessions are listed, and end one by one or all but one", arguments: Backend.allCases)
    func openSessions(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store(.portal)
        let policy = SessionPolicy(idle: 100, absolute: 250)
        for name in ["amara", "bela"] { try harness.store().add(Sample.account(name), at: Sample.now) }
        func begin(_ id: String, of name: String = "amara", _ kind: BrowserKind = .other, seen: Int = 0) throws {
            let session = Session(
                id: Sample.digest(id), user: try Sample.account(name).user, authenticatedAt: Sample.now,
                lastSeenAt: Sample.now + seen, browser: kind)
            try store.begin(session, of: name, replacing: nil, policy: policy)
        }
        func open(_ after: Int = 0) throws -> [SecretDigest] {
            try store.sessions(of: "id-amara", at: Sample.now + after, policy: policy).map(\.id)
        }
        func digests(_ ids: String...) -> [SecretDigest] { ids.map { Sample.digest($0) } }
        try begin("a", .firefox)
        try begin("b", .edge, seen: 50)
        try begin("c", seen: 20)
        try begin("theirs", of: "bela")
        #expect(try open() == digests("b", "c", "a"))
        #expect(try open(110) == digests("b", "c"))
        #expect(try open(250).isEmpty)
        #expect(
            try store.sessions(of: "id-amara", at: Sample.now, policy: policy).map(\.browser) == [
                .edge, .other, .firefox,
            ])
        #expect(try store.session(Sample.digest("a"), at: Sample.now, policy: policy)?.browser == .firefox)
        #expect(try store.end(.only(Sample.digest("theirs")), of: "id-amara", at: Sample.now) == 0)
        #expect(try store.end(.only(Sample.digest("c")), of: "id-amara", at: Sample.now) == 1)
        #expect(try store.end(.only(Sample.digest("c")), of: "id-amara", at: Sample.now) == 0)
        #expect(try store.end(.allExcept(Sample.digest("b")), of: "id-amara", at: Sample.now) == 1)
        #expect(try open() == digests("b"))
        #expect(try store.session(Sample.digest("theirs"), at: Sample.now, policy: policy) != nil)
    }

    @Test("an interaction comes back with what the pages found out", arguments: Backend.allCases)
    func interactions(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.launch(), at: Sample.now)
        #expect(try store.launch(Sample.digest("handle")) == Sample.launch())
        #expect(try store.begin(Sample.interaction(launch: Sample.launch(), browser: nil)) == .begun)
        #expect(try store.launch(Sample.digest("handle")) == nil)
        #expect(try store.begin(Sample.interaction("j", launch: Sample.launch())) == .launchAlreadySpent)
        #expect(try store.interaction(Sample.digest("j"), at: Sample.now) == nil)

        #expect(try store.bind(Sample.digest("i"), to: Sample.digest("b1"), session: Sample.digest("s1")))
        // The session of the first moment is the one that counts.
        #expect(try store.bind(Sample.digest("i"), to: Sample.digest("b1"), session: Sample.digest("s2")))
        #expect(try !store.bind(Sample.digest("i"), to: Sample.digest("b2"), session: nil))
        try store.choose(patient: "p9", account: "id-amara", in: Sample.digest("i"), at: Sample.now)
        try store.choose(patient: "second thought", account: "id-amara", in: Sample.digest("i"), at: Sample.now)
        #expect(try store.decide(Sample.consent(), in: Sample.digest("i")))
        #expect(try !store.decide(Sample.consent("again"), in: Sample.digest("i")))
        try store.choose(patient: "late", account: "id-amara", in: Sample.digest("i"), at: Sample.now)

        let found = try #require(try store.interaction(Sample.digest("i"), at: Sample.now + 599))
        #expect(found.request == (try Sample.request(launch: "handle")))
        #expect(found.launch?.context == Sample.launch().context)
        #expect(found.browser == Sample.digest("b1") && found.earlierSession == Sample.digest("s1"))
        #expect(found.progress?.patient == "p9")
        #expect(found.progress?.decision == .allowed(ScopeSet("openid patient/*.rs"), consent: "consent-1"))
        #expect(try store.interaction(Sample.digest("i"), at: Sample.now + 600) == nil)
        #expect(try store.finish(Sample.digest("i"), at: Sample.now))
        #expect(try !store.finish(Sample.digest("i"), at: Sample.now))
        #expect(try store.interaction(Sample.digest("i"), at: Sample.now) == nil)
    }

    @Test("who decides takes over no patient that somebody else picked", arguments: Backend.allCases)
    func takenOver(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try store.begin(Sample.interaction()) == .begun)
        try store.choose(patient: "p9", account: "id-bela", in: Sample.digest("i"), at: Sample.now)
        #expect(try store.decide(Sample.consent(), in: Sample.digest("i")))
        let progress = try #require(try store.interaction(Sample.digest("i"), at: Sample.now)?.progress)
        #expect(progress.account == "id-amara" && progress.patient == nil)
    }

    @Test("a denial is kept as one", arguments: Backend.allCases)
    func denial(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try store.begin(Sample.interaction()) == .begun)
        #expect(try store.decide(Sample.consent(allowed: ""), in: Sample.digest("i")))
        #expect(
            try store.interaction(Sample.digest("i"), at: Sample.now)?.progress?.decision
                == .denied(consent: "consent-1"))
    }

    @Test("an expired handle begins nothing", arguments: Backend.allCases)
    func expiredLaunch(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let launch = Launch(
            handle: Sample.digest("handle"), clientID: "app", account: "id-amara", context: LaunchContext(),
            expiresAt: Sample.now)
        try store.add(launch, at: Instant(Sample.now.seconds - 300))
        #expect(try store.begin(Sample.interaction(launch: launch)) == .launchAlreadySpent)
    }
}

@Suite("Every store: codes and tokens")
struct TokenConformanceTests {
    @Test("a code comes back with its grant; its interaction is answered once", arguments: Backend.allCases)
    func codes(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        let code = try #require(try store.code(Sample.digest("code")))
        #expect(code.authorization.grant == "grant-1")
        #expect(code.authorization.user.subject == "sub-amara")
        #expect(code.authorization.context.patient == "p1")
        #expect(code.authorization.basis == .trustedApp)
        #expect(code.authorization.nonce == "n")
        #expect(code.authorization.requestedScope == "openid offline_access patient/*.cruds")
        #expect(!code.isSpent && !code.isEnded)
        #expect(try !store.issue(Sample.code("second"), finishing: Sample.digest("i"), at: Sample.now))
        #expect(try store.code(Sample.digest("second")) == nil)
    }

    @Test("a grant refers to its consent, and to none that is not there", arguments: Backend.allCases)
    func consentReference(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.account(), at: Sample.now)
        #expect(try store.begin(Sample.interaction()) == .begun)
        #expect(throws: StoreError.self) {
            try store.issue(Sample.code(consent: "consent-1"), finishing: Sample.digest("i"), at: Sample.now)
        }
        #expect(try store.decide(Sample.consent(), in: Sample.digest("i")))
        #expect(try store.issue(Sample.code(consent: "consent-1"), finishing: Sample.digest("i"), at: Sample.now))
        #expect(try store.code(Sample.digest("code"))?.authorization.basis == .consent("consent-1"))
    }

    @Test("four wrong verifiers are forgiven, the fifth spends the code", arguments: Backend.allCases)
    func wrongVerifiers(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        for _ in 0..<4 { try store.countWrongVerifier(code: Sample.digest("code"), at: Sample.now) }
        #expect(try store.code(Sample.digest("code"))?.isSpent == false)
        try store.countWrongVerifier(code: Sample.digest("code"), at: Sample.now)
        #expect(try store.code(Sample.digest("code"))?.isSpent == true)
    }

    @Test("a code buys tokens once; the second attempt ends them", arguments: Backend.allCases)
    func codeReplay(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        let spending = Spending.code(Sample.digest("code"))
        #expect(try store.issue(Sample.tokens("1"), spending: spending) == .issued)
        let active = try #require(try store.accessToken(Sample.digest("at-1"), at: Sample.now))
        #expect(active.scopes.description == "patient/*.rs")
        #expect(active.patient == "p1" && active.clientID == "app" && active.fhirBase == "https://h.example/fhir")
        #expect(try store.issue(Sample.tokens("2"), spending: spending) == .alreadySpent)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now) == nil)
        #expect(try store.accessToken(Sample.digest("at-2"), at: Sample.now) == nil)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.isEnded == true)
        #expect(try store.refreshToken(Sample.digest("rt-2")) == nil)
    }

    @Test(
        "a refresh line rotates; a retry gets no second line; who comes later is told that it is spent",
        arguments: Backend.allCases)
    func refreshLine(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        let spending = Spending.refreshToken(Sample.digest("rt-1"))
        #expect(try store.issue(Sample.tokens("2"), spending: spending) == .issued)
        #expect(
            try store.refreshToken(Sample.digest("rt-1"))?.use == .init(at: Sample.now, isSuccessorSpent: false))
        #expect(try store.refreshToken(Sample.digest("rt-2"))?.isSpent == false)
        #expect(
            try store.refreshToken(Sample.digest("rt-2"))?.authorization.requestedScope
                == "openid offline_access patient/*.cruds")
        #expect(try store.issue(Sample.tokens("3"), spending: spending) == .overtaken)
        #expect(try store.refreshToken(Sample.digest("rt-3")) == nil)

        // The retry brings the very successor, and gets an access token beside the one that got lost.
        let retry = Spending.retry(Sample.digest("rt-1"))
        func retried(_ access: String, _ refresh: String, after: Int) -> NewTokens {
            NewTokens(
                grant: "grant-1", accessToken: Sample.digest(access), scopes: ScopeSet("patient/*.rs"),
                accessTokenExpiresAt: Sample.now + after + 900, refreshToken: Sample.digest(refresh),
                refreshTokenExpiresAt: Sample.now + after + 10_000, issuedAt: Sample.now + after)
        }
        #expect(try store.issue(retried("at-2b", "rt-2", after: 60), spending: retry) == .issued)
        #expect(try store.accessToken(Sample.digest("at-2"), at: Sample.now) != nil)
        #expect(try store.accessToken(Sample.digest("at-2b"), at: Sample.now) != nil)
        #expect(try store.issue(retried("at-x", "rt-other", after: 1), spending: retry) == .overtaken)
        #expect(try store.issue(retried("at-x", "rt-2", after: 61), spending: retry) == .overtaken)
        #expect(
            try store.issue(
                retried("at-4", "rt-4", after: 2), spending: .refreshToken(Sample.digest("rt-2"))) == .issued)
        #expect(try store.issue(retried("at-x", "rt-2", after: 3), spending: retry) == .overtaken)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.use?.isSuccessorSpent == true)
        #expect(try store.accessToken(Sample.digest("at-x"), at: Sample.now) == nil)

        try store.end(grant: "grant-1", reason: .refreshReplay, at: Sample.now)
        #expect(try store.accessToken(Sample.digest("at-4"), at: Sample.now) == nil)
        #expect(
            try store.issue(retried("at-5", "rt-5", after: 4), spending: .refreshToken(Sample.digest("rt-4")))
                == .overtaken)
    }

    @Test("nothing buys tokens for another grant, after its time or after its end", arguments: Backend.allCases)
    func spendingBounds(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        let spending = Spending.code(Sample.digest("code"))
        #expect(try store.issue(Sample.tokens("1", grant: "other"), spending: spending) == .alreadySpent)
        #expect(try store.issue(Sample.tokens("2", at: Sample.now + 60), spending: spending) == .alreadySpent)
        let other = try backend.harness().store()
        try other.begin(Sample.code())
        try other.end(grant: "grant-1", reason: .codeReplay, at: Sample.now)
        #expect(try other.issue(Sample.tokens("1"), spending: spending) == .alreadySpent)
        #expect(try other.code(Sample.digest("code"))?.isEnded == true)
    }

    @Test("a token dies with its time, its grant, its user and its client", arguments: Backend.allCases)
    func deaths(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        func isAlive(_ after: Int = 0) throws -> Bool {
            try store.accessToken(Sample.digest("at-1"), at: Sample.now + after) != nil
        }
        #expect(try isAlive(899))
        #expect(try !isAlive(900))
        #expect(try store.setDisabled(true, client: "app", at: Sample.now))
        #expect(try !isAlive())
        #expect(try store.setDisabled(false, client: "app", at: Sample.now))
        #expect(try isAlive())
        // A client is paused, a person's grants are over.
        #expect(try store.setDisabled(true, account: "amara", at: Sample.now))
        #expect(try !isAlive())
        #expect(try store.setDisabled(false, account: "amara", at: Sample.now))
        #expect(try !isAlive())
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.isEnded == true)
    }

    @Test("a purge takes what is long over and leaves the rest", arguments: Backend.allCases)
    func purge(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        try store.add(Sample.launch(), at: Sample.now)
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        #expect(try store.purge(at: Sample.now + 60).total == 0)
        // The launch and the interaction; and an hour later the code and the access token, which could be replayed.
        #expect(try store.purge(at: Sample.now + 901).total == 2)
        #expect(try store.purge(at: Sample.now + 901 + 3600).total == 2)
        #expect(try store.code(Sample.digest("code")) == nil)
        #expect(try store.refreshToken(Sample.digest("rt-1")) != nil)
        #expect(try store.issue(Sample.tokens("2"), spending: .refreshToken(Sample.digest("rt-1"))) == .issued)
    }

    @Test("keys rotate: next signs, active retires, and a retired one goes", arguments: Backend.allCases)
    func keys(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let sealing = KeySealing(masterKey: [UInt8](repeating: 7, count: 32))
        func key(_ state: StoredKey.State, at instant: Instant) throws -> StoredKey {
            try sealing.generate(.es256, state: state, at: instant)
        }
        let first = try key(.active, at: Sample.now)
        let second = try key(.next, at: Sample.now + 1)
        try store.add(first)
        try store.add(second)
        #expect(try store.activeKey("ES256")?.kid == first.kid)
        let active = try #require(try store.activeKey("ES256"))
        #expect(sealing.open(active) != nil)
        #expect(KeySealing(masterKey: [UInt8](repeating: 8, count: 32)).open(active) == nil)
        #expect(try store.activeKey("RS256") == nil)

        let third = try key(.next, at: Sample.now + 2)
        try store.rotate(adding: third, retiredUntil: Sample.now + 100, at: Sample.now + 2)
        #expect(try store.activeKey("ES256")?.kid == second.kid)
        #expect(try store.publishedKeys(at: Sample.now + 99).map(\.kid) == [first.kid, second.kid, third.kid])
        #expect(try store.publishedKeys(at: Sample.now + 100).map(\.kid) == [second.kid, third.kid])
        #expect(try store.publishedKeys(at: Sample.now).allSatisfy { $0.sealed.isEmpty })
    }
}
