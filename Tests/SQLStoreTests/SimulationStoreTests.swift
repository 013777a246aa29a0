import OAuth
import SQLStore
import Store
import StoreTesting
import Testing

@Suite("Failures that developers ask for, in the store")
struct SimulationStoreTests {
    @Test("one waits for each client and point, happens once, and is forgotten in time", arguments: Backend.allCases)
    func life(_ backend: Backend) throws {
        let harness = try backend.harness()
        try harness.store().add(Sample.client(), at: Sample.now)
        let store = try harness.store(.developer)
        #expect(try store.spend(simulationAt: .token, of: "app", at: Sample.now) == nil)
        try store.add(Simulation(clientID: "app", kind: .invalidGrant), at: Sample.now)
        try store.add(Simulation(clientID: "app", kind: .slowToken), at: Sample.now)
        try store.add(Simulation(clientID: "app", kind: .accessDenied), at: Sample.now)
        #expect(try store.simulations(at: Sample.now).map(\.kind) == [.accessDenied, .slowToken])
        #expect(try store.spend(simulationAt: .token, of: "other", at: Sample.now) == nil)
        #expect(try store.spend(simulationAt: .token, of: "app", at: Sample.now) == .slowToken)
        #expect(try store.spend(simulationAt: .token, of: "app", at: Sample.now) == nil)
        try store.end(simulationAt: .authorization, of: "app")
        #expect(try store.simulations(at: Sample.now).isEmpty)
        try store.add(Simulation(clientID: "app", kind: .invalidScope), at: Sample.now)
        let late = Sample.now + Simulation.lifetime
        #expect(try store.simulations(at: late).isEmpty)
        #expect(try store.spend(simulationAt: .authorization, of: "app", at: late) == nil)
    }

    @Test("of many requests at once, one meets it", arguments: Backend.allCases)
    func once(_ backend: Backend) throws {
        let harness = try backend.harness()
        try harness.store().add(Sample.client(), at: Sample.now)
        let stores = try (0..<8).map { _ in try harness.store(.developer) }
        try stores[0].add(Simulation(clientID: "app", kind: .invalidGrant), at: Sample.now)
        let met = try atOnce(stores.count) {
            try stores[$0].spend(simulationAt: .token, of: "app", at: Sample.now)
        }
        #expect(met.compactMap { $0 } == [.invalidGrant])
    }

    @Test("what the developer page looks up is within its powers", arguments: Backend.allCases)
    func lookedUp(_ backend: Backend) throws {
        let harness = try backend.harness()
        try harness.store().begin(Sample.code())
        #expect(try harness.store().issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        let store = try harness.store(.developer)
        let owner = try #require(try store.owner(of: Sample.digest("at-1")))
        #expect(try store.standingGrant(owner.grant, at: Sample.now)?.state == .alive)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now, policy: SessionPolicy()) != nil)
        #expect(try store.refreshToken(Sample.digest("rt-1")) != nil)
        #expect(try store.publishedKeys(at: Sample.now).isEmpty)
    }

    @Test("no program has them but in demo mode", arguments: Powers.allCases)
    func powers(_ powers: Powers) {
        #expect((powers.tables?["simulations"] != nil) == (powers == .developer))
    }
}
