import OAuth
import SQL
import Store

extension SQLStore: SecondFactorStore {
    package func secondFactor(of account: String) throws(StoreError) -> SecondFactor? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT sealed, confirmed_at,
                    (SELECT count(*) FROM recovery_codes WHERE recovery_codes.account = second_factors.account)
                FROM second_factors WHERE account = $1 AND fhir_base = $2
                """, account, fhirBase
            ) { row in
                SecondFactor(
                    sealed: row.blob(0), confirmedAt: row.isNull(1) ? nil : Instant(row.int(1)),
                    recoveryCodesLeft: row.int(2))
            }
        }
    }

    package func offer(_ sealed: [UInt8], to account: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.run(
                """
                INSERT INTO second_factors (account, fhir_base, sealed, created_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (account) DO UPDATE SET sealed = $3, created_at = $4, last_step = 0
                WHERE second_factors.confirmed_at IS NULL
                """, account, fhirBase, sealed, now.seconds) == 1
        }
    }

    package func confirm(
        _ factor: SecondFactor, step: Int, recoveryCodes codes: [SecretDigest], of account: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let count = try connection.run(
                """
                UPDATE second_factors SET confirmed_at = $4, last_step = $5
                WHERE account = $1 AND fhir_base = $2 AND sealed = $3 AND confirmed_at IS NULL
                """, account, fhirBase, factor.sealed, now.seconds, step)
            guard count == 1 else { return false }
            try Self.replace(codes, of: account, fhirBase: fhirBase, at: now, on: connection)
            try Self.record(AuditEvent(.secondFactorAdd, account: account), at: now, on: connection)
            return true
        }
    }

    package func spend(
        step: Int, of factor: SecondFactor, account: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let count = try connection.run(
                """
                UPDATE second_factors SET last_step = $4
                WHERE account = $1 AND fhir_base = $2 AND sealed = $3 AND confirmed_at IS NOT NULL AND last_step < $4
                """, account, fhirBase, factor.sealed, step)
            guard count == 1 else { return false }
            try Self.record(AuditEvent(.secondFactor, account: account), at: now, on: connection)
            return true
        }
    }

    package func spend(recoveryCode: SecretDigest, of account: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let count = try connection.run(
                "DELETE FROM recovery_codes WHERE account = $1 AND digest = $2 AND fhir_base = $3", account,
                recoveryCode.bytes, fhirBase)
            guard count == 1 else { return false }
            try Self.record(AuditEvent(.recoveryCodeUse, account: account), at: now, on: connection)
            return true
        }
    }

    package func replaceRecoveryCodes(
        _ codes: [SecretDigest], of account: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let isConfirmed = try connection.row(
                """
                SELECT 1 FROM second_factors
                WHERE account = $1 AND fhir_base = $2 AND confirmed_at IS NOT NULL
                """, account, fhirBase
            ) { _ in true }
            guard isConfirmed != nil else { return false }
            try Self.replace(codes, of: account, fhirBase: fhirBase, at: now, on: connection)
            try Self.record(
                AuditEvent(.secondFactorAdd, account: account, details: [.init(.reason, "recovery_codes")]), at: now,
                on: connection)
            return true
        }
    }

    package func removeSecondFactor(of account: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let count = try connection.run(
                "DELETE FROM second_factors WHERE account = $1 AND fhir_base = $2", account, fhirBase)
            try connection.run(
                "DELETE FROM recovery_codes WHERE account = $1 AND fhir_base = $2", account, fhirBase)
            guard count == 1 else { return false }
            try Self.record(AuditEvent(.secondFactorRemove, account: account), at: now, on: connection)
            return true
        }
    }

    package func setNeedsSecondFactor(
        _ needs: Bool, account username: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let id = try connection.row(
                "UPDATE accounts SET needs_second_factor = $3 WHERE username = $1 AND fhir_base = $2 RETURNING id",
                username, fhirBase, needs ? 1 : 0
            ) { $0.text(0) }
            guard let id else { return false }
            try Self.record(
                AuditEvent(
                    .userSecondFactor, account: id, details: [.init(.reason, needs ? "required" : "optional")]),
                at: now, on: connection)
            return true
        }
    }

    private static func replace(
        _ codes: [SecretDigest], of account: String, fhirBase: String, at now: Instant, on connection: any Connection
    ) throws(SQLError) {
        try connection.run("DELETE FROM recovery_codes WHERE account = $1", account)
        for code in codes {
            try connection.run(
                "INSERT INTO recovery_codes (account, digest, fhir_base, created_at) VALUES ($1, $2, $3, $4)",
                account, code.bytes, fhirBase, now.seconds)
        }
    }

    // MARK: Sign-ins that wait

    package func begin(_ pending: PendingSignIn) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                INSERT INTO pending_sign_ins (id, fhir_base, account, browser, authenticated_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, pending.id.bytes, fhirBase, pending.account.user.id, pending.browser.bytes,
                pending.authenticatedAt.seconds, (pending.authenticatedAt + PendingSignIn.lifetime).seconds)
        }
    }

    package func pendingSignIn(_ id: SecretDigest, at now: Instant) throws(StoreError) -> PendingSignIn? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT \(Self.accountColumns), pending_sign_ins.browser, pending_sign_ins.authenticated_at
                FROM pending_sign_ins JOIN accounts ON accounts.id = pending_sign_ins.account
                WHERE pending_sign_ins.id = $1 AND pending_sign_ins.fhir_base = $2
                    AND pending_sign_ins.expires_at > $3 AND accounts.disabled_at IS NULL
                """, id.bytes, fhirBase, now.seconds
            ) { row in
                Self.account(row).map { account in
                    PendingSignIn(
                        id: id, account: account, browser: SecretDigest(stored: row.blob(10)),
                        authenticatedAt: Instant(row.int(11)))
                }
            } ?? nil
        }
    }

    package func end(pending id: SecretDigest) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.run("DELETE FROM pending_sign_ins WHERE id = $1 AND fhir_base = $2", id.bytes, fhirBase) == 1
        }
    }
}
