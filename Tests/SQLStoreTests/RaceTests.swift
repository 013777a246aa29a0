import Foundation
import OAuth
import SQLStore
import Store
import StoreTesting
import Testing

@Suite("Every store: exactly once")
struct RaceTests {
    /// `VESTIBULE_RACE_ROUNDS` makes it more.
    private static let rounds = ProcessInfo.processInfo.environment["VESTIBULE_RACE_ROUNDS"].flatMap { Int($0) } ?? 20
    private static let many = 50

    /// So many workers as several processes have them: each database has a writer of its own.
    private struct Crowd {
        let stores: [SQLStore]

        init(on harness: Harness, databases: Int = 5) throws {
            let databases = try (0..<databases).map { _ in try harness.database() }
            stores = try (0..<RaceTests.many).map { try databases[$0 % databases.count].store() }
        }

        func atOnce<Value: Sendable>(_ act: @escaping @Sendable (SQLStore, Int) throws -> Value) throws -> [Value] {
            let stores = stores
            return try StoreTesting.atOnce(stores.count) { try act(stores[$0], $0) }
        }
    }

    @Test("of many that spend one code, one wins, and the replay ends its tokens", arguments: Backend.allCases)
    func oneCode(_ backend: Backend) throws {
        let harness = try backend.harness()
        let crowd = try Crowd(on: harness)
        let store = try harness.store()
        try store.add(Sample.client(), at: Sample.now)
        try store.add(Sample.account(), at: Sample.now)
        for round in 0..<Self.rounds {
            let (name, grant) = ("code-\(round)", "grant-\(round)")
            #expect(try store.begin(Sample.interaction(name)) == .begun)
            let code = try Sample.code(name, grant: grant)
            // They also race for the one answer of an interaction.
            let issued = try crowd.atOnce { store, number in
                try store.issue(
                    Sample.code(
                        number == 0 ? name : "\(name)-\(number)", grant: number == 0 ? grant : "\(grant)-\(number)"),
                    finishing: Sample.digest(name), at: Sample.now)
            }
            #expect(issued.filter { $0 }.count == 1)
            let winner = try #require(issued.firstIndex(of: true))
            let (won, wonGrant) =
                winner == 0 ? (code.digest, grant) : (Sample.digest("\(name)-\(winner)"), "\(grant)-\(winner)")
            let outcomes = try crowd.atOnce { store, number in
                try store.issue(Sample.tokens("\(round)-\(number)", grant: wonGrant), spending: .code(won))
            }
            #expect(outcomes.filter { $0 == .issued }.count == 1)
            let token = try #require(outcomes.firstIndex(of: .issued))
            #expect(try store.accessToken(Sample.digest("at-\(round)-\(token)"), at: Sample.now) == nil)
        }
    }

