import JOSE
import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: the owners of apps hear of what is decided about their apps")
struct OwnerWebhookStoreTests {
    private static let url = "https://owner.example/hooks"

    /// Two apps, and Maja, who decides about them.
    private func house(_ backend: Backend) throws -> (Harness, SQLStore) {
        let harness = try backend.harness()
        let store = try harness.store()
        for id in ["app", "other"] { try store.add(Sample.client(id), at: Sample.now) }
        let user = User(
            id: "id-maja", subject: "sub-maja", name: "Maja", fhirUser: FHIRUser("Patient/p1"), access: .none)
        try store.add(
            Account(user: user, username: "maja", password: try Sample.account().password), at: Sample.now)
        return (harness, store)
    }

    private func decide(_ store: SQLStore, _ id: String, client: String = "app", allowed: String = "openid") throws {
        #expect(try store.begin(Sample.interaction(id)) == .begun)
        let consent = Consent(
            id: id, account: "id-maja", clientID: client, patient: "p1", requested: ScopeSet("openid"),
            allowed: ScopeSet(allowed), decidedAt: Sample.now)
        #expect(try store.decide(consent, in: Sample.digest(id)))
    }

    private func due(_ store: SQLStore) throws -> [String] {
        try store.recipients(at: Sample.now).flatMap { recipient in
            try store.due(for: recipient.destination, at: Sample.now, limit: 10).map {
                "\($0.consent.id).\($0.consent.version) \(recipient.destination.name)"
            }
        }
    }

    private func set(_ store: SQLStore, _ client: String = "app", _ url: String = url, salt: String = "s1") throws {
        #expect(try store.setWebhook(url, salt: salt, of: client, at: Sample.now))
    }

    @Test("from then on, of that app alone, and of no refusal", arguments: Backend.allCases)
    func whatIsTold(_ backend: Backend) throws {
        let (_, store) = try house(backend)
        try decide(store, "before")
        try set(store)
        try decide(store, "given")
        try decide(store, "refused", allowed: "")
        try decide(store, "others", client: "other")
        #expect(try due(store) == ["given.1 app:app"])
        // The end of what was there before is news.
        #expect(try store.withdraw(consent: "before", at: Sample.now))
        #expect(try due(store) == ["before.2 app:app", "given.1 app:app"])
        try store.setDestinations([.platform])
        #expect(try due(store).filter { $0.hasSuffix("platform") }.count == 4)
        #expect(try !store.setWebhook(Self.url, salt: "s", of: "nobody", at: Sample.now))
    }

    @Test("it moves with what waits and with its key; what is removed hears nothing more", arguments: Backend.allCases)
    func moving(_ backend: Backend) throws {
        let (_, store) = try house(backend)
        try set(store)
        try decide(store, "c")
        try store.set(Recipient.Rest(failures: 9, until: Sample.now + 3600, reason: "x"), of: .owner(of: "app"))
        #expect(try due(store).isEmpty)
        let state = try #require(try store.deliveries(undeliveredOnly: true, limit: 9).first)
        #expect(state.dueAt == Sample.now + 3600 && state.error == "x" && state.attempts == 0)
        try set(store, "app", "https://moved.example/", salt: "s2")
        #expect(try store.webhook(of: "app") == OwnerWebhook(url: "https://moved.example/", salt: "s1"))
        #expect(try due(store) == ["c.1 app:app"])
        #expect(try store.removeWebhook(of: "app", at: Sample.now))
        #expect(try !store.removeWebhook(of: "app", at: Sample.now))
        #expect(try store.webhook(of: "app") == nil)
        #expect(try store.deliveries(undeliveredOnly: true, limit: 9).isEmpty)
        try set(store, salt: "s3")
        #expect(try due(store).isEmpty)
        #expect(try store.webhook(of: "app")?.salt == "s3")
    }

