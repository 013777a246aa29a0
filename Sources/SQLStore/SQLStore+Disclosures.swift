import JSON
import OAuth
import SQL
import Store

extension SQLStore: DisclosureStore {
    package func add(_ counts: [DisclosureCount]) throws(StoreError) {
        let fhirBase = fhirBase
        // In one order, so that two programs never wait for each other.
        let ordered = counts.sorted { Self.key($0).lexicographicallyPrecedes(Self.key($1)) }
        try write { connection throws(SQLError) in
            for count in ordered {
                let disclosure = count.disclosure
                try connection.run(
                    """
                    INSERT INTO disclosures (grant_id, patient, day, resource_type, interaction, fhir_base, client, account,
                        reads, first_at, last_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                    ON CONFLICT (grant_id, patient, day, resource_type, interaction, fhir_base) DO UPDATE SET
                        reads = disclosures.reads + excluded.reads,
                        first_at = CASE WHEN excluded.first_at < disclosures.first_at
                            THEN excluded.first_at ELSE disclosures.first_at END,
                        last_at = CASE WHEN excluded.last_at > disclosures.last_at
                            THEN excluded.last_at ELSE disclosures.last_at END
                    """, disclosure.grant, disclosure.patient ?? "", count.day, disclosure.resourceType ?? "",
                    disclosure.interaction.rawValue, fhirBase, disclosure.client, disclosure.account, count.reads,
                    count.first.seconds, count.last.seconds)
            }
        }
    }

    private static func key(_ count: DisclosureCount) -> [String] {
        let disclosure = count.disclosure
        return [
            disclosure.grant, disclosure.patient ?? "", disclosure.resourceType ?? "", disclosure.interaction.rawValue,
        ]
    }
}

extension SQLStore: AccountingStore {
    package func reads(underGrantsOf account: String) throws(StoreError) -> [String: ReadCount] {
        let rows = try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT disclosures.grant_id, sum(disclosures.reads), max(disclosures.last_at)
                FROM grants JOIN disclosures ON disclosures.grant_id = grants.id
                WHERE grants.account = $1 AND grants.fhir_base = $2 AND disclosures.fhir_base = $2
                GROUP BY disclosures.grant_id
                """, account, fhirBase
            ) { row in (row.text(0), ReadCount(reads: row.int(1), last: Instant(row.int(2)))) }
        }
        return Dictionary(rows) { first, _ in first }
    }

    package func disclosures(of patient: String, since: Instant) throws(StoreError) -> [NamedDisclosure] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT disclosures.grant_id, disclosures.client, disclosures.account, disclosures.resource_type,
                    disclosures.interaction, disclosures.reads, disclosures.first_at, disclosures.last_at, clients.name,
                    accounts.name
                FROM disclosures
                    LEFT JOIN clients ON clients.id = disclosures.client
                    LEFT JOIN accounts ON accounts.id = disclosures.account
                WHERE disclosures.patient = $1 AND disclosures.fhir_base = $2 AND disclosures.day >= $3
                ORDER BY disclosures.last_at DESC LIMIT 5000
                """, patient, fhirBase, since.seconds / 86_400
            ) { row in
                Disclosure.Interaction(rawValue: row.text(4)).map { interaction in
                    NamedDisclosure(
                        count: DisclosureCount(
                            Disclosure(
                                grant: row.text(0), client: row.text(1), account: row.optionalText(2), patient: patient,
                                resourceType: row.text(3).isEmpty ? nil : row.text(3), interaction: interaction),
                            reads: row.int(5), first: Instant(row.int(6)), last: Instant(row.int(7))),
                        clientName: row.optionalText(8), personName: row.optionalText(9))
                }
            }.compactMap { $0 }
        }
    }

    package func recentPatients(of account: String, limit: Int) throws(StoreError) -> [String] {
        try read { connection throws(SQLError) in
            // The words of the index `audit_events_by_account`.
            try connection.rows(
                """
                SELECT patient FROM audit_events
                WHERE account = $1 AND fhir_base = $2 AND patient IS NOT NULL
                    AND event IN ('code_issue', 'launch_create')
                GROUP BY patient ORDER BY max(at) DESC, patient LIMIT $3
                """, account, fhirBase, limit
            ) { $0.text(0) }
        }
    }

    package func acts(on patient: String, since: Instant) throws(StoreError) -> [RecordAct] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT audit_events.event, audit_events.at, clients.name, accounts.name, audit_events.details,
                    audit_events.unix_user
                FROM audit_events
                    LEFT JOIN clients ON clients.id = audit_events.client
                    LEFT JOIN accounts ON accounts.id = audit_events.account
                WHERE audit_events.patient = $1 AND audit_events.fhir_base = $2 AND audit_events.at >= $3
                    AND audit_events.outcome = 'success' AND audit_events.event IN (\(Self.toldActs))
                ORDER BY audit_events.at DESC, audit_events.sequence DESC LIMIT 200
                """, patient, fhirBase, since.seconds
            ) { row in
                AuditAct(rawValue: row.text(0)).map { act in
                    let details = (try? JSONDocument(Array(row.text(4).utf8)))?.root
                    return RecordAct(
                        act: act, time: Instant(row.int(1)), clientName: row.optionalText(2),
                        personName: row.optionalText(3), statement: details?["statement"]?.string,
                        isByStaff: !row.isNull(5),
                        since: details?["since"]?.integer.map { Instant($0) },
                        until: details?["until"]?.integer.map { Instant($0) })
                }
            }.compactMap { $0 }
        }
    }

    /// What a patient is told of: not that an app got a new token every quarter of an hour.
    private static let toldActs = [
        AuditAct.breakGlassBegin, .breakGlassEnd, .consentAllow, .consentDeny, .consentChange, .consentWithdraw,
        .consentExpire, .codeIssue,
        .directiveRecord, .directiveChange, .directiveWithdraw, .grantEnd, .proxyAdd, .proxyRemove, .helpDeskView,
        .helpDeskEnd,
    ].map { "'\($0.rawValue)'" }.joined(separator: ", ")
}
