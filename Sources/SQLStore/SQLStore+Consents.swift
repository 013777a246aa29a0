import OAuth
import SMART
import SQL
import Store

extension SQLStore: ConsentStore {
    package func consent(_ id: String) throws(StoreError) -> Consent? {
        try read { connection throws(SQLError) in
            try connection.row(
                "SELECT \(Self.consentColumns(of: "consents")) FROM consents WHERE id = $1 AND fhir_base = $2", id,
                fhirBase,
                read: Self.consent) ?? nil
        }
    }

    package func consents(_ filter: ConsentFilter) throws(StoreError) -> [Consent] {
        try read { connection throws(SQLError) in
            try connection.rows(
                """
                SELECT \(Self.consentColumns(of: "consents")) FROM consents
                WHERE fhir_base = $1 AND account = coalesce($2, account) AND client = coalesce($3, client)
                    AND ($4 IS NULL OR patient = $4) AND status = coalesce($5, status)
                ORDER BY decided_at DESC, id
                """, fhirBase, filter.account, filter.clientID, filter.patient, filter.status?.rawValue,
                read: Self.consent
            ).compactMap { $0 }
        }
    }

    package func withdraw(consent id: String, at now: Instant) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let withdrawn = try Self.withdrawConsents(
                where: "id = $3", id, fhirBase: fhirBase, at: now, on: connection)
            guard withdrawn > 0 else { return false }
            try Self.endGrants(
                where: "consent = $3 AND fhir_base = $4", id, fhirBase, reason: .withdrawn, at: now, on: connection)
            return true
        }
    }

    package func narrow(
        consent id: String, from version: Int, to scopes: ScopeSet, at now: Instant
    ) throws(StoreError) -> Bool {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let narrowed = try connection.row(
                """
                UPDATE consents SET allowed = $4, version = version + 1, changed_at = $5
                WHERE id = $1 AND fhir_base = $2 AND version = $3 AND status = 'active'
                RETURNING \(Self.consentColumns(of: "consents"))
                """, id, fhirBase, version, scopes.description, now.seconds, read: Self.consent)
            guard let narrowed else { return false }
            if let narrowed { try Self.keep(narrowed, by: .consentChange, fhirBase: fhirBase, on: connection) }
            return true
        }
    }
}

extension SQLStore {
    static func insert(
        _ consent: Consent, fhirBase: String, on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO consents (id, fhir_base, account, client, patient, requested, allowed, decided_at, expires_at,
                status, version, changed_at, language, wording, purpose)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """, consent.id, fhirBase, consent.account, consent.clientID, consent.patient,
            consent.requested.description, consent.allowed.description, consent.decidedAt.seconds,
            consent.expiresAt?.seconds, consent.status.rawValue, consent.version, consent.changedAt.seconds,
            consent.wording?.language, consent.wording?.text, consent.purpose?.rawValue)
        try keep(
            consent, by: consent.status == .rejected ? .consentDeny : .consentAllow, fhirBase: fhirBase, on: connection)
    }

    /// Makes the active records that a condition names inactive.
    ///
    /// - Parameter condition: its parameters begin at `$3`.
    /// - Returns: how many there were.
    @discardableResult
    static func withdrawConsents(
        where condition: String, _ parameters: any Bindable..., fhirBase: String,
        by act: AuditAct = .consentWithdraw, at now: Instant, on connection: any Connection
    ) throws(SQLError) -> Int {
        var withdrawn: [Consent?] = []
        _ = try connection.each(
            """
            UPDATE consents SET status = 'inactive', version = version + 1, changed_at = $1
            WHERE fhir_base = $2 AND status = 'active' AND \(condition)
            RETURNING \(consentColumns(of: "consents"))
            """, [now.seconds, fhirBase] + parameters
        ) { row in withdrawn.append(consent(row)) }
        for case let consent? in withdrawn {
            try keep(consent, by: act, fhirBase: fhirBase, on: connection)
        }
        return withdrawn.count
    }

    /// Keeps the version that an act has made, puts it on its way to who is told, and records the act, all with the act itself.
    private static func keep(
        _ consent: Consent, by act: AuditAct, fhirBase: String, on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO consent_versions (consent, version, fhir_base, status, allowed, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """, consent.id, consent.version, fhirBase, consent.status.rawValue, consent.allowed.description,
            consent.changedAt.seconds)
        try dispatch(
            where: "versions.consent = $1 AND versions.version = $2", consent.id, consent.version, on: connection)
        try record(consent.event(act), at: consent.changedAt, on: connection)
    }

    /// Of the consent that a grant rests on; all `NULL` where it rests on none.
    static let termsColumns = "consents.status, consents.version, consents.allowed, consents.expires_at"

    /// Reads `termsColumns` from a column on.
    static func terms(_ row: any Row, from column: Int) -> ConsentTerms? {
        guard let status = row.optionalText(column) else { return nil }
        // What cannot be read allows nothing.
        return ConsentTerms(
            status: Consent.Status(rawValue: status) ?? .inactive, version: row.int(column + 1),
            allowed: ScopeSet(row.text(column + 2)), expiresAt: row.optionalInt(column + 3).map { Instant($0) })
    }

    /// Fourteen columns of a consent.
    static func consentColumns(of table: String) -> String {
        [
            "id", "account", "client", "patient", "requested", "allowed", "decided_at", "expires_at", "status",
            "version", "changed_at", "language", "wording", "purpose",
        ].map { "\(table).\($0)" }.joined(separator: ", ")
    }

    /// Reads `consentColumns` from the first column on.
    static func consent(_ row: any Row) -> Consent? {
        guard let status = Consent.Status(rawValue: row.text(8)) else { return nil }
        var wording: ConsentWording?
        if let language = row.optionalText(11), let text = row.optionalText(12) {
            wording = ConsentWording(language: language, text: text)
        }
        return Consent(
            id: row.text(0), account: row.text(1), clientID: row.text(2), patient: row.optionalText(3),
            requested: ScopeSet(row.text(4)), allowed: ScopeSet(row.text(5)), decidedAt: Instant(row.int(6)),
            expiresAt: row.optionalInt(7).map { Instant($0) }, status: status, version: row.int(9),
            changedAt: Instant(row.int(10)), wording: wording,
            purpose: row.optionalText(13).flatMap { Consent.Purpose(rawValue: $0) })
    }
}

extension Consent {
    /// The act that made this version of the record.
    func event(_ act: AuditAct) -> AuditEvent {
        var details = [AuditDetail(.version, version)]
        if status == .active { details.append(AuditDetail(.scopes, allowed.description)) }
        return AuditEvent(
            act, account: account, client: clientID, patient: patient, consent: id, details: details)
    }
}
