import SMART

/// A living grant as the person who gave it sees it.
package struct ActiveGrant: Sendable {
    package let id: String
    package let clientID: String
    package let clientName: String
    package let patient: String?
    package let scopes: ScopeSet
    package let since: Instant
    package let lastUsedAt: Instant?
    /// When it ends by itself if it is not used again.
    package let expiresAt: Instant
    /// The consent record that it rests on; `nil` where it rests on the site's policy alone.
    package let consent: String?

    package init(
        id: String, clientID: String, clientName: String, patient: String?, scopes: ScopeSet, since: Instant,
        lastUsedAt: Instant?, expiresAt: Instant, consent: String? = nil
    ) {
        self.id = id
        self.clientID = clientID
        self.clientName = clientName
        self.patient = patient
        self.scopes = scopes
        self.since = since
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
        self.consent = consent
    }

    /// What deny rules leave of it; `nil` where that is nothing.
    package func limited(by denied: DenyRules) -> ActiveGrant? {
        let left = scopes.permitted(by: denied, patient: patient)
        guard !left.isEmpty else { return nil }
        return ActiveGrant(
            id: id, clientID: clientID, clientName: clientName, patient: patient, scopes: left, since: since,
            lastUsedAt: lastUsedAt, expiresAt: expiresAt, consent: consent)
    }
}
