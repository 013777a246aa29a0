import Foundation
import OAuth
import SQL
import Store
import StoreTesting
import Testing

@testable import SQLStore

@Suite("A PostgreSQL server that comes and goes", .enabled(if: Cluster.isWanted), .serialized)
struct OutageTests {
    /// Nobody else's tests are on it.
    private static let cluster = Result { try Cluster() }

    private func harness() throws -> Harness {
        let harness = try Harness(on: Self.cluster.get())
        _ = try Database.migrate(at: harness.location, create: true)
        return harness
    }

    @Test("connections that were cut off between two requests are not noticed")
    func cutOff() throws {
        let harness = try harness()
        let store = try harness.store()
        try store.add(Sample.client("first"), at: Sample.now)
        #expect(try store.client("first") != nil)
        for name in ["second", "third"] {
            let cut = try harness.administrator.row(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'vestibule'"
            ) { $0.int(0) }
            #expect(try #require(cut) >= 2)
            #expect(try store.client("first") != nil)
            try store.add(Sample.client(name), at: Sample.now)
        }
        #expect(try store.clients().count == 3)
    }

    @Test("a server that is restarted serves again; one that is down is said to be so within seconds")
    func restart() throws {
        let cluster = try Self.cluster.get()
        let harness = try harness()
        let database = try harness.database()
        let store = try database.store()
        try store.add(Sample.client("a"), at: Sample.now)
        #expect(try store.client("a") != nil)

        try cluster.stop()
        try cluster.start()
        #expect(try store.client("a") != nil)
        try store.add(Sample.client("b"), at: Sample.now)

        try cluster.stop()
        for _ in 0..<2 {
            let begun = Date()
            #expect(throws: StoreError.self) { try store.client("a") }
            #expect(throws: StoreError.self) { try store.add(Sample.client("c"), at: Sample.now) }
            #expect(throws: StoreError.self) { try harness.database() }
            // All workers at once, too.
            let answers = try atOnce(20) { _ in (try? store.clients()) != nil }
            #expect(!answers.contains(true))
            #expect(Date().timeIntervalSince(begun) < 8)
        }

        try cluster.start()
        #expect(try store.clients().count == 2)
        try store.add(Sample.client("c"), at: Sample.now)
        #expect(try database.store().clients().count == 3)
    }

    @Test("workers share a few connections, and a program that only reads has no writer")
    func connections() throws {
        let harness = try harness()
        let database = try harness.database(.jwks)
        let stores = try (0..<64).map { _ in try database.store() }
        _ = try atOnce(64) { number in
            for _ in 0..<20 { _ = try stores[number].publishedKeys(at: Sample.now) }
        }
        let count = try harness.administrator.row(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vestibule-jwks'"
        ) { $0.int(0) }
        #expect(try #require(count) <= 8)
    }

    @Test("connections that were needed once and are too many now go")
    func tooMany() throws {
        let harness = try harness()
        let readers = Readers(of: harness.location, for: .introspect, limit: 8, rest: -1)
        @Sendable func ask(_ seconds: Double) throws {
            _ = try readers.read { connection throws(SQLError) in
                try connection.row("SELECT pg_sleep(\(seconds))") { _ in true }
            }
        }
        @Sendable func count() throws -> Int? {
            try harness.administrator.row(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vestibule-introspect'"
            ) { $0.int(0) }
        }
        // All eight wait at once, and one goes whenever one comes back.
        let most = try atOnce(9) { number in
            if number == 0 {
                usleep(200_000)
                return try count()
            }
            try ask(0.5)
            return nil
        }
        #expect(most[0] == 8)
        for _ in 0..<8 { try ask(0) }
        #expect(try #require(try count()) <= 2)
    }

    @Test("a worker that finds no connection free is told so in time, and the next gets one")
    func noneFree() throws {
        let harness = try harness()
        let readers = Readers(of: harness.location, for: .introspect, limit: 1, patience: 1)
        let kinds = try atOnce(2) { number -> SQLError.Kind? in
            if number == 1 { usleep(300_000) }
            do throws(SQLError) {
                _ = try readers.read { connection throws(SQLError) in
                    try connection.row("SELECT pg_sleep(\(number == 0 ? 2 : 0))") { _ in true }
                }
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(kinds == [nil, .busy])
        #expect(try readers.read { connection throws(SQLError) in try connection.row("SELECT 1") { $0.int(0) } } == 1)
    }
}
