import JSON

/// Which resources of an answer a token may see: the one rule that every checked answer passes.
package struct Visibility: Sendable {
    private let access: TokenAccess
    private let references: FHIRReferenceReader

    package init(_ access: TokenAccess, references: FHIRReferenceReader) {
        self.access = access
        self.references = references
    }

    /// Nothing yet.
    var connections: IncludeConnections { IncludeConnections(references) }

    /// Whether some grant with one of these letters reaches the resource.
    ///
    /// `companions` are the resources already found visible in the same answer, as `Type/id`.
    package func shows(_ resource: JSONValue, by letters: Permissions, beside companions: Set<String> = []) -> Bool {
        guard let type = resource["resourceType"]?.string else { return false }
        switch access.rule(letters, on: type) {
        case .none: return false
        case .unrestricted: return true
        case .restricted(let grants):
            guard let compartment = Compartment.of(type) else { return false }
            return grants.contains { grant in
                reaches(grant.reach, resource, compartment, companions)
                    && grant.constraints.allSatisfy { $0.matches(resource, of: type) }
                    && !isExcluded(resource, of: type, compartment, by: grant.excluded, companions)
            }
        }
    }
}

extension Visibility {
    /// Whether a reference names a patient that some grant reaches which opens raw content so.
    package func isOwn(_ reference: JSONValue, _ content: RawContent) -> Bool {
        guard let id = reference["reference"]?.string.flatMap({ FHIRReference.id(of: $0, "Patient", by: references) })
        else { return false }
        return access.reaches(patient: id, content)
    }

    /// Whether some grant with one of these letters lets the resource be changed: what is nobody's is seen, and not changed.
    package func admitsChange(of resource: JSONValue, by letters: Permissions) -> Bool {
        guard let type = resource["resourceType"]?.string else { return false }
        return switch access.rule(letters, on: type) {
        case .none: false
        case .unrestricted: true
        case .restricted(let grants): grants.contains { admits(resource, of: type, by: $0) }
        }
    }

    /// Whether a grant lets a resource be like this after a write: about a patient that it reaches, and within its constraints.
    func admits(_ resource: JSONValue, of type: String, by grant: AccessGrant) -> Bool {
        guard let compartment = Compartment.of(type) else { return false }
        let isReached =
            switch grant.reach {
            case .everyone: true
            // Whoever writes says whose it is: equipment that nobody has is the hospital's.
            case .patients: compartment.namesPatient(resource) && reaches(grant.reach, resource, compartment, [])
            case .instance: false
            }
        return isReached && grant.constraints.allSatisfy { $0.matches(resource, of: type) }
            && !isExcluded(resource, of: type, compartment, by: grant.excluded, [])
    }

    /// Whether a patient who denies this to the app has to be taken for one whom the resource is about. Where it cannot be told
    /// whose it is, it could be anybody's.
    private func isExcluded(
        _ resource: JSONValue, of type: String, _ compartment: Compartment, by excluded: Exclusions,
        _ companions: Set<String>
    ) -> Bool {
        guard !excluded.isEmpty else { return false }
        func isDenied(_ patient: String?) -> Bool {
            patient.map { excluded.cover(resource, of: type, about: $0) } ?? excluded.cover(resource, of: type)
        }
        switch compartment.kind {
        case .shared, .definitional: return false
        case .binary, .denied: return isDenied(nil)
        case .root: return isDenied(resource["id"]?.string)
        case .member, .conditional:
            let named = compartment.paths.flatMap { resource.values(at: $0) }
            return named.contains { element in
                guard let text = element["reference"]?.string, case .local(let type, let id) = references.read(text)
                else { return isDenied(nil) }
                if type == "Patient" { return isDenied(id) }
                switch compartment.naming {
                case .onePatient, .severalPatients: return false
                // What these are about is what the resource is about.
                case .targets, .lists:
                    return Compartment.of(type)?.isImpersonal != true && !companions.contains("\(type)/\(id)")
                        && isDenied(nil)
                }
            }
        }
    }

    private func reaches(
        _ reach: AccessGrant.Reach, _ resource: JSONValue, _ compartment: Compartment, _ companions: Set<String>
    ) -> Bool {
        switch reach {
        case .everyone: return true
        case .instance(let id): return resource["id"]?.equals(id) == true
        case .patients(let patients):
            guard !compartment.isClosed else { return false }
            return switch compartment.kind {
            case .root: resource["id"]?.string.map { patients.contains($0) } == true
            case .member, .conditional: isAbout(patients, resource, compartment, companions)
            case .shared, .definitional: true
            case .binary, .denied: false
            }
        }
    }

    private func isAbout(
        _ patients: Set<String>, _ resource: JSONValue, _ compartment: Compartment, _ companions: Set<String>
    ) -> Bool {
        let named = compartment.paths.flatMap { resource.values(at: $0) }
        // A device that nobody has is equipment.
        if compartment.kind == .conditional, named.isEmpty, resource["resourceType"]?.equals("Device") == true {
            return resource["patient"] == nil
        }
        let standings = named.map { standing(of: $0, patients) }
        switch compartment.naming {
        case .onePatient:
            return standings.contains(.own) && standings.allSatisfy { $0 == .own || $0.isNobody }
        case .severalPatients:
            return standings.contains(.own)
        case .targets:
            // Every target must be visible, and not only because it is nobody's.
            return standings.contains { $0 == .own || $0.isAmong(companions) && !$0.isImpersonal }
                && standings.allSatisfy { $0 == .own || $0.isImpersonal || $0.isAmong(companions) }
        case .lists:
            return false
        }
    }

    private func standing(of element: JSONValue, _ patients: Set<String>) -> Standing {
        guard let text = element["reference"]?.string, case .local(let type, let id) = references.read(text) else {
            return .unclear
        }
        guard type == "Patient" else { return .resource(type: type, id: id) }
        return patients.contains(id) ? .own : .otherPatient
    }
}

/// What a reference is to the patients of a token.
private enum Standing: Equatable {
    case own
    case otherPatient
    case resource(type: String, id: String)
    case unclear

    /// Proven to be no patient.
    var isNobody: Bool { if case .resource = self { true } else { false } }

    var isImpersonal: Bool {
        if case .resource(let type, _) = self { Compartment.of(type)?.isImpersonal == true } else { false }
    }

    func isAmong(_ companions: Set<String>) -> Bool {
        if case .resource(let type, let id) = self { companions.contains("\(type)/\(id)") } else { false }
    }
}
