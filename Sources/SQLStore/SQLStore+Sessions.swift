import OAuth
import SQL
import Store

extension SQLStore: SessionStore {
    package func begin(
        _ session: Session, of username: String, replacing old: SecretDigest?, policy: SessionPolicy
    ) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            if let old { try connection.run("DELETE FROM sessions WHERE id = $1", old.bytes) }
            try Self.forgetFailures(of: username, fhirBase: fhirBase, on: connection)
            try connection.run(
                """
                INSERT INTO sessions (id, fhir_base, account, authenticated_at, last_seen_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, session.id.bytes, fhirBase, session.user.id, session.authenticatedAt.seconds,
                session.lastSeenAt.seconds, (session.authenticatedAt + policy.absolute).seconds)
        }
    }

    package func session(_ id: SecretDigest, at now: Instant, policy: SessionPolicy) throws(StoreError) -> Session? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT \(Self.userColumns), sessions.authenticated_at, sessions.last_seen_at
                FROM sessions JOIN accounts ON accounts.id = sessions.account
                WHERE sessions.id = $1 AND sessions.fhir_base = $2 AND sessions.expires_at > $3
                    AND sessions.last_seen_at > $4 AND accounts.disabled_at IS NULL
                """, id.bytes, fhirBase, now.seconds, now.seconds - policy.idle
            ) { row in
                Session(
                    id: id, user: Self.user(row, from: 0), authenticatedAt: Instant(row.int(6)),
                    lastSeenAt: Instant(row.int(7)))
            }
        }
    }

    package func touch(_ id: SecretDigest, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            _ = try connection.run(
                "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2", id.bytes, now.seconds)
        }
    }

    package func end(session id: SecretDigest) throws(StoreError) {
        try write { connection throws(SQLError) in
            _ = try connection.run("DELETE FROM sessions WHERE id = $1", id.bytes)
        }
    }
}
