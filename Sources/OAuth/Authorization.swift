import SMART

/// What a code or a refresh line stands for: who may do what, for whom, and why. Tokens live and die with their grant.
package struct Authorization: Sendable {
    /// The grant that codes, access tokens and the refresh line share: ending it ends them all.
    package let grant: String
    package let clientID: String
    package let user: User
    package let scopes: ScopeSet
    /// The `scope` parameter of the authorization request: what of it was not granted may stand in a refresh all the same.
    package let requestedScope: String?
    package let context: LaunchContext
    package let basis: AuthorizationStep.Basis
    package let nonce: String?
    package let authenticatedAt: Instant
    /// The session that the grant ends with (`online_access`); `nil` where it lives on its own.
    package let session: SecretDigest?

    package init(
        grant: String, clientID: String, user: User, scopes: ScopeSet, context: LaunchContext,
        basis: AuthorizationStep.Basis, nonce: String?, authenticatedAt: Instant, session: SecretDigest? = nil,
        requestedScope: String? = nil
    ) {
        self.grant = grant
        self.clientID = clientID
        self.user = user
        self.scopes = scopes
        self.requestedScope = requestedScope
        self.context = context
        self.basis = basis
        self.nonce = nonce
        self.authenticatedAt = authenticatedAt
        self.session = session
    }
}
