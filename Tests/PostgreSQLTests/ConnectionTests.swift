import Foundation
import PostgreSQL
import SQL
import StoreTesting
import Testing

@Suite("A connection to PostgreSQL", .enabled(if: Cluster.isWanted))
struct ConnectionTests {
    private let url: String

    init() throws {
        url = try Cluster.shared.get().emptySchema()
    }

    private func connection(_ mode: PostgreSQLConnection.Mode = .write, url: String? = nil) -> PostgreSQLConnection {
        PostgreSQLConnection(url: url ?? self.url, application: "vestibule-test", mode: mode)
    }

    private func kind(_ ask: () throws(SQLError) -> Void) -> SQLError.Kind? {
        do {
            try ask()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("its session is as the store needs it, and shows its name")
    func session() throws {
        let connection = connection()
        func setting(_ name: String) throws -> String? { try connection.row("SHOW \(name)") { $0.text(0) } }
        #expect(try setting("client_encoding") == "UTF8")
        #expect(try setting("application_name") == "vestibule-test")
        #expect(try setting("statement_timeout") == "5s")
        #expect(try setting("transaction_isolation") == "read committed")
        #expect(try setting("search_path")?.hasPrefix("s") == true)
        let endless = self.connection(.migrate)
        #expect(try endless.row("SHOW statement_timeout") { $0.text(0) } == "0")
    }

    @Test("the server's reasons become kinds, and their words hold no value")
    func kinds() throws {
        let connection = connection()
        try connection.execute("CREATE TABLE t (id BIGINT PRIMARY KEY CHECK (id <> 13)); INSERT INTO t VALUES (1)")
        #expect(kind { () throws(SQLError) in try connection.run("INSERT INTO t VALUES ($1)", 1) } == .constraint)
        #expect(kind { () throws(SQLError) in try connection.run("INSERT INTO t VALUES ($1)", 13) } == .constraint)
        #expect(kind { () throws(SQLError) in try connection.run("SELECT nothing") } == .other)
        try connection.execute("SET statement_timeout = '50ms'")
        #expect(kind { () throws(SQLError) in try connection.run("SELECT pg_sleep(2)") } == .busy)
        do {
            try connection.run("SELECT CAST($1 AS BIGINT)", "geheim")
            Issue.record("a text became a number")
        } catch {
            #expect(error.kind == .other)
            #expect(error.description.contains("22P02") && !error.description.contains("geheim"))
        }
        // All that was trouble of a statement, not of the connection.
        #expect(try connection.row("SELECT count(*) FROM t") { $0.int(0) } == 1)
    }

    @Test("a text with a NUL is refused, not cut")
    func nul() throws {
        let connection = connection()
        try connection.execute("CREATE TABLE t (s TEXT)")
        #expect(kind { () throws(SQLError) in try connection.run("INSERT INTO t VALUES ($1)", "a\0b") } == .other)
        #expect(try connection.row("SELECT count(*) FROM t") { $0.int(0) } == 0)
    }

    @Test("who only reads cannot write")
    func readOnly() throws {
        try connection().execute("CREATE TABLE t (n BIGINT)")
        let reader = connection(.read)
        #expect(try reader.row("SELECT count(*) FROM t") { $0.int(0) } == 0)
        #expect(throws: SQLError.self) { try reader.run("INSERT INTO t VALUES ($1)", 1) }
        #expect(try connection().row("SELECT count(*) FROM t") { $0.int(0) } == 0)
    }

    @Test("a commit after a statement that failed is no commit")
    func failedTransaction() throws {
        let connection = connection()
        try connection.execute("CREATE TABLE t (n BIGINT)")
        try connection.begin()
        try connection.run("INSERT INTO t VALUES ($1)", 1)
        #expect(throws: SQLError.self) { try connection.run("SELECT nothing") }
        #expect(throws: SQLError.self) { try connection.commit() }
        #expect(try connection.row("SELECT count(*) FROM t") { $0.int(0) } == 0)
    }

    @Test("a connection that was cut off fails once and then is a new one, whatever was prepared")
    func cutOff() throws {
        let connection = connection()
        func ask() throws(SQLError) -> Int? { try connection.row("SELECT $1 + 1", 41) { $0.int(0) } }
        #expect(try ask() == 42)
        let process = try #require(try connection.row("SELECT pg_backend_pid()") { $0.int(0) })
        try self.connection().run("SELECT pg_terminate_backend(CAST($1 AS INTEGER))", process)
        #expect(kind { () throws(SQLError) in _ = try ask() } == .disconnected)
        #expect(try ask() == 42)
    }

    @Test("the rest of a transaction whose connection broke is not done outside of it")
    func brokenTransaction() throws {
        let connection = connection()
        try connection.execute("CREATE TABLE t (n BIGINT)")
        try connection.begin()
        #expect(
            kind { () throws(SQLError) in try connection.run("SELECT pg_terminate_backend(pg_backend_pid())") }
                == .disconnected)
        #expect(kind { () throws(SQLError) in try connection.run("INSERT INTO t VALUES (1)") } == .disconnected)
        #expect(kind { () throws(SQLError) in try connection.commit() } == .disconnected)
        try connection.rollback()
        #expect(try connection.row("SELECT count(*) FROM t") { $0.int(0) } == 0)
    }

    @Test("when the connection breaks in a commit, nobody says that it may be tried again")
    func unknownCommit() throws {
        let connection = connection()
        try connection.execute(
            """
            CREATE TABLE t (n BIGINT);
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER last AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION die()
            """)
        do {
            try connection.transaction { () throws(SQLError) in
                _ = try connection.run("INSERT INTO t VALUES ($1)", 1)
            }
            Issue.record("the commit came through")
        } catch {
            #expect(!error.isTransient)
            #expect(error.description.contains("not known"))
        }
    }

    @Test("of two who wait for each other one is told to try again")
    func deadlock() throws {
        let pair = [connection(), connection()]
        for each in pair { try each.begin() }
        try pair[0].lock("a")
        try pair[1].lock("b")
        let kinds = try atOnce(2) { number -> SQLError.Kind? in
            let mine = pair[number]
            do throws(SQLError) {
                try mine.lock(number == 0 ? "b" : "a")
                return nil
            } catch {
                try mine.rollback()
                return error.kind
            }
        }
        #expect(kinds.contains(.conflict) && kinds.contains(nil))
    }

    @Test(
        "a server that is not there is said to be so within seconds, without the password",
        arguments: [
            "postgresql://u:geheim@/d?host=/nonexistent", "postgresql://u:geheim@127.0.0.1:1/d",
            "postgresql://u:geheim@h/d?no_such_setting=1", "host=/nonexistent password=geheim geheim",
        ])
    func absent(_ url: String) {
        let begun = Date()
        do {
            try connection(url: url).execute("SELECT 1")
            Issue.record("there is a server")
        } catch {
            #expect(error.kind == .other && !error.description.contains("geheim"))
        }
        #expect(Date().timeIntervalSince(begun) < 5)
    }

    @Test("a server that says nothing any more is given up")
    func silent() throws {
        let connection = connection()
        let process = try #require(try connection.row("SELECT pg_backend_pid()") { $0.int(0) })
        // Stopped, the server's process neither answers nor counts its own timeout.
        kill(pid_t(process), SIGSTOP)
        defer { kill(pid_t(process), SIGCONT) }
        let begun = Date()
        #expect(kind { () throws(SQLError) in try connection.execute("SELECT 1") } == .busy)
        #expect(Date().timeIntervalSince(begun) < 10)
        #expect(try connection.row("SELECT 2") { $0.int(0) } == 2)
    }
}
