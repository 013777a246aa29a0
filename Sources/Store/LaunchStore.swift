import OAuth

/// EHR launches that were prepared and not yet used.
package protocol LaunchStore {
    func add(_ launch: Launch, at now: Instant) throws(StoreError)

    /// The launch, unless it was spent. Whether it may serve a request is `Launch.accepted`'s to say.
    func launch(_ handle: SecretDigest) throws(StoreError) -> Launch?
}
