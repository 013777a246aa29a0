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

    /// The line of counts that could not be stored, and are kept for the next time.
    package var uncounted: @Sendable (_ error: String) -> Void {
        { error in write(.error, "disclosures not stored", [("error", .text(error))]) }
    }
}
