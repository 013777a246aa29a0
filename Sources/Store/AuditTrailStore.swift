import OAuth

/// Which rows of the audit trail to show.
package struct AuditFilter: Sendable, Equatable {
    package var since: Instant?
    /// Before this moment.
    package var until: Instant?
    package var act: String?
    package var account: String?
    package var client: String?
    package var patient: String?
    package var grant: String?

    package init() {}
}

/// The trail as administrators read it.
package protocol AuditTrailStore {
    /// Rows behind a number, the oldest first.
    func auditRecords(
        after sequence: Int, matching filter: AuditFilter, limit: Int
    ) throws(StoreError) -> [AuditRecord]

    /// The end of the chain.
    func auditHead() throws(StoreError) -> AuditAnchor

    /// What the oldest row that is left follows.
    func auditStart() throws(StoreError) -> AuditAnchor

    /// Cuts off the rows before a moment, and the counts of disclosures of the days before it, leaves an anchor, and records
    /// that in the trail.
    ///
    /// - Returns: how many rows went, and the anchor; `nil` where there is nothing to cut.
    func cutAudit(before time: Instant, at now: Instant) throws(StoreError) -> (rows: Int, anchor: AuditAnchor)?
}
