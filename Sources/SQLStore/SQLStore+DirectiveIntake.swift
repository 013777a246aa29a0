import OAuth
import SMART
import SQL
import Store

extension SQLStore: DirectiveIntakeStore {
    package func take(
        _ reading: ConsentReading, from source: ConsentDirective.Source, as id: String, at now: Instant
    ) throws(StoreError) -> DirectiveChange {
        let fhirBase = fhirBase
        return try write { connection throws(SQLError) in
            let known = try connection.row(
                """
                SELECT id, version, origin_version, origin_updated_at, status, recorded_at FROM consent_directives
                WHERE origin = $1 AND fhir_base = $2
                """, reading.origin.id, fhirBase
            ) { row in
                Known(
                    id: row.text(0), version: row.int(1),
                    origin: .init(
                        id: reading.origin.id, version: row.optionalText(2),
                        updatedAt: row.optionalInt(3).map { Instant($0) }), status: row.text(4),
                    recordedAt: Instant(row.int(5)))
            }
            guard let known else {
                let directive = reading.directive(id, 1, source, recordedAt: now, at: now)
                try Self.insert(directive, fhirBase: fhirBase, on: connection)
                return .recorded
            }
            guard reading.isNews(beside: known.origin) else { return .unchanged }
            let directive = reading.directive(
                known.id, known.version + 1, source, recordedAt: known.recordedAt, at: now)
            // A server that numbers nothing says the same again each time it is asked.
            if reading.origin.version == nil, reading.origin.updatedAt == nil,
                known.status == directive.status.rawValue,
                try Self.rules(of: known.id, version: known.version, on: connection) == directive.rules
            {
                return .unchanged
            }
            // On PostgreSQL another program may have been here since: then that one knows it, or it comes again.
            let changed = try connection.run(
                """
                UPDATE consent_directives SET patient = $3, status = $4, version = $5, source = $6, origin_version = $7,
                    origin_updated_at = $8, statement = $9, changed_at = $10
                WHERE id = $1 AND fhir_base = $2 AND version = $5 - 1
                """, directive.id, fhirBase, directive.patient, directive.status.rawValue, directive.version,
                source.rawValue, directive.origin?.version, directive.origin?.updatedAt?.seconds, directive.statement,
                now.seconds)
            guard changed == 1 else { throw SQLError(.conflict, "the directive was changed meanwhile") }
            try Self.keep(
                directive, by: directive.status == .active ? .directiveChange : .directiveWithdraw, fhirBase: fhirBase,
                on: connection)
            return .changed
        }
    }

    package func followedUntil() throws(StoreError) -> Instant? {
        try read { connection throws(SQLError) in
            try connection.row("SELECT until FROM consent_follower WHERE fhir_base = $1", fhirBase) { row in
                Instant(row.int(0))
            }
        }
    }

    package func follow(until: Instant) throws(StoreError) {
        let fhirBase = fhirBase
        try write { connection throws(SQLError) in
            _ = try connection.run(
                """
                INSERT INTO consent_follower (fhir_base, until) VALUES ($1, $2)
                ON CONFLICT (fhir_base) DO UPDATE SET until = $2 WHERE consent_follower.until < $2
                """, fhirBase, until.seconds)
        }
    }
}

private struct Known {
    let id: String
    let version: Int
    let origin: ConsentDirective.Origin
    let status: String
    let recordedAt: Instant
}

extension ConsentReading {
    fileprivate func directive(
        _ id: String, _ version: Int, _ source: ConsentDirective.Source, recordedAt: Instant, at now: Instant
    ) -> ConsentDirective {
        var statement: String?
        if case .unclear(let reason) = standing { statement = "not understood, so everything is denied: \(reason)" }
        return ConsentDirective(
            id: id, patient: patient, status: standing.isInForce ? .active : .inactive, version: version,
            source: source, origin: origin, rules: rules, statement: statement, recordedAt: recordedAt, changedAt: now)
    }
}
