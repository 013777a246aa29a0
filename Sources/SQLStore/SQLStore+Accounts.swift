import JOSE
import OAuth
import SMART
import SQL
import Store

extension SQLStore: AccountStore {
    package func account(named username: String) throws(StoreError) -> Account? {
        try read { connection throws(SQLError) in
            try connection.row(
                "SELECT \(Self.accountColumns) FROM accounts WHERE username = $1 AND fhir_base = $2", username,
                fhirBase, read: Self.account) ?? nil
        }
    }

    package func accounts() throws(StoreError) -> [Account] {
        try read { connection throws(SQLError) in
            try connection.rows(
                "SELECT \(Self.accountColumns) FROM accounts WHERE fhir_base = $1 ORDER BY username", fhirBase,
                read: Self.account
            ).compactMap { $0 }
        }
    }

    package func add(_ account: Account, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                INSERT INTO accounts (id, fhir_base, username, subject, name, password, fhir_user, access, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """, account.user.id, fhirBase, account.username, account.user.subject, account.user.name,
                account.password.stored, account.user.fhirUser?.description, account.user.access.description,
                now.seconds)
        }
    }

    package func setDisabled(_ isDisabled: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let changed = try connection.run(
                "UPDATE accounts SET disabled_at = $3 WHERE username = $1 AND fhir_base = $2", username, fhirBase,
                isDisabled ? now.seconds : nil)
            if isDisabled {
                try Self.endAll(of: username, reason: .userDisabled, at: now, fhirBase: fhirBase, on: connection)
            }
            return changed == 1
        }
    }

    package func setPassword(
        _ password: PasswordHash, account username: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let changed = try connection.run(
                "UPDATE accounts SET password = $3 WHERE username = $1 AND fhir_base = $2", username, fhirBase,
                password.stored)
            try Self.forgetFailures(of: username, fhirBase: fhirBase, on: connection)
            try Self.endAll(of: username, reason: .passwordChanged, at: now, fhirBase: fhirBase, on: connection)
            return changed == 1
        }
    }

    package func beginAttempt(named username: String, at now: Instant) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        let name = SecretDigest(of: username).bytes
        return try write { connection throws(SQLError) in
            try connection.lock("attempts \(name)")
            let before = try connection.row(
                """
                SELECT failures, blocked_until FROM sign_in_attempts
                WHERE name = $1 AND fhir_base = $2 AND expires_at > $3
                """, name, fhirBase, now.seconds
            ) { row in (failures: row.int(0), blockedUntil: row.int(1)) }
            if let before, before.blockedUntil > now.seconds { return before.blockedUntil - now.seconds }
            let failures = (before?.failures ?? 0) + 1
            try connection.run(
                """
                INSERT INTO sign_in_attempts (name, fhir_base, failures, blocked_until, expires_at)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (name, fhir_base) DO UPDATE SET failures = $3, blocked_until = $4, expires_at = $5
                """, name, fhirBase, failures, (now + SignInAttempts.delay(after: failures)).seconds,
                (now + SignInAttempts.memory).seconds)
            return 0
        }
    }

    static func forgetFailures(of username: String, fhirBase: String, on connection: any Connection) throws(SQLError) {
        try connection.run(
            "DELETE FROM sign_in_attempts WHERE name = $1 AND fhir_base = $2", SecretDigest(of: username).bytes,
            fhirBase)
    }

    /// Sessions and grants: what somebody else may have taken is worth nothing when the person comes back.
    private static func endAll(
        of username: String, reason: EndReason, at now: Instant, fhirBase: String, on connection: any Connection
    ) throws(SQLError) {
        let account = "(SELECT id FROM accounts WHERE username = $1 AND fhir_base = $2)"
        try connection.run("DELETE FROM sessions WHERE account IN \(account)", username, fhirBase)
        try connection.run(
            "UPDATE grants SET ended_at = $3, end_reason = $4 WHERE account IN \(account) AND ended_at IS NULL",
            username, fhirBase, now.seconds, reason.rawValue)
    }

    private static let accountColumns =
        "id, subject, name, fhir_user, access, disabled_at, username, password"

    /// A row whose password hash cannot be read is no account: nobody signs in with it.
    private static func account(_ row: any Row) -> Account? {
        guard let password = PasswordHash(row.text(7)) else { return nil }
        return Account(user: user(row, from: 0), username: row.text(6), password: password)
    }

    /// Reads `id, subject, name, fhir_user, access, disabled_at` from a column on. Rights that cannot be read are none.
    static func user(_ row: any Row, from column: Int) -> User {
        User(
            id: row.text(column), subject: row.text(column + 1), name: row.text(column + 2),
            fhirUser: row.optionalText(column + 3).flatMap { FHIRUser($0) },
            access: UserAccess(row.text(column + 4)) ?? .none, isDisabled: !row.isNull(column + 5))
    }

    static let userColumns =
        "accounts.id, accounts.subject, accounts.name, accounts.fhir_user, accounts.access, accounts.disabled_at"
}
