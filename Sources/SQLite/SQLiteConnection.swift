import CSQLite
import SQL

/// One connection to a database file, owned by one thread at a time.
///
/// `@unchecked Sendable`: it is handed from the thread that opens it to the one that uses it, and SQLite is built
/// thread-safe (serialized), so even a mistake there would not corrupt it.
package final class SQLiteConnection: Connection, @unchecked Sendable {
    package enum Mode: Sendable {
        /// Makes the file, mode 0600, when it is missing.
        case create
        case write
        /// Opened for writing, as WAL needs it, but every write is refused.
        case read
    }

    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    private var guardian: TableGuard?

    /// - Throws: an error that names the path: the file is missing, not a database, or not ours to open.
    package init(path: String, mode: Mode) throws(SQLError) {
        if mode == .create { vestibule_create_private_file(path) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | (mode == .create ? SQLITE_OPEN_CREATE : 0)
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let reason = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(handle)
            throw SQLError(sqlite: code, "\(path): \(reason)")
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 5000)
        _ = vestibule_sqlite3_defensive(handle)
        // WAL lets readers go on while one writes; FULL makes every acknowledged commit survive a power cut.
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA foreign_keys = ON")
        try execute("PRAGMA trusted_schema = OFF")
        try execute("PRAGMA cache_size = -512")
        if mode == .read { try execute("PRAGMA query_only = ON") }
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    package func execute(_ sql: String) throws(SQLError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    package func each(
        _ sql: String, _ parameters: [any Bindable], _ show: (any Row) -> Void
    ) throws(SQLError) -> Int {
        let statement = try statement(sql)
        defer { statement.reset() }
        try statement.bind(parameters)
        while true {
            let code = sqlite3_step(statement.handle)
            switch code {
            case SQLITE_ROW: show(statement)
            case SQLITE_DONE: return Int(sqlite3_changes64(handle))
            default: throw error(code)
            }
        }
    }

    /// A busy database is waited for here, not at the end.
    package func begin() throws(SQLError) { try execute("BEGIN IMMEDIATE") }
    package func commit() throws(SQLError) { try execute("COMMIT") }
    package func rollback() throws(SQLError) { try execute("ROLLBACK") }

    /// A transaction that has begun is the only one that writes.
    package func lock(_ name: String) {}

    package func schemaVersion() throws(SQLError) -> Int {
        try row("PRAGMA user_version") { $0.int(0) } ?? 0
    }

    package func take(step: String, to version: Int) throws(SQLError) {
        for part in SchemaStep(step).parts where part.engine != .postgreSQL { try execute(part.text) }
        try execute("PRAGMA user_version = \(version)")
    }

    /// From now on only these tables can be read or written through this connection: a guard against our own mistakes.
    package func allow(_ powers: [String: TableAccess]) {
        let guardian = TableGuard(powers)
        self.guardian = guardian
        guardian.watch(handle)
    }

    private func statement(_ sql: String) throws(SQLError) -> Statement {
        if let statement = statements[sql] { return statement }
        let statement = try Statement(sql, on: handle)
        statements[sql] = statement
        return statement
    }

    private func error(_ code: Int32) -> SQLError {
        SQLError(sqlite: code, String(cString: sqlite3_errmsg(handle)))
    }
}

extension SQLError {
    init(sqlite code: Int32, _ description: String) {
        // The low byte of an extended result code is the primary one.
        let kind: Kind =
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_CONSTRAINT: .constraint
            default: .other
            }
        self.init(kind, description)
    }
}
