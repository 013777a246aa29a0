import OAuth
import SMART
import SQL
import Store

extension SQLStore: DeliveryStore {
    package func setDestinations(_ destinations: Set<Destination>) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            for destination in Destination.allCases {
                guard destinations.contains(destination) else {
                    try connection.run(
                        "DELETE FROM destinations WHERE name = $1 AND fhir_base = $2", destination.rawValue, fhirBase)
                    continue
                }
                let isNew = try connection.run(
                    "INSERT INTO destinations (name, fhir_base) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    destination.rawValue, fhirBase)
                guard isNew == 1 else { continue }
                try Self.dispatch(
                    where: "destinations.name = $1 AND versions.fhir_base = $2", destination.rawValue, fhirBase,
                    on: connection)
            }
        }
    }

    package func due(at now: Instant, limit: Int) throws(StoreError) -> [Delivery] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT \(Self.consentColumns(of: "consents")), versions.status, versions.version, versions.allowed,
                    versions.changed_at, deliveries.destination, deliveries.attempts, deliveries.due_at,
                    coalesce(clients.name, consents.client), accounts.fhir_user
                FROM deliveries
                    JOIN consent_versions AS versions ON versions.consent = deliveries.consent
                        AND versions.version = deliveries.version
                    JOIN consents ON consents.id = deliveries.consent
                    LEFT JOIN clients ON clients.id = consents.client
                    LEFT JOIN accounts ON accounts.id = consents.account
                WHERE deliveries.delivered_at IS NULL AND deliveries.due_at <= $1 AND deliveries.fhir_base = $2
                    AND EXISTS (
                        SELECT 1 FROM destinations
                        WHERE destinations.name = deliveries.destination
                            AND destinations.fhir_base = deliveries.fhir_base)
                    AND NOT EXISTS (
                        SELECT 1 FROM deliveries AS earlier
                        WHERE earlier.consent = deliveries.consent AND earlier.destination = deliveries.destination
                            AND earlier.version < deliveries.version AND earlier.delivered_at IS NULL)
                ORDER BY deliveries.due_at, deliveries.consent LIMIT $3
                """, now.seconds, fhirBase, limit, read: Self.delivery
            ).compactMap { $0 }
        }
    }

    package func claim(_ delivery: Delivery, until: Instant) throws(StoreError) -> Bool {
        try write { connection throws(SQLError) in
            try connection.run(
                """
                UPDATE deliveries SET due_at = $5, attempts = attempts + 1
                WHERE consent = $1 AND version = $2 AND destination = $3 AND due_at = $4 AND attempts = $6
                    AND delivered_at IS NULL
                """, delivery.consent.id, delivery.consent.version, delivery.destination.rawValue,
                delivery.dueAt.seconds, until.seconds, delivery.attempts) == 1
        }
    }

    package func delivered(_ delivery: Delivery, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                UPDATE deliveries SET delivered_at = $4, error = NULL
                WHERE consent = $1 AND version = $2 AND destination = $3 AND delivered_at IS NULL
                """, delivery.consent.id, delivery.consent.version, delivery.destination.rawValue, now.seconds)
        }
    }

    package func failed(_ delivery: Delivery, reason: String, next: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                UPDATE deliveries SET error = $4, due_at = $5
                WHERE consent = $1 AND version = $2 AND destination = $3 AND delivered_at IS NULL
                """, delivery.consent.id, delivery.consent.version, delivery.destination.rawValue, reason,
                next.seconds)
        }
    }

    package func deliveries(undeliveredOnly: Bool, limit: Int) throws(StoreError) -> [DeliveryState] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT consent, version, destination, attempts, delivered_at, due_at, error FROM deliveries
                WHERE fhir_base = $1 AND (delivered_at IS NULL\(undeliveredOnly ? "" : " OR delivered_at IS NOT NULL"))
                ORDER BY due_at DESC, consent, version LIMIT $2
                """, fhirBase, limit
            ) { row in
                DeliveryState(
                    consent: row.text(0), version: row.int(1), destination: row.text(2), attempts: row.int(3),
                    deliveredAt: row.optionalInt(4).map { Instant($0) }, dueAt: Instant(row.int(5)),
                    error: row.optionalText(6))
            }
        }
    }
}

extension SQLStore {
    /// Puts versions of consents on their way: what patients, and those who act for them, say about the records, and not what a
    /// clinician lets an app do at work.
    ///
    /// - Parameter condition: which `versions`, for which of the `destinations`.
    static func dispatch(
        where condition: String, _ first: any Bindable, _ second: any Bindable, on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO deliveries (consent, version, destination, fhir_base, due_at)
            SELECT versions.consent, versions.version, destinations.name, versions.fhir_base, versions.changed_at
            FROM consent_versions AS versions
                JOIN consents ON consents.id = versions.consent
                JOIN accounts ON accounts.id = consents.account
                JOIN destinations ON destinations.fhir_base = versions.fhir_base
            WHERE consents.patient IS NOT NULL AND \(condition)
                AND (accounts.fhir_user = 'Patient/' || consents.patient OR EXISTS (
                    SELECT 1 FROM temporary_access AS proxies
                    WHERE proxies.account = consents.account AND proxies.patient = consents.patient
                        AND proxies.basis <> 'emergency'))
            ON CONFLICT DO NOTHING
            """, first, second)
    }

    private static func delivery(_ row: any Row) -> Delivery? {
        guard let record = consent(row), let status = Consent.Status(rawValue: row.text(13)),
            let destination = Destination(rawValue: row.text(17))
        else { return nil }
        let consent = Consent(
            id: record.id, account: record.account, clientID: record.clientID, patient: record.patient,
            requested: record.requested, allowed: ScopeSet(row.text(15)), decidedAt: record.decidedAt,
            expiresAt: record.expiresAt, status: status, version: row.int(14), changedAt: Instant(row.int(16)),
            wording: record.wording)
        return Delivery(
            consent: consent, appName: row.text(20), performer: row.optionalText(21).flatMap { FHIRUser($0) },
            destination: destination, attempts: row.int(18), dueAt: Instant(row.int(19)))
    }
}
