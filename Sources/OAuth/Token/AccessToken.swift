import SMART

/// A live access token with all that an enforcer or an introspecting server needs to know: found by one read.
package struct ActiveToken: Sendable {
    package let authorization: Authorization
    /// What this token carries; a refresh may have narrowed it.
    package let scopes: ScopeSet
    package let fhirBase: String
    package let issuedAt: Instant
    package let expiresAt: Instant

    package init(
        authorization: Authorization, scopes: ScopeSet, fhirBase: String, issuedAt: Instant, expiresAt: Instant
    ) {
        self.authorization = authorization
        self.scopes = scopes
        self.fhirBase = fhirBase
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    package var clientID: String { authorization.clientID }
    package var grantID: String { authorization.grant }
    package var patient: String? { authorization.context.patient }
    package var fhirUser: FHIRUser? { authorization.user.fhirUser }
    package var access: UserAccess { authorization.user.access }
}
