import OAuth

/// Rows that were deleted, by table.
package struct Purge: Sendable {
    package let counts: [(table: String, rows: Int)]

    package init(counts: [(table: String, rows: Int)]) {
        self.counts = counts
    }

    package var total: Int { counts.reduce(0) { $0 + $1.rows } }
}

package protocol Housekeeping {
    /// Deletes what has expired and can no longer be replayed or referred to, and apps that registered themselves and that
    /// nobody has agreed to in 90 days. Ends emergencies and proxies whose time is over. Consents stay.
    func purge(at now: Instant) throws(StoreError) -> Purge
}
