/// What a request reads, as far as its address tells: for the accounting of disclosures.
extension FHIRRequest {
    package enum Reading: Sendable, Equatable {
        case read, search, history, operation, export
    }

    /// `nil` for what gives nothing out: changes, capabilities, terminology.
    package var reading: Reading? {
        switch interaction {
        case .read, .versionRead: .read
        case .search, .compartmentSearch, .systemSearch, .page: .search
        case .instanceHistory, .typeHistory, .systemHistory: .history
        case .operation(let operation):
            operation.name == "export" ? .export : operation.type.map(Self.isAboutPeople) == true ? .operation : nil
        case .export: .export
        case .bundle: .operation
        case .capabilities, .create, .update, .patch, .delete, .conditionalChange, nil: nil
        }
    }

    private static func isAboutPeople(_ type: String) -> Bool { Compartment.of(type)?.isImpersonal != true }

    /// The one type that the address speaks of.
    package var namedType: String? {
        switch interaction {
        case .read(let type, _), .versionRead(let type, _, _), .instanceHistory(let type, _), .typeHistory(let type),
            .search(let type):
            type
        case .compartmentSearch(let path): path.type
        default: nil
        }
    }

    /// The one patient that the address speaks of.
    package var namedPatient: String? {
        switch interaction {
        case .read("Patient", let id), .versionRead("Patient", let id, _), .instanceHistory("Patient", let id):
            return id
        case .compartmentSearch(let path): return path.owner == "Patient" ? path.id : nil
        case .operation(let operation): return operation.type == "Patient" ? operation.id : nil
        case .search("Patient"):
            return Self.id(target.query.values("_id"))
        case .search:
            let named = target.query.values("patient") + target.query.values("subject")
            return Self.id(named.map { $0.hasPrefix("Patient/") ? String($0.dropFirst(8)) : $0 })
        default: return nil
        }
    }

    private static func id(_ values: [String]) -> String? {
        guard values.count == 1, let id = values.first, ResourceID.isValid(id) else { return nil }
        return id
    }
}

extension TokenAccess {
    /// The one patient whose record this token reaches; `nil` where it reaches others, or none.
    package var solePatient: String? {
        guard let patients = grants.patients, patients.count == 1 else { return nil }
        return patients.first
    }
}
