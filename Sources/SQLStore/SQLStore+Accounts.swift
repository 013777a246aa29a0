import JOSE
import OAuth
import SMART
import SQLite
import Store

extension SQLStore: AccountStore {
    package func account(named username: String) throws(StoreError) -> Account? {
        try read { connection throws(SQLiteError) in
            try connection.row(
                "SELECT \(Self.accountColumns) FROM accounts WHERE username = $1 AND fhir_base = $2", username,
                fhirBase, read: Self.account) ?? nil
        }
    }

    package func accounts() throws(StoreError) -> [Account] {
        try read { connection throws(SQLiteError) in
            try connection.rows(
                "SELECT \(Self.accountColumns) FROM accounts WHERE fhir_base = $1 ORDER BY username", fhirBase,
                read: Self.account
            ).compactMap { $0 }
        }
    }

    package func add(_ account: Account, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLiteError) in
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
        return try write { connection throws(SQLiteError) in
            let changed = try connection.run(
                "UPDATE accounts SET disabled_at = $3 WHERE username = $1 AND fhir_base = $2", username, fhirBase,
                isDisabled ? now.seconds : nil)
            if isDisabled { try Self.endSessions(of: username, fhirBase: fhirBase, on: connection) }
            return changed == 1
        }
    }

    package func setPassword(_ password: PasswordHash, account username: String) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLiteError) in
            let changed = try connection.run(
                "UPDATE accounts SET password = $3 WHERE username = $1 AND fhir_base = $2", username, fhirBase,
                password.stored)
            try Self.forgetFailures(of: username, fhirBase: fhirBase, on: connection)
            try Self.endSessions(of: username, fhirBase: fhirBase, on: connection)
            return changed == 1
        }
    }

    package func attempts(named username: String, at now: Instant) throws(StoreError) -> SignInAttempts {
        try read { connection throws(SQLiteError) in
            try connection.row(
                """
                SELECT failures, blocked_until FROM sign_in_attempts
                WHERE name = $1 AND fhir_base = $2 AND expires_at > $3
                """, SecretDigest(of: username).bytes, fhirBase, now.seconds
            ) { row in SignInAttempts(failures: row.int(0), blockedUntil: Instant(row.int(1))) }
        } ?? .none
    }

    package func countFailure(named username: String, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        let name = SecretDigest(of: username).bytes
        try write { connection throws(SQLiteError) in
            let failures =
                try connection.row(
                    """
                    INSERT INTO sign_in_attempts (name, fhir_base, failures, blocked_until, expires_at)
                    VALUES ($1, $2, 1, $3, $4)
                    ON CONFLICT (name, fhir_base) DO UPDATE SET
                        failures = CASE WHEN sign_in_attempts.expires_at > $3 THEN sign_in_attempts.failures + 1 ELSE 1 END,
                        expires_at = $4
                    RETURNING failures
                    """, name, fhirBase, now.seconds, (now + SignInAttempts.memory).seconds
                ) { $0.int(0) } ?? 1
            try connection.run(
                "UPDATE sign_in_attempts SET blocked_until = $3 WHERE name = $1 AND fhir_base = $2", name, fhirBase,
                (now + SignInAttempts.delay(after: failures)).seconds)
        }
    }

    static func forgetFailures(of username: String, fhirBase: String, on connection: Connection) throws(SQLiteError) {
        try connection.run(
            "DELETE FROM sign_in_attempts WHERE name = $1 AND fhir_base = $2", SecretDigest(of: username).bytes,
            fhirBase)
    }

    private static func endSessions(
        of username: String, fhirBase: String, on connection: Connection
    ) throws(SQLiteError) {
        try connection.run(
            """
            DELETE FROM sessions
            WHERE account IN (SELECT id FROM accounts WHERE username = $1 AND fhir_base = $2)
            """, username, fhirBase)
    }

    private static let accountColumns =
        "id, subject, name, fhir_user, access, disabled_at, username, password"

    /// A row whose password hash cannot be read is no account: nobody signs in with it.
    private static func account(_ row: borrowing Row) -> Account? {
        guard let password = PasswordHash(row.text(7)) else { return nil }
        return Account(user: user(row, from: 0), username: row.text(6), password: password)
    }

    /// Reads `id, subject, name, fhir_user, access, disabled_at` from a column on. Rights that cannot be read are none.
    static func user(_ row: borrowing Row, from column: Int32) -> User {
        User(
            id: row.text(column), subject: row.text(column + 1), name: row.text(column + 2),
            fhirUser: row.optionalText(column + 3).flatMap { FHIRUser($0) },
            access: UserAccess(row.text(column + 4)) ?? .none, isDisabled: !row.isNull(column + 5))
    }

    static let userColumns =
        "accounts.id, accounts.subject, accounts.name, accounts.fhir_user, accounts.access, accounts.disabled_at"
}
