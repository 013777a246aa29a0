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

    /// Cuts off the rows up to an anchor, and the counts of disclosures of the days before a moment, leaves the anchor in their
    /// place, and records that in the trail. The last row always stays.
    ///
    /// - Returns: how many rows went; `nil` where the anchor is no row of the trail, or the last one.
    func cutAudit(
        through anchor: AuditAnchor, disclosuresBefore time: Instant, at now: Instant
    ) throws(StoreError) -> Int?
}
