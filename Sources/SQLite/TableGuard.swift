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
            { context, action, first, second, _, _ in
                guard let context else { return SQLITE_DENY }
                let guardian = Unmanaged<TableGuard>.fromOpaque(context).takeUnretainedValue()
                return guardian.verdict(action, first.map { String(cString: $0) }, isPlain: second == nil)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func verdict(_ action: Int32, _ table: String?, isPlain: Bool) -> Int32 {
        switch action {
        case SQLITE_READ:
            // An empty table name is a subquery's own column.
            guard let table, !table.isEmpty, !table.hasPrefix("sqlite_") else { return SQLITE_OK }
            return powers[table] == nil ? SQLITE_DENY : SQLITE_OK
        case SQLITE_INSERT:
            return table.flatMap { powers[$0] }.map { $0 != .read } == true ? SQLITE_OK : SQLITE_DENY
        case SQLITE_UPDATE, SQLITE_DELETE:
            return table.flatMap { powers[$0] } == .write ? SQLITE_OK : SQLITE_DENY
        case SQLITE_PRAGMA:
            // To ask for the schema's version, not to set it.
            return table == "user_version" && isPlain ? SQLITE_OK : SQLITE_DENY
        case SQLITE_SELECT, SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_FUNCTION, SQLITE_RECURSIVE:
            return SQLITE_OK
        default:
            return SQLITE_DENY
        }
    }
}
