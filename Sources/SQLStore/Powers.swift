import SQL

/// What each program may touch in the store: SECURITY.md shows this table, and a test compares the two.
package enum Powers: String, Sendable, CaseIterable {
    case jwks
    case introspect
    case enforce
    case authorize
    case portal
    case token
    case revoke
    case register
    case launch
    case courier
    case consents
    /// What portal, authorize and token have besides in demo mode, and in no other: the developer page.
    case developer
    /// The command line tool: everything.
    case administration

    /// `nil` sets no limit.
    package var tables: [String: TableAccess]? {
        switch self {
        case .jwks:
            ["keys": .read]
        case .introspect:
            Self.authentication.merging(
                [
                    "accounts": .read, "grants": .read, "access_tokens": .read, "refresh_tokens": .read,
                    "sessions": .read, "consents": .read, "consent_rules": .read, "temporary_access": .read,
                ]
            ) { $1 }
        case .enforce:
            [
                "clients": .read, "client_origins": .read, "accounts": .read, "grants": .write, "access_tokens": .read,
                "sessions": .write, "disclosures": .write, "consents": .read, "consent_rules": .read,
                "temporary_access": .read,
            ]
        case .authorize:
            [
                "clients": .read, "client_secrets": .read, "accounts": .read, "consents": .read, "sessions": .write,
                "launches": .write, "interactions": .write, "grants": .write, "codes": .write,
                "audit_events": .append, "consent_rules": .read, "temporary_access": .read, "second_factors": .read,
            ]
        case .portal:
            [
                "clients": .read, "client_secrets": .read, "accounts": .read, "attempts": .write,
                "known_browsers": .write, "sessions": .write, "interactions": .write, "consents": .write,
                "launches": .write, "grants": .write, "audit_events": .append, "disclosures": .read,
                "consent_versions": .write, "deliveries": .write, "destinations": .read, "consent_directives": .write,
                "consent_directive_versions": .append, "consent_rules": .write,
                "temporary_access": .write, "second_factors": .write, "recovery_codes": .write,
                "pending_sign_ins": .write,
            ]
        case .token:
            Self.authentication.merging(
                [
                    "accounts": .read, "consents": .read, "keys": .read, "grants": .write, "codes": .write,
                    "access_tokens": .write, "refresh_tokens": .write, "sessions": .write,
                    "consent_rules": .read, "temporary_access": .read,
                ]
            ) { $1 }
        case .revoke:
            Self.authentication.merging(
                ["grants": .write, "access_tokens": .write, "refresh_tokens": .read]
            ) { $1 }
        case .register:
            [
                "clients": .write, "client_secrets": .write, "client_origins": .write, "grants": .write,
                "initial_access_tokens": .write, "attempts": .write, "audit_events": .append,
            ]
        case .launch:
            Self.authentication.merging(
                ["accounts": .read, "consent_rules": .read, "launches": .write, "temporary_access": .read]
            ) { $1 }
        case .courier:
            Self.intake.merging(["destinations": .write]) { $1 }
        case .consents:
            Self.intake
        case .developer:
            [
                "clients": .read, "client_secrets": .read, "accounts": .read, "consents": .read, "grants": .read,
                "access_tokens": .read, "refresh_tokens": .read, "sessions": .read, "keys": .read,
                "consent_rules": .read, "temporary_access": .read, "simulations": .write,
            ]
        case .administration:
            nil
        }
    }

    /// What taking over what patients decide elsewhere needs: it can end a record of ours, and what rests on it.
    private static let intake: [String: TableAccess] = [
        "accounts": .read, "clients": .read, "client_secrets": .read, "destinations": .read, "consents": .write,
        "consent_versions": .write, "deliveries": .write, "grants": .write, "consent_directives": .write,
        "consent_directive_versions": .write, "consent_rules": .write, "consent_follower": .write,
        "temporary_access": .read, "audit_events": .append,
    ]

    /// What proving a client needs: its registration, its assertions' ids, the count of wrong guesses and their record.
    private static let authentication: [String: TableAccess] = [
        "clients": .read, "client_secrets": .read, "client_origins": .read, "assertions": .write, "attempts": .write,
        "audit_events": .append,
    ]

    /// The program that has them, as the server's administrator sees it among its connections.
    var program: String {
        self == .administration ? "vestibule" : "vestibule-\(rawValue)"
    }

    func mayWrite(_ table: String) -> Bool {
        tables.map { $0[table] == .write } ?? true
    }

    func mayRead(_ table: String) -> Bool {
        tables.map { $0[table] != nil } ?? true
    }
}
