import HTTP

// Rows R1 to R6: one resource, its versions, histories, raw content.
extension DecisionTable {
    private static let representation: Set<String> = ["_format", "_pretty", "_summary", "_elements"]
    private static let history: Set<String> = ["_format", "_pretty", "_since", "_at", "_count", "_summary"]

    /// R1, R2: of a version, it is that version that counts, and nothing else.
    func read(
        _ type: String, _ id: String, version: String?, _ request: FHIRRequest
    ) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.read, on: type)
        if !seesEverything { try requireOnly(Self.representation, in: request.target.query, .read, on: type) }
        guard case .restricted(let grants) = rule else { return .handOff(.init(request.target)) }
        try requireJSON(request)
        try requireWithinReach(type, id, grants)
        return .relay(.read(type: type, id: id, version: version))
    }

    /// R3
    func instanceHistory(
        _ type: String, _ id: String, _ request: FHIRRequest
    ) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.read, on: type)
        if !seesEverything { try requireOnly(Self.history, in: request.target.query, .read, on: type) }
        guard case .restricted(let grants) = rule else { return .handOff(.init(request.target)) }
        try requireJSON(request)
        try requireWithinReach(type, id, grants)
        // What is looked at is the whole of each version.
        let query = Form(request.target.query.pairs.filter { ["_since", "_at", "_count"].contains($0.name) })
        return .relay(.history(type: type, id: id, request.target.with(query: query)))
    }

    /// R4
    func typeHistory(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        try requireUnrestricted(.search, on: type)
        if !seesEverything { try requireOnly(Self.history, in: request.target.query, .search, on: type) }
        return .handOff(.init(request.target))
    }

    /// R4
    func systemHistory(_ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard seesEverything else {
            throw .forbidden(
                "The history of everything needs a token for everything.", scope: access.scope(.search, on: nil))
        }
        return .handOff(.init(request.target))
    }

    /// R6
    func binary(_ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        if site.documentsOpenBinaries, access.rule(.read, on: "Binary") == .none,
            case .restricted = access.rule(.read, on: "DocumentReference")
        {
            try requireOnly(Self.representation, in: request.target.query, .read, on: "Binary")
            return .relay(.binary(id: id, request.target, .document))
        }
        let rule = try openRule(.read, on: "Binary")
        if !seesEverything { try requireOnly(Self.representation, in: request.target.query, .read, on: "Binary") }
        guard case .restricted(let grants) = rule else { return .handOff(.init(request.target)) }
        guard grants.contains(where: { $0.constraints.isEmpty }) else {
            throw .forbidden(
                "Raw content has no codes that a scope could match.", scope: access.scope(.read, on: "Binary"))
        }
        return .relay(.binary(id: id, request.target, .binary))
    }

    /// Nothing upstream needs to be asked about a patient that no grant reaches.
    private func requireWithinReach(_ type: String, _ id: String, _ grants: [AccessGrant]) throws(FHIRRefusal) {
        if type == "Patient", !grants.contains(where: { $0.reaches(patient: id) }) { throw .notFound }
    }
}
