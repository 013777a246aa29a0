import OAuth
import SQLite
import Store

extension SQLStore: Housekeeping {
    package func purge(at now: Instant) throws(StoreError) -> Purge {
        let statements = Self.purges.filter { database.powers.mayWrite($0.table) }
        return try write { connection throws(SQLiteError) in
            var counts: [(table: String, rows: Int)] = []
            for (table, condition) in statements {
                let rows = try connection.run(
                    "DELETE FROM \(table) WHERE \(condition)", now.seconds - Self.replayMemory)
                counts.append((table, rows))
            }
            return Purge(counts: counts)
        }
    }

    /// Spent codes and tokens stay for an hour after they expire, so that a replay is still seen for what it is.
    private static let replayMemory = 3600

    private static let purges: [(table: String, condition: String)] = [
        ("sessions", "expires_at < $1"),
        ("sign_in_attempts", "expires_at < $1"),
        ("launches", "expires_at < $1"),
        ("interactions", "expires_at < $1"),
        ("codes", "expires_at < $1"),
        ("access_tokens", "expires_at < $1"),
        ("refresh_tokens", "expires_at < $1"),
        ("grants", "expires_at < $1"),
        ("client_secrets", "expires_at < $1"),
    ]
}
