extension Log {
    /// The line of a round of housekeeping.
    package var housekeeping: @Sendable (_ deleted: Int, _ error: String?) -> Void {
        { deleted, error in
            if let error {
                write(.error, "housekeeping failed", [("error", .text(error))])
            } else if deleted > 0 {
                write(.info, "housekeeping", [("deleted", .number(deleted))])
            }
        }
    }

    /// The line by which a log that is kept elsewhere proves the audit trail up to here.
    package var auditAnchor: @Sendable (_ anchor: String) -> Void {
        { anchor in write(.info, "audit anchor", [("anchor", .text(anchor))]) }
    }

    /// The line of counts that could not be stored, and are kept for the next time.
    package var uncounted: @Sendable (_ error: String) -> Void {
        { error in write(.error, "disclosures not stored", [("error", .text(error))]) }
    }
}
