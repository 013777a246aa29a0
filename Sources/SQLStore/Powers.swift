import SQL

/// What each program may touch in the store: SECURITY.md shows this table, and a test compares the two.
package enum Powers: String, Sendable, CaseIterable {
    case jwks
    case introspect
    case enforce
    case authorize
    case portal
    case token
    /// The command line tool: everything.
    case administration

    /// `nil` sets no limit.
    package var tables: [String: TableAccess]? {
        switch self {
        case .jwks:
            ["keys": .read]
        case .introspect:
            [
                "clients": .read, "client_secrets": .read, "accounts": .read, "grants": .read, "access_tokens": .read,
            ]
        case .enforce:
            [
                "clients": .read, "client_origins": .read, "accounts": .read, "grants": .read, "access_tokens": .read,
            ]
        case .authorize:
            [
                "clients": .read, "client_secrets": .read, "accounts": .read, "consents": .read, "sessions": .write,
                "launches": .write, "interactions": .write, "grants": .write, "codes": .write,
            ]
        case .portal:
            [
                "clients": .read, "client_secrets": .read, "accounts": .read, "sign_in_attempts": .write,
                "sessions": .write, "interactions": .write, "consents": .write, "launches": .write,
            ]
        case .token:
            [
                "clients": .read, "client_secrets": .read, "client_origins": .read, "accounts": .read,
                "consents": .read, "keys": .read, "grants": .write, "codes": .write, "access_tokens": .write,
                "refresh_tokens": .write,
            ]
        case .administration:
            nil
        }
    }

    /// The program that has them, as the server's administrator sees it among its connections.
    var program: String {
        self == .administration ? "vestibule" : "vestibule-\(rawValue)"
    }

    func mayWrite(_ table: String) -> Bool {
        tables.map { $0[table] == .write } ?? true
    }
}
