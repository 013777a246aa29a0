import OAuth
import SQL
import Store

extension SQLStore: SessionStore {
    package func begin(
        _ session: Session, of username: String, with browser: SecretDigest?, replacing old: SecretDigest?,
        policy: SessionPolicy
    ) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            if let old {
                try Self.hand(over: old, to: session, policy: policy, on: connection)
                _ = try Self.end(session: old, at: session.authenticatedAt, on: connection)
            }
            if let browser {
                try connection.run(
                    """
                    INSERT INTO known_browsers (account, browser, fhir_base, expires_at) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (account, browser) DO UPDATE SET expires_at = $4
                    """, session.user.id, browser.bytes, fhirBase,
                    (session.authenticatedAt + Self.browserMemory).seconds)
            }
            try Self.insert(session, policy: policy, fhirBase: fhirBase, on: connection)
            try Self.record(AuditEvent(.signIn, account: session.user.id), at: session.authenticatedAt, on: connection)
        }
    }

    /// Who signs in again, because an app asked for that, stays online with the other apps.
    private static func hand(
        over old: SecretDigest, to session: Session, policy: SessionPolicy, on connection: any Connection
    ) throws(SQLError) {
        let now = session.authenticatedAt.seconds
        try connection.run(
            """
            UPDATE grants SET session = $2
            WHERE session = $1 AND account = $3 AND ended_at IS NULL AND EXISTS (
                SELECT 1 FROM sessions
                WHERE sessions.id = $1 AND sessions.account = $3 AND sessions.last_seen_at > $4
                    AND sessions.expires_at > $5)
            """, old.bytes, session.id.bytes, session.user.id, now - policy.idle, now)
    }

    /// A browser that nobody has signed in with for half a year is a stranger's again.
    private static let browserMemory = 180 * 86_400

    static func insert(
        _ session: Session, policy: SessionPolicy, fhirBase: String, on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO sessions (id, fhir_base, account, authenticated_at, last_seen_at, expires_at, browser,
                second_factor)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, session.id.bytes, fhirBase, session.user.id, session.authenticatedAt.seconds,
            session.lastSeenAt.seconds, (session.authenticatedAt + policy.absolute).seconds,
            session.browser.rawValue, session.secondFactor == .proven ? 1 : 0)
    }

    package func session(_ id: SecretDigest, at now: Instant, policy: SessionPolicy) throws(StoreError) -> Session? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT \(Self.userColumns), sessions.authenticated_at, sessions.last_seen_at, sessions.browser,
                    sessions.second_factor, second_factors.confirmed_at
                FROM sessions JOIN accounts ON accounts.id = sessions.account
                    LEFT JOIN second_factors ON second_factors.account = sessions.account
                WHERE sessions.id = $1 AND sessions.fhir_base = $2 AND sessions.expires_at > $3
                    AND sessions.last_seen_at > $4 AND accounts.disabled_at IS NULL
                """, id.bytes, fhirBase, now.seconds, now.seconds - policy.idle
            ) { row in
                Session(
                    id: id, user: Self.user(row, from: 0), authenticatedAt: Instant(row.int(6)),
                    lastSeenAt: Instant(row.int(7)), browser: BrowserKind(rawValue: row.text(8)) ?? .other,
                    secondFactor: row.int(9) != 0 ? .proven : row.isNull(10) ? .absent : .enrolled)
            }
        }
    }

    package func raise(_ old: SecretDigest, to new: SecretDigest, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let count = try connection.run(
                """
                UPDATE sessions SET id = $2, second_factor = 1, last_seen_at = $4
                WHERE id = $1 AND fhir_base = $3 AND expires_at > $4
                """, old.bytes, new.bytes, fhirBase, now.seconds)
            guard count == 1 else { return false }
            try connection.run("UPDATE grants SET session = $2 WHERE session = $1", old.bytes, new.bytes)
            return true
        }
    }

    package func sessions(
        of account: String, at now: Instant, policy: SessionPolicy
    ) throws(StoreError) -> [SessionSummary] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT id, authenticated_at, last_seen_at, browser FROM sessions
                WHERE account = $1 AND fhir_base = $2 AND expires_at > $3 AND last_seen_at > $4
                ORDER BY last_seen_at DESC, authenticated_at DESC, id
                """, account, fhirBase, now.seconds, now.seconds - policy.idle
            ) { row in
                SessionSummary(
                    id: SecretDigest(stored: row.blob(0)), authenticatedAt: Instant(row.int(1)),
                    lastSeenAt: Instant(row.int(2)), browser: BrowserKind(rawValue: row.text(3)) ?? .other)
            }
        }
    }

    package func end(_ which: SessionSelection, of account: String, at now: Instant) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let (comparison, session) =
                switch which {
                case .only(let session): ("=", session)
                case .allExcept(let session): ("<>", session)
                }
            let ids = try connection.rows(
                "DELETE FROM sessions WHERE account = $1 AND fhir_base = $2 AND id \(comparison) $3 RETURNING id",
                account, fhirBase, session.bytes
            ) { row in SecretDigest(stored: row.blob(0)) }
            for id in ids {
                try Self.endGrants(
                    where: "session = $3", id.bytes, reason: .sessionEnded, at: now, on: connection)
                try Self.record(
                    AuditEvent(.signOut, account: account, details: [.init(.source, "another_session")]), at: now,
                    on: connection)
            }
            return ids.count
        }
    }

    package func touch(_ id: SecretDigest, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            _ = try connection.run(
                "UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2", id.bytes, now.seconds)
        }
    }

    package func end(session id: SecretDigest, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            guard let account = try Self.end(session: id, at: now, on: connection) else { return }
            try Self.record(AuditEvent(.signOut, account: account), at: now, on: connection)
        }
    }

    /// The session, and what lives in it: an app with `online_access` is online no longer.
    ///
    /// - Returns: whose it was, if there was one.
    private static func end(
        session id: SecretDigest, at now: Instant, on connection: any Connection
    ) throws(SQLError) -> String? {
        let account = try connection.row("DELETE FROM sessions WHERE id = $1 RETURNING account", id.bytes) {
            $0.text(0)
        }
        try endGrants(where: "session = $3", id.bytes, reason: .sessionEnded, at: now, on: connection)
        return account
    }

    /// Notes activity, if the session is still alive: a dead one is not woken.
    static func touch(
        _ id: SecretDigest, at now: Instant, policy: SessionPolicy, on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            UPDATE sessions SET last_seen_at = $2
            WHERE id = $1 AND last_seen_at < $2 AND last_seen_at > $3 AND expires_at > $2
            """, id.bytes, now.seconds, now.seconds - policy.idle)
    }
}
