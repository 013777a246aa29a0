import SMART

/// What a backend service asks for (RFC 6749 §4.4.2; SMART backend-services#obtain-access-token makes the scope mandatory).
package struct ClientCredentialsRequest: Sendable {
    package let scope: String

    package init(scope: String) {
        self.scope = scope
    }

    /// What it may have: `system/` scopes within those the hospital agreed to beforehand.
    package func granted(to client: AuthenticatedClient) throws(OAuthError) -> ScopeSet {
        try client.requireGrant(.clientCredentials)
        // SMART client-confidential-symmetric: a shared secret is not for backend services.
        guard case .privateKey = client.registration.authentication else {
            throw .unauthorizedClient("client_credentials needs a client that authenticates by private_key_jwt")
        }
        let asked = ScopeSet(scope)
        try require(
            asked.clinical.allSatisfy { $0.context == .system },
            else: .invalidScope("client_credentials grants system/ scopes alone: there is no user and no patient"))
        let granted = asked.filter { $0.clinical != nil || $0.kind == .other }.allowed(by: client.registration.scopes)
        try require(
            !granted.isEmpty, else: .invalidScope("none of the scopes asked for was approved for this client"))
        return granted
    }
}
