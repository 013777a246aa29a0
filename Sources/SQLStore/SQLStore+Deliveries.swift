import OAuth
import SMART
import SQL
import Store

extension SQLStore: DeliveryStore {
    package func setDestinations(_ destinations: Set<Destination>) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            for destination in [Destination.fhirServer, .platform] {
                guard destinations.contains(destination) else {
                    try connection.run(
                        "DELETE FROM destinations WHERE name = $1 AND fhir_base = $2", destination.name, fhirBase)
                    continue
                }
                let isNew = try connection.run(
                    "INSERT INTO destinations (name, fhir_base) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    destination.name, fhirBase)
                guard isNew == 1 else { continue }
                try Self.dispatch(
                    where: "destinations.name = $1 AND versions.fhir_base = $2", destination.name, fhirBase,
                    on: connection)
            }
            try Self.removeForsakenWebhooks(fhirBase: fhirBase, on: connection)
        }
    }

    package func recipients(at now: Instant) throws(StoreError) -> [Recipient] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT destinations.name, destinations.url, destinations.salt, destinations.earlier_salt,
                    destinations.earlier_until, destinations.failures, destinations.rests_until, destinations.error
                FROM destinations LEFT JOIN clients ON clients.id = destinations.client
                WHERE destinations.fhir_base = $1 AND destinations.rests_until <= $2
                    AND (destinations.client IS NULL
                        OR clients.disabled_at IS NULL AND clients.approval = 'approved')
                    AND EXISTS (
                        SELECT 1 FROM deliveries
                        WHERE deliveries.destination = destinations.name AND deliveries.due_at <= $2
                            AND deliveries.delivered_at IS NULL AND deliveries.fhir_base = $1)
                ORDER BY CASE WHEN destinations.client IS NULL THEN 0 ELSE 1 END, destinations.rests_until,
                    destinations.name
                """, fhirBase, now.seconds
            ) { row in
                Destination(name: row.text(0)).map { destination in
                    Recipient(
                        destination: destination, webhook: Self.webhook(row, from: 1),
                        rest: Recipient.Rest(
                            failures: row.int(5), until: Instant(row.int(6)), reason: row.optionalText(7)))
                }
            }.compactMap { $0 }
        }
    }

    package func set(_ rest: Recipient.Rest, of destination: Destination) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                UPDATE destinations SET failures = $3, rests_until = $4, error = $5
                WHERE name = $1 AND fhir_base = $2
                """, destination.name, fhirBase, rest.failures, rest.until.seconds, rest.reason)
        }
    }

    package func due(
        for destination: Destination, at now: Instant, limit: Int
    ) throws(StoreError) -> [Delivery] {
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
                WHERE deliveries.destination = $4 AND deliveries.delivered_at IS NULL AND deliveries.due_at <= $1
                    AND deliveries.fhir_base = $2
                    AND NOT EXISTS (
                        SELECT 1 FROM deliveries AS earlier
                        WHERE earlier.consent = deliveries.consent AND earlier.destination = deliveries.destination
                            AND earlier.version < deliveries.version AND earlier.delivered_at IS NULL)
                ORDER BY deliveries.due_at, deliveries.consent LIMIT $3
                """, now.seconds, fhirBase, limit, destination.name, read: Self.delivery
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
                """, delivery.consent.id, delivery.consent.version, delivery.destination.name,
                delivery.dueAt.seconds, until.seconds, delivery.attempts) == 1
        }
    }

    package func delivered(_ delivery: Delivery, at now: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                UPDATE deliveries SET delivered_at = $4, error = NULL
                WHERE consent = $1 AND version = $2 AND destination = $3 AND delivered_at IS NULL
                """, delivery.consent.id, delivery.consent.version, delivery.destination.name, now.seconds)
        }
    }

    package func failed(_ delivery: Delivery, reason: String, next: Instant) throws(StoreError) {
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                UPDATE deliveries SET error = $4, due_at = $5
                WHERE consent = $1 AND version = $2 AND destination = $3 AND delivered_at IS NULL
                """, delivery.consent.id, delivery.consent.version, delivery.destination.name, reason,
                next.seconds)
        }
    }

    package func deliveries(undeliveredOnly: Bool, limit: Int) throws(StoreError) -> [DeliveryState] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT deliveries.consent, deliveries.version, deliveries.destination, deliveries.attempts,
                    deliveries.delivered_at,
                    CASE WHEN destinations.rests_until > deliveries.due_at
                        THEN destinations.rests_until ELSE deliveries.due_at END,
                    CASE WHEN deliveries.delivered_at IS NOT NULL THEN NULL
                        WHEN destinations.name IS NULL THEN 'nobody is told there any more'
                        WHEN clients.disabled_at IS NOT NULL OR clients.approval <> 'approved'
                        THEN 'the app is not active'
                        ELSE coalesce(deliveries.error, destinations.error) END
                FROM deliveries
                    LEFT JOIN destinations ON destinations.name = deliveries.destination
                        AND destinations.fhir_base = deliveries.fhir_base
                    LEFT JOIN clients ON clients.id = destinations.client
                WHERE deliveries.fhir_base = $1
                    AND (deliveries.delivered_at IS NULL\(undeliveredOnly ? "" : " OR deliveries.delivered_at IS NOT NULL"))
                ORDER BY deliveries.due_at DESC, deliveries.consent, deliveries.version LIMIT $2
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
    /// clinician lets an app do at work. An app's owner hears of that app alone, and of no refusal: whoever says no gives the app
    /// nothing, not even that.
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
                    AND (destinations.client IS NULL
                        OR destinations.client = consents.client AND versions.status <> 'rejected')
            WHERE consents.patient IS NOT NULL AND \(condition)
                AND (accounts.fhir_user = 'Patient/' || consents.patient OR EXISTS (
                    SELECT 1 FROM temporary_access AS proxies
                    WHERE proxies.account = consents.account AND proxies.patient = consents.patient
                        AND proxies.basis <> 'emergency'))
            ON CONFLICT DO NOTHING
            """, first, second)
    }

    private static func delivery(_ row: any Row) -> Delivery? {
        guard let record = consent(row), let status = Consent.Status(rawValue: row.text(14)),
            let destination = Destination(name: row.text(18))
        else { return nil }
        let consent = Consent(
            id: record.id, account: record.account, clientID: record.clientID, patient: record.patient,
            requested: record.requested, allowed: ScopeSet(row.text(16)), decidedAt: record.decidedAt,
            expiresAt: record.expiresAt, status: status, version: row.int(15), changedAt: Instant(row.int(17)),
            wording: record.wording, purpose: record.purpose)
        return Delivery(
            consent: consent, appName: row.text(21), performer: row.optionalText(22).flatMap { FHIRUser($0) },
            destination: destination, attempts: row.int(19), dueAt: Instant(row.int(20)))
    }
}
