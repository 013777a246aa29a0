import OAuth

/// Where the owners of apps hear of what patients decide about their apps: set by an administrator, and by nobody else.
package protocol OwnerWebhookStore {
    func webhook(of clientID: String) throws(StoreError) -> OwnerWebhook?

    /// Begins to tell an app's owner, of what is decided from now on, or goes on at another URL: with the same keys, and with all
    /// that waits.
    ///
    /// - Parameter salt: of the keys, where there was no webhook.
    /// - Returns: whether there is such a client.
    func setWebhook(_ url: String, salt: String, of clientID: String, at now: Instant) throws(StoreError) -> Bool

    /// Ends it; what waits is not told any more.
    ///
    /// - Returns: whether there was one.
    func removeWebhook(of clientID: String, at now: Instant) throws(StoreError) -> Bool

    /// Signs with another key from now on, and with the present one beside it until `overlapEnd`.
    ///
    /// - Returns: whether there is a webhook.
    func rotateWebhookKey(
        to salt: String, of clientID: String, overlapEnd: Instant, at now: Instant
    ) throws(StoreError) -> Bool
}
