// Rows R1 to R6: one resource, its versions, histories.
extension DecisionTable {
    private static let representation: Set<String> = ["_format", "_pretty", "_summary", "_elements"]
    private static let history: Set<String> = ["_format", "_pretty", "_since", "_at", "_count", "_summary"]

    /// R1
    func read(_ type: String, _ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.read, on: type)
        if !seesEverything { try requireOnly(Self.representation, in: request.target.query, .read, on: type) }
        guard case .restricted(let grants) = rule else { return .handOff(.init(request.target)) }
        try requireJSON(request)
        // Nothing upstream needs to be asked about a patient that no grant reaches.
        if type == "Patient", !grants.contains(where: { $0.reaches(patient: id) }) { throw .notFound }
        return .relay(.read(type: type, id: id))
    }

    /// R2, R3
    func versions(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        try requireUnrestricted(.read, on: type)
        if !seesEverything { try requireOnly(Self.history, in: request.target.query, .read, on: type) }
        return .handOff(.init(request.target))
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

    /// What is checked is JSON, and so is what comes of it.
    func requireJSON(_ request: FHIRRequest) throws(FHIRRefusal) {
        guard request.takesJSON else {
            throw FHIRRefusal(406, .notSupported, "This token gets JSON: ask for application/fhir+json.")
        }
    }
}