    @Test("of many that spend one refresh token, one wins", arguments: Backend.allCases)
    func oneRefreshToken(_ backend: Backend) throws {
        let harness = try backend.harness()
        let crowd = try Crowd(on: harness)
        let store = try harness.store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("first"), spending: .code(Sample.digest("code"))) == .issued)
        let outcomes = try crowd.atOnce { store, number in
            try store.issue(Sample.tokens("\(number)"), spending: .refreshToken(Sample.digest("rt-first")))
        }
        #expect(outcomes.filter { $0 == .issued }.count == 1)
    }

    @Test(
        "of an app and others that bring its launch handle at the same time, nobody goes on",
        arguments: Backend.allCases)
    func leakedLaunch(_ backend: Backend) throws {
        let harness = try backend.harness()
        let crowd = try Crowd(on: harness)
        for round in 0..<Self.rounds {
            let launch = Sample.launch("handle-\(round)")
            try crowd.stores[0].add(launch, at: Sample.now)
            let ends = try crowd.atOnce { store, number in
                guard number == 0 else {
                    return try store.end(launch: launch.handle, broughtBy: "thief", at: Sample.now)
                }
                _ = try store.begin(Sample.interaction("i-\(round)", launch: launch))
                return false
            }
            #expect(ends.contains(true))
            #expect(try crowd.stores[0].launch(launch.handle) == nil)
            #expect(try crowd.stores[0].interaction(Sample.digest("i-\(round)"), at: Sample.now) == nil)
        }
    }

    @Test("of many that use one launch handle, one begins", arguments: Backend.allCases)
    func oneLaunch(_ backend: Backend) throws {
        let harness = try backend.harness()
        let crowd = try Crowd(on: harness)
        for round in 0..<Self.rounds {
            let launch = Sample.launch("handle-\(round)")
            try crowd.stores[0].add(launch, at: Sample.now)
            let starts = try crowd.atOnce { store, number in
                try store.begin(Sample.interaction("\(round)-\(number)", launch: launch))
            }
            #expect(starts.filter { $0 == .begun }.count == 1)
        }
    }

    @Test("of many guesses at once, no more are looked at than one after the other", arguments: Backend.allCases)
    func guesses(_ backend: Backend) throws {
        let crowd = try Crowd(on: backend.harness())
        for round in 0..<Self.rounds {
            let waits = try crowd.atOnce { store, _ in
                try store.beginAttempt(named: "amara-\(round)", at: Sample.now)
            }
            #expect(waits.filter { $0 == 0 }.count == 3)
        }
    }

    @Test("of many keys and secrets that take over at once, one is in force", arguments: Backend.allCases)
    func rotations(_ backend: Backend) throws {
        let harness = try backend.harness()
        let crowd = try Crowd(on: harness)
        let store = try harness.store()
        func key(_ number: Int, _ state: StoredKey.State) -> StoredKey {
            StoredKey(
                kid: "kid-\(number)", algorithm: "ES256", state: state, publicJWK: Array("{}".utf8), sealed: [1],
                createdAt: Sample.now, expiresAt: nil)
        }
        try store.add(key(1000, .active))
        try store.add(key(1001, .next))
        try store.add(Sample.client("a", secret: "first"), at: Sample.now)
        _ = try crowd.atOnce { store, number in
            try store.rotate(
                adding: StoredKey(
                    kid: "kid-\(number)", algorithm: "ES256", state: .next, publicJWK: Array("{}".utf8), sealed: [1],
                    createdAt: Sample.now, expiresAt: nil), retiredUntil: Sample.now + 100, at: Sample.now)
            #expect(
                try store.rotateSecret(
                    to: Sample.digest("secret-\(number)"), client: "a", overlapEnd: Sample.now + 60, at: Sample.now))
        }
        let states = try store.publishedKeys(at: Sample.now).map(\.state)
        #expect(states.count == Self.many + 2)
        #expect(states.filter { $0 == .active }.count == 1 && states.filter { $0 == .next }.count == 1)
        guard case .secret(let secrets, _) = try #require(try store.client("a")).authentication else {
            return #expect(Bool(false))
        }
        #expect(secrets.count == 2 && secrets.filter { $0.expiresAt == nil }.count == 1)
    }

    @Test("in a shared commit, one verb that fails undoes nothing of its neighbours", arguments: Backend.allCases)
    func savepoints(_ backend: Backend) throws {
        let harness = try backend.harness()
        let crowd = try Crowd(on: harness, databases: 1)
        try crowd.stores[0].add(Sample.client("taken"), at: Sample.now)
        let added = try crowd.atOnce { store, number in
            do {
                try store.add(
                    Sample.client(number.isMultiple(of: 2) ? "taken" : "client-\(number)"), at: Sample.now)
                return true
            } catch {
                return false
            }
        }
        #expect(added == (0..<Self.many).map { !$0.isMultiple(of: 2) })
        #expect(try crowd.stores[0].clients().count == Self.many / 2 + 1)
    }
}
