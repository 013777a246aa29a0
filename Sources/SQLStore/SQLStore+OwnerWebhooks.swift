import OAuth
import SQL
import Store

extension SQLStore: OwnerWebhookStore {
    package func webhook(of clientID: String) throws(StoreError) -> OwnerWebhook? {
        try read { connection throws(SQLError) in
            try connection.row(
                """
                SELECT url, salt, earlier_salt, earlier_until FROM destinations
                WHERE name = $1 AND fhir_base = $2
                """, Destination.owner(of: clientID).name, fhirBase
            ) { Self.webhook($0, from: 0) } ?? nil
        }
    }

    package func setWebhook(
        _ url: String, salt: String, of clientID: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let (fhirBase, name) = (fhirBase, Destination.owner(of: clientID).name)
        return try write { connection throws(SQLError) in
            let set = try connection.run(
                """
                INSERT INTO destinations (name, fhir_base, client, url, salt)
                SELECT $1, $2, clients.id, $4, $5 FROM clients WHERE clients.id = $3 AND clients.fhir_base = $2
                ON CONFLICT (name, fhir_base) DO UPDATE SET url = excluded.url, failures = 0, rests_until = 0, error = NULL
                """, name, fhirBase, clientID, url, salt)
            guard set == 1 else { return false }
            // Whoever moves is asked again at once.
            try connection.run(
                """
                UPDATE deliveries SET due_at = $3
                WHERE destination = $1 AND fhir_base = $2 AND delivered_at IS NULL AND due_at > $3
                """, name, fhirBase, now.seconds)
            try Self.record(
                AuditEvent(.clientWebhook, client: clientID, details: [.init(.reason, "set")]), at: now, on: connection)
            return true
        }
    }

    package func removeWebhook(of clientID: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            guard try Self.removeWebhook(of: clientID, fhirBase: fhirBase, on: connection) else { return false }
            try Self.record(
                AuditEvent(.clientWebhook, client: clientID, details: [.init(.reason, "removed")]), at: now,
                on: connection)
            return true
        }
    }

    package func rotateWebhookKey(
        to salt: String, of clientID: String, overlapEnd: Instant, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let rotated = try connection.run(
                """
                UPDATE destinations SET earlier_salt = salt, earlier_until = $4, salt = $3
                WHERE name = $1 AND fhir_base = $2
                """, Destination.owner(of: clientID).name, fhirBase, salt, overlapEnd.seconds)
            guard rotated == 1 else { return false }
            try Self.record(
                AuditEvent(
                    .clientWebhook, client: clientID,
                    details: [.init(.reason, "key"), .init(.until, overlapEnd.seconds)]), at: now, on: connection)
            return true
        }
    }
}

extension SQLStore {
    /// Of somebody who is there no more nobody is told: a client that gets the same id one day begins without.
    @discardableResult
    static func removeWebhook(
        of clientID: String, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> Bool {
        let name = Destination.owner(of: clientID).name
        try connection.run(
            "DELETE FROM deliveries WHERE destination = $1 AND fhir_base = $2 AND delivered_at IS NULL", name, fhirBase)
        return try connection.run("DELETE FROM destinations WHERE name = $1 AND fhir_base = $2", name, fhirBase) == 1
    }

    /// The same for apps that deleted themselves: the program that lets them reaches neither table.
    static func removeForsakenWebhooks(fhirBase: String, on connection: any Connection) throws(SQLError) {
        let forsaken = try connection.rows(
            """
            SELECT client FROM destinations
            WHERE fhir_base = $1 AND client IS NOT NULL AND client NOT IN (SELECT id FROM clients)
            """, fhirBase
        ) { $0.text(0) }
        for clientID in forsaken { try removeWebhook(of: clientID, fhirBase: fhirBase, on: connection) }
    }

    /// Reads `url`, `salt`, `earlier_salt` and `earlier_until`.
    static func webhook(_ row: any Row, from column: Int) -> OwnerWebhook? {
        guard let url = row.optionalText(column), let salt = row.optionalText(column + 1) else { return nil }
        var earlier: OwnerWebhook.Earlier?
        if let salt = row.optionalText(column + 2), let until = row.optionalInt(column + 3) {
            earlier = OwnerWebhook.Earlier(salt: salt, until: Instant(until))
        }
        return OwnerWebhook(url: url, salt: salt, earlier: earlier)
    }
}
