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
    /// What patients do not let this app have, of the type that was asked about.
    package var excluded = Exclusions()
}

extension AccessGrant {
    /// Whether the Patient resource of this id is within reach.
    func reaches(patient id: String) -> Bool {
        guard !excluded.patients.contains(id) else { return false }
        return switch reach {
        case .everyone: true
        case .patients(let ids): ids.contains(id)
        case .instance(let own): own == id
        }
    }
}

extension AccessGrant {
    /// The same for one type of which some is denied; `nil` where nothing is left within reach.
    func without(_ exclusions: Exclusions, on type: String) -> AccessGrant? {
        guard !exclusions.isEmpty else { return self }
        var excluded = exclusions
        var reach = reach
        switch self.reach {
        case .everyone: break
        case .patients(let ids):
            let left = ids.subtracting(exclusions.patients)
            guard !left.isEmpty else { return nil }
            reach = .patients(left)
            // Who denies is out of reach, but for what is shown to each of several patients: it names the others too.
            let isShared = Compartment.of(type)?.naming == .severalPatients
            excluded = Exclusions(
                patients: isShared ? exclusions.patients : [],
                parts: exclusions.parts.filter { isShared || left.contains($0.key) })
        case .instance(let own):
            guard type == "Patient" else { return self }
            guard !exclusions.patients.contains(own) else { return nil }
        }
        return AccessGrant(
            reach: reach, type: self.type, permissions: permissions, constraints: constraints, excluded: excluded)
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
