import PostgreSQL
import SQL

extension Powers {
    /// The statements by which a role of PostgreSQL gets exactly these powers, whatever it had before. The owner of the tables
    /// runs them, after every migration; to migrate is the owner's alone.
    ///
    /// - Parameter isDemo: whether the programs open the developer page's powers, too, with the same role.
    package func grants(for role: String, in schema: String = "public", isDemo: Bool = false) -> String {
        let tables =
            isDemo && hasDeveloperPage ? tables?.merging(Self.developer.tables ?? [:]) { own, _ in own } : tables
        let (role, schema) = (Self.quoted(role), Self.quoted(schema))
        func names(_ tables: [String]) -> String {
            tables.sorted().map { "\(schema).\($0)" }.joined(separator: ", ")
        }
        var statements = [
            "BEGIN", "GRANT USAGE ON SCHEMA \(schema) TO \(role)",
            "REVOKE ALL ON ALL TABLES IN SCHEMA \(schema) FROM \(role)",
        ]
        let all = "SELECT, INSERT, UPDATE, DELETE"
        if let tables {
            let read = tables.filter { $0.value == .read }.keys + [PostgreSQLConnection.versionTable]
            let written = tables.filter { $0.value == .write }.keys
            statements.append("GRANT SELECT ON \(names(Array(read))) TO \(role)")
            let appended = tables.filter { $0.value == .append }.keys
            if !appended.isEmpty { statements.append("GRANT SELECT, INSERT ON \(names(Array(appended))) TO \(role)") }
            if !written.isEmpty { statements.append("GRANT \(all) ON \(names(Array(written))) TO \(role)") }
        } else {
            statements.append("GRANT \(all) ON ALL TABLES IN SCHEMA \(schema) TO \(role)")
        }
        return (statements + ["COMMIT"]).map { "\($0);\n" }.joined()
    }

    private var hasDeveloperPage: Bool { [.portal, .authorize, .token].contains(self) }

    private static func quoted(_ name: String) -> String {
        "\"" + name.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
