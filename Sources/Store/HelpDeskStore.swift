import OAuth

/// Looking after other people's connected apps. Whatever is done stands in the trail, with who did it and why, in the
/// transaction that does it; and it is done only while the helper has the right.
package protocol HelpDeskStore {
    /// Says whether a person may.
    ///
    /// - Returns: whether there is such an account.
    func setMayHelp(_ may: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool

    func mayHelp(_ account: String) throws(StoreError) -> Bool

    /// People by name, and those who are one of these patients or act for one, by name.
    func callers(
        _ query: CallerQuery, orFor patients: [String], limit: Int, at now: Instant
    ) throws(StoreError) -> [Caller]

    /// Hands out a person whose apps are looked at.
    ///
    /// - Returns: `nil` where there is no such person, or the helper may not.
    func caller(_ account: String, lookedAtBy assistance: Assistance, at now: Instant) throws(StoreError) -> Caller?

    /// Ends every living grant that the person gave this app, or, where that is `nil`, any app; and withdraws what they rest
    /// on. Where there is none, the person was looked at.
    ///
    /// - Returns: the person, and how many ended; `nil` where there is no such person, or the helper may not.
    func endGrants(
        of account: String, to client: String?, by assistance: Assistance, at now: Instant
    ) throws(StoreError) -> (caller: Caller, ended: Int)?
}
