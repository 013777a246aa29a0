import OAuth
import SMART
import Store
import Testing

@testable import SQLStore

/// Apps that register themselves, and what an administrator decides about them in the same moment.
@Suite("Every store: RFC 7591 §3, RFC 7592 §2 registrations")
struct RegistrationStoreTests {
    private func register(
        _ id: String, with token: String? = nil, limit: Int? = nil, after: Int = 0, in store: SQLStore
    ) throws -> RegistrationOutcome {
        try store.register(
            Sample.client(id), management: Sample.digest("ra-\(id)"), spending: token.map(Sample.digest),
            dailyLimit: limit, at: Sample.now + after)
    }

    @Test("an initial access token lets so many register, until its time", arguments: Backend.allCases)
    func tokens(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let token = Sample.digest("ia")
        try store.add(
            InitialAccessToken(digest: token, label: "partner", uses: 2, expiresAt: Sample.now + 60), at: Sample.now)
        #expect(try store.isGood(initialAccessToken: token, at: Sample.now))
        #expect(try !store.isGood(initialAccessToken: token, at: Sample.now + 60))
        #expect(try !store.isGood(initialAccessToken: Sample.digest("other"), at: Sample.now))
        #expect(try register("late", with: "ia", after: 60, in: store) == .tokenNotGood)
        #expect(try register("a", with: "ia", in: store) == .registered)
        #expect(try store.initialAccessTokens(at: Sample.now).map(\.uses) == [1])
        #expect(try register("b", with: "ia", in: store) == .registered)
        #expect(try register("c", with: "ia", in: store) == .tokenNotGood)
        #expect(try register("c", with: "other", in: store) == .tokenNotGood)
        #expect(try store.client("c") == nil && store.client("late") == nil)
        #expect(try !store.isGood(initialAccessToken: token, at: Sample.now))
        #expect(try store.initialAccessTokens(at: Sample.now).isEmpty)
        #expect(try register("c", in: store) == .registered)
    }

    @Test("a failed registration costs no use of its token", arguments: Backend.allCases)
    func allOrNothing(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(
            InitialAccessToken(digest: Sample.digest("ia"), label: "l", uses: 1, expiresAt: Sample.now + 60),
            at: Sample.now)
        try store.add(Sample.client("taken"), at: Sample.now)
        #expect(throws: StoreError.self) { try register("taken", with: "ia", in: store) }
        #expect(try store.isGood(initialAccessToken: Sample.digest("ia"), at: Sample.now))
    }

    @Test("tokens are listed and deleted by their label, and expired ones go", arguments: Backend.allCases)
    func labels(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        for (number, label) in ["b", "a", "a"].enumerated() {
            try store.add(
                InitialAccessToken(
                    digest: Sample.digest("\(number)"), label: label, uses: 1, expiresAt: Sample.now + 60 + number),
                at: Sample.now)
        }
        let listed = try store.initialAccessTokens(at: Sample.now)
        #expect(listed.map(\.label) == ["a", "a", "b"])
        #expect(listed.first?.digest == Sample.digest("1") && listed.first?.expiresAt == Sample.now + 61)
        #expect(try store.initialAccessTokens(at: Sample.now + 61).map(\.label) == ["a"])
        #expect(try store.deleteInitialAccessTokens(label: "a", at: Sample.now) == 2)
        #expect(try store.deleteInitialAccessTokens(label: "a", at: Sample.now) == 0)
        #expect(try store.initialAccessTokens(at: Sample.now).map(\.label) == ["b"])
    }

    @Test("so many may register themselves in a day", arguments: Backend.allCases)
    func limit(_ backend: Backend) throws {
        let store = try backend.harness().store()
        // Those that an administrator added do not count.
        try store.add(Sample.client("added"), at: Sample.now)
        #expect(try register("a", limit: 2, in: store) == .registered)
        #expect(try register("b", limit: 2, after: 100, in: store) == .registered)
        #expect(try register("c", limit: 2, after: 200, in: store) == .tooMany)
        #expect(try register("c", after: 200, in: store) == .registered)
        #expect(try register("d", limit: 2, after: 86_500, in: store) == .registered)
    }

