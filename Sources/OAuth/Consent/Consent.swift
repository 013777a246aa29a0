import SMART

/// What a person said about one app, once: the record that grants live and die with. It is never deleted.
package struct Consent: Sendable {
    /// The codes of FHIR R4 Consent.status that a record here goes through.
    package enum Status: String, Sendable, CaseIterable {
        /// What it allows holds.
        case active
        /// It held, and was withdrawn.
        case inactive
        /// The person said no.
        case rejected
    }

    package let id: String
    package let account: String
    package let clientID: String
    /// Whose data it is about, where a patient was in context.
    package let patient: String?
    package let requested: ScopeSet
    /// What was allowed, as it stands now; empty when everything was denied.
    package let allowed: ScopeSet
    package let decidedAt: Instant
    /// The last moment it holds; `nil` where it holds until it is withdrawn.
    package let expiresAt: Instant?
    package let status: Status
    /// Counts what was changed of it, from 1.
    package let version: Int
    package let changedAt: Instant
    /// What stood on the page; `nil` in records of versions that did not keep it.
    package let wording: ConsentWording?

    package init(
        id: String, account: String, clientID: String, patient: String?, requested: ScopeSet, allowed: ScopeSet,
        decidedAt: Instant, expiresAt: Instant? = nil, status: Status? = nil, version: Int = 1,
        changedAt: Instant? = nil, wording: ConsentWording? = nil
    ) {
        self.id = id
        self.account = account
        self.clientID = clientID
        self.patient = patient
        self.requested = requested
        self.allowed = allowed
        self.decidedAt = decidedAt
        self.expiresAt = expiresAt
        self.status = status ?? (allowed.isEmpty ? .rejected : .active)
        self.version = version
        self.changedAt = changedAt ?? decidedAt
        self.wording = wording
    }

    package var terms: ConsentTerms {
        ConsentTerms(status: status, version: version, allowed: allowed, expiresAt: expiresAt)
    }
}

/// The text that a person answered to.
package struct ConsentWording: Sendable, Equatable {
    /// A language tag (BCP 47).
    package let language: String
    package let text: String

    package init(language: String, text: String) {
        self.language = language
        self.text = text
    }
}
