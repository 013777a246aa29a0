import OAuth

/// Authorization codes and the grants they begin.
package protocol AuthorizationCodeStore {
    /// Begins the grant, stores its code and finishes the interaction, all or nothing.
    ///
    /// - Returns: `false` when the interaction was answered before: there is no second code.
    func issue(_ code: AuthorizationCode, finishing interaction: SecretDigest, at now: Instant)
        throws(StoreError) -> Bool

    func code(_ digest: SecretDigest) throws(StoreError) -> AuthorizationCode?

    /// Counts a wrong code_verifier; the fifth spends the code.
    func countWrongVerifier(code: SecretDigest, at now: Instant) throws(StoreError)
}
