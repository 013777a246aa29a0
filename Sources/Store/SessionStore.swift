import OAuth

/// Who is signed in with which browser.
package protocol SessionStore {
    /// Begins a session after a right password.
    ///
    /// - Parameters:
    ///   - browser: from now on known as one that this person signs in with.
    ///   - replacing: the browser's session so far, which ends: an id planted before the sign-in is worth nothing.
    func begin(
        _ session: Session, of username: String, with browser: SecretDigest?, replacing old: SecretDigest?,
        policy: SessionPolicy
    ) throws(StoreError)

    /// The session, if it is alive: not idle too long, not too old, its account not disabled.
    func session(_ id: SecretDigest, at now: Instant, policy: SessionPolicy) throws(StoreError) -> Session?

    /// Somebody was here: the idle time begins anew.
    func touch(_ id: SecretDigest, at now: Instant) throws(StoreError)

    /// Ends the session, and the grants that live in it.
    func end(session id: SecretDigest, at now: Instant) throws(StoreError)
}
