import Foundation
import OAuth
import SQL
import Store
import StoreTesting
import Synchronization
import Testing

@testable import SQLStore

@Suite("What is done again, and what is not", .enabled(if: Cluster.isWanted))
struct GroupCommitTests {
    private let harness: Harness
    private let database: Database

    init() throws {
        harness = try Backend.postgreSQL.harness()
        database = try harness.database()
        try harness.administrator.execute("CREATE TABLE notes (n BIGINT PRIMARY KEY)")
    }

    private func notes() throws -> [Int] {
        try database.store().read { connection throws(SQLError) in
            try connection.rows("SELECT n FROM notes ORDER BY n") { $0.int(0) }
        }
    }

    @Test("two batches that wait for each other both come through")
    func deadlock() throws {
        let databases = [database, try harness.database()]
        let counter = Counter()
        _ = try atOnce(2) { number in
            try databases[number].write { connection throws(SQLError) in
                let run = counter.next()
                try connection.lock("\(number)")
                // Until the other has the other one.
                if run <= 2 { usleep(50_000) }
                try connection.lock("\(1 - number)")
                try connection.run("INSERT INTO notes VALUES ($1)", number)
            }
        }
        #expect(try notes() == [0, 1])
        #expect(counter.next() > 3)
    }

    @Test("a connection that broke before the commit costs nothing")
    func brokenBefore() throws {
        let counter = Counter()
        try database.write { connection throws(SQLError) in
            try connection.run("INSERT INTO notes VALUES ($1)", 1)
            if counter.next() == 1 { try connection.run("SELECT pg_terminate_backend(pg_backend_pid())") }
        }
        #expect(try notes() == [1])
        #expect(counter.next() == 3)
    }

    @Test("one that always breaks is given up")
    func hopeless() throws {
        #expect(throws: StoreError.self) {
            try database.write { connection throws(SQLError) in
                _ = try connection.run("SELECT pg_terminate_backend(pg_backend_pid())")
            }
        }
        #expect(try notes().isEmpty)
    }

    @Test("what may have been committed is reported and not done again")
    func unknown() throws {
        try harness.administrator.execute(
            """
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER last AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION die()
            """)
        let counter = Counter()
        #expect(throws: StoreError.self) {
            try database.write { connection throws(SQLError) in
                _ = counter.next()
                try connection.run("INSERT INTO notes VALUES ($1)", 1)
            }
        }
        #expect(counter.next() == 2)
    }

    @Test("a verb that broke the transaction's rules in a batch leaves its neighbours alone")
    func neighbours() throws {
        let database = database
        let outcomes = try atOnce(30) { number in
            do {
                try database.write { connection throws(SQLError) in
                    try connection.run("INSERT INTO notes VALUES ($1)", number)
                    if number.isMultiple(of: 3) { try connection.run("SELECT no_such_column") }
                }
                return true
            } catch {
                return false
            }
        }
        #expect(outcomes == (0..<30).map { !$0.isMultiple(of: 3) })
        #expect(try notes() == (0..<30).filter { !$0.isMultiple(of: 3) })
    }
}

/// How often a verb ran.
private final class Counter: Sendable {
    private let runs = Atomic<Int>(0)

    func next() -> Int { runs.add(1, ordering: .relaxed).newValue }
}