    @Test("only its own token manages a client", arguments: Backend.allCases)
    func management(_ backend: Backend) throws {
        let store = try backend.harness().store()
        _ = try register("a", in: store)
        _ = try register("b", after: 5, in: store)
        try store.add(Sample.client("added"), at: Sample.now)
        let managed = try #require(try store.client("b", managedBy: Sample.digest("ra-b")))
        #expect(managed.registration.id == "b" && managed.issuedAt == Sample.now + 5 && managed.isSelfRegistered)
        #expect(try store.client("b", managedBy: Sample.digest("ra-a")) == nil)
        #expect(try store.client("added", managedBy: Sample.digest("ra-a")) == nil)
        #expect(try store.client("nobody", managedBy: Sample.digest("ra-a")) == nil)
        #expect(try store.registeredClient("added")?.isSelfRegistered == false)
        #expect(try store.registeredClient("a")?.isSelfRegistered == true)
        #expect(try store.registeredClient("nobody") == nil)
    }

    @Test("a replacement sets everything that is replaced, and its origins", arguments: Backend.allCases)
    func replacement(_ backend: Backend) throws {
        let store = try backend.harness().store()
        _ = try register("a", in: store)
        let read = try #require(try store.client("a"))
        var changed = read
        changed.name = "New name"
        changed.grantTypes = [.authorizationCode, .clientCredentials]
        changed.redirectURIs = [RedirectURI(stored: "https://new.example/cb")]
        changed.launchURLs = []
        changed.scopes = ScopeSet("openid patient/Observation.rs")
        changed.origins = ["https://more.example"]
        changed.isTrusted.toggle()
        changed.isNative.toggle()
        changed.lifetimes = ClientRegistration.Lifetimes(accessToken: nil, refreshToken: 700)
        changed.presentation = ClientPresentation(clientURI: "https://new.example/", contacts: ["a@new.example"])
        changed.approval = .pending
        changed.isVerified.toggle()
        #expect(try store.replace(read, with: changed, at: Sample.now))
        let found = try #require(try store.client("a"))
        #expect(found.name == changed.name && found.grantTypes == changed.grantTypes)
        #expect(found.redirectURIs == changed.redirectURIs && found.launchURLs == changed.launchURLs)
        #expect(found.scopes == changed.scopes && found.origins == changed.origins)
        #expect(found.isTrusted == changed.isTrusted && found.isNative == changed.isNative)
        #expect(found.lifetimes == changed.lifetimes && found.presentation == changed.presentation)
        #expect(found.approval == .pending && found.isVerified == changed.isVerified)
        #expect(try !store.isRegisteredOrigin("https://new.example"))
        #expect(try store.decide(.approved, client: "a", at: Sample.now))
        #expect(try store.isRegisteredOrigin("https://new.example") && store.isRegisteredOrigin("https://more.example"))
        #expect(try !store.isRegisteredOrigin("https://a.example"))
    }

    @Test("who approves a client vouches for it, and who rejects it does not", arguments: Backend.allCases)
    func decisions(_ backend: Backend) throws {
        let store = try backend.harness().store()
        var client = try Sample.client("a")
        client.isVerified = false
        try store.add(client, at: Sample.now)
        for (approval, isVerified) in [
            (ClientRegistration.Approval.approved, true), (.rejected, false), (.approved, true), (.pending, false),
        ] {
            #expect(try store.decide(approval, client: "a", at: Sample.now))
            let found = try #require(try store.client("a"))
            #expect(found.approval == approval && found.isVerified == isVerified)
        }
        #expect(try !store.decide(.approved, client: "nobody", at: Sample.now))
    }

    @Test("a replacement of what has changed since it was read changes nothing", arguments: Backend.allCases)
    func concurrency(_ backend: Backend) throws {
        let harness = try backend.harness()
        let (client, administrator) = (try harness.store(.register), try harness.store())
        let keys = ClientPublicKeys(.uri("https://a.example/jwks"))
        var registration = try Sample.client("a")
        registration.authentication = .privateKey(keys)
        registration.isVerified = false
        _ = try client.register(
            registration, management: Sample.digest("ra"), spending: nil, dailyLimit: nil, at: Sample.now)
        let changes: [() throws -> Bool] = [
            { try administrator.decide(.approved, client: "a", at: Sample.now) },
            { try administrator.decide(.rejected, client: "a", at: Sample.now) },
            {
                try administrator.setKeys(
                    ClientPublicKeys(.uri("https://a.example/jwks", mirror: "https://m.example/")), client: "a",
                    at: Sample.now)
            },
            {
                let read = try #require(try administrator.client("a"))
                var narrower = read
                narrower.scopes = ScopeSet("openid")
                return try administrator.replace(read, with: narrower, at: Sample.now)
            },
        ]
        for change in changes {
            let read = try #require(try client.client("a"))
            var mine = read
            mine.name = "Mine"
            #expect(try change())
            let decided = try #require(try client.client("a"))
            #expect(try !client.replace(read, with: mine, at: Sample.now))
            let found = try #require(try client.client("a"))
            #expect(found.name == "App a" && found.approval == decided.approval && found.scopes == decided.scopes)
            #expect(found.authentication == decided.authentication)
        }
        #expect(try client.client("a")?.approval == .rejected)
    }

