import OAuth

/// Authorization codes and the grants they begin.
package protocol AuthorizationCodeStore {
    /// Begins the grant, stores its code and finishes the interaction, all or nothing.
    ///
    /// - Parameter session: begins as well, for a person whom an EHR vouches for and whose app wants `online_access`.
    /// - Returns: `false` when the interaction was answered before: there is no second code.
    func issue(
        _ code: AuthorizationCode, finishing interaction: Interaction, beginning session: Session?,
        policy: SessionPolicy, at now: Instant
    ) throws(StoreError) -> Bool

    func code(_ digest: SecretDigest) throws(StoreError) -> AuthorizationCode?

    /// Counts a wrong code_verifier; the fifth spends the code.
    func countWrongVerifier(code: SecretDigest, at now: Instant) throws(StoreError)
}
