import HTTP
import JSON

// Rows W1 to W6: create, update, patch, delete.
extension DecisionTable {
    private static let representation: Set<String> = ["_format", "_pretty", "_summary"]

    /// W1, W2
    func create(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.create, on: type)
        try requireOnly(Self.representation, in: request.target.query, .create, on: type)
        let condition = try request.ifNoneExist.map { text throws(FHIRRefusal) in try self.condition(text, on: type) }
        guard case .restricted(let grants) = rule else {
            return .handOff(.init(request.target, ifNoneExist: condition))
        }
        guard !request.lacksBody else { return .needsBody }
        let draft = try ResourceDraft(request.document().root, of: type)
        try require(draft, by: grants, .create)
        guard !draft.hasLabels else {
            throw .forbidden("Labels and tags are not set by this token.", scope: access.scope(.create, on: type))
        }
        return .handOff(.init(request.target, ifNoneExist: condition))
    }

    /// W3
    func update(_ type: String, _ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try changeRule(.update, type, request)
        guard case .restricted(let grants) = rule else {
            return .handOff(.init(request.target, ifMatch: request.ifMatch))
        }
        guard !request.lacksBody else { return .needsBody }
        let draft = try ResourceDraft(request.document().root, of: type, id: id)
        try require(draft, by: grants, .update)
        return change(.update, type, id, draft, request)
    }

    /// W4
    func patch(_ type: String, _ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try changeRule(.update, type, request)
        guard case .restricted(let grants) = rule else {
            return .handOff(.init(request.target, ifMatch: request.ifMatch))
        }
        try requireWritable(type, by: grants, .update)
        guard !request.lacksBody else { return .needsBody }
        let patch = try JSONPatch(request.patchDocument())
        let constrained = Set(grants.flatMap(\.constraints).map(\.parameter))
        guard patch.keeps(Self.protected(of: type, constrainedBy: constrained)),
            !writesOfOthers(patch.document.root, by: grants, isPatch: true)
        else {
            throw .forbidden(
                "A patch of this token must not touch what says whose the resource is.",
                scope: access.scope(.update, on: type))
        }
        return change(.update, type, id, nil, request)
    }

    /// W5
    func delete(_ type: String, _ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try changeRule(.delete, type, request)
        guard case .restricted(let grants) = rule else {
            return .handOff(.init(request.target, ifMatch: request.ifMatch))
        }
        guard type != "Patient" else {
            throw .forbidden("A patient is not deleted by this token.", scope: access.scope(.delete, on: type))
        }
        try requireWritable(type, by: grants, .delete)
        return change(.delete, type, id, nil, request)
    }

    /// W6: for a token that may not search everything, what a condition finds cannot be known before it is changed.
    func conditionalChange(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let letter: Permissions = request.method == .delete ? .delete : .update
        try requireUnrestricted(letter, on: type)
        try requireUnrestricted(.search, on: type)
        try requireContained(request.target.query, on: type)
        return .handOff(.init(request.target, ifMatch: request.ifMatch))
    }
}

extension DecisionTable {
    private func changeRule(
        _ letter: Permissions, _ type: String, _ request: FHIRRequest
    ) throws(FHIRRefusal) -> AccessRule {
        let rule = try rule(letter, on: type)
        try requireOnly(Self.representation, in: request.target.query, letter, on: type)
        guard request.ifNoneExist == nil else {
            throw .malformed("If-None-Exist is the query of a search and goes with a create.")
        }
        return rule
    }

    private func change(
        _ letter: Permissions, _ type: String, _ id: String, _ draft: ResourceDraft?, _ request: FHIRRequest
    ) -> AccessDecision {
        .relay(
            .change(
                GuardedChange(
                    letter: letter, type: type, id: id, draft: draft,
                    handOff: .init(request.target, ifMatch: request.ifMatch))))
    }

    /// W2: a condition is a search, and finds nothing that the token could not.
    private func condition(_ text: String, on type: String) throws(FHIRRefusal) -> String {
        let rule = try rule(.search, on: type)
        guard let query = try? Form(text) else {
            throw .malformed("If-None-Exist is the query of a search and goes with a create.")
        }
        try FHIRTarget.check(query)
        guard query.pairs.allSatisfy({ SearchParameter($0.name, $0.value)?.kind == .plain }) else {
            throw .forbidden(
                "A condition of a create is made of plain search parameters.", scope: access.scope(.search, on: type))
        }
        guard rule != .unrestricted else { return query.encoded }
        let narrowing = try SearchNarrowing(
            type, query, rule: rule, for: access, references: references, server: server)
        guard narrowing.isComplete, !narrowing.countsOnly else {
            throw .forbidden(
                "A condition would tell more than this token may see.", scope: access.scope(.search, on: type))
        }
        return narrowing.query.encoded
    }

    /// Types whose instances say whose they are; the others are everybody's, and not for a token of some patients to write.
    private func requireWritable(
        _ type: String, by grants: [AccessGrant], _ letter: Permissions
    ) throws(FHIRRefusal) {
        let kind = Compartment.of(type)?.kind
        let isWritable = grants.contains { grant in
            switch grant.reach {
            case .everyone: true
            case .patients: kind == .member || kind == .conditional || kind == .root && letter.contains(.update)
            case .instance: false
            }
        }
        guard isWritable else {
            throw .forbidden("This token does not write this type.", scope: access.scope(letter, on: type))
        }
    }

    /// Whether the resource, as it is to become, is what the token may write.
    func require(
        _ draft: ResourceDraft, by grants: [AccessGrant], _ letter: Permissions
    ) throws(FHIRRefusal) {
        try requireWritable(draft.type, by: grants, letter)
        let visibility = Visibility(access, references: references)
        let isAdmitted = grants.contains { grant in
            visibility.admits(draft.resource, of: draft.type, by: grant)
                && !writesOfOthers(draft.resource, by: [grant], isPatch: false)
        }
        guard isAdmitted else {
            throw .forbidden(
                "What is written must be about this token's patient, within its scopes, and name no other.",
                scope: access.scope(letter, on: draft.type))
        }
    }

    /// Whether somewhere in what is written another patient is named, or a search stands in place of a reference.
    private func writesOfOthers(_ value: JSONValue, by grants: [AccessGrant], isPatch: Bool) -> Bool {
        let reached = grants.compactMap { if case .patients(let ids) = $0.reach { ids } else { nil } }
        guard !reached.isEmpty else { return false }
        let patients = reached.reduce(into: Set<String>()) { $0.formUnion($1) }
        return value.contains { name, text in
            guard isPatch || name == "reference" else { return false }
            if name == "reference", text.contains("?") { return true }
            guard case .local("Patient", let id) = references.read(text) else { return false }
            return !patients.contains(id)
        }
    }

    /// The elements that say what a resource is, whose it is, and under which scope.
    private static func protected(of type: String, constrainedBy parameters: Set<String>) -> Set<String> {
        let places = Compartment.of(type)?.paths ?? []
        let constraints = parameters.compactMap { GranularParameter.path($0, of: type) }
        return Set((places + constraints).compactMap(\.first)).union([
            "resourceType", "id", "meta", "contained", "link",
        ])
    }
}

extension JSONValue {
    /// Whether a text somewhere inside answers to this; the name is of the member that holds it.
    fileprivate func contains(named name: String = "", _ condition: (_ name: String, _ text: String) -> Bool) -> Bool {
        switch kind {
        case .object: members.contains { $0.value.contains(named: $0.name, condition) }
        case .array: elements.contains { $0.contains(named: name, condition) }
        case .string: string.map { condition(name, $0) } == true
        case .number, .boolean, .null: false
        }
    }
}
