import OAuth
import SQLite
import Store

extension SQLStore: Housekeeping {
    package func purge(at now: Instant) throws(StoreError) -> Purge {
        let statements = Self.purges.filter { database.powers.mayWrite($0.table) }
        return try write { connection throws(SQLiteError) in
            var counts: [(table: String, rows: Int)] = []
            for (table, memory) in statements {
                let rows = try connection.run("DELETE FROM \(table) WHERE expires_at < $1", now.seconds - memory)
                counts.append((table, rows))
            }
            return Purge(counts: counts)
        }
    }

    /// Spent codes and tokens stay for an hour after they expire, so that a replay is still seen for what it is.
    private static let replayMemory = 3600

    private static let purges: [(table: String, memory: Int)] = [
        ("sessions", 0),
        ("sign_in_attempts", 0),
        ("launches", 0),
        ("interactions", 0),
        ("client_secrets", 0),
        ("codes", replayMemory),
        ("access_tokens", replayMemory),
        ("refresh_tokens", replayMemory),
        ("grants", replayMemory),
    ]
}
