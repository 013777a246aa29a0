import OAuth

/// The registered apps.
package protocol ClientStore {
    func client(_ id: String) throws(StoreError) -> ClientRegistration?

    /// By name, disabled ones too.
    func clients() throws(StoreError) -> [ClientRegistration]

    /// Whether some enabled app is registered with this web origin.
    func isRegisteredOrigin(_ origin: String) throws(StoreError) -> Bool

    func add(_ client: ClientRegistration, at now: Instant) throws(StoreError)

    /// Gives an asymmetric client other keys.
    func setKeys(_ keys: ClientPublicKeys, client id: String, at now: Instant) throws(StoreError) -> Bool

    /// - Returns: whether there is such a client. Disabling acts on the next request of any of its tokens.
    func setDisabled(_ isDisabled: Bool, client id: String, at now: Instant) throws(StoreError) -> Bool

    /// Adds a secret; those before it are good until `overlapEnd`.
    func rotateSecret(to digest: SecretDigest, client id: String, overlapEnd: Instant, at now: Instant)
        throws(StoreError) -> Bool
}
