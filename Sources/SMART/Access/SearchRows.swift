import HTTP

// Rows S1 to S6: searches and their pages.
extension DecisionTable {
    /// S1
    func search(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard case .restricted(let grants) = try rule(.search, on: type) else {
            try requireContained(request.target.query, on: type)
            return .handOff(.init(request.target))
        }
        try requireJSON(request)
        let scope = access.scope(.search, on: type)
        guard let compartment = Compartment.of(type) else {
            throw .forbidden("Resources of this type are not available to this token.", scope: scope)
        }
        return .relay(
            .search(
                try SearchNarrowing(
                    type, compartment, request.target.query, for: grants, scope: scope, references: references)))
    }

    /// S2: parameters in the body are handed off only where no parameter could show too much.
    func formSearch(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        try requireUnrestricted(.search, on: type)
        guard seesEverything else {
            throw .forbidden("This token searches by GET.", scope: access.scope(.search, on: nil))
        }
        return .handOff(.init(request.target))
    }

    /// S3, S4
    func compartmentSearch(_ type: String?, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard let type else {
            guard seesEverything else {
                throw .forbidden(
                    "A search of every type needs a token for every type.", scope: access.scope(.search, on: nil))
            }
            return .handOff(.init(request.target))
        }
        try requireUnrestricted(.search, on: type)
        try requireContained(request.target.query, on: type)
        return .handOff(.init(request.target))
    }

    /// S5
    func systemSearch(_ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard !seesEverything else { return .handOff(.init(request.target)) }
        let query = request.target.query
        let types = query.values("_type").flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard types.count > 0, query.pairs.filter({ $0.name == "_type" }).count == 1 else {
            throw .forbidden(
                "A search of every type needs a token for every type.", scope: access.scope(.search, on: nil))
        }
        let rest = Form(query.pairs.filter { $0.name != "_type" })
        for type in types {
            try requireUnrestricted(.search, on: String(type))
            try requireContained(rest, on: String(type))
        }
        return .handOff(.init(request.target))
    }

    /// S6: checked like the first page, by the scopes of now.
    func laterPage(_ text: String) throws(FHIRRefusal) -> AccessDecision {
        guard let link = page(text) else {
            throw FHIRRefusal(404, .notFound, "This page link has expired or is not for this token.")
        }
        _ = try rule(.search, on: link.type)
        return .relay(.page(link))
    }

    /// Where a FHIR server's own links to later pages say which page.
    private static let paging: Set<String> = ["_offset", "_skip", "_page_token", "_getpagesoffset"]

    /// A search that no check follows must not draw in other types, or tell by its hits what they hold.
    func requireContained(_ query: Form, on type: String) throws(FHIRRefusal) {
        guard !seesEverything else { return }
        guard query.pairs.allSatisfy({ Self.paging.contains($0.name) || SearchParameter($0.name, $0.value) != nil })
        else {
            throw .forbidden(
                "A search parameter of this request is not available to a token that does not cover every type.",
                scope: access.scope(.search, on: nil))
        }
    }
}
