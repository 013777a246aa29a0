import JSON
import SMART

/// The claims of an id_token (OpenID Core §2, SMART scopes-and-launch-context#scopes-for-requesting-identity-data).
package struct IDToken: Sendable {
    package let issuer: FHIRBase
    package let authorization: Authorization
    /// What this answer grants: a refresh may have narrowed it.
    package let scopes: ScopeSet
    package let issuedAt: Instant
    package let expiresAt: Instant
    /// Whether this is a refresh, whose id_token has no nonce (OpenID Core §12.2).
    package let isRefresh: Bool

    package init(
        issuer: FHIRBase, authorization: Authorization, scopes: ScopeSet, issuedAt: Instant, expiresAt: Instant,
        isRefresh: Bool = false
    ) {
        self.issuer = issuer
        self.authorization = authorization
        self.scopes = scopes
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.isRefresh = isRefresh
    }

    package var payload: [UInt8] {
        let user = authorization.user
        var writer = JSONWriter()
        writer.object {
            $0.member("iss", issuer.description)
            $0.member("sub", user.subject)
            $0.member("aud", authorization.clientID)
            $0.member("iat", issuedAt.seconds)
            $0.member("exp", expiresAt.seconds)
            $0.member("auth_time", authorization.authenticatedAt.seconds)
            // OpenID Core §2: of a sign-in elsewhere nothing is claimed.
            $0.member("acr", authorization.methods?.contextClass)
            if let methods = authorization.methods { $0.member("amr", methods.references) }
            if !isRefresh { $0.member("nonce", authorization.nonce) }
            if scopes.contains(.profile) || scopes.contains(.fhirUser) { $0.member("name", user.name) }
            if scopes.contains(.fhirUser), let fhirUser = user.fhirUser {
                $0.member("fhirUser", issuer.url(of: fhirUser.description))
            }
        }
        return writer.bytes
    }
}
