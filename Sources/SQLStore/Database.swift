import SMART
import SQL
import SQLite
import Store

/// The database file of one program: it knows the powers, hands out readers and owns the one writer.
package final class Database: Sendable {
    let fhirBase: String
    let powers: Powers
    private let path: String
    private let writer: GroupCommit

    /// Opens an existing database whose schema is exactly the one this program knows.
    package init(path: String, fhirBase: FHIRBase, powers: Powers) throws(StoreError) {
        self.path = path
        self.fhirBase = fhirBase.description
        self.powers = powers
        do {
            let connection = try SQLiteConnection(path: path, mode: .write)
            let version = try connection.schemaVersion()
            guard version == Schema.migrations.version else {
                throw StoreError.failed(
                    "\(path) has schema \(version), this program needs \(Schema.migrations.version): "
                        + "run vestibule db migrate with the same version")
            }
            if let tables = powers.tables { connection.allow(tables) }
            writer = GroupCommit(connection)
        } catch let error as SQLError {
            throw StoreError(error)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .failed("\(path) cannot be opened")
        }
    }

    /// Makes the file if need be and takes the missing migration steps.
    package static func migrate(path: String, create: Bool) throws(StoreError) -> (from: Int, to: Int) {
        do {
            return try Schema.migrations.migrate(SQLiteConnection(path: path, mode: create ? .create : .write))
        } catch {
            throw StoreError(error)
        }
    }

    /// A store for one worker: its own connection to read, the process's writer to write.
    package func store() throws(StoreError) -> SQLStore {
        do {
            let reader = try SQLiteConnection(path: path, mode: .read)
            if let tables = powers.tables { reader.allow(tables) }
            return SQLStore(database: self, reader: reader)
        } catch {
            throw StoreError(error)
        }
    }

    func write<Result: Sendable>(
        _ verb: @escaping @Sendable (any Connection) throws(SQLError) -> Result
    ) throws(StoreError) -> Result {
        try writer.perform(verb)
    }
}

/// The store protocols in SQL, one extension each. A worker owns it.
package struct SQLStore: Sendable {
    let database: Database
    let reader: any Connection

    var fhirBase: String { database.fhirBase }

    func read<Result>(_ ask: (any Connection) throws(SQLError) -> Result) throws(StoreError) -> Result {
        do {
            return try ask(reader)
        } catch {
            throw StoreError(error)
        }
    }

    func write<Result: Sendable>(
        _ verb: @escaping @Sendable (any Connection) throws(SQLError) -> Result
    ) throws(StoreError) -> Result {
        try database.write(verb)
    }
}

extension StoreError {
    init(_ error: SQLError) {
        self = error.isBusy ? .busy : error.isConstraint ? .exists("a row") : .failed(error.description)
    }
}
