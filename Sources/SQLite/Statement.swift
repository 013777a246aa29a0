import CSQLite

/// A prepared statement, kept by its connection and used by one caller at a time.
final class Statement {
    let handle: OpaquePointer
    /// Where SQLite put each `$n`: it numbers parameters by their first appearance.
    private let positions: [Int32]

    init(_ sql: String, on database: OpaquePointer) throws(SQLiteError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw SQLiteError(code: code, description: "\(String(cString: sqlite3_errmsg(database))) in: \(sql)")
        }
        self.handle = handle
        positions = (0..<sqlite3_bind_parameter_count(handle)).map { number in
            sqlite3_bind_parameter_index(handle, "$\(number + 1)")
        }
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ parameters: [any Bindable]) throws(SQLiteError) {
        guard parameters.count == positions.count else {
            throw SQLiteError(
                code: SQLITE_MISUSE, description: "\(parameters.count) parameters for \(positions.count) places")
        }
        for (parameter, position) in zip(parameters, positions) {
            let code =
                switch parameter.bound {
                case .null: sqlite3_bind_null(handle, position)
                case .integer(let value): sqlite3_bind_int64(handle, position, Int64(value))
                case .text(let value):
                    sqlite3_bind_text(handle, position, value, Int32(value.utf8.count), VESTIBULE_SQLITE_TRANSIENT)
                case .blob(let value):
                    // An empty blob is not NULL.
                    value.isEmpty
                        ? sqlite3_bind_zeroblob(handle, position, 0)
                        : sqlite3_bind_blob(handle, position, value, Int32(value.count), VESTIBULE_SQLITE_TRANSIENT)
                }
            guard code == SQLITE_OK else {
                throw SQLiteError(code: code, description: String(cString: sqlite3_errstr(code)))
            }
        }
    }

    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}

/// One row of an answer; columns are read in the order of the SELECT.
package struct Row: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    package func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }
    package func bool(_ column: Int32) -> Bool { sqlite3_column_int64(handle, column) != 0 }

    package func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    package func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : int(column) }
    package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
    package func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }
}
