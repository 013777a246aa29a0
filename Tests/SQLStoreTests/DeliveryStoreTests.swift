import JOSE
import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: the outbox of consents")
struct DeliveryStoreTests {
    private static let both: Set<Destination> = [.fhirServer, .platform]

    /// A store with a patient, Maja, who decides about the app.
    private func house(_ backend: Backend, _ destinations: Set<Destination> = both) throws -> SQLStore {
        let store = try backend.harness().store()
        try store.add(Sample.client("app"), at: Sample.now)
        let user = User(
            id: "id-maja", subject: "sub-maja", name: "Maja", fhirUser: FHIRUser("Patient/p1"), access: .none)
        try store.add(
            Account(user: user, username: "maja", password: try Sample.account().password), at: Sample.now)
        try store.setDestinations(destinations)
        return store
    }

    private func decide(
        _ store: SQLStore, _ id: String, by account: String = "id-maja", patient: String? = "p1",
        allowed: String = "openid patient/*.rs"
    ) throws {
        #expect(try store.begin(Sample.interaction(id)) == .begun)
        let consent = Consent(
            id: id, account: account, clientID: "app", patient: patient, requested: ScopeSet("openid patient/*.rs"),
            allowed: ScopeSet(allowed), decidedAt: Sample.now)
        #expect(try store.decide(consent, in: Sample.digest(id)))
    }

    private func due(_ store: SQLStore, after seconds: Int = 0) throws -> [String] {
        try deliveries(store, after: seconds).map {
            "\($0.consent.id).\($0.consent.version) \($0.consent.status.rawValue) \($0.destination.name)"
        }.sorted()
    }

    private func deliveries(_ store: SQLStore, after seconds: Int = 0) throws -> [Delivery] {
        let now = Sample.now + seconds
        return try store.recipients(at: now).flatMap { try store.due(for: $0.destination, at: now, limit: 10) }
    }

    @Test("a decision is on its way as soon as it is made, to each destination", arguments: Backend.allCases)
    func decided(_ backend: Backend) throws {
        let store = try house(backend)
        try decide(store, "c")
        #expect(try due(store) == ["c.1 active fhir", "c.1 active platform"])
        #expect(try deliveries(store).map(\.appName) == ["App app", "App app"])
        #expect(try due(store, after: -1).isEmpty)
    }

    @Test("what others decide about a patient is no patient's consent", arguments: Backend.allCases)
    func others(_ backend: Backend) throws {
        let store = try house(backend)
        try store.add(Sample.account(), at: Sample.now)
        try decide(store, "c", by: "id-amara")
        try decide(store, "d", patient: nil)
        try decide(store, "e", patient: "p2")
        #expect(try due(store).isEmpty)
    }

    // Protocol E12
    @Test("what a proxy decides is the patient's consent, by the proxy, and so is its end", arguments: Backend.allCases)
    func proxies(_ backend: Backend) throws {
        let store = try house(backend, [.fhirServer])
        try store.add(
            TemporaryAccess(patient: "p2", relationship: .parent, until: Sample.now + 900), id: "x", account: "id-maja",
            at: Sample.now)
        try decide(store, "e", patient: "p2")
        #expect(try due(store) == ["e.1 active fhir"])
        let first = try #require(try deliveries(store).first)
        #expect(first.performer?.description == "Patient/p1")
        try store.delivered(first, at: Sample.now)
        #expect(try store.endProxy(of: "id-maja", for: "p2", at: Sample.now))
        #expect(try due(store) == ["e.2 inactive fhir"])
    }

    @Test("the versions of one consent arrive in their order, each as it was", arguments: Backend.allCases)
    func order(_ backend: Backend) throws {
        let store = try house(backend, [.platform])
        try decide(store, "c")
        #expect(try store.narrow(consent: "c", from: 1, to: ScopeSet("patient/Goal.rs"), at: Sample.now))
        #expect(try store.endGrants(of: "id-maja", to: "app", reason: .withdrawn, at: Sample.now) == 0)
        var seen: [String] = []
        while let delivery = try deliveries(store).first {
            #expect(try deliveries(store).count == 1)
            seen.append("\(delivery.consent.version) \(delivery.consent.status) \(delivery.consent.allowed)")
            #expect(try store.claim(delivery, until: Sample.now + 60))
            try store.delivered(delivery, at: Sample.now)
        }
        #expect(seen == ["1 active openid patient/*.rs", "2 active patient/Goal.rs", "3 inactive patient/Goal.rs"])
        #expect(try store.deliveries(undeliveredOnly: true, limit: 10).isEmpty)
        #expect(try store.deliveries(undeliveredOnly: false, limit: 10).count == 3)
    }

    @Test("one courier carries it; when that one dies, another does after a while", arguments: Backend.allCases)
    func claims(_ backend: Backend) throws {
        let store = try house(backend, [.platform])
        try decide(store, "c")
        let delivery = try #require(try deliveries(store).first)
        #expect(try store.claim(delivery, until: Sample.now + 60))
        #expect(try !store.claim(delivery, until: Sample.now + 60))
        #expect(try due(store, after: 59).isEmpty)
        #expect(try due(store, after: 60) == ["c.1 active platform"])
    }

    @Test("what fails comes again later, with the reason", arguments: Backend.allCases)
    func failures(_ backend: Backend) throws {
        let store = try house(backend, [.platform])
        try decide(store, "c")
        let delivery = try #require(try deliveries(store).first)
        #expect(try store.claim(delivery, until: Sample.now + 60))
        try store.failed(delivery, reason: "status 500", next: Sample.now + 10)
        #expect(try due(store, after: 9).isEmpty && !due(store, after: 10).isEmpty)
        let state = try #require(try store.deliveries(undeliveredOnly: true, limit: 1).first)
        #expect(state.attempts == 1 && state.error == "status 500" && state.deliveredAt == nil)
        #expect([0, 1, 8, 9, 1000].map(Delivery.pause) == [10, 20, 2560, 3600, 3600])
    }

    @Test(
        "a destination that is new hears of all that was decided; one that is gone hears nothing",
        arguments: Backend.allCases)
    func destinations(_ backend: Backend) throws {
        let store = try house(backend, [])
        try decide(store, "c")
        #expect(try store.withdraw(consent: "c", at: Sample.now))
        #expect(try due(store).isEmpty)
        try store.setDestinations([.fhirServer])
        #expect(try due(store) == ["c.1 active fhir"])
        try store.setDestinations([.fhirServer])
        #expect(try store.deliveries(undeliveredOnly: true, limit: 10).count == 2)
        try store.setDestinations([])
        #expect(try due(store).isEmpty)
        let why = try store.deliveries(undeliveredOnly: true, limit: 10).map(\.error)
        #expect(Set(why) == ["nobody is told there any more"])
        try store.setDestinations([.fhirServer])
        #expect(try due(store) == ["c.1 active fhir"])
    }
}
