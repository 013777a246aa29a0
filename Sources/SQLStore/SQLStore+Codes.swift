import OAuth
import SMART
import SQL
import Store

extension SQLStore: AuthorizationCodeStore {
    package func issue(
        _ code: AuthorizationCode, finishing interaction: Interaction, beginning session: Session?,
        policy: SessionPolicy, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            guard try Self.finish(interaction.id, at: now, on: connection) else { return false }
            if let session { try Self.insert(session, policy: policy, fhirBase: fhirBase, on: connection) }
            let authorization = code.authorization
            try connection.run(
                """
                INSERT INTO grants (id, fhir_base, client, account, scopes, context, consent, nonce, session, launch,
                    authenticated_at, created_at, expires_at, requested_scope, policy, methods)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                """, authorization.grant, fhirBase, authorization.clientID, authorization.user.id,
                authorization.scopes.description, String(decoding: authorization.context.json, as: UTF8.self),
                authorization.consent, authorization.nonce, authorization.session?.bytes,
                interaction.launch?.handle.bytes, authorization.authenticatedAt.seconds, now.seconds,
                code.expiresAt.seconds, authorization.requestedScope, authorization.policy.rawValue,
                authorization.methods?.rawValue)
            try connection.run(
                """
                INSERT INTO codes (digest, fhir_base, grant_id, redirect_uri, code_challenge, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, code.digest.bytes, fhirBase, authorization.grant, code.redirectURI, code.codeChallenge.text,
                code.expiresAt.seconds)
            try Self.record(
                AuditEvent(
                    .codeIssue, account: authorization.user.id, client: authorization.clientID,
                    patient: authorization.context.patient, grant: authorization.grant, consent: authorization.consent,
                    details: [.init(.scopes, authorization.scopes.description)]), at: now, on: connection)
            return true
        }
    }

    package func code(_ digest: SecretDigest) throws(StoreError) -> AuthorizationCode? {
        try read { connection throws(SQLError) in
            let found = try connection.row(
                """
                SELECT \(Self.grantColumns), \(Self.userColumns), codes.redirect_uri, codes.code_challenge,
                    codes.expires_at, codes.spent_at, \(Self.deniedColumn)
                FROM codes
                    JOIN grants ON grants.id = codes.grant_id
                    LEFT JOIN consents ON consents.id = grants.consent
                    JOIN accounts ON accounts.id = grants.account
                WHERE codes.digest = $1 AND codes.fhir_base = $2
                """, digest.bytes, fhirBase
            ) { row -> (code: AuthorizationCode, isDenied: Bool)? in
                guard let authorization = Self.authorization(row), let challenge = CodeChallenge(row.text(22)) else {
                    return nil
                }
                let code = AuthorizationCode(
                    digest: digest, authorization: authorization, redirectURI: row.text(21), codeChallenge: challenge,
                    expiresAt: Instant(row.int(23)), isSpent: !row.isNull(24), isEnded: !row.isNull(7))
                return (code, !row.isNull(25))
            }
            guard let found = found ?? nil else { return nil }
            guard found.isDenied else { return found.code }
            return found.code.with(
                denied: try Self.rules(of: found.code.authorization, fhirBase: fhirBase, on: connection))
        }
    }

    package func countWrongVerifier(code: SecretDigest, at now: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                UPDATE codes SET failures = failures + 1,
                    spent_at = CASE WHEN failures + 1 >= $3 THEN coalesce(spent_at, $2) ELSE spent_at END
                WHERE digest = $1 AND fhir_base = $4
                """, code.bytes, now.seconds, AuthorizationCode.verifierAttempts, fhirBase)
        }
    }

    static let grantColumns =
        """
        grants.id, grants.client, grants.scopes, grants.context, grants.consent, grants.nonce,
        grants.authenticated_at, grants.ended_at, grants.session, grants.requested_scope, grants.methods,
        \(termsColumns)
        """

    /// Reads `grantColumns` and then `userColumns` from the first column on.
    static func authorization(_ row: any Row) -> Authorization? {
        // A context that cannot be read must not become an empty one.
        guard let context = LaunchContext(json: Array(row.text(3).utf8)) else { return nil }
        return Authorization(
            grant: row.text(0), clientID: row.text(1), user: user(row, from: 15), scopes: ScopeSet(row.text(2)),
            context: context, basis: row.optionalText(4).map { .consent($0) } ?? .trustedApp,
            nonce: row.optionalText(5), authenticatedAt: Instant(row.int(6)),
            session: row.optionalBlob(8).map { SecretDigest(stored: $0) }, requestedScope: row.optionalText(9),
            terms: terms(row, from: 11),
            methods: row.optionalText(10).flatMap { AuthenticationMethods(rawValue: $0) })
    }
}

extension Authorization {
    /// The consent record that the grant refers to.
    var consent: String? {
        if case .consent(let id) = basis { id } else { nil }
    }
}
