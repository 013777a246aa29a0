import OAuth
import SMART
import SQL
import Store

extension SQLStore: GrantStore {
    package func grants(
        of account: String, at now: Instant, policy: SessionPolicy
    ) throws(StoreError) -> [ActiveGrant] {
        try read { connection throws(SQLError) in
            let found = try connection.rows(
                """
                SELECT grants.id, grants.client, clients.name, grants.context, grants.scopes, grants.created_at,
                    grants.used_at, grants.expires_at, \(Self.termsColumns), \(Self.deniedColumn), grants.consent
                FROM grants
                    JOIN clients ON clients.id = grants.client
                    LEFT JOIN consents ON consents.id = grants.consent
                    LEFT JOIN sessions ON sessions.id = grants.session
                WHERE grants.account = $1 AND grants.fhir_base = $2 AND grants.ended_at IS NULL AND grants.expires_at > $3
                    AND grants.used_at IS NOT NULL
                    AND (grants.session IS NULL OR sessions.expires_at > $3 AND sessions.last_seen_at > $4)
                ORDER BY grants.created_at DESC, grants.id
                """, account, fhirBase, now.seconds, now.seconds - policy.idle
            ) { row -> (grant: ActiveGrant, isDenied: Bool)? in
                let granted = ScopeSet(row.text(4))
                let scopes = Self.terms(row, from: 8).map { $0.permitted(granted, at: now) } ?? granted
                guard !scopes.isEmpty else { return nil }
                let grant = ActiveGrant(
                    id: row.text(0), clientID: row.text(1), clientName: row.text(2),
                    patient: LaunchContext(json: Array(row.text(3).utf8))?.patient, scopes: scopes,
                    since: Instant(row.int(5)), lastUsedAt: row.optionalInt(6).map { Instant($0) },
                    expiresAt: Instant(row.int(7)), consent: row.optionalText(13))
                return (grant, !row.isNull(12))
            }
            var grants: [ActiveGrant] = []
            for case let (grant, isDenied)? in found {
                guard isDenied, let patient = grant.patient else {
                    grants.append(grant)
                    continue
                }
                let rules = try Self.rules(for: grant.clientID, about: patient, fhirBase: fhirBase, on: connection)
                if let left = grant.limited(by: rules.denied(at: now)) { grants.append(left) }
            }
            return grants
        }
    }

    package func endGrants(
        of account: String, to client: String?, reason: EndReason, at now: Instant
    ) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try Self.endGrants(
                of: account, to: client, fhirBase: fhirBase, reason: reason, at: now, on: connection)
        }
    }
}

extension SQLStore {
    /// Ends what one app, or every app, has from a person.
    static func endGrants(
        of account: String, to client: String?, fhirBase: String, reason: EndReason, at now: Instant,
        on connection: any Connection
    ) throws(SQLError) -> Int {
        let ended = try endGrants(
            where: "account = $3 AND client = coalesce($4, client) AND fhir_base = $5", account, client, fhirBase,
            reason: reason, at: now, on: connection)
        // What the person allowed is over as well: no grant comes of it any more.
        try withdrawConsents(
            where: "account = $3 AND client = coalesce($4, client)", account, client, fhirBase: fhirBase, at: now,
            on: connection)
        return ended
    }
}

extension SQLStore {
    /// One grant, alive or not.
    package func standingGrant(_ id: String, at now: Instant) throws(StoreError) -> StandingGrant? {
        try read { connection throws(SQLError) in
            let found = try connection.row(
                """
                SELECT grants.client, grants.context, grants.account, grants.scopes, grants.created_at, grants.expires_at,
                    grants.ended_at, grants.end_reason, clients.access, clients.disabled_at, clients.approval,
                    \(Self.userColumns), \(Self.termsColumns), \(Self.deniedColumn)
                FROM grants
                    JOIN clients ON clients.id = grants.client
                    LEFT JOIN consents ON consents.id = grants.consent
                    LEFT JOIN accounts ON accounts.id = grants.account
                WHERE grants.id = $1 AND grants.fhir_base = $2
                """, id, fhirBase
            ) { row -> (standing: StandingGrant, isDenied: Bool)? in
                guard let context = LaunchContext(json: Array(row.text(1).utf8)), let access = UserAccess(row.text(8))
                else {
                    return nil
                }
                let user = row.isNull(2) || row.isNull(11) ? nil : Self.user(row, from: 11)
                let expiresAt = Instant(row.int(5))
                let terms = Self.terms(row, from: 17)
                let granted = ScopeSet(row.text(3))
                let state: StandingGrant.State =
                    if !row.isNull(6) {
                        .ended(row.optionalText(7) ?? "")
                    } else if !row.isNull(9) || row.text(10) != ClientRegistration.Approval.approved.rawValue {
                        .clientDisabled
                    } else if user?.isDisabled ?? !row.isNull(2) {
                        .userDisabled
                    } else if terms.map({ !$0.holds(at: now) }) ?? false {
                        .consentEnded
                    } else {
                        expiresAt > now ? .alive : .expired
                    }
                let standing = StandingGrant(
                    token: ActiveToken(
                        grantID: id, clientID: row.text(0), user: user, clientAccess: access, context: context,
                        scopes: terms.map { $0.permitted(granted, at: now) } ?? granted, fhirBase: fhirBase,
                        issuedAt: Instant(row.int(4)),
                        expiresAt: expiresAt),
                    state: state)
                return (standing, !row.isNull(21))
            }
            guard let found = found ?? nil else { return nil }
            guard found.isDenied else { return found.standing }
            let token = found.standing.token
            let rules = try Self.rules(
                for: token.clientID, about: token.solePatient, fhirBase: fhirBase, on: connection)
            return found.standing.limited(by: rules.denied(at: now))
        }
    }
}
