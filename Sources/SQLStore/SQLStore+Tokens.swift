import OAuth
import SMART
import SQL
import Store

extension SQLStore: TokenStore {
    package func issue(_ tokens: NewTokens, spending: Spending) throws(StoreError) -> IssueOutcome {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            guard try Self.spend(spending, for: tokens, fhirBase: fhirBase, on: connection) else {
                let reason: EndReason =
                    if case .code = spending { .codeReplay } else { .refreshReplay }
                try Self.end(grant: tokens.grant, reason: reason, at: tokens.issuedAt, on: connection)
                return .alreadySpent
            }
            try connection.run(
                """
                INSERT INTO access_tokens (digest, fhir_base, grant_id, scopes, issued_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, tokens.accessToken.bytes, fhirBase, tokens.grant, tokens.scopes.description,
                tokens.issuedAt.seconds, tokens.accessTokenExpiresAt.seconds)
            var lastExpiry = tokens.accessTokenExpiresAt
            if let refreshToken = tokens.refreshToken {
                lastExpiry = max(lastExpiry, tokens.refreshTokenExpiresAt)
                try connection.run(
                    """
                    INSERT INTO refresh_tokens (digest, fhir_base, grant_id, issued_at, expires_at)
                    VALUES ($1, $2, $3, $4, $5)
                    """, refreshToken.bytes, fhirBase, tokens.grant, tokens.issuedAt.seconds,
                    tokens.refreshTokenExpiresAt.seconds)
            }
            try connection.run(
                "UPDATE grants SET expires_at = $2 WHERE id = $1 AND expires_at < $2", tokens.grant,
                lastExpiry.seconds)
            return .issued
        }
    }

    package func accessToken(_ digest: SecretDigest, at now: Instant) throws(StoreError) -> ActiveToken? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT \(Self.grantColumns), \(Self.userColumns), access_tokens.scopes, access_tokens.issued_at,
                    access_tokens.expires_at, access_tokens.fhir_base
                FROM access_tokens
                    JOIN grants ON grants.id = access_tokens.grant_id
                    JOIN accounts ON accounts.id = grants.account
                    JOIN clients ON clients.id = grants.client
                WHERE access_tokens.digest = $1 AND access_tokens.fhir_base = $2 AND access_tokens.expires_at > $3
                    AND grants.ended_at IS NULL AND accounts.disabled_at IS NULL AND clients.disabled_at IS NULL
                """, digest.bytes, fhirBase, now.seconds
            ) { row in
                Self.authorization(row).map { authorization in
                    ActiveToken(
                        authorization: authorization, scopes: ScopeSet(row.text(14)), fhirBase: row.text(17),
                        issuedAt: Instant(row.int(15)), expiresAt: Instant(row.int(16)))
                }
            } ?? nil
        }
    }

    package func refreshToken(_ digest: SecretDigest) throws(StoreError) -> RefreshToken? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT \(Self.grantColumns), \(Self.userColumns), refresh_tokens.expires_at, refresh_tokens.spent_at
                FROM refresh_tokens
                    JOIN grants ON grants.id = refresh_tokens.grant_id
                    JOIN accounts ON accounts.id = grants.account
                WHERE refresh_tokens.digest = $1 AND refresh_tokens.fhir_base = $2
                """, digest.bytes, fhirBase
            ) { row in
                Self.authorization(row).map { authorization in
                    RefreshToken(
                        digest: digest, authorization: authorization, expiresAt: Instant(row.int(14)),
                        isSpent: !row.isNull(15), isEnded: !row.isNull(7))
                }
            } ?? nil
        }
    }

    package func end(grant: String, reason: EndReason, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            try Self.end(grant: grant, reason: reason, at: now, on: connection)
        }
    }

    /// One conditional statement: of any number of requests with the same code or token, one finds it unspent.
    private static func spend(
        _ spending: Spending, for tokens: NewTokens, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> Bool {
        let (table, digest) =
            switch spending {
            case .code(let digest): ("codes", digest)
            case .refreshToken(let digest): ("refresh_tokens", digest)
            }
        return try connection.run(
            """
            UPDATE \(table) SET spent_at = $2
            WHERE digest = $1 AND fhir_base = $3 AND grant_id = $4 AND spent_at IS NULL AND expires_at > $2
                AND EXISTS (SELECT 1 FROM grants WHERE grants.id = $4 AND grants.ended_at IS NULL)
            """, digest.bytes, tokens.issuedAt.seconds, fhirBase, tokens.grant) == 1
    }

    private static func end(
        grant: String, reason: EndReason, at now: Instant, on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            "UPDATE grants SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL", grant, now.seconds,
            reason.rawValue)
    }
}
