/// A schema as the list of steps that lead to it; `PRAGMA user_version` counts the steps taken.
package struct Migrations: Sendable {
    private let steps: [String]

    package init(_ steps: [String]) {
        self.steps = steps
    }

    package var version: Int { steps.count }

    package static func version(of connection: Connection) throws(SQLiteError) -> Int {
        try connection.row("PRAGMA user_version") { $0.int(0) } ?? 0
    }

    /// Takes the missing steps in one transaction: all of them or none.
    ///
    /// - Returns: the version before and after.
    package func migrate(_ connection: Connection) throws(SQLiteError) -> (from: Int, to: Int) {
        try connection.transaction { () throws(SQLiteError) in
            let from = try Self.version(of: connection)
            guard from <= version else {
                throw SQLiteError(
                    code: 1, description: "the database has schema \(from) and this program knows \(version) only")
            }
            for step in steps[from...] { try connection.execute(step) }
            try connection.execute("PRAGMA user_version = \(version)")
            return (from, version)
        }
    }
}
