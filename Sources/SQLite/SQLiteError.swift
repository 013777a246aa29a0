import CSQLite

/// What SQLite said when a call failed; the message names tables and columns, never a value.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The primary result code (SQLITE_BUSY, SQLITE_CONSTRAINT, …).
    package let code: Int32
    package let description: String

    package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
    package var isConstraint: Bool { code == SQLITE_CONSTRAINT }

    init(code: Int32, description: String) {
        self.code = code & 0xFF
        self.description = description
    }
}
