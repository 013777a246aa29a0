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

    /// Why the person may.
    package enum Basis: Sendable, Equatable {
        case proxy(Relationship)
        /// Somebody's care could not wait: BTG of HL7's purposes of use, for minutes.
        case emergency

        package init?(_ word: String) {
            guard word != "emergency" else {
                self = .emergency
                return
            }
            guard let relationship = Relationship(rawValue: word) else { return nil }
            self = .proxy(relationship)
        }

        package var word: String {
            switch self {
            case .proxy(let relationship): relationship.rawValue
            case .emergency: "emergency"
            }
        }
    }

    package let patient: String
    package let basis: Basis
    /// The first moment at which it does not hold any more.
    package let until: Instant

    package init(patient: String, basis: Basis, until: Instant) {
        self.patient = patient
        self.basis = basis
        self.until = until
    }

    package init(patient: String, relationship: Relationship, until: Instant) {
        self.init(patient: patient, basis: .proxy(relationship), until: until)
    }

    package var relationship: Relationship? { if case .proxy(let relationship) = basis { relationship } else { nil } }
    package var isEmergency: Bool { basis == .emergency }

    package func holds(at now: Instant) -> Bool { now < until }
}
