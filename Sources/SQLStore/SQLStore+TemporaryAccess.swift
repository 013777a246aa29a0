import OAuth
import SMART
import SQL
import Store

extension SQLStore: ProxyStore {
    package func add(_ proxy: TemporaryAccess, id: String, account: String, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try connection.run(
                """
                INSERT INTO temporary_access (id, fhir_base, account, patient, basis, begun_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (account, patient) WHERE ended_at IS NULL
                    DO UPDATE SET basis = excluded.basis, expires_at = excluded.expires_at
                """, id, fhirBase, account, proxy.patient, proxy.relationship.rawValue, now.seconds,
                proxy.until.seconds)
            try Self.record(
                AuditEvent(
                    .proxyAdd, account: account, patient: proxy.patient,
                    details: [.init(.reason, proxy.relationship.rawValue), .init(.until, proxy.until.seconds)]),
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
                WHERE proxies.fhir_base = $1 AND proxies.ended_at IS NULL
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
            let ended = try connection.run(
                """
                UPDATE temporary_access SET ended_at = $4
                WHERE account = $1 AND patient = $2 AND fhir_base = $3 AND ended_at IS NULL
                """, account, patient, fhirBase, now.seconds)
            guard ended == 1 else { return false }
            try Self.record(AuditEvent(.proxyRemove, account: account, patient: patient), at: now, on: connection)
            // Where the person becomes a proxy once more, what was allowed before stays over.
            try Self.withdrawConsents(
                where: "account = $3 AND patient = $4", account, patient, fhirBase: fhirBase, at: now, on: connection)
            let grants = try connection.rows(
                "SELECT id, context FROM grants WHERE account = $1 AND fhir_base = $2 AND ended_at IS NULL", account,
                fhirBase
            ) { row in (id: row.text(0), context: LaunchContext(json: Array(row.text(1).utf8))) }
            for grant in grants where grant.context?.patient == patient {
                try Self.endGrants(where: "id = $3", grant.id, reason: .proxyEnded, at: now, on: connection)
            }
            return true
        }
    }
}

extension SQLStore {
    /// All that says whose patients an account sees, in one column: `accounts.access`, and behind it each patient whom the
    /// person sees for a time, as ` PATIENT|BASIS|UNTIL`. So whoever reads an account has read it all, with one question.
    static let rightsColumn =
        """
        accounts.access || coalesce((
            SELECT group_concat(' ' || extra.patient || '|' || extra.basis || '|' || extra.expires_at, '')
            FROM temporary_access AS extra WHERE extra.account = accounts.id AND extra.ended_at IS NULL), '')
        """

    /// Reads `rightsColumn`. What cannot be read gives nothing.
    static func rights(_ text: String) -> (UserAccess, [TemporaryAccess]) {
        let parts = text.split(separator: " ")
        let temporary = parts.dropFirst().compactMap { part -> TemporaryAccess? in
            let fields = part.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 3, ResourceID.isValid(fields[0]), let until = Int(fields[2]),
                let relationship = TemporaryAccess.Relationship(rawValue: fields[1])
            else { return nil }
            return TemporaryAccess(patient: fields[0], relationship: relationship, until: Instant(until))
        }
        return (parts.first.flatMap { UserAccess(String($0)) } ?? .none, temporary.sorted { $0.patient < $1.patient })
    }
}
