/// A schema as the list of steps that lead to it; the database knows how many it has taken.
package struct Migrations: Sendable {
    private let steps: [String]

    package init(_ steps: [String]) {
        self.steps = steps
    }

    package var version: Int { steps.count }

    /// The schema as it was after so many steps.
    package func first(_ count: Int) -> Migrations { Migrations(Array(steps.prefix(count))) }

    /// Takes the missing steps in one transaction: all of them or none. Of several at once, one does the work.
    ///
    /// - Returns: the version before and after.
    package func migrate(_ connection: any Connection) throws(SQLError) -> (from: Int, to: Int) {
        try connection.transaction { () throws(SQLError) in
            try connection.lock("schema")
            let from = try connection.schemaVersion()
            guard from <= version else {
                throw SQLError(.other, "the database has schema \(from) and this program knows \(version) only")
            }
            for number in from..<version { try connection.take(step: steps[number], to: number + 1) }
            return (from, version)
        }
    }
}
