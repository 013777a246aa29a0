import OAuth

/// Who is signed in with which browser.
package protocol SessionStore {
    /// Begins a session after a right password, and forgets the wrong ones before it.
    ///
    /// - Parameter replacing: the browser's session so far, which ends: an id planted before the sign-in is worth nothing.
    func begin(_ session: Session, of username: String, replacing old: SecretDigest?, policy: SessionPolicy)
        throws(StoreError)

    /// The session, if it is alive: not idle too long, not too old, its account not disabled.
    func session(_ id: SecretDigest, at now: Instant, policy: SessionPolicy) throws(StoreError) -> Session?

    /// Somebody was here: the idle time begins anew.
    func touch(_ id: SecretDigest, at now: Instant) throws(StoreError)

    func end(session id: SecretDigest) throws(StoreError)
}
