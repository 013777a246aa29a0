import OAuth
import SQL
import Store

extension SQLStore: Housekeeping {
    package func purge(at now: Instant) throws(StoreError) -> Purge {
        var counts: [(table: String, rows: Int)] = []
        for purge in Self.purges where database.powers.mayPurge(purge.table) {
            counts.append((purge.table, try rows(purged: purge, before: now.seconds - purge.memory)))
        }
        if database.powers.mayWrite("sessions"), database.powers.mayRead("audit_events") {
            counts.append(("sessions", try inBatches { () throws(StoreError) in try expiredSessions(at: now) }))
        }
        if database.powers.mayWrite("temporary_access") {
            _ = try inBatches { () throws(StoreError) in try endExpiredAccess(at: now, limit: Self.batch) }
        }
        if database.powers.mayWrite("clients") {
            let rows = try inBatches { () throws(StoreError) in
                try forsakenRegistrations(deletedAt: now, limit: Self.batch)
            }
            counts.append(("clients", rows))
        }
        return Purge(counts: counts)
    }

    /// So many rows a statement: whoever else wants to write waits for one, not for all.
    private static let batch = 1000

    private func inBatches(_ delete: () throws(StoreError) -> Int) throws(StoreError) -> Int {
        var total = 0
        while true {
            let rows = try delete()
            total += rows
            if rows < Self.batch { return total }
        }
    }

    private func rows(purged purge: PurgedTable, before time: Int) throws(StoreError) -> Int {
        let sql = """
            DELETE FROM \(purge.table) WHERE (\(purge.key)) IN
                (SELECT \(purge.key) FROM \(purge.table) WHERE expires_at < $1 LIMIT $2)
            """
        return try inBatches { () throws(StoreError) in
            try write { connection throws(SQLError) in try connection.run(sql, time, Self.batch) }
        }
    }

    /// Each one that ran out, be it long idle before, has its row in the trail.
    private func expiredSessions(at now: Instant) throws(StoreError) -> Int {
        try write { connection throws(SQLError) in
            let sessions = try connection.rows(
                """
                DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)
                RETURNING account, last_seen_at
                """, now.seconds, Self.batch
            ) { row in (account: row.text(0), lastSeenAt: row.int(1)) }
            for session in sessions {
                try Self.record(
                    AuditEvent(
                        .sessionExpire, account: session.account,
                        details: [.init(.until, session.lastSeenAt)]), at: now, on: connection)
            }
            return sessions.count
        }
    }

    private typealias PurgedTable = (table: String, key: String, memory: Int)

    /// Spent codes and tokens stay for an hour after they expire, so that a replay is still seen for what it is.
    private static let replayMemory = 3600

    private static let purges: [PurgedTable] = [
        ("attempts", "key, fhir_base", 0),
        ("known_browsers", "account, browser", 0),
        ("pending_sign_ins", "id", 0),
        ("assertions", "client, jti", 0),
        ("initial_access_tokens", "digest", 0),
        ("launches", "handle", 0),
        ("interactions", "id", 0),
        ("client_secrets", "client, digest", 0),
        ("codes", "digest", replayMemory),
        ("access_tokens", "digest", replayMemory),
        ("refresh_tokens", "digest", replayMemory),
        ("grants", "id", replayMemory),
    ]
}

extension Powers {
    /// Whether they reach a table and what its rows refer to, which SQLite looks at when one of them goes.
    fileprivate func mayPurge(_ table: String) -> Bool {
        mayWrite(table) && (table != "grants" || mayRead("consents"))
    }
}
