import Foundation
import OAuth
import SQL
import Store
import StoreTesting
import Testing

@testable import SQLStore

@Suite("Every engine: the same words, the same values")
struct EngineTests {
    private func connection(_ backend: Backend, _ powers: Powers = .administration) throws -> (Harness, any Connection)
    {
        let harness = try backend.emptyHarness()
        return (harness, try harness.location.connection(.migrate(create: true), for: powers))
    }

    @Test("what goes in comes out", arguments: Backend.allCases)
    func values(_ backend: Backend) throws {
        let (harness, connection) = try connection(backend)
        defer { withExtendedLifetime(harness) {} }
        try connection.take(step: "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT, b BLOB) STRICT;", to: 1)
        let rows: [(Int?, String?, [UInt8]?)] = [
            (.max, "é\u{1F469}\u{200D}\u{1F52C}\n\"\\'$1", Array(0...255)), (.min, "", []), (-1, " ", [0]),
            (0, "\\x00", [92, 120]),
            (nil, nil, nil),
        ]
        for (id, row) in rows.enumerated() {
            #expect(try connection.run("INSERT INTO t VALUES ($4, $1, $2, $3)", row.0, row.1, row.2, id) == 1)
        }
        let found = try connection.rows("SELECT n, s, b, id FROM t ORDER BY id") { row in
            (row.optionalInt(0), row.optionalText(1), row.optionalBlob(2), row.int(3))
        }
        #expect(found.count == rows.count)
        for (row, expected) in zip(found, rows) {
            #expect(row.0 == expected.0)
            #expect(row.1.map { Array($0.utf8) } == expected.1.map { Array($0.utf8) })
            #expect(row.2 == expected.2)
        }
    }

