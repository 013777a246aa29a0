import HTTP

// Rows X1 and X2: bulk export, and where it goes on (HL7 Bulk Data Access).
extension DecisionTable {
    /// X1
    func beginExport(_ operation: FHIROperation, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rights = access.export
        guard !rights.isDenied(Set(Self.levels(operation))) else { throw .deniedInExport }
        guard !rights.isEmpty, Self.levels(operation).allSatisfy({ rights.covers($0) }) else {
            throw .forbidden(
                "An export needs system/ scopes for whole types.",
                scope: ClinicalScope(.system, Self.levels(operation).first, [.read, .search]).spelling)
        }
        guard request.prefer?.split(separator: ",").contains(where: { $0.contains("respond-async") }) == true else {
            throw .malformed("An export is asked for with Prefer: respond-async.")
        }
        guard !request.lacksBody else { return .needsBody }
        var names: Set<String> = ["_outputFormat", "_since", "_until", "_type", "_typeFilter", "_elements"]
        if rights.isUnlimited {
            names.formUnion(["includeAssociatedData", "organizeOutputBy", "allowPartialManifests", "patient"])
        }
        let query = try parameters(of: request, names, on: operation.type ?? "Patient")

        var types: Set<String>?
        let lists = query.pairs.filter { $0.name == "_type" }.map(\.value)
        if !lists.isEmpty {
            types = Set(lists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) })
        }
        var pairs = query.pairs.filter { $0.name != "_type" }
        if let types {
            guard types.allSatisfy({ ResourceType.isKnown($0) }) else { throw .malformed("_type names FHIR types.") }
            guard !rights.isDenied(types) else { throw .deniedInExport }
            guard rights.covers(types) else {
                throw .forbidden(
                    "The token's scopes do not cover every type of this export.",
                    scope: ClinicalScope(.system, types.sorted().first { !rights.covers($0) }, [.read, .search])
                        .spelling)
            }
            pairs.append(("_type", types.sorted().joined(separator: ",")))
        } else if rights.isDenied(nil) {
            throw .deniedInExport
        } else if let asked = rights.asked {
            types = Set(asked)
            pairs.append(("_type", asked.joined(separator: ",")))
        }
        for filter in query.values("_typeFilter") { try require(filter, within: rights) }
        return .relay(.export(FHIRTarget(request.target.segments, query: Form(pairs)), types))
    }

    /// X2
    func continueExport(_ text: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard let link = export(text) else {
            throw FHIRRefusal(404, .notFound, "There is no such export for this client.")
        }
        guard !access.export.isDenied(link.types) else { throw .deniedInExport }
        guard access.export.covers(link.types) else {
            throw .forbidden(
                "The token's scopes do not cover this export.",
                scope: ClinicalScope(
                    .system, link.types?.sorted().first { !access.export.covers($0) }, [.read, .search]
                )
                .spelling)
        }
        switch (link.kind, request.method) {
        case (.status, .get): return .relay(.exportStatus(link))
        case (.status, .delete), (.file, .get), (.file, .head): return .handOff(.init(link.target))
        default: throw .malformed("This is not how an export goes on.")
        }
    }

    /// The types whose instances are exported through.
    private static func levels(_ operation: FHIROperation) -> [String] {
        switch operation.type {
        case "Group": ["Group", "Patient"]
        case let type?: [type]
        case nil: []
        }
    }

    /// A filter is a search of a type, which must tell of nothing else.
    private func require(_ filter: String, within rights: ExportRights) throws(FHIRRefusal) {
        guard !rights.isUnlimited else { return }
        let halves = filter.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let query = try? Form(String(halves[1])) else {
            throw .malformed("_typeFilter is written as Type?parameter=value.")
        }
        guard rights.covers(String(halves[0])),
            query.pairs.allSatisfy({ SearchParameter($0.name, $0.value)?.kind == .plain && !$0.value.contains("?") })
        else {
            throw .forbidden(
                "A filter of this export is not available to this token.",
                scope: ClinicalScope(.system, nil, [.read, .search]).spelling)
        }
    }
}

extension FHIRRefusal {
    /// A file is written by the FHIR server, and nobody here looks into it.
    fileprivate static var deniedInExport: FHIRRefusal {
        FHIRRefusal(
            403, .forbidden,
            "Some patients do not let this app have all of this, and an export cannot leave it out. Ask for other types."
        )
    }
}
