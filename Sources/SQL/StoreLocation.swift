/// Where the store is, as the configuration says it: `sqlite:/var/lib/vestibule/store.db` or `postgresql://…`.
package enum StoreLocation: Sendable, Equatable {
    case sqlite(path: String)
    /// A connection URI as libpq takes it.
    case postgreSQL(url: String)

    /// - Throws: what is wrong with the text, without the text: it may hold a password.
    package init(url: String) throws(SQLError) {
        guard let colon = url.firstIndex(of: ":") else {
            throw SQLError(.other, "the store's URL has no scheme: say sqlite:/path or postgresql://…")
        }
        let rest = url[url.index(after: colon)...]
        switch url[..<colon].lowercased() {
        case "sqlite":
            let path = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
            guard path.hasPrefix("/"), path.count > 1 else {
                throw SQLError(.other, "the store's URL names no absolute path: say sqlite:/path")
            }
            guard !path.contains(where: { "?#%".contains($0) }) else {
                throw SQLError(.other, "the store's URL is a plain path behind sqlite: without ? # or %")
            }
            self = .sqlite(path: String(path))
        case "postgresql", "postgres":
            guard rest.hasPrefix("//") else {
                throw SQLError(.other, "the store's URL goes on with // after its scheme: say postgresql://host/name")
            }
            self = .postgreSQL(url: url)
        default:
            throw SQLError(.other, "the store's URL has an unknown scheme: say sqlite:/path or postgresql://…")
        }
    }
}

extension StoreLocation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .sqlite(let path): path
        case .postgreSQL: "the PostgreSQL database"
        }
    }
}
