import SMART

/// What a consent record says now. Whatever rests on it is looked at again with each use: at the exchange of a code, at a
/// refresh, at introspection and at every FHIR request.
package struct ConsentTerms: Sendable, Equatable {
    package let status: Consent.Status
    package let version: Int
    package let allowed: ScopeSet
    package let expiresAt: Instant?

    package init(status: Consent.Status, version: Int, allowed: ScopeSet, expiresAt: Instant?) {
        self.status = status
        self.version = version
        self.allowed = allowed
        self.expiresAt = expiresAt
    }

    package func holds(at now: Instant) -> Bool {
        status == .active && expiresAt.map { now < $0 } ?? true
    }

    /// Of what was granted, that which is allowed now; nothing where the consent does not hold.
    package func permitted(_ granted: ScopeSet, at now: Instant) -> ScopeSet {
        guard holds(at: now) else { return ScopeSet() }
        // A record that nobody has changed allows what was granted on it.
        return version == 1 ? granted : granted.allowed(by: allowed)
    }
}

extension Consent {
    /// What a narrowing leaves.
    package enum Narrowing: Sendable, Equatable {
        case to(ScopeSet)
        /// Nothing that the app could use would be left: that is a withdrawal.
        case nothingLeft
    }

    /// Less than it allows now. More is a new decision, for the person to take on the consent page.
    package func narrowed(to scopes: ScopeSet) throws(OAuthError) -> Narrowing {
        try require(status == .active, else: .invalidRequest("the consent is \(status.rawValue)"))
        try require(
            scopes.isSubset(of: allowed), else: .invalidScope("a consent is only ever narrowed; it allows \(allowed)"))
        return scopes.isEmpty || scopes.clinical.isEmpty && !allowed.clinical.isEmpty ? .nothingLeft : .to(scopes)
    }
}
