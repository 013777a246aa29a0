import OAuth

/// Breaking the glass: a record that is opened past somebody's rights, for minutes, because care cannot wait.
package protocol EmergencyStore {
    /// Says whether a person may. Who may not any more has none open either.
    ///
    /// - Returns: whether there is such an account.
    func setMayBreakGlass(_ may: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool

    /// Opens a record, or opens it anew, and records who did so and why.
    ///
    /// - Returns: whether the person may: false opens nothing.
    func beginEmergency(
        _ access: TemporaryAccess, id: String, account: String, reason: StatedReason, at now: Instant
    ) throws(StoreError) -> Bool

    /// Ends it at once, with all that apps got by it.
    ///
    /// - Returns: whether it was open.
    func endEmergency(of account: String, to patient: String, at now: Instant) throws(StoreError) -> Bool
}
