import OAuth

/// What a person has allowed, app by app, as the page of connected apps shows it.
package protocol GrantStore {
    /// The living grants of a person, the latest first. One that lives in a session lives as long as that.
    func grants(of account: String, at now: Instant, policy: SessionPolicy) throws(StoreError) -> [ActiveGrant]

    /// Ends every living grant that this person gave this app, or, where that is `nil`, any app; and withdraws what they rest on.
    ///
    /// - Returns: how many ended.
    func endGrants(of account: String, to client: String?, reason: EndReason, at now: Instant) throws(StoreError) -> Int
}
