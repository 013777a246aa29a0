import OAuth
import SMART
import SQL
import Store

extension SQLStore {
    package func decide(
        _ rules: [DenyRule], of patient: String, after version: Int, by account: String, as id: String, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        let status = rules.isEmpty ? ConsentDirective.Status.inactive : .active
        return try write { connection throws(SQLError) in
            // The first makes the row; from then on the version that was seen decides.
            let kept = try connection.row(
                """
                INSERT INTO consent_directives (id, fhir_base, patient, status, version, source, recorded_at, changed_at)
                VALUES ($1, $2, $3, $4, 1, 'page', $5, $5)
                ON CONFLICT (patient, fhir_base) WHERE source = 'page' DO UPDATE SET status = excluded.status,
                    version = consent_directives.version + 1, statement = NULL, changed_at = excluded.changed_at
                WHERE consent_directives.version = $6
                RETURNING id, version, recorded_at
                """, id, fhirBase, patient, status.rawValue, now.seconds, version
            ) { ($0.text(0), $0.int(1), Instant($0.int(2))) }
            guard let (id, version, recordedAt) = kept else { return false }
            let directive = ConsentDirective(
                id: id, patient: patient, status: status, version: version, source: .page,
                rules: rules.map { ConsentRule(clientID: nil, denied: $0) }, statement: nil, recordedAt: recordedAt,
                changedAt: now)
            let act: AuditAct =
                version == 1 ? .directiveRecord : rules.isEmpty ? .directiveWithdraw : .directiveChange
            try Self.keep(directive, by: act, of: account, fhirBase: fhirBase, on: connection)
            return true
        }
    }
}
