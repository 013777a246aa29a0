import OAuth
import SMART
import SQL
import Store

extension SQLStore {
    /// Ends the living grants that a condition names, and records each.
    ///
    /// - Parameter condition: its parameters begin at `$3`.
    /// - Returns: how many ended.
    @discardableResult
    static func endGrants(
        where condition: String, _ parameters: any Bindable..., reason: EndReason, at now: Instant,
        on connection: any Connection
    ) throws(SQLError) -> Int {
        var ended: [AuditEvent] = []
        _ = try connection.each(
            """
            UPDATE grants SET ended_at = $1, end_reason = $2 WHERE ended_at IS NULL AND \(condition)
            RETURNING id, client, account, context, consent
            """, [now.seconds, reason.rawValue] + parameters
        ) { row in ended.append(event(.grantEnd, ofGrant: row, details: [.init(.reason, reason.rawValue)])) }
        for event in ended { try record(event, at: now, on: connection) }
        return ended.count
    }

    /// An act under a grant; reads its `id, client, account, context, consent`.
    static func event(
        _ act: AuditAct, _ outcome: AuditEvent.Outcome = .success, ofGrant row: any Row, details: [AuditDetail] = []
    ) -> AuditEvent {
        AuditEvent(
            act, outcome, account: row.optionalText(2), client: row.text(1),
            patient: LaunchContext(json: Array(row.text(3).utf8))?.patient, grant: row.text(0),
            consent: row.optionalText(4), details: details)
    }
}
