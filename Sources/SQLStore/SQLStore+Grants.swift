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

extension SQLStore {
    /// One grant, alive or not.
    package func standingGrant(_ id: String, at now: Instant) throws(StoreError) -> StandingGrant? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT grants.client, grants.context, grants.account, grants.scopes, grants.created_at, grants.expires_at,
                    grants.ended_at, grants.end_reason, clients.access, clients.disabled_at, clients.approval,
                    \(Self.userColumns)
                FROM grants
                    JOIN clients ON clients.id = grants.client
                    LEFT JOIN accounts ON accounts.id = grants.account
                WHERE grants.id = $1 AND grants.fhir_base = $2
                """, id, fhirBase
            ) { row in
                guard let context = LaunchContext(json: Array(row.text(1).utf8)), let access = UserAccess(row.text(8))
                else {
                    return nil
                }
                let user = row.isNull(2) || row.isNull(11) ? nil : Self.user(row, from: 11)
                let expiresAt = Instant(row.int(5))
                let state: StandingGrant.State =
                    if !row.isNull(6) {
                        .ended(row.optionalText(7) ?? "")
                    } else if !row.isNull(9) || row.text(10) != ClientRegistration.Approval.approved.rawValue {
                        .clientDisabled
                    } else if user?.isDisabled ?? !row.isNull(2) {
                        .userDisabled
                    } else {
                        expiresAt > now ? .alive : .expired
                    }
                return StandingGrant(
                    token: ActiveToken(
                        grantID: id, clientID: row.text(0), user: user, clientAccess: access, context: context,
                        scopes: ScopeSet(row.text(3)), fhirBase: fhirBase, issuedAt: Instant(row.int(4)),
                        expiresAt: expiresAt),
                    state: state)
            } ?? nil
        }
    }
}
