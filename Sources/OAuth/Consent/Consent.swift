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

    /// What the data may be used for: codes of HL7's PurposeOfUse (FHIR R4 Consent.provision.purpose).
    package enum Purpose: String, Sendable, CaseIterable {
        /// The patient wants it.
        case patientRequest = "PATRQT"
        /// Somebody who acts for the patient wants it.
        case familyRequest = "FAMRQT"
        case treatment = "TREAT"
        case breakTheGlass = "BTG"
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
    /// `nil` where no patient is in it, and in records of versions that did not keep it.
    package let purpose: Purpose?

    package init(
        id: String, account: String, clientID: String, patient: String?, requested: ScopeSet, allowed: ScopeSet,
        decidedAt: Instant, expiresAt: Instant? = nil, status: Status? = nil, version: Int = 1,
        changedAt: Instant? = nil, wording: ConsentWording? = nil, purpose: Purpose? = nil
    ) {
        self.purpose = purpose
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

extension Consent.Purpose {
    /// What for somebody lets an app see this patient now; `nil` where no patient is in it.
    package init?(of user: User, about patient: String?, at now: Instant) {
        guard let patient else { return nil }
        let temporary = user.temporaryAccess(to: patient, at: now)
        self =
            if user.fhirUser?.ownPatient == patient {
                .patientRequest
            } else if temporary?.isEmergency ?? false {
                .breakTheGlass
            } else {
                temporary == nil && !(user.fhirUser?.isPrivate ?? false) ? .treatment : .familyRequest
            }
    }
}
