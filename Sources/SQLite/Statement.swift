import CSQLite
import SQL

/// A prepared statement, kept by its connection and used by one caller at a time; while it runs it is its own row.
final class Statement {
    let handle: OpaquePointer
    /// Where SQLite put each `$n`: it numbers parameters by their first appearance.
    private let positions: [Int32]

    init(_ sql: String, on database: OpaquePointer) throws(SQLError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw SQLError(sqlite: code, "\(String(cString: sqlite3_errmsg(database))) in: \(sql)")
        }
        self.handle = handle
        positions = (0..<sqlite3_bind_parameter_count(handle)).map { number in
            sqlite3_bind_parameter_index(handle, "$\(number + 1)")
        }
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ parameters: [any Bindable]) throws(SQLError) {
        guard parameters.count == positions.count else {
            throw SQLError(.other, "\(parameters.count) parameters for \(positions.count) places")
        }
        for (parameter, position) in zip(parameters, positions) {
            let code =
                switch parameter.bound {
                case .integer(let value?): sqlite3_bind_int64(handle, position, Int64(value))
                case .text(let value?):
                    sqlite3_bind_text(handle, position, value, Int32(value.utf8.count), VESTIBULE_SQLITE_TRANSIENT)
                case .blob(let value?):
                    // An empty blob is not NULL.
                    value.isEmpty
                        ? sqlite3_bind_zeroblob(handle, position, 0)
                        : sqlite3_bind_blob(handle, position, value, Int32(value.count), VESTIBULE_SQLITE_TRANSIENT)
                case .integer(nil), .text(nil), .blob(nil): sqlite3_bind_null(handle, position)
                }
            guard code == SQLITE_OK else { throw SQLError(sqlite: code, String(cString: sqlite3_errstr(code))) }
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}

extension Statement: Row {
    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }
    func int(_ column: Int) -> Int { Int(sqlite3_column_int64(handle, Int32(column))) }

    func text(_ column: Int) -> String {
        guard let start = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func blob(_ column: Int) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }
}
