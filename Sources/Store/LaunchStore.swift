import OAuth

/// EHR launches that were prepared and not yet used.
package protocol LaunchStore {
    func add(_ launch: Launch, at now: Instant) throws(StoreError)

    /// The launch, unless it was spent. Whether it may serve a request is `Launch.used`'s to say.
    func launch(_ handle: SecretDigest) throws(StoreError) -> Launch?

    /// Spends a handle that is another client's than the one that brings it, and ends what it has begun: all or nothing, so
    /// that its own client is a moment earlier or too late.
    ///
    /// - Returns: whether there was anything to end.
    func end(launch handle: SecretDigest, broughtBy client: String, at now: Instant) throws(StoreError) -> Bool
}
