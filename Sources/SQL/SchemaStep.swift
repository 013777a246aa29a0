/// A step of the schema, cut where engines differ: a line of its own says who takes what follows.
///
///     -- on SQLite:
///     -- on PostgreSQL:        in that engine's own words
///     -- on every engine:
package struct SchemaStep: Sendable {
    package enum Engine: String, Sendable {
        case sqlite = "-- on SQLite:"
        case postgreSQL = "-- on PostgreSQL:"
    }

    /// In order; `nil` is everybody's.
    package let parts: [(engine: Engine?, text: String)]

    package init(_ step: String) {
        var parts: [(engine: Engine?, text: String)] = [(nil, "")]
        for line in step.split(separator: "\n", omittingEmptySubsequences: false) {
            if let engine = Engine(rawValue: String(line)) {
                parts.append((engine, ""))
            } else if line == "-- on every engine:" {
                parts.append((nil, ""))
            } else {
                parts[parts.count - 1].text += "\(line)\n"
            }
        }
        self.parts = parts.filter { part in part.text.contains { !$0.isWhitespace } }
    }
}
