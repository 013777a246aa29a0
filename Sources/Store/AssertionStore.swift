import OAuth

/// The assertions that clients have used: each is good once (RFC 7523 §3, SMART client-confidential-asymmetric#signature-verification).
package protocol AssertionStore {
    /// Remembers the `jti` of a proven assertion for as long as it could be sent again.
    ///
    /// - Returns: whether this is its first use. Of any number at the same time, in any process, one is the first.
    func remember(jti: SecretDigest, of client: String, until expiry: Instant) throws(StoreError) -> Bool
}
