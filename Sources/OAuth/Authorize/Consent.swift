import SMART

/// One decision of a person about one app, kept for as long as any grant refers to it.
package struct Consent: Sendable {
    package let id: String
    package let account: String
    package let clientID: String
    /// Whose data it is about, where a patient was in context.
    package let patient: String?
    package let requested: ScopeSet
    /// What was allowed; empty when everything was denied.
    package let allowed: ScopeSet
    package let decidedAt: Instant

    package init(
        id: String, account: String, clientID: String, patient: String?, requested: ScopeSet, allowed: ScopeSet,
        decidedAt: Instant
    ) {
        self.id = id
        self.account = account
        self.clientID = clientID
        self.patient = patient
        self.requested = requested
        self.allowed = allowed
        self.decidedAt = decidedAt
    }
}
