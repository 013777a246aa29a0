import CSQLite

/// One connection to a database file, owned by one thread at a time.
///
/// `@unchecked Sendable`: it is handed from the thread that opens it to the one that uses it, and SQLite is built
/// thread-safe (serialized), so even a mistake there would not corrupt it.
package final class Connection: @unchecked Sendable {
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

    /// - Throws: `SQLiteError` that names the path: the file is missing, not a database, or not ours to open.
    package init(path: String, mode: Mode) throws(SQLiteError) {
        if mode == .create { vestibule_create_private_file(path) }
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | (mode == .create ? SQLITE_OPEN_CREATE : 0)
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let reason = String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(handle)
            throw SQLiteError(code: code, description: "\(path): \(reason)")
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

    /// Runs SQL without parameters, several statements if need be.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs one statement and says how many rows it changed.
    @discardableResult
    package func run(_ sql: String, _ parameters: any Bindable...) throws(SQLiteError) -> Int {
        try rows(sql, parameters) { _ in }
        return Int(sqlite3_changes64(handle))
    }

    /// The first row, read by `read`; `nil` when there is none.
    package func row<Result>(
        _ sql: String, _ parameters: any Bindable..., read: (borrowing Row) -> Result
    ) throws(SQLiteError) -> Result? {
        var result: Result?
        try rows(sql, parameters) { row in
            if result == nil { result = read(row) }
        }
        return result
    }

    package func rows<Result>(
        _ sql: String, _ parameters: any Bindable..., read: (borrowing Row) -> Result
    ) throws(SQLiteError) -> [Result] {
        var results: [Result] = []
        try rows(sql, parameters) { results.append(read($0)) }
        return results
    }

    /// Everything or nothing. A busy database is waited for at the beginning, not at the end.
    package func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// From now on only these tables can be read or written through this connection: a guard against our own mistakes.
    package func allow(_ powers: [String: TableAccess]) {
        let guardian = TableGuard(powers)
        self.guardian = guardian
        guardian.watch(handle)
    }

    private func rows(
        _ sql: String, _ parameters: [any Bindable], each: (borrowing Row) -> Void
    ) throws(SQLiteError) {
        let statement = try statement(sql)
        defer { statement.reset() }
        try statement.bind(parameters)
        while true {
            let code = sqlite3_step(statement.handle)
            switch code {
            case SQLITE_ROW: each(Row(statement.handle))
            case SQLITE_DONE: return
            default: throw error(code)
            }
        }
    }

    private func statement(_ sql: String) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] { return statement }
        let statement = try Statement(sql, on: handle)
        statements[sql] = statement
        return statement
    }

    private func error(_ code: Int32) -> SQLiteError {
        SQLiteError(code: code, description: String(cString: sqlite3_errmsg(handle)))
    }
}
