import OAuth
import SQL
import Store

extension SQLStore: AttemptStore {
    package func begin(
        _ attempts: [Attempt], recording event: AuditEvent?, at now: Instant
    ) throws(StoreError) -> Int {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            // In one order, so that two of them never wait for each other.
            for attempt in attempts.sorted(by: { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }) {
                try connection.lock("attempts \(attempt.key.bytes)")
            }
            var failures: [Int] = []
            var delay = 0
            for attempt in attempts {
                let before = try Self.failures(attempt, fhirBase: fhirBase, at: now, on: connection)
                failures.append(before?.failures ?? 0)
                delay = max(delay, (before?.blockedUntil ?? 0) - now.seconds)
            }
            guard delay <= 0 else { return delay }
            for (attempt, before) in zip(attempts, failures) {
                try connection.run(
                    """
                    INSERT INTO attempts (key, fhir_base, failures, blocked_until, expires_at)
                    VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (key, fhir_base) DO UPDATE SET failures = $3, blocked_until = $4, expires_at = $5
                    """, attempt.key.bytes, fhirBase, before + 1, (now + attempt.delay(after: before + 1)).seconds,
                    (now + attempt.memory).seconds)
            }
            if let event { try Self.record(event, at: now, on: connection) }
            return 0
        }
    }

    package func delay(of attempts: [Attempt], at now: Instant) throws(StoreError) -> Int {
        try read { connection throws(SQLError) in
            var delay = 0
            for attempt in attempts {
                let before = try Self.failures(attempt, fhirBase: fhirBase, at: now, on: connection)
                delay = max(delay, (before?.blockedUntil ?? 0) - now.seconds)
            }
            return delay
        }
    }

    package func forget(_ attempts: [Attempt]) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            for attempt in attempts {
                try connection.run(
                    "DELETE FROM attempts WHERE key = $1 AND fhir_base = $2", attempt.key.bytes, fhirBase)
            }
        }
    }

    private static func failures(
        _ attempt: Attempt, fhirBase: String, at now: Instant, on connection: any Connection
    ) throws(SQLError) -> (failures: Int, blockedUntil: Int)? {
        try connection.row(
            "SELECT failures, blocked_until FROM attempts WHERE key = $1 AND fhir_base = $2 AND expires_at > $3",
            attempt.key.bytes, fhirBase, now.seconds
        ) { row in (failures: row.int(0), blockedUntil: row.int(1)) }
    }
}
