import OAuth
import SMART
import SQL
import Store

extension SQLStore: TokenStore {
    package func issue(_ tokens: NewTokens, spending: Spending) throws(StoreError) -> IssueOutcome {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            var act = AuditAct.tokenRefresh
            var details: [AuditDetail] = []
            switch spending {
            case .code(let digest):
                guard try Self.spend(code: digest, for: tokens, fhirBase: fhirBase, on: connection) else {
                    try Self.endReplayed(tokens.grant, reason: .codeReplay, at: tokens.issuedAt, on: connection)
                    return .alreadySpent
                }
                try Self.insertRefreshToken(of: tokens, fhirBase: fhirBase, on: connection)
                act = .tokenIssue
            case .refreshToken(let digest):
                guard try Self.spend(refreshToken: digest, for: tokens, fhirBase: fhirBase, on: connection) else {
                    return .overtaken
                }
                try Self.insertRefreshToken(of: tokens, fhirBase: fhirBase, on: connection)
            case .retry(let digest):
                guard try Self.isRetry(of: digest, for: tokens, fhirBase: fhirBase, on: connection) else {
                    return .overtaken
                }
                details = [.init(.reason, "retry")]
            }
            try Self.insertAccessToken(of: tokens, fhirBase: fhirBase, by: act, details, on: connection)
            return .issued
        }
    }

    package func issue(_ tokens: NewTokens, beginning grant: BackendGrant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try connection.run(
                """
                INSERT INTO grants (id, fhir_base, client, scopes, context, authenticated_at, created_at, expires_at,
                    policy)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """, grant.id, fhirBase, grant.clientID, grant.scopes.description,
                String(decoding: LaunchContext().json, as: UTF8.self), tokens.issuedAt.seconds,
                tokens.issuedAt.seconds, tokens.accessTokenExpiresAt.seconds, GrantPolicy.clientRegistration.rawValue)
            try Self.insertAccessToken(
                of: tokens, fhirBase: fhirBase, by: .tokenIssue, [.init(.scopes, grant.scopes.description)],
                on: connection)
        }
    }

    package func accessToken(
        _ digest: SecretDigest, at now: Instant, policy: SessionPolicy
    ) throws(StoreError) -> ActiveToken? {
        typealias Found = (token: ActiveToken, isInSession: Bool, isDenied: Bool)
        let found: Found? = try read { connection throws(SQLError) in
            let found = try connection.row(
                """
                SELECT grants.id, grants.client, grants.context, grants.account, grants.session, \(Self.userColumns),
                    access_tokens.scopes, access_tokens.issued_at, access_tokens.expires_at, access_tokens.fhir_base,
                    sessions.last_seen_at, sessions.expires_at, grants.used_at, clients.access, \(Self.termsColumns),
                    grants.consent, \(Self.deniedColumn)
                FROM access_tokens
                    JOIN grants ON grants.id = access_tokens.grant_id
                    JOIN clients ON clients.id = grants.client
                    LEFT JOIN accounts ON accounts.id = grants.account
                    LEFT JOIN consents ON consents.id = grants.consent
                    LEFT JOIN sessions ON sessions.id = grants.session
                WHERE access_tokens.digest = $1 AND access_tokens.fhir_base = $2 AND access_tokens.expires_at > $3
                    AND grants.ended_at IS NULL AND accounts.disabled_at IS NULL AND clients.disabled_at IS NULL
                    AND clients.approval = 'approved' AND (grants.account IS NULL OR accounts.id IS NOT NULL)
                """, digest.bytes, fhirBase, now.seconds
            ) { row -> Found? in
                guard let access = UserAccess(row.text(18)) else { return nil }
                var scopes = ScopeSet(row.text(11))
                if let terms = Self.terms(row, from: 19) { scopes = terms.permitted(scopes, at: now) }
                guard !scopes.isEmpty else { return nil }
                return LaunchContext(json: Array(row.text(2).utf8)).map { context in
                    let token = ActiveToken(
                        grantID: row.text(0), clientID: row.text(1),
                        user: row.isNull(3) ? nil : Self.user(row, from: 5), clientAccess: access, context: context,
                        scopes: scopes, fhirBase: row.text(14), issuedAt: Instant(row.int(12)),
                        expiresAt: Instant(row.int(13)), session: Self.session(row, id: 4, from: 15),
                        lastUsedAt: row.optionalInt(17).map { Instant($0) }, consent: row.optionalText(23))
                    return (token, !row.isNull(4), !row.isNull(24))
                }
            }
            guard let found = found ?? nil else { return nil }
            guard found.isDenied else { return found }
            let rules = try Self.rules(
                for: found.token.clientID, about: found.token.solePatient, fhirBase: fhirBase, on: connection)
            return found.token.limited(by: rules.denied(at: now)).map { ($0, found.isInSession, true) }
        }
        guard let found else { return nil }
        // A grant that lives in a session dies with it.
        guard !found.isInSession || found.token.session?.isAlive(at: now, policy) ?? false else { return nil }
        return found.token
    }

    package func refreshToken(_ digest: SecretDigest) throws(StoreError) -> RefreshToken? {
        try read { connection throws(SQLError) in
            let found = try connection.row(
                """
                SELECT \(Self.grantColumns), \(Self.userColumns), refresh_tokens.expires_at, refresh_tokens.spent_at,
                    successors.digest, successors.spent_at, sessions.last_seen_at, sessions.expires_at,
                    \(Self.deniedColumn)
                FROM refresh_tokens
                    JOIN grants ON grants.id = refresh_tokens.grant_id
                    LEFT JOIN consents ON consents.id = grants.consent
                    JOIN accounts ON accounts.id = grants.account
                    LEFT JOIN refresh_tokens AS successors ON successors.digest = refresh_tokens.successor
                    LEFT JOIN sessions ON sessions.id = grants.session
                WHERE refresh_tokens.digest = $1 AND refresh_tokens.fhir_base = $2
                """, digest.bytes, fhirBase
            ) { row -> (token: RefreshToken, isDenied: Bool)? in
                Self.authorization(row).map { authorization in
                    // A successor that is not there any more was spent long ago.
                    let use = row.optionalInt(22).map { spentAt in
                        RefreshToken.Use(
                            at: Instant(spentAt), isSuccessorSpent: row.isNull(23) || !row.isNull(24))
                    }
                    let token = RefreshToken(
                        digest: digest, authorization: authorization, expiresAt: Instant(row.int(21)), use: use,
                        isEnded: !row.isNull(7), session: Self.session(row, id: 8, from: 25))
                    return (token, !row.isNull(27))
                }
            }
            guard let found = found ?? nil else { return nil }
            guard found.isDenied else { return found.token }
            return found.token.with(
                denied: try Self.rules(of: found.token.authorization, fhirBase: fhirBase, on: connection))
        }
    }

    package func owner(of digest: SecretDigest) throws(StoreError) -> TokenOwner? {
        try read { connection throws(SQLError) in
            for (table, kind) in [("access_tokens", TokenOwner.Kind.accessToken), ("refresh_tokens", .refreshToken)] {
                let owner = try connection.row(
                    """
                    SELECT grants.id, grants.client FROM \(table) JOIN grants ON grants.id = \(table).grant_id
                    WHERE \(table).digest = $1 AND \(table).fhir_base = $2
                    """, digest.bytes, fhirBase
                ) { row in TokenOwner(grant: row.text(0), clientID: row.text(1), kind: kind) }
                if let owner { return owner }
            }
            return nil
        }
    }

    package func end(accessToken digest: SecretDigest, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            let grant = try connection.row(
                "DELETE FROM access_tokens WHERE digest = $1 AND fhir_base = $2 RETURNING grant_id", digest.bytes,
                fhirBase
            ) { $0.text(0) }
            guard let grant else { return }
            try Self.record(.tokenRevoke, underGrant: grant, at: now, on: connection)
        }
    }

    package func end(grant: String, reason: EndReason, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            switch reason {
            case .codeReplay, .refreshReplay:
                try Self.endReplayed(grant, reason: reason, at: now, on: connection)
            default:
                try Self.endGrants(where: "id = $3", grant, reason: reason, at: now, on: connection)
            }
        }
    }

    package func touch(
        grant: String, session: SecretDigest?, at now: Instant, policy: SessionPolicy
    ) throws(StoreError) {
        try write { connection throws(SQLError) in
            try connection.run(
                "UPDATE grants SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $2)", grant, now.seconds
            )
            if let session { try Self.touch(session, at: now, policy: policy, on: connection) }
        }
    }
}

