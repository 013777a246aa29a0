import SQL

/// One connection to a PostgreSQL server, owned by one thread at a time. It opens at its first use, and anew after it broke.
///
/// `@unchecked Sendable`: it is handed from one thread to the next, never used by two at once.
package final class PostgreSQLConnection: Connection, @unchecked Sendable {
    package enum Mode: Sendable {
        /// Takes as long as it takes.
        case migrate
        case write
        /// Every write is refused.
        case read
    }

    /// Where the server keeps how many steps of the schema were taken.
    package static let versionTable = "schema_version"

    private let url: String
    private let application: String
    private let mode: Mode
    private var link: Link?
    private var isInTransaction = false

    /// - Parameter url: a connection URI or string as libpq takes it.
    /// - Parameter application: the name by which the server shows us to its administrator.
    package init(url: String, application: String, mode: Mode) {
        self.url = url
        self.application = application
        self.mode = mode
    }

    package func execute(_ sql: String) throws(SQLError) {
        _ = try answer { link throws(SQLError) in try link.execute(sql) }
    }

    package func each(
        _ sql: String, _ parameters: [any Bindable], _ show: (any Row) -> Void
    ) throws(SQLError) -> Int {
        let answer = try answer { link throws(SQLError) in try link.answer(to: sql, Parameters(parameters)) }
        answer.each(show)
        return answer.changes
    }

    package func begin() throws(SQLError) {
        try execute("BEGIN")
        isInTransaction = true
    }

    package func commit() throws(SQLError) {
        let link = try open()
        isInTransaction = false
        let answer: Answer
        do {
            answer = try self.answer(of: link) { link throws(SQLError) in try link.execute("COMMIT") }
        } catch {
            if error.kind == .conflict { throw error }
            throw SQLError(.other, "whether a commit was kept is not known: \(error.description)")
        }
        guard answer.command == "COMMIT" else {
            throw SQLError(.other, "PostgreSQL: a statement had failed, so nothing was committed")
        }
    }

    package func rollback() throws(SQLError) {
        isInTransaction = false
        // A session that is gone has taken its transaction along.
        guard link != nil else { return }
        do {
            try execute("ROLLBACK")
        } catch {
            link = nil
            throw error
        }
    }

    package func lock(_ name: String) throws(SQLError) {
        try run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)
    }

    package func schemaVersion() throws(SQLError) -> Int {
        let isThere = try row("SELECT to_regclass($1) IS NOT NULL", Self.versionTable) { $0.bool(0) }
        guard isThere == true else { return 0 }
        return try row("SELECT version FROM \(Self.versionTable)") { $0.int(0) } ?? 0
    }

    package func take(step: String, to version: Int) throws(SQLError) {
        for part in SchemaStep(step).parts where part.engine != .sqlite {
            try execute(part.engine == nil ? Dialect.translate(part.text) : part.text)
        }
        try execute(
            """
            CREATE TABLE IF NOT EXISTS \(Self.versionTable) (
                one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one), version BIGINT NOT NULL);
            INSERT INTO \(Self.versionTable) (version) VALUES (\(version))
                ON CONFLICT (one) DO UPDATE SET version = excluded.version
            """)
    }

    private func answer(_ ask: (Link) throws(SQLError) -> Answer) throws(SQLError) -> Answer {
        try answer(of: open(), ask)
    }

    private func answer(of link: Link, _ ask: (Link) throws(SQLError) -> Answer) throws(SQLError) -> Answer {
        do {
            return try ask(link)
        } catch {
            if error.isDisconnected || !link.isReady { self.link = nil }
            throw error
        }
    }

    private func open() throws(SQLError) -> Link {
        if let link { return link }
        // The rest of a transaction must not be done outside of it.
        if isInTransaction { throw SQLError(.disconnected, "PostgreSQL: the connection broke in a transaction") }
        let patience: Patience = mode == .migrate ? .endless : .request
        let link = try Link(url, application: application, patience: patience)
        _ = try link.execute(
            """
            \(patience.statementTimeout); SET idle_in_transaction_session_timeout = '30s';
            SET client_min_messages = warning; SET default_transaction_isolation = 'read committed';
            SET default_transaction_read_only = \(mode == .read ? "on" : "off"); SET bytea_output = 'hex'
            """)
        self.link = link
        return link
    }
}
