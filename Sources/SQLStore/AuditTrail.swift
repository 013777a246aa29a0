import OAuth
import SQL

/// The chain of acts in the store: one for all processes and all FHIR bases.
enum AuditTrail {
    /// Adds acts at the end of the transaction that did them. Nothing is locked after the chain's end, so that two
    /// transactions never wait for each other there.
    static func append(_ entries: [AuditEntry], on connection: any Connection) throws(SQLError) {
        guard !entries.isEmpty else { return }
        try connection.lock("audit")
        var head = try head(on: connection)
        for entry in entries {
            let record = AuditRecord(entry, after: head)
            try insert(record, on: connection)
            head = record.anchor
        }
    }

    /// The end of the chain. A cut leaves at least the row that tells of it.
    static func head(on connection: any Connection) throws(SQLError) -> AuditAnchor {
        try connection.row("SELECT sequence, hash FROM audit_events ORDER BY sequence DESC LIMIT 1") { row in
            AuditAnchor(sequence: row.int(0), hash: row.blob(1))
        } ?? .origin
    }

    private static func insert(_ record: AuditRecord, on connection: any Connection) throws(SQLError) {
        let columns = record.columns
        try connection.run(
            """
            INSERT INTO audit_events (\(Self.columns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """, record.sequence, record.previous, columns.fhirBase, columns.time, columns.act, columns.outcome,
            columns.program, columns.unixUser, columns.account, columns.client, columns.patient, columns.grant,
            columns.consent, columns.request, columns.address, columns.details, record.hash)
    }

    static let columns = """
        sequence, previous, fhir_base, at, event, outcome, program, unix_user, account, client, patient, grant_id,
        consent, request, address, details, hash
        """

    static func record(_ row: any Row) -> AuditRecord {
        AuditRecord(
            sequence: row.int(0), previous: row.blob(1),
            columns: AuditRecord.Columns(
                fhirBase: row.text(2), time: row.int(3), act: row.text(4), outcome: row.text(5), program: row.text(6),
                unixUser: row.optionalText(7), account: row.optionalText(8), client: row.optionalText(9),
                patient: row.optionalText(10), grant: row.optionalText(11), consent: row.optionalText(12),
                request: row.optionalText(13), address: row.optionalText(14), details: row.text(15)),
            hash: row.blob(16))
    }
}
