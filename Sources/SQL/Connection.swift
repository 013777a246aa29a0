/// One connection to a store engine, used by one thread at a time.
///
/// The SQL is the same for every engine: parameters are `$1`, `$2`, …; ON CONFLICT and RETURNING are understood.
package protocol Connection: AnyObject, Sendable {
    /// Runs SQL without parameters, several statements if need be.
    func execute(_ sql: String) throws(SQLError)

    /// Runs one statement, shows every row of its answer and says how many rows it changed.
    func each(_ sql: String, _ parameters: [any Bindable], _ show: (any Row) -> Void) throws(SQLError) -> Int

    func begin() throws(SQLError)
    /// When this throws anything but a conflict, nobody knows whether the transaction was kept.
    func commit() throws(SQLError)
    func rollback() throws(SQLError)

    /// Until the transaction ends, no other gets past the same name: for a verb that must read before it writes.
    ///
    /// A single conditional statement needs none. An engine with one writer has nothing to do here.
    func lock(_ name: String) throws(SQLError)

    /// How many steps of the schema were taken; 0 in an empty database.
    func schemaVersion() throws(SQLError) -> Int
    /// Takes one step of the schema, written as SQLite understands it (`SchemaStep` says how engines differ in one).
    func take(step: String, to version: Int) throws(SQLError)
}

extension Connection {
    /// Runs one statement and says how many rows it changed.
    @discardableResult
    package func run(_ sql: String, _ parameters: any Bindable...) throws(SQLError) -> Int {
        try each(sql, parameters) { _ in }
    }

    /// The first row, read by `read`; `nil` when there is none.
    package func row<Result>(
        _ sql: String, _ parameters: any Bindable..., read: (any Row) -> Result
    ) throws(SQLError) -> Result? {
        var result: Result?
        _ = try each(sql, parameters) { row in
            if result == nil { result = read(row) }
        }
        return result
    }

    package func rows<Result>(
        _ sql: String, _ parameters: any Bindable..., read: (any Row) -> Result
    ) throws(SQLError) -> [Result] {
        var results: [Result] = []
        _ = try each(sql, parameters) { results.append(read($0)) }
        return results
    }

    /// Everything or nothing.
    package func transaction<Result>(_ body: () throws(SQLError) -> Result) throws(SQLError) -> Result {
        try begin()
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            try? rollback()
            throw error
        }
    }
}