    @Test("expressions, flags and what a statement changed", arguments: Backend.allCases)
    func statements(_ backend: Backend) throws {
        let (harness, connection) = try connection(backend)
        defer { withExtendedLifetime(harness) {} }
        try connection.take(
            step: "CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;", to: 1)
        let upsert =
            "INSERT INTO t (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = t.n + excluded.n RETURNING n"
        #expect(try connection.row(upsert, "a", 2) { $0.int(0) } == 2)
        #expect(try connection.row(upsert, "a", 3) { $0.int(0) } == 5)
        #expect(try connection.run("INSERT INTO t VALUES ($1, $2) ON CONFLICT DO NOTHING", "a", true) == 0)
        #expect(try connection.run("INSERT INTO t VALUES ($1, $2)", "B", true) == 1)
        #expect(try connection.run("UPDATE t SET n = n WHERE id <> $1", "x") == 2)
        #expect(
            try connection.row("SELECT count(*), sum(n), 7, n > 1 FROM t GROUP BY n ORDER BY n") { row in
                [row.int(0), row.int(1), row.int(2), row.bool(3) ? 1 : 0]
            } == [1, 1, 7, 0])
        #expect(try connection.row("SELECT $1 = $1 AND EXISTS (SELECT 1 FROM t)", "x") { $0.bool(0) } == true)
        // Texts are in the order of their bytes.
        #expect(try connection.rows("SELECT id FROM t ORDER BY id") { $0.text(0) } == ["B", "a"])
        #expect(try connection.run("DELETE FROM t WHERE id IN (SELECT id FROM t ORDER BY id LIMIT $1)", 1) == 1)
        #expect(try connection.row("SELECT id FROM t WHERE id IS DISTINCT FROM $1", String?.none) { $0.text(0) } == "a")
    }

    @Test("everything or nothing", arguments: Backend.allCases)
    func transactions(_ backend: Backend) throws {
        let (harness, connection) = try connection(backend)
        defer { withExtendedLifetime(harness) {} }
        try connection.take(step: "CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT;", to: 1)
        try connection.transaction { () throws(SQLError) in _ = try connection.run("INSERT INTO t VALUES (1)") }
        do {
            try connection.transaction { () throws(SQLError) in
                try connection.run("INSERT INTO t VALUES (2)")
                try connection.run("INSERT INTO t VALUES (1)")
            }
            Issue.record("a key was there twice")
        } catch {
            #expect(error.isConstraint)
        }
        #expect(try connection.rows("SELECT n FROM t") { $0.int(0) } == [1])
    }

    @Test("of many that migrate at once, one does the work", arguments: Backend.allCases)
    func migrators(_ backend: Backend) throws {
        let harness = try backend.emptyHarness()
        let location = harness.location
        // The file is made by one.
        _ = try location.connection(.migrate(create: true), for: .administration).schemaVersion()
        let steps = try atOnce(6) { _ in try Database.migrate(at: location, create: false) }
        #expect(steps.filter { $0.from == 0 }.count == 1)
        #expect(steps.allSatisfy { $0.to == Schema.migrations.version })
    }

    @Test("a step that fails takes those before it along", arguments: Backend.allCases)
    func brokenMigration(_ backend: Backend) throws {
        let (harness, connection) = try connection(backend)
        defer { withExtendedLifetime(harness) {} }
        let create = "CREATE TABLE t (n INTEGER) STRICT;"
        #expect(throws: SQLError.self) {
            try Migrations([create, "CREATE TABLE t (n INTEGER) STRICT;"]).migrate(connection)
        }
        #expect(try connection.schemaVersion() == 0)
        #expect(try Migrations([create, "ALTER TABLE t ADD COLUMN s TEXT"]).migrate(connection) == (0, 2))
        #expect(try connection.schemaVersion() == 2)
        #expect(throws: SQLError.self) { try Migrations([create]).migrate(connection) }
    }

    @Test("what a database held before a step is there after it", arguments: Backend.allCases)
    func steps(_ backend: Backend) throws {
        let (harness, connection) = try connection(backend)
        defer { withExtendedLifetime(harness) {} }
        #expect(try Schema.migrations.first(1).migrate(connection) == (0, 1))
        for (id, token) in [("added", nil), ("registered", [1])] as [(String, [UInt8]?)] {
            try connection.run(
                """
                INSERT INTO clients (id, fhir_base, name, authentication, grant_types, roles, redirect_uris, launch_urls,
                    origins, scopes, is_trusted, is_native, presentation, approval, registration_token, created_at)
                VALUES ($1, 'b', 'C', 'none', '[]', '[]', '[]', '[]', '[]', 'openid', 0, 0, '{}', 'approved', $2, 1)
                """, id, token)
        }
        try connection.run(
            """
            INSERT INTO grants (id, fhir_base, client, scopes, context, authenticated_at, created_at, expires_at)
            VALUES ('g', 'b', 'added', 'openid', '{}', 1, 1, 9)
            """)

        #expect(try Schema.migrations.migrate(connection) == (1, Schema.migrations.version))
        let clients = try connection.rows(
            "SELECT id, is_verified, access, approval_since FROM clients ORDER BY id"
        ) { "\($0.text(0)) \($0.int(1)) \($0.text(2)) \($0.isNull(3))" }
        #expect(clients == ["added 1 all true", "registered 0 all true"])
        #expect(try connection.row("SELECT requested_scope FROM grants") { $0.isNull(0) } == true)
    }

    @Test("a database of another schema is refused with what to do", arguments: Backend.allCases)
    func otherSchema(_ backend: Backend) throws {
        let (harness, connection) = try connection(backend)
        defer { withExtendedLifetime(harness) {} }
        for version in [0, Schema.migrations.version + 1] {
            if version > 0 { try connection.take(step: "", to: version) }
            do {
                _ = try harness.database()
                Issue.record("schema \(version) was good enough")
            } catch let error as StoreError {
                #expect(error.description.contains("vestibule db migrate"))
            }
        }
    }
}

@Suite("A SQLite file that is none")
struct SQLiteFileTests {
    @Test("a missing file, an empty one and one that is no database are refused, and none is made")
    func wrongFiles() throws {
        let harness = try Backend.sqlite.harness()
        let path = try harness.path
        func open(_ path: String) throws -> Database {
            try Database(at: .sqlite(path: path), fhirBase: Harness.base, powers: .token)
        }
        #expect(throws: StoreError.self) { try open(path + ".none") }
        #expect(!FileManager.default.fileExists(atPath: path + ".none"))
        try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: path + ".junk"))
        #expect(throws: StoreError.self) { try open(path + ".junk") }
        try Data().write(to: URL(fileURLWithPath: path + ".empty"))
        #expect(throws: StoreError.self) { try open(path + ".empty") }
    }
}
