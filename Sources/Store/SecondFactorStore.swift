import OAuth

/// People's second factors, and those who have still to show theirs.
package protocol SecondFactorStore {
    func secondFactor(of account: String) throws(StoreError) -> SecondFactor?

    /// Keeps a secret that the person has still to confirm, in place of one that was never confirmed.
    ///
    /// - Returns: `false` where there is a confirmed one, which stays.
    func offer(_ sealed: [UInt8], to account: String, at now: Instant) throws(StoreError) -> Bool

    /// Makes the secret that was offered the person's second factor: the code of this time step proved it.
    ///
    /// - Parameter codes: the digests of its recovery codes.
    /// - Returns: `false` where another secret, or none, is waiting.
    func confirm(
        _ factor: SecondFactor, step: Int, recoveryCodes codes: [SecretDigest], of account: String, at now: Instant
    ) throws(StoreError) -> Bool

    /// Uses up the code of a time step, and with it all earlier ones.
    ///
    /// - Returns: `false` where this step or a later one was used before.
    func spend(step: Int, of factor: SecondFactor, account: String, at now: Instant) throws(StoreError) -> Bool

    /// Uses up a recovery code.
    ///
    /// - Returns: whether there was such a one.
    func spend(recoveryCode: SecretDigest, of account: String, at now: Instant) throws(StoreError) -> Bool

    /// Puts new recovery codes in place of all that are left.
    ///
    /// - Returns: whether the person has a confirmed second factor.
    func replaceRecoveryCodes(
        _ codes: [SecretDigest], of account: String, at now: Instant
    ) throws(StoreError) -> Bool

    /// Ends a second factor and its recovery codes.
    ///
    /// - Returns: whether there was one.
    func removeSecondFactor(of account: String, at now: Instant) throws(StoreError) -> Bool

    /// Says whether this person has to have one; it holds from the next sign-in on.
    ///
    /// - Returns: whether there is such an account.
    func setNeedsSecondFactor(_ needs: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool

    func begin(_ pending: PendingSignIn) throws(StoreError)

    /// The sign-in that waits, unless it is too old or the account was disabled.
    func pendingSignIn(_ id: SecretDigest, at now: Instant) throws(StoreError) -> PendingSignIn?

    /// Ends a sign-in that waits.
    ///
    /// - Returns: whether this call ended it.
    func end(pending id: SecretDigest) throws(StoreError) -> Bool
}
