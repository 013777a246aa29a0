import OAuth
import SQL
import Store

extension SQLStore: AuditTrailStore {
    package func auditRecords(
        after sequence: Int, matching filter: AuditFilter, limit: Int
    ) throws(StoreError) -> [AuditRecord] {
        var conditions = ["sequence > $1"]
        var parameters: [any Bindable] = [sequence]
        func narrow(_ condition: String, _ value: (any Bindable)?) {
            guard let value else { return }
            parameters.append(value)
            conditions.append("\(condition) $\(parameters.count)")
        }
        narrow("at >=", filter.since?.seconds)
        narrow("at <", filter.until?.seconds)
        narrow("event =", filter.act)
        narrow("account =", filter.account)
        narrow("client =", filter.client)
        narrow("patient =", filter.patient)
        narrow("grant_id =", filter.grant)
        parameters.append(limit)
        let sql = """
            SELECT \(AuditTrail.columns) FROM audit_events WHERE \(conditions.joined(separator: " AND "))
            ORDER BY sequence LIMIT $\(parameters.count)
            """
        return try read { connection throws(SQLError) in
            var records: [AuditRecord] = []
            _ = try connection.each(sql, parameters) { records.append(AuditTrail.record($0)) }
            return records
        }
    }

    package func auditHead() throws(StoreError) -> AuditAnchor {
        try read { connection throws(SQLError) in try AuditTrail.head(on: connection) }
    }

    package func auditStart() throws(StoreError) -> AuditAnchor {
        try read { connection throws(SQLError) in
            try connection.row("SELECT sequence, hash FROM audit_cuts ORDER BY sequence DESC LIMIT 1") { row in
                AuditAnchor(sequence: row.int(0), hash: row.blob(1))
            } ?? .origin
        }
    }

    package func cutAudit(
        through anchor: AuditAnchor, disclosuresBefore time: Instant, at now: Instant
    ) throws(StoreError) -> Int? {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            try connection.lock("audit")
            let isInside = try connection.row(
                """
                SELECT 1 FROM audit_events
                WHERE sequence = $1 AND hash = $2 AND sequence < (SELECT max(sequence) FROM audit_events)
                """, anchor.sequence, anchor.hash
            ) { _ in true }
            guard isInside != nil else { return nil }
            try connection.run(
                "INSERT INTO audit_cuts (sequence, hash, fhir_base, cut_at) VALUES ($1, $2, $3, $4)", anchor.sequence,
                anchor.hash, fhirBase, now.seconds)
            let rows = try connection.run("DELETE FROM audit_events WHERE sequence <= $1", anchor.sequence)
            try connection.run("DELETE FROM disclosures WHERE day < $1", time.seconds / 86_400)
            try Self.record(
                AuditEvent(
                    .auditCut,
                    details: [
                        .init(.through, anchor.sequence), .init(.hash, anchor.hash.hexadecimal), .init(.count, rows),
                    ]),
                at: now, on: connection)
            return rows
        }
    }
}
