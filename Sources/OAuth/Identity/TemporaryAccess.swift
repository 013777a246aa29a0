import SMART

/// One patient whom a person may see until a moment, beyond what the administrator said of the account.
///
/// It counts for apps alone that are about this very patient, so that an app which was let in for a child reads nothing of the
/// parent's other children, nor of the parent.
package struct TemporaryAccess: Sendable, Equatable {
    /// What the proxy is to the patient.
    package enum Relationship: String, Sendable, CaseIterable {
        case parent
        case guardian
        case child
        case partner
        case carer
        /// By a power of attorney, or a court's word.
        case representative
    }

    package let patient: String
    package let relationship: Relationship
    /// The first moment at which it does not hold any more.
    package let until: Instant

    package init(patient: String, relationship: Relationship, until: Instant) {
        self.patient = patient
        self.relationship = relationship
        self.until = until
    }

    package func holds(at now: Instant) -> Bool { now < until }
}
