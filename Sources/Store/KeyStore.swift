import OAuth

/// A signing key's public half and its sealed private half.
package struct StoredKey: Sendable {
    package enum State: String, Sendable {
        /// Published, so that everybody knows it before it signs.
        case next
        case active
        /// Signs no more; published until the last token it signed has died.
        case retiring
    }

    package let kid: String
    package let algorithm: String
    package let state: State
    /// The bare JWK, without private members.
    package let publicJWK: [UInt8]
    /// PKCS #8 under the master key.
    package let sealed: [UInt8]
    package let createdAt: Instant
    package let expiresAt: Instant?

    package init(
        kid: String, algorithm: String, state: State, publicJWK: [UInt8], sealed: [UInt8], createdAt: Instant,
        expiresAt: Instant?
    ) {
        self.kid = kid
        self.algorithm = algorithm
        self.state = state
        self.publicJWK = publicJWK
        self.sealed = sealed
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// The signing keys.
package protocol KeyStore {
    /// All keys that somebody may meet: next, active and retiring, in that order of age, without private halves.
    func publishedKeys(at now: Instant) throws(StoreError) -> [StoredKey]

    /// The key that signs, with its private half.
    func activeKey(_ algorithm: String) throws(StoreError) -> StoredKey?

    func add(_ key: StoredKey) throws(StoreError)

    /// The next key becomes active, the active one retires until `retiredUntil`, and `newKey` is published as next.
    func rotate(adding newKey: StoredKey, retiredUntil: Instant, at now: Instant) throws(StoreError)
}