extension SQLStore {
    private static func insertAccessToken(
        of tokens: NewTokens, fhirBase: String, by act: AuditAct, _ details: [AuditDetail],
        on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO access_tokens (digest, fhir_base, grant_id, scopes, issued_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """, tokens.accessToken.bytes, fhirBase, tokens.grant, tokens.scopes.description, tokens.issuedAt.seconds,
            tokens.accessTokenExpiresAt.seconds)
        let event = try connection.row(
            """
            UPDATE grants SET used_at = $3, expires_at = CASE WHEN expires_at < $2 THEN $2 ELSE expires_at END
            WHERE id = $1 RETURNING id, client, account, context, consent
            """, tokens.grant,
            max(
                tokens.accessTokenExpiresAt, tokens.refreshToken == nil ? tokens.issuedAt : tokens.refreshTokenExpiresAt
            )
            .seconds, tokens.issuedAt.seconds
        ) { Self.event(act, ofGrant: $0, details: details) }
        if let event { try record(event, at: tokens.issuedAt, on: connection) }
        if let session = tokens.session {
            // Whoever refreshes is at work. The rule has just found the session alive.
            try connection.run(
                "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2 AND expires_at > $2",
                session.bytes, tokens.issuedAt.seconds)
        }
    }

    private static func insertRefreshToken(
        of tokens: NewTokens, fhirBase: String, on connection: any Connection
    ) throws(SQLError) {
        guard let refreshToken = tokens.refreshToken else { return }
        try connection.run(
            """
            INSERT INTO refresh_tokens (digest, fhir_base, grant_id, issued_at, expires_at)
            VALUES ($1, $2, $3, $4, $5)
            """, refreshToken.bytes, fhirBase, tokens.grant, tokens.issuedAt.seconds,
            tokens.refreshTokenExpiresAt.seconds)
    }

    /// One conditional statement: of any number of requests with the same code, one finds it unspent.
    private static func spend(
        code digest: SecretDigest, for tokens: NewTokens, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> Bool {
        try connection.run(
            """
            UPDATE codes SET spent_at = $2
            WHERE digest = $1 AND fhir_base = $3 AND grant_id = $4 AND spent_at IS NULL AND expires_at > $2
                AND EXISTS (SELECT 1 FROM grants WHERE grants.id = $4 AND grants.ended_at IS NULL)
            """, digest.bytes, tokens.issuedAt.seconds, fhirBase, tokens.grant) == 1
    }

    /// The same for a refresh token, which also keeps whose successor will be good in the retry grace.
    private static func spend(
        refreshToken digest: SecretDigest, for tokens: NewTokens, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> Bool {
        try connection.run(
            """
            UPDATE refresh_tokens SET spent_at = $2, successor = $5
            WHERE digest = $1 AND fhir_base = $3 AND grant_id = $4 AND spent_at IS NULL AND expires_at > $2
                AND EXISTS (SELECT 1 FROM grants WHERE grants.id = $4 AND grants.ended_at IS NULL)
            """, digest.bytes, tokens.issuedAt.seconds, fhirBase, tokens.grant, tokens.refreshToken?.bytes) == 1
    }

    /// Whether the token was spent a moment ago for this very successor, which nobody has used yet.
    private static func isRetry(
        of digest: SecretDigest, for tokens: NewTokens, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> Bool {
        try connection.row(
            """
            SELECT 1 FROM refresh_tokens
                JOIN refresh_tokens AS successors ON successors.digest = refresh_tokens.successor
                JOIN grants ON grants.id = refresh_tokens.grant_id
            WHERE refresh_tokens.digest = $1 AND refresh_tokens.fhir_base = $2 AND refresh_tokens.grant_id = $3
                AND refresh_tokens.spent_at >= $4 AND refresh_tokens.successor = $5 AND successors.spent_at IS NULL
                AND grants.ended_at IS NULL
            """, digest.bytes, fhirBase, tokens.grant, tokens.issuedAt.seconds - RefreshToken.retryGrace,
            tokens.refreshToken?.bytes
        ) { _ in true } ?? false
    }

    /// The replay, and what it ended.
    private static func endReplayed(
        _ grant: String, reason: EndReason, at now: Instant, on connection: any Connection
    ) throws(SQLError) {
        try record(
            reason == .codeReplay ? .codeReplay : .refreshReplay, .refused, underGrant: grant, at: now, on: connection)
        try endGrants(where: "id = $3", grant, reason: reason, at: now, on: connection)
    }

    private static func record(
        _ act: AuditAct, _ outcome: AuditEvent.Outcome = .success, underGrant grant: String, at now: Instant,
        on connection: any Connection
    ) throws(SQLError) {
        let event = try connection.row("SELECT id, client, account, context, consent FROM grants WHERE id = $1", grant)
        {
            Self.event(act, outcome, ofGrant: $0)
        }
        try record(event ?? AuditEvent(act, outcome, grant: grant), at: now, on: connection)
    }

    /// Reads `last_seen_at, expires_at` of a session from a column on; its id stands with the grant.
    private static func session(_ row: any Row, id: Int, from column: Int) -> OnlineSession? {
        guard let id = row.optionalBlob(id), !row.isNull(column) else { return nil }
        return OnlineSession(
            id: SecretDigest(stored: id), lastSeenAt: Instant(row.int(column)), expiresAt: Instant(row.int(column + 1)))
    }
}
