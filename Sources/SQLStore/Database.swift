import SMART
import SQL
import Store

/// The database of one program: it knows the powers, hands out readers and owns the one writer.
package final class Database: Sendable {
    let fhirBase: String
    let powers: Powers
    private let location: StoreLocation
    private let writer: GroupCommit
    /// Where the workers share their connections.
    private let shared: Readers?

    /// Opens an existing database whose schema is exactly the one this program knows.
    ///
    /// - Parameter unixUser: by whom the administrator's tool is run, for the audit trail.
    package init(
        at location: StoreLocation, fhirBase: FHIRBase, powers: Powers, unixUser: String? = nil
    ) throws(StoreError) {
        self.location = location
        self.fhirBase = fhirBase.description
        self.powers = powers
        do throws(SQLError) {
            // SQLite's readers need a writer that is there already.
            let connection = try location.connection(.write, for: powers)
            writer = GroupCommit(
                connection,
                author: AuditAuthor(fhirBase: fhirBase.description, program: powers.program, unixUser: unixUser))
            shared = location.sharedReaders.map { Readers(of: location, for: powers, limit: $0) }
            // A program that only reads never has the server keep a writer for it.
            let version =
                if let shared { try shared.read(Self.version) } else { try Self.version(connection) }
            guard version == Schema.migrations.version else {
                throw SQLError(
                    .other,
                    "\(location) has schema \(version), this program needs \(Schema.migrations.version): "
                        + "run vestibule db migrate with the same version")
            }
        } catch {
            throw StoreError(error)
        }
    }

    /// Takes the missing migration steps. Where the store is a file, `create` makes it if need be.
    package static func migrate(at location: StoreLocation, create: Bool) throws(StoreError) -> (from: Int, to: Int) {
        do {
            return try Schema.migrations.migrate(
                location.connection(.migrate(create: create), for: .administration))
        } catch {
            throw StoreError(error)
        }
    }

    /// A store for one worker: connections to read, the process's writer to write.
    package func store() throws(StoreError) -> SQLStore {
        if let shared { return SQLStore(database: self, readers: shared) }
        do {
            let readers = Readers(of: location, for: powers, limit: 1)
            try readers.openOne()
            return SQLStore(database: self, readers: readers)
        } catch {
            throw StoreError(error)
        }
    }

    func write<Result: Sendable>(
        _ verb: @escaping @Sendable (any Connection) throws(SQLError) -> Result
    ) throws(StoreError) -> Result {
        try writer.perform(verb)
    }

    private static func version(_ connection: any Connection) throws(SQLError) -> Int {
        try connection.schemaVersion()
    }
}

extension Database {
    package convenience init(path: String, fhirBase: FHIRBase, powers: Powers) throws(StoreError) {
        try self.init(at: .sqlite(path: path), fhirBase: fhirBase, powers: powers)
    }

    package static func migrate(path: String, create: Bool) throws(StoreError) -> (from: Int, to: Int) {
        try migrate(at: .sqlite(path: path), create: create)
    }
}

/// The store protocols in SQL, one extension each. A worker owns it.
package struct SQLStore: Sendable {
    let database: Database
    let readers: Readers

    var fhirBase: String { database.fhirBase }

    func read<Result>(_ ask: (any Connection) throws(SQLError) -> Result) throws(StoreError) -> Result {
        do {
            return try readers.read(ask)
        } catch {
            throw StoreError(error)
        }
    }

    /// The verb may run more than once, on a transaction that was undone: what it does, it does by its connection alone.
    func write<Result: Sendable>(
        _ verb: @escaping @Sendable (any Connection) throws(SQLError) -> Result
    ) throws(StoreError) -> Result {
        try database.write(verb)
    }
}

extension StoreError {
    init(_ error: SQLError) {
        self =
            switch error.kind {
            case .busy: .busy(error.description)
            case .constraint: .exists("a row")
            case .conflict, .disconnected, .other: .failed(error.description)
            }
    }
}
