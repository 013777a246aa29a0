import HTTP

// Rows W1 to W5: create, update, patch, delete.
extension DecisionTable {
    private static let representation: Set<String> = ["_format", "_pretty", "_summary"]

    func write(
        _ letter: Permissions, _ type: String, _ request: FHIRRequest
    ) throws(FHIRRefusal) -> AccessDecision {
        try requireUnrestricted(letter, on: type)
        try requireOnly(Self.representation, in: request.target.query, letter, on: type)
        // W2: a condition is a search.
        if let condition = request.ifNoneExist {
            try requireUnrestricted(.search, on: type)
            guard letter == .create, let query = try? Form(condition) else {
                throw .malformed("If-None-Exist is the query of a search and goes with a create.")
            }
            try requireContained(query, on: type)
            return .handOff(.init(request.target, ifNoneExist: query.encoded))
        }
        return .handOff(.init(request.target, ifMatch: request.ifMatch))
    }
}
