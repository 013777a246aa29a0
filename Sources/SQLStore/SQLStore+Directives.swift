import OAuth
import SMART
import SQL
import Store

extension SQLStore: DirectiveStore {
    package func denyRules(
        for clientID: String, about patient: String, at now: Instant
    ) throws(StoreError) -> DenyRules {
        try read { connection throws(SQLError) in
            try Self.rules(for: clientID, about: patient, fhirBase: fhirBase, on: connection).denied(at: now)
        }
    }

    package func directive(_ id: String) throws(StoreError) -> ConsentDirective? {
        try directives(id, DirectiveFilter()).first
    }

    package func directives(_ filter: DirectiveFilter) throws(StoreError) -> [ConsentDirective] {
        try directives(nil, filter)
    }

    package func add(_ directive: ConsentDirective) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            try Self.insert(directive, fhirBase: fhirBase, on: connection)
        }
    }

    package func withdraw(directive id: String, reason: String, at now: Instant) throws(StoreError) -> Bool {
        guard let directive = try directive(id) else { return false }
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let version = try connection.row(
                """
                UPDATE consent_directives SET status = 'inactive', version = version + 1, changed_at = $3, statement = $4
                WHERE id = $1 AND fhir_base = $2 AND status = 'active' RETURNING version
                """, id, fhirBase, now.seconds, reason
            ) { $0.int(0) }
            guard let version else { return false }
            try Self.keep(
                ConsentDirective(
                    id: id, patient: directive.patient, status: .inactive, version: version, source: directive.source,
                    origin: directive.origin, rules: [], statement: reason, recordedAt: directive.recordedAt,
                    changedAt: now), by: .directiveWithdraw, fhirBase: fhirBase, on: connection)
            return true
        }
    }
}

extension SQLStore {
    /// Of a grant: not `NULL` where somebody has denied its app something, be it now or later.
    static let deniedColumn =
        """
        (SELECT 1 FROM consent_rules AS rules WHERE rules.in_force = 1 AND rules.client IN (grants.client, '')
            AND rules.fhir_base = grants.fhir_base LIMIT 1)
        """