    @Test("another key takes the place of the one before, which goes on for a while", arguments: Backend.allCases)
    func rotation(_ backend: Backend) throws {
        let (_, store) = try house(backend)
        #expect(try !store.rotateWebhookKey(to: "s2", of: "app", overlapEnd: Sample.now, at: Sample.now))
        try set(store)
        #expect(try store.rotateWebhookKey(to: "s2", of: "app", overlapEnd: Sample.now + 60, at: Sample.now))
        let expected = OwnerWebhook(url: Self.url, salt: "s2", earlier: .init(salt: "s1", until: Sample.now + 60))
        #expect(try store.webhook(of: "app") == expected)
        try decide(store, "c")
        #expect(try store.recipients(at: Sample.now).first?.webhook == expected)
        let acts = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns)
            .filter { $0.act == "client_webhook" }
        #expect(acts.map(\.client) == ["app", "app"] && acts.map(\.details).last?.contains(#""key""#) == true)
    }

    @Test("a disabled app's owner waits, with everything that happens meanwhile", arguments: Backend.allCases)
    func disabled(_ backend: Backend) throws {
        let (_, store) = try house(backend)
        try set(store)
        #expect(try store.setDisabled(true, client: "app", at: Sample.now))
        try decide(store, "c")
        #expect(try due(store).isEmpty)
        #expect(try store.deliveries(undeliveredOnly: true, limit: 9).map(\.error) == ["the app is not active"])
        #expect(try store.setDisabled(false, client: "app", at: Sample.now))
        #expect(try due(store) == ["c.1 app:app"])
        #expect(try store.decide(.rejected, client: "app", at: Sample.now))
        #expect(try due(store).isEmpty)
    }

    @Test("a deleted app's webhook goes with it, whoever deleted it", arguments: Backend.allCases)
    func deleted(_ backend: Backend) throws {
        let (harness, store) = try house(backend)
        for id in ["app", "other"] {
            try set(store, id)
            try decide(store, id, client: id)
        }
        #expect(try store.delete(client: "app", at: Sample.now))
        #expect(try store.webhook(of: "app") == nil)
        // RFC 7592 §2.3
        #expect(try harness.store(.register).delete(client: "other", at: Sample.now))
        #expect(try due(store).isEmpty)
        try harness.store(.courier).setDestinations([])
        #expect(try store.webhook(of: "other") == nil)
        #expect(try store.deliveries(undeliveredOnly: true, limit: 9).isEmpty)
    }

    @Test("who gets the id of an app that deleted itself begins without", arguments: Backend.allCases)
    func again(_ backend: Backend) throws {
        let (harness, store) = try house(backend)
        try set(store)
        #expect(try harness.store(.register).delete(client: "app", at: Sample.now))
        try store.add(Sample.client("app"), at: Sample.now)
        #expect(try store.webhook(of: "app") == nil)
    }

    @Test("the program of registration cannot set one, nor can any that people reach", arguments: Backend.allCases)
    func powers(_ backend: Backend) throws {
        let (harness, _) = try house(backend)
        for powers in [Powers.register, .portal, .consents, .authorize, .token] {
            let store = try harness.store(powers)
            #expect(throws: StoreError.self) {
                try store.setWebhook(Self.url, salt: "s", of: "app", at: Sample.now)
            }
        }
    }

    @Test(
        "the site's own come first, then who rested least lately; who rests does not come", arguments: Backend.allCases)
    func order(_ backend: Backend) throws {
        let (_, store) = try house(backend)
        for id in ["app", "other"] {
            try set(store, id)
            try decide(store, id, client: id)
        }
        try store.setDestinations([.fhirServer, .platform])
        func names(after seconds: Int) throws -> [String] {
            try store.recipients(at: Sample.now + seconds).map(\.destination.name)
        }
        #expect(try names(after: 0) == ["fhir", "platform", "app:app", "app:other"])
        let rest = Recipient.Rest(failures: 2, until: Sample.now + 5, reason: "status 503")
        try store.set(rest, of: .owner(of: "app"))
        #expect(try names(after: 4) == ["fhir", "platform", "app:other"])
        #expect(try names(after: 5) == ["fhir", "platform", "app:other", "app:app"])
        #expect(try store.recipients(at: Sample.now + 5).last?.rest == rest)
    }
}
