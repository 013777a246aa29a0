import CSQLite
import SQL

/// Refuses statements that touch a table outside a program's powers, when they are prepared (sqlite3_set_authorizer).
final class TableGuard {
    private let powers: [String: TableAccess]

    init(_ powers: [String: TableAccess]) {
        self.powers = powers
    }

    func watch(_ database: OpaquePointer) {
        sqlite3_set_authorizer(
            database,
            { context, action, first, _, _, _ in
                guard let context else { return SQLITE_DENY }
                let guardian = Unmanaged<TableGuard>.fromOpaque(context).takeUnretainedValue()
                return guardian.verdict(action, table: first.map { String(cString: $0) })
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func verdict(_ action: Int32, table: String?) -> Int32 {
        switch action {
        case SQLITE_READ:
            // An empty table name is a subquery's own column.
            guard let table, !table.isEmpty, !table.hasPrefix("sqlite_") else { return SQLITE_OK }
            return powers[table] == nil ? SQLITE_DENY : SQLITE_OK
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            return table.flatMap { powers[$0] } == .write ? SQLITE_OK : SQLITE_DENY
        case SQLITE_SELECT, SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_FUNCTION, SQLITE_RECURSIVE:
            return SQLITE_OK
        default:
            return SQLITE_DENY
        }
    }
}
