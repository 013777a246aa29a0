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
            try connection.run(
                """
                INSERT INTO accounts (id, fhir_base, username, subject, name, password, fhir_user, access, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """, account.user.id, fhirBase, account.username, account.user.subject, account.user.name,
                account.password.stored, account.user.fhirUser?.description, account.user.access.description,
                now.seconds)
            try Self.record(
                AuditEvent(
                    .userAdd, account: account.user.id, details: [.init(.access, account.user.access.description)]),
                at: now, on: connection)
        }
    }

    package func setDisabled(_ isDisabled: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let id = try connection.row(
                "UPDATE accounts SET disabled_at = $3 WHERE username = $1 AND fhir_base = $2 RETURNING id", username,
                fhirBase, isDisabled ? now.seconds : nil
            ) { $0.text(0) }
            guard let id else { return false }
            try Self.record(AuditEvent(isDisabled ? .userDisable : .userEnable, account: id), at: now, on: connection)
            if isDisabled { try Self.endAll(of: id, reason: .userDisabled, at: now, on: connection) }
            return true
        }
    }

    package func setAccess(
        _ access: UserAccess, account username: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let id = try connection.row(
                "UPDATE accounts SET access = $3 WHERE username = $1 AND fhir_base = $2 RETURNING id", username,
                fhirBase,
                access.description
            ) { $0.text(0) }
            guard let id else { return false }
            try Self.record(
                AuditEvent(.userAccess, account: id, details: [.init(.access, access.description)]), at: now,
                on: connection)
            return true
        }
    }

    package func setPassword(
        _ password: PasswordHash, account username: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let id = try connection.row(
                "UPDATE accounts SET password = $3 WHERE username = $1 AND fhir_base = $2 RETURNING id", username,
                fhirBase, password.stored
            ) { $0.text(0) }
            guard let id else { return false }
            try Self.record(AuditEvent(.userPassword, account: id), at: now, on: connection)
            try Self.endAll(of: id, reason: .passwordChanged, at: now, on: connection)
            return true
        }
    }

    package func knows(browser: SecretDigest, of username: String, at now: Instant) throws(StoreError) -> Bool {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT 1 FROM known_browsers JOIN accounts ON accounts.id = known_browsers.account
                WHERE accounts.username = $1 AND accounts.fhir_base = $2 AND known_browsers.browser = $3
                    AND known_browsers.expires_at > $4
                """, username, fhirBase, browser.bytes, now.seconds
            ) { _ in true } ?? false
        }
    }

    /// Sessions and grants: what somebody else may have taken is worth nothing when the person comes back.
    private static func endAll(
        of account: String, reason: EndReason, at now: Instant, on connection: any Connection
    ) throws(SQLError) {
        try connection.run("DELETE FROM sessions WHERE account = $1", account)
        try connection.run("DELETE FROM pending_sign_ins WHERE account = $1", account)
        // Somebody else's browser may be among them.
        try connection.run("DELETE FROM known_browsers WHERE account = $1", account)
        try endGrants(where: "account = $3", account, reason: reason, at: now, on: connection)
    }

    static let accountColumns =
        "\(userColumns), accounts.username, accounts.password, accounts.needs_second_factor, accounts.helps_others"

    /// A row whose password hash cannot be read is no account: nobody signs in with it.
    static func account(_ row: any Row) -> Account? {
        guard let password = PasswordHash(row.text(7)) else { return nil }
        return Account(
            user: user(row, from: 0), username: row.text(6), password: password, needsSecondFactor: row.int(8) != 0,
            helpsOthers: row.int(9) != 0)
    }

    /// Reads `userColumns` from a column on. Rights that cannot be read are none.
    static func user(_ row: any Row, from column: Int) -> User {
        let rights = rights(row.text(column + 4))
        return User(
            id: row.text(column), subject: row.text(column + 1), name: row.text(column + 2),
            fhirUser: row.optionalText(column + 3).flatMap { FHIRUser($0) }, access: rights.access,
            isDisabled: !row.isNull(column + 5), mayBreakGlass: rights.mayBreakGlass,
            temporaryAccess: rights.temporary)
    }

    static let userColumns =
        """
        accounts.id, accounts.subject, accounts.name, accounts.fhir_user, \(rightsColumn), accounts.disabled_at
        """
}

extension SQLStore: UserStore {
    package func user(_ account: String) throws(StoreError) -> User? {
        try users(where: "id", is: account).first
    }

    package func user(named username: String) throws(StoreError) -> User? {
        try users(where: "username", is: username).first
    }

    package func user(representedBy resource: FHIRUser) throws(StoreError) -> User? {
        let users = try users(where: "fhir_user", is: resource.description)
        // An account that was closed is nobody's any more, unless there is no other.
        let open = users.filter { !$0.isDisabled }
        let candidates = open.isEmpty ? users : open
        return candidates.count == 1 ? candidates.first : nil
    }

    private func users(where column: StaticString, is value: String) throws(StoreError) -> [User] {
        try read { connection throws(SQLError) in
            try connection.rows(
                "SELECT \(Self.userColumns) FROM accounts WHERE \(column) = $1 AND fhir_base = $2", value, fhirBase
            ) { row in Self.user(row, from: 0) }
        }
    }
}
