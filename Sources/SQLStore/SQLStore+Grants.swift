import OAuth
import SMART
import SQL
import Store

extension SQLStore: GrantStore {
    package func grants(
        of account: String, at now: Instant, policy: SessionPolicy
    ) throws(StoreError) -> [ActiveGrant] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT grants.id, grants.client, clients.name, grants.context, grants.scopes, grants.created_at,
                    grants.used_at, grants.expires_at
                FROM grants
                    JOIN clients ON clients.id = grants.client
                    LEFT JOIN sessions ON sessions.id = grants.session
                WHERE grants.account = $1 AND grants.fhir_base = $2 AND grants.ended_at IS NULL AND grants.expires_at > $3
                    AND grants.used_at IS NOT NULL
                    AND (grants.session IS NULL OR sessions.expires_at > $3 AND sessions.last_seen_at > $4)
                ORDER BY grants.created_at DESC, grants.id
                """, account, fhirBase, now.seconds, now.seconds - policy.idle
            ) { row in
                ActiveGrant(
                    id: row.text(0), clientID: row.text(1), clientName: row.text(2),
                    patient: LaunchContext(json: Array(row.text(3).utf8))?.patient, scopes: ScopeSet(row.text(4)),
                    since: Instant(row.int(5)), lastUsedAt: row.optionalInt(6).map { Instant($0) },
                    expiresAt: Instant(row.int(7)))
            }
        }
    }

    package func endGrants(
        of account: String, to client: String, reason: EndReason, at now: Instant
    ) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.run(
                """
                UPDATE grants SET ended_at = $4, end_reason = $5
                WHERE account = $1 AND client = $2 AND fhir_base = $3 AND ended_at IS NULL
                """, account, client, fhirBase, now.seconds, reason.rawValue)
        }
    }
}
