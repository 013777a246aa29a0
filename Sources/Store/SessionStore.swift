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

    /// The second factor was shown in a session: it goes on under a new id, for whoever knew the old one proved less.
    ///
    /// - Returns: whether there was such a session.
    func raise(_ old: SecretDigest, to new: SecretDigest, at now: Instant) throws(StoreError) -> Bool

    /// Where a person is signed in now, the one seen last first.
    func sessions(of account: String, at now: Instant, policy: SessionPolicy) throws(StoreError) -> [SessionSummary]

    /// Ends sessions of this person, and the grants that live in them.
    ///
    /// - Returns: how many there were: none for a session that is another person's.
    func end(_ which: SessionSelection, of account: String, at now: Instant) throws(StoreError) -> Int

    /// Ends the session, and the grants that live in it.
    func end(session id: SecretDigest, at now: Instant) throws(StoreError)
}

/// One place where a person is signed in.
package struct SessionSummary: Sendable, Equatable {
    package let id: SecretDigest
    package let authenticatedAt: Instant
    package let lastSeenAt: Instant
    package let browser: BrowserKind

    package init(id: SecretDigest, authenticatedAt: Instant, lastSeenAt: Instant, browser: BrowserKind) {
        self.id = id
        self.authenticatedAt = authenticatedAt
        self.lastSeenAt = lastSeenAt
        self.browser = browser
    }
}

/// Which of a person's sessions end.
package enum SessionSelection: Sendable, Equatable {
    case only(SecretDigest)
    case allExcept(SecretDigest)
}
