/// Which patients a user may see at all, whatever an app asks for: the administrator's word, kept with the account.
package enum UserAccess: Sendable, Hashable, CustomStringConvertible {
    case all
    /// Nobody. What an account has that nobody decided about.
    case none
    /// These patients' compartments.
    case patients(Set<String>)

    /// Reads `all`, `none` or `patients:ID[,ID]`.
    package init?(_ text: String) {
        switch text {
        case "all": self = .all
        case "none": self = .none
        default:
            guard text.hasPrefix("patients:") else { return nil }
            let ids = text.dropFirst("patients:".count).split(separator: ",", omittingEmptySubsequences: false)
            guard !ids.isEmpty, ids.allSatisfy({ ResourceID.isValid($0) }) else { return nil }
            self = .patients(Set(ids.map(String.init)))
        }
    }

    package var description: String {
        switch self {
        case .all: "all"
        case .none: "none"
        case .patients(let ids): "patients:\(ids.sorted().joined(separator: ","))"
        }
    }

    /// What holds for a user: a patient always sees the own compartment and no other.
    package func limited(to user: FHIRUser?) -> UserAccess {
        user?.ownPatient.map { .patients([$0]) } ?? self
    }

    /// With these patients too.
    package func adding(_ patients: [String]) -> UserAccess {
        switch self {
        case .all: .all
        case .none: patients.isEmpty ? .none : .patients(Set(patients))
        case .patients(let ids): .patients(ids.union(patients))
        }
    }

    package func includes(patient id: String) -> Bool {
        switch self {
        case .all: true
        case .none: false
        case .patients(let ids): ids.contains(id)
        }
    }
}
