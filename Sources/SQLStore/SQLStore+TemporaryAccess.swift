import OAuth
import SMART
import SQL
import Store

extension SQLStore: ProxyStore {
    package func add(_ proxy: TemporaryAccess, id: String, account: String, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try Self.endTemporaryAccess(
                of: account, to: proxy.patient, where: Self.isOver, fhirBase: fhirBase, at: now, on: connection)
            try connection.run(
                """
                INSERT INTO temporary_access (id, fhir_base, account, patient, basis, begun_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (account, patient) WHERE ended_at IS NULL
                    DO UPDATE SET basis = excluded.basis, expires_at = excluded.expires_at
                """, id, fhirBase, account, proxy.patient, proxy.basis.word, now.seconds,
                proxy.until.seconds)
            try Self.record(
                AuditEvent(
                    .proxyAdd, account: account, patient: proxy.patient,
                    details: [.init(.reason, proxy.basis.word), .init(.until, proxy.until.seconds)]),
                at: now, on: connection)
        }
    }

    package func proxies(of username: String?, for patient: String?) throws(StoreError) -> [ProxyRecord] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT accounts.username, accounts.name, proxies.patient, proxies.basis, proxies.expires_at,
                    proxies.begun_at
                FROM temporary_access AS proxies JOIN accounts ON accounts.id = proxies.account
                WHERE proxies.fhir_base = $1 AND proxies.ended_at IS NULL AND proxies.basis <> 'emergency'
                    AND accounts.username = coalesce($2, accounts.username)
                    AND proxies.patient = coalesce($3, proxies.patient)
                ORDER BY accounts.username, proxies.patient
                """, fhirBase, username, patient
            ) { row in
                TemporaryAccess.Relationship(rawValue: row.text(3)).map { relationship in
                    ProxyRecord(
                        username: row.text(0), name: row.text(1),
                        access: TemporaryAccess(
                            patient: row.text(2), relationship: relationship, until: Instant(row.int(4))),
                        since: Instant(row.int(5)))
                }
            }
            .compactMap { (record: ProxyRecord?) in record }
        }
    }

    package func endProxy(of account: String, for patient: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try Self.endTemporaryAccess(
                of: account, to: patient, where: "basis <> 'emergency'", fhirBase: fhirBase, at: now, on: connection)
        }
    }
}

extension SQLStore: EmergencyStore {
    package func setMayBreakGlass(
        _ may: Bool, account username: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let id = try connection.row(
                "UPDATE accounts SET breaks_glass = $3 WHERE username = $1 AND fhir_base = $2 RETURNING id", username,
                fhirBase, may ? 1 : 0
            ) { $0.text(0) }
            guard let id else { return false }
            try Self.record(
                AuditEvent(
                    .userAccess, account: id, details: [.init(.access, may ? "break_glass" : "no_break_glass")]),
                at: now, on: connection)
            guard !may else { return true }
            let open = try connection.rows(
                """
                SELECT patient FROM temporary_access
                WHERE account = $1 AND ended_at IS NULL AND basis = 'emergency' AND expires_at > $2
                """, id, now.seconds
            ) { $0.text(0) }
            for patient in open {
                try Self.endEmergency(of: id, to: patient, fhirBase: fhirBase, at: now, on: connection)
            }
            return true
        }
    }

    package func beginEmergency(
        _ access: TemporaryAccess, id: String, account: String, reason: StatedReason, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try Self.endTemporaryAccess(
                of: account, to: access.patient, where: Self.isOver, fhirBase: fhirBase, at: now, on: connection)
            let begun = try connection.run(
                """
                INSERT INTO temporary_access (id, fhir_base, account, patient, basis, begun_at, expires_at)
                SELECT $1, $2, accounts.id, $4, $5, $6, $7 FROM accounts
                WHERE accounts.id = $3 AND accounts.fhir_base = $2 AND accounts.breaks_glass = 1
                    AND accounts.disabled_at IS NULL
                ON CONFLICT (account, patient) WHERE ended_at IS NULL
                    DO UPDATE SET basis = excluded.basis, begun_at = excluded.begun_at,
                        expires_at = excluded.expires_at
                """, id, fhirBase, account, access.patient, access.basis.word, now.seconds, access.until.seconds)
            guard begun == 1 else { return false }
            try Self.record(
                AuditEvent(
                    .breakGlassBegin, account: account, patient: access.patient,
                    details: [
                        .init(.purpose, "BTG"), .init(.until, access.until.seconds), .init(.statement, reason.text),
                    ]), at: now, on: connection)
            return true
        }
    }

    package func endEmergency(of account: String, to patient: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try Self.endEmergency(of: account, to: patient, fhirBase: fhirBase, at: now, on: connection)
        }
    }
}

extension SQLStore {
    @discardableResult
    private static func endEmergency(
        of account: String, to patient: String, fhirBase: String, at now: Instant, on connection: any Connection
    ) throws(SQLError) -> Bool {
        try endTemporaryAccess(
            of: account, to: patient, where: "basis = 'emergency'", fhirBase: fhirBase, at: now, on: connection)
    }

    /// Ends what ran out and was open until now: whatever ends has its row in the trail.
    ///
    /// - Returns: how many; there may be more.
    func endExpiredAccess(at now: Instant, limit: Int) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let over = try connection.rows(
                """
                SELECT account, patient FROM temporary_access
                WHERE fhir_base = $1 AND ended_at IS NULL AND expires_at <= $2 ORDER BY expires_at, id LIMIT $3
                """, fhirBase, now.seconds, limit
            ) { row in (account: row.text(0), patient: row.text(1)) }
            for each in over {
                // What was begun anew in this moment goes on.
                try Self.endTemporaryAccess(
                    of: each.account, to: each.patient, where: Self.isOver, fhirBase: fhirBase, at: now, on: connection)
            }
            return over.count
        }
    }

    /// Of the statement below: `$4` is now.
    private static let isOver = "expires_at <= $4"

    /// Ends it with all that rests on it: where it begins once more, what was allowed before stays over.
    @discardableResult
    private static func endTemporaryAccess(
        of account: String, to patient: String, where condition: String, fhirBase: String, at now: Instant,
        on connection: any Connection
    ) throws(SQLError) -> Bool {
        let ended = try connection.row(
            """
            UPDATE temporary_access SET ended_at = CASE WHEN expires_at <= $4 THEN expires_at ELSE $4 END
            WHERE account = $1 AND patient = $2 AND fhir_base = $3 AND ended_at IS NULL AND \(condition)
            RETURNING basis, begun_at, ended_at, expires_at
            """, account, patient, fhirBase, now.seconds
        ) { row in
            (
                isEmergency: row.text(0) == TemporaryAccess.Basis.emergency.word, begunAt: row.int(1),
                endedAt: row.int(2), isOver: row.int(3) <= now.seconds
            )
        }
        guard let ended else { return false }
        let reason: [AuditDetail] = ended.isOver ? [.init(.reason, "expired")] : []
        try record(
            AuditEvent(
                ended.isEmergency ? .breakGlassEnd : .proxyRemove, account: account, patient: patient,
                details: reason + [.init(.since, ended.begunAt), .init(.until, ended.endedAt)]), at: now,
            on: connection)
        try withdrawConsents(
            where: "account = $3 AND patient = $4", account, patient, fhirBase: fhirBase,
            by: ended.isOver ? .consentExpire : .consentWithdraw, at: now, on: connection)
        let grants = try connection.rows(
            "SELECT id, context FROM grants WHERE account = $1 AND fhir_base = $2 AND ended_at IS NULL", account,
            fhirBase
        ) { row in (id: row.text(0), context: LaunchContext(json: Array(row.text(1).utf8))) }
        for grant in grants where grant.context?.patient == patient {
            try endGrants(
                where: "id = $3", grant.id, reason: ended.isEmergency ? .emergencyEnded : .proxyEnded, at: now,
                on: connection)
        }
        return true
    }
}

extension SQLStore {
    /// All that says whose patients an account sees, in one column: `accounts.access`, behind it ` !` for who may break the
    /// glass, and each patient whom the person sees for a time, as ` PATIENT|BASIS|UNTIL`. So whoever reads an account has
    /// read it all, with one question.
    static let rightsColumn =
        """
        accounts.access || CASE WHEN accounts.breaks_glass = 1 THEN ' !' ELSE '' END || coalesce((
            SELECT group_concat(' ' || extra.patient || '|' || extra.basis || '|' || extra.expires_at, '')
            FROM temporary_access AS extra WHERE extra.account = accounts.id AND extra.ended_at IS NULL), '')
        """

    /// Reads `rightsColumn`. What cannot be read gives nothing.
    static func rights(_ text: String) -> (access: UserAccess, mayBreakGlass: Bool, temporary: [TemporaryAccess]) {
        // Of nearly everybody there is no more: nothing is taken apart on the way of a request.
        guard text.utf8.contains(UInt8(ascii: " ")) else { return (UserAccess(text) ?? .none, false, []) }
        let parts = text.split(separator: " ")
        let temporary = parts.dropFirst().compactMap { part -> TemporaryAccess? in
            let fields = part.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 3, ResourceID.isValid(fields[0]), let until = Int(fields[2]),
                let basis = TemporaryAccess.Basis(fields[1])
            else { return nil }
            return TemporaryAccess(patient: fields[0], basis: basis, until: Instant(until))
        }
        return (
            parts.first.flatMap { UserAccess(String($0)) } ?? .none, parts.contains("!"),
            temporary.sorted { $0.patient < $1.patient }
        )
    }
}
