import HTTP

// Rows S1 to S6: searches and their pages.
extension DecisionTable {
    /// S1, S2
    func search(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.search, on: type)
        if seesEverything { return .handOff(.init(request.target)) }
        guard !request.lacksBody else { return .needsBody }
        // Also where the whole type may be seen: a server's own links to later pages do not say of which type they are.
        return try narrowed(type, request.searchParameters(), rule, of: nil, at: [type], request)
    }

    /// S3, S4
    func compartmentSearch(_ path: CompartmentPath, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard let type = path.type else {
            guard seesEverything else {
                throw .forbidden(
                    "A search of every type needs a token for every type.", scope: access.scope(.search, on: nil))
            }
            return .handOff(.init(request.target))
        }
        let rule = try rule(.search, on: type)
        if seesEverything { return .handOff(.init(request.target)) }
        guard !request.lacksBody else { return .needsBody }
        let parameters = try request.searchParameters()
        // A server answers differently for an owner that is not there: who asks must be one to know.
        if access.rule([.read, .search], on: path.owner) == .unrestricted, isContained(parameters, rule, request) {
            return .handOff(.init(request.target))
        }
        guard path.owner == "Patient" else {
            throw .forbidden(
                "This compartment is not available to this token.", scope: access.scope(.search, on: type))
        }
        guard Compartment.of(type)?.parameter != nil else {
            throw .malformed("Resources of this type are in no patient's compartment.")
        }
        // Our own narrowing, and not the server's idea of the compartment.
        return try narrowed(type, parameters, rule, of: path.id, at: [type], request)
    }

    /// O3, and what the rows above have in common.
    func narrowed(
        _ type: String, _ parameters: Form, _ rule: AccessRule, of patient: String?, at path: [String],
        _ request: FHIRRequest
    ) throws(FHIRRefusal) -> AccessDecision {
        try requireJSON(request)
        let isForm = request.method == .post
        let narrowing = try SearchNarrowing(
            type, parameters, rule: rule, of: patient, isForm: isForm, for: access, references: references,
            server: server)
        return .relay(.search(narrowing, FHIRTarget(isForm ? path + ["_search"] : path)))
    }

    /// S5
    func systemSearch(_ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        guard !seesEverything else { return .handOff(.init(request.target)) }
        let query = request.target.query
        let types = query.values("_type").flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard request.method != .post, types.count > 0, query.pairs.filter({ $0.name == "_type" }).count == 1 else {
            throw .forbidden(
                "A search of every type needs a token for every type.", scope: access.scope(.search, on: nil))
        }
        let rest = Form(query.pairs.filter { $0.name != "_type" })
        for type in types {
            try requireUnrestricted(.search, on: String(type))
            try requireContained(rest, on: String(type))
        }
        try requireJSON(request)
        // Looked at all the same: a server may pass over _type.
        return .relay(.collection(request.target.with(query: Form(query.pairs.filter { $0.name != "_format" }))))
    }

    /// S6: checked like the first page, by the scopes of now.
    func laterPage(_ text: String) throws(FHIRRefusal) -> AccessDecision {
        guard let link = page(text) else {
            throw FHIRRefusal(404, .notFound, "This page link has expired or is not for this token.")
        }
        switch link.content {
        case .search(let type): _ = try rule(.search, on: type)
        case .history(let type, _): _ = try rule(.read, on: type)
        case .collection: break
        }
        return .relay(.page(link))
    }

    /// Where a FHIR server's own links to later pages say which page.
    private static let paging: Set<String> = ["_offset", "_skip", "_page_token", "_getpagesoffset"]

    /// A search that no check follows must not draw in other types, or tell by its hits what they hold.
    func requireContained(_ query: Form, on type: String) throws(FHIRRefusal) {
        guard isContained(query) else {
            throw .forbidden(
                "A search parameter of this request is not available to a token that does not cover every type.",
                scope: access.scope(.search, on: nil))
        }
    }

    /// Whether the web server may send it as it is: a form goes out as it came, and two readers could read two things in it.
    private func isContained(_ parameters: Form, _ rule: AccessRule, _ request: FHIRRequest) -> Bool {
        rule == .unrestricted && request.method != .post && isContained(parameters)
    }

    private func isContained(_ query: Form) -> Bool {
        seesEverything
            || query.pairs.allSatisfy {
                Self.paging.contains($0.name) || SearchParameter($0.name, $0.value)?.kind == .plain
            }
    }
}