    @Test("a client that is deleted takes its grants, secrets and origins along", arguments: Backend.allCases)
    func deletion(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.begin(Sample.code())
        #expect(
            try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        #expect(
            try store.accessToken(Sample.digest("at-1"), at: Sample.now, policy: SessionPolicy()) != nil)
        #expect(try harness.store(.register).delete(client: "app", at: Sample.now))
        #expect(try store.client("app") == nil && !store.isRegisteredOrigin("https://app.example"))
        #expect(
            try store.accessToken(Sample.digest("at-1"), at: Sample.now, policy: SessionPolicy()) == nil)
        #expect(try !store.delete(client: "app", at: Sample.now))
    }

    @Test("an app that nobody agreed to goes after 90 days, with all that is its own", arguments: Backend.allCases)
    func forsaken(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        let day = 86_400
        for (id, approval) in [
            ("waiting", ClientRegistration.Approval.pending), ("refused", .rejected), ("begun", .approved),
            ("undone", .approved),
        ] {
            var client = try Sample.client(id, secret: "s")
            client.approval = approval
            _ = try store.register(
                client, management: Sample.digest("ra-\(id)"), spending: nil, dailyLimit: nil, at: Sample.now)
        }
        var added = try Sample.client("added")
        added.approval = .rejected
        try store.add(added, at: Sample.now)
        // One that worked, and waits again since it changed, has its time from then on.
        let read = try #require(try store.client("undone"))
        var changed = read
        changed.approval = .pending
        #expect(try store.replace(read, with: changed, at: Sample.now + 80 * day))
        #expect(try store.decide(.rejected, client: "refused", at: Sample.now + 10 * day))

        func left(_ days: Int, _ powers: Powers = .register) throws -> [String] {
            _ = try harness.store(powers).purge(at: Sample.now + days * day + 1)
            return try store.clients().map(\.id)
        }
        #expect(try left(89) == ["added", "begun", "refused", "undone", "waiting"])
        // A program that may not write clients leaves them.
        #expect(try left(90, .portal).contains("waiting"))
        #expect(try left(90) == ["added", "begun", "refused", "undone"])
        #expect(try store.client("waiting", managedBy: Sample.digest("ra-waiting")) == nil)
        #expect(try left(100) == ["added", "begun", "undone"])
        #expect(try left(170) == ["added", "begun"])
        #expect(try store.purge(at: Sample.now + 1000 * day).counts.first { $0.table == "clients" }?.rows == 0)
        // Its name, secrets and origins are free again.
        #expect(try register("waiting", in: store) == .registered)
    }

    @Test("what people allowed an app ends with it", arguments: Backend.allCases)
    func forsakenGrants(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        _ = try register("app", in: store)
        try store.add(Sample.account(), at: Sample.now)
        #expect(try store.begin(Sample.interaction()) == .begun)
        #expect(try store.issue(Sample.code(), finishing: Sample.digest("i"), at: Sample.now))
        #expect(try store.decide(.rejected, client: "app", at: Sample.now))
        #expect(try harness.store(.register).forsakenRegistrations(deletedAt: Sample.now, limit: 9) == 0)
        let later = Sample.now + RegistrationPolicy.patience + 1
        #expect(try harness.store(.register).forsakenRegistrations(deletedAt: later, limit: 9) == 1)
        #expect(try store.code(Sample.digest("code"))?.isEnded == true)
    }

    @Test("another FHIR base knows nothing of it", arguments: Backend.allCases)
    func bases(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        _ = try register("a", in: store)
        try store.add(
            InitialAccessToken(digest: Sample.digest("ia"), label: "l", uses: 1, expiresAt: Sample.now + 60),
            at: Sample.now)
        let base = try #require(FHIRBase("https://other.example/fhir"))
        let other = try harness.database(.register, base: base).store()
        #expect(try other.client("a", managedBy: Sample.digest("ra-a")) == nil)
        #expect(try !other.isGood(initialAccessToken: Sample.digest("ia"), at: Sample.now))
        #expect(try other.initialAccessTokens(at: Sample.now).isEmpty)
        #expect(try !other.delete(client: "a", at: Sample.now))
        let read = try #require(try store.client("a"))
        #expect(try !other.replace(read, with: read, at: Sample.now))
        #expect(try store.client("a") != nil)
    }
}
