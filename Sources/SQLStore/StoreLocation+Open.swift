import PostgreSQL
import SQL
import SQLite

extension StoreLocation {
    enum Purpose {
        /// To change the tables; on SQLite the file is made when `create` says so.
        case migrate(create: Bool)
        case write
        case read
    }

    /// A connection that does what these powers allow and no more.
    ///
    /// On SQLite a guard of the connection refuses the rest; on PostgreSQL the server does, by what the role in the URL was
    /// granted (`Powers.grants(for:)`). There it opens at its first use.
    func connection(_ purpose: Purpose, for powers: Powers) throws(SQLError) -> any Connection {
        switch self {
        case .sqlite(let path):
            let mode: SQLiteConnection.Mode =
                switch purpose {
                case .migrate(let create): create ? .create : .write
                case .write: .write
                case .read: .read
                }
            let connection = try SQLiteConnection(path: path, mode: mode)
            if let tables = powers.tables { connection.allow(tables) }
            return connection
        case .postgreSQL(let url):
            let mode: PostgreSQLConnection.Mode =
                switch purpose {
                case .migrate: .migrate
                case .write: .write
                case .read: .read
                }
            return PostgreSQLConnection(url: url, application: powers.program, mode: mode)
        }
    }

    /// How many connections a process reads by, whatever its workers; `nil` is one for each worker.
    var sharedReaders: Int? {
        switch self {
        case .sqlite: nil
        case .postgreSQL: 8
        }
    }
}