    /// What is denied to an app, of one patient or of all.
    static func rules(
        for clientID: String, about patient: String?, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> [ConsentRule] {
        let inForce =
            """
            SELECT patient, client, denied, starts_at, ends_at FROM consent_rules
            WHERE in_force = 1 AND client IN ($1, '') AND fhir_base = $2
            """
        guard let patient else { return try connection.rows(inForce, clientID, fhirBase, read: rule) }
        return try connection.rows("\(inForce) AND patient = $3", clientID, fhirBase, patient, read: rule)
    }

    /// What is denied of the patient in context, where a row says that something is.
    static func rules(
        of authorization: Authorization, fhirBase: String, on connection: any Connection
    ) throws(SQLError) -> [ConsentRule] {
        guard let patient = authorization.context.patient else { return [] }
        return try rules(for: authorization.clientID, about: patient, fhirBase: fhirBase, on: connection)
    }

    /// What a version of a directive says, in the order in which it says it.
    static func rules(
        of directive: String, version: Int, on connection: any Connection
    ) throws(SQLError) -> [ConsentRule] {
        try connection.rows(
            """
            SELECT patient, client, denied, starts_at, ends_at FROM consent_rules
            WHERE directive = $1 AND version = $2 ORDER BY position
            """, directive, version, read: rule)
    }

    /// Reads `patient, client, denied, starts_at, ends_at`. What cannot be read denies everything.
    private static func rule(_ row: any Row) -> ConsentRule {
        let patient = row.text(0)
        let denied = ClinicalScope(row.text(2)).map { DenyRule(patient: patient, denying: $0) }
        return ConsentRule(
            clientID: row.text(1).isEmpty ? nil : row.text(1), denied: denied ?? DenyRule(patient: patient),
            from: row.optionalInt(3).map { Instant($0) }, until: row.optionalInt(4).map { Instant($0) })
    }

    static func insert(
        _ directive: ConsentDirective, fhirBase: String, on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO consent_directives (id, fhir_base, patient, status, version, source, origin, origin_version,
                origin_updated_at, statement, recorded_at, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """, directive.id, fhirBase, directive.patient, directive.status.rawValue, directive.version,
            directive.source.rawValue, directive.origin?.id, directive.origin?.version,
            directive.origin?.updatedAt?.seconds, directive.statement, directive.recordedAt.seconds,
            directive.changedAt.seconds)
        try keep(directive, by: .directiveRecord, fhirBase: fhirBase, on: connection)
    }

    /// Puts the rules of a version in force instead of those before it, keeps the version, and records the act.
    ///
    /// - Parameter account: whose act it is, where it is a person's on our own page.
    static func keep(
        _ directive: ConsentDirective, by act: AuditAct, of account: String? = nil, fhirBase: String,
        on connection: any Connection
    ) throws(SQLError) {
        try connection.run(
            """
            INSERT INTO consent_directive_versions (directive, version, fhir_base, status, origin_version, statement,
                changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """, directive.id, directive.version, fhirBase, directive.status.rawValue, directive.origin?.version,
            directive.statement, directive.changedAt.seconds)
        try connection.run("UPDATE consent_rules SET in_force = 0 WHERE directive = $1 AND in_force = 1", directive.id)
        for (position, rule) in directive.rules.enumerated() {
            try connection.run(
                """
                INSERT INTO consent_rules (directive, version, position, fhir_base, patient, client, denied, starts_at,
                    ends_at, in_force)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """, directive.id, directive.version, position, fhirBase, rule.denied.patient, rule.clientID ?? "",
                rule.denied.scope.spelling, rule.from?.seconds, rule.until?.seconds,
                directive.status == .active ? 1 : 0)
        }
        try record(directive.event(act, of: account), at: directive.changedAt, on: connection)
    }

    private func directives(_ id: String?, _ filter: DirectiveFilter) throws(StoreError) -> [ConsentDirective] {
        try read { connection throws(SQLError) in
            let found = try connection.rows(
                """
                SELECT id, patient, status, version, source, origin, origin_version, origin_updated_at, statement,
                    recorded_at, changed_at
                FROM consent_directives
                WHERE fhir_base = $1 AND id = coalesce($2, id) AND patient = coalesce($3, patient)
                    AND status = coalesce($4, status) AND ($5 IS NULL OR EXISTS (
                        SELECT 1 FROM consent_rules AS rules WHERE rules.directive = consent_directives.id
                            AND rules.version = consent_directives.version AND rules.client IN ($5, '')))
                ORDER BY changed_at DESC, id
                """, fhirBase, id, filter.patient, filter.status?.rawValue, filter.clientID, read: Self.directive)
            var directives: [ConsentDirective] = []
            for case let directive? in found {
                directives.append(
                    directive.with(try Self.rules(of: directive.id, version: directive.version, on: connection)))
            }
            return directives
        }
    }

    /// Without its rules, which have rows of their own.
    private static func directive(_ row: any Row) -> ConsentDirective? {
        guard let status = ConsentDirective.Status(rawValue: row.text(2)),
            let source = ConsentDirective.Source(rawValue: row.text(4))
        else { return nil }
        let origin = row.optionalText(5).map {
            ConsentDirective.Origin(
                id: $0, version: row.optionalText(6), updatedAt: row.optionalInt(7).map { Instant($0) })
        }
        return ConsentDirective(
            id: row.text(0), patient: row.text(1), status: status, version: row.int(3), source: source, origin: origin,
            rules: [], statement: row.optionalText(8), recordedAt: Instant(row.int(9)),
            changedAt: Instant(row.int(10)))
    }
}

extension ConsentDirective {
    fileprivate func with(_ rules: [ConsentRule]) -> ConsentDirective {
        ConsentDirective(
            id: id, patient: patient, status: status, version: version, source: source, origin: origin, rules: rules,
            statement: statement, recordedAt: recordedAt, changedAt: changedAt)
    }

    /// The act that made this version of it.
    fileprivate func event(_ act: AuditAct, of account: String?) -> AuditEvent {
        let clients = Set(rules.map(\.clientID))
        var details = [AuditDetail(.version, version), AuditDetail(.source, source.rawValue)]
        if !rules.isEmpty {
            let denied = ScopeSet(rules.map { Scope($0.denied.scope) })
            details.append(AuditDetail(.scopes, denied.description))
        }
        if let until = rules.compactMap(\.until).max(), rules.allSatisfy({ $0.until != nil }) {
            details.append(AuditDetail(.until, until.seconds))
        }
        if source == .paper, let statement { details.append(AuditDetail(.statement, statement)) }
        return AuditEvent(
            act, account: account, client: clients.count == 1 ? clients.first ?? nil : nil, patient: patient,
            consent: id, details: details)
    }
}
