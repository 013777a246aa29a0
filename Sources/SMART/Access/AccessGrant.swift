/// One scope joined with whom it reaches: a patient, a user's patients, everybody.
package struct AccessGrant: Sendable, Equatable {
    package enum Reach: Sendable, Equatable {
        case everyone
        /// These patients' compartments and what belongs to nobody.
        case patients(Set<String>)
        /// One resource and no other.
        case instance(String)
    }

    package let reach: Reach
    /// `nil` for every type.
    package let type: String?
    package let permissions: Permissions
    package let constraints: [ScopeConstraint]
}

extension AccessGrant {
    /// Whether the Patient resource of this id is within reach.
    func reaches(patient id: String) -> Bool {
        switch reach {
        case .everyone: true
        case .patients(let ids): ids.contains(id)
        case .instance(let own): own == id
        }
    }
}

extension [AccessGrant] {
    /// Every patient that one of the grants reaches; `nil` where one reaches everybody.
    var patients: Set<String>? {
        var ids: Set<String> = []
        for grant in self {
            switch grant.reach {
            case .everyone: return nil
            case .patients(let more): ids.formUnion(more)
            case .instance: continue
            }
        }
        return ids
    }
}
