import HTTP
import JSON

// Rows W1 to W6: create, update, patch, delete.
extension DecisionTable {
    private static let representation: Set<String> = ["_format", "_pretty", "_summary"]

    /// W1, W2
    func create(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.create, on: type)
        try requireOnly(Self.representation, in: request.target.query, .create, on: type)
        try requireHarmless(type, .create)
        let condition = try request.ifNoneExist.map { text throws(FHIRRefusal) in try self.condition(text, on: type) }
        let handOff = AccessDecision.HandOff(request.target, ifNoneExist: condition?.query.encoded)
        if rule == .unrestricted, seesEverything || type == "Binary" && !request.isResource { return .handOff(handOff) }
        guard !request.lacksBody else { return .needsBody }
        let draft = try ResourceDraft(request.document().root, of: type)
        try require(draft, by: rule, .create)
        guard case .restricted = rule else { return .handOff(handOff) }
        guard !draft.hasLabels else {
            throw .forbidden("Labels and tags are not set by this token.", scope: access.scope(.create, on: type))
        }
        guard let narrowing = condition?.narrowing else { return .handOff(handOff) }
        return .relay(.create(narrowing, handOff))
    }

    /// W3
    func update(_ type: String, _ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try changeRule(.update, type, request)
        let handOff = AccessDecision.HandOff(request.target, ifMatch: request.ifMatch)
        if rule == .unrestricted, seesEverything || type == "Binary" && !request.isResource { return .handOff(handOff) }
        guard !request.lacksBody else { return .needsBody }
        let draft = try ResourceDraft(request.document().root, of: type, id: id)
        try require(draft, by: rule, .update)
        guard case .restricted = rule else { return .handOff(handOff) }
        return change(.update, type, id, draft, request)
    }

    /// W4
    func patch(_ type: String, _ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try changeRule(.update, type, request)
        if rule == .unrestricted, seesEverything {
            return .handOff(.init(request.target, ifMatch: request.ifMatch))
        }
        var grants: [AccessGrant] = []
        if case .restricted(let some) = rule { grants = some }
        if rule != .unrestricted { try requireWritable(type, by: grants, .update) }
        guard !request.lacksBody else { return .needsBody }
        let patch = try JSONPatch(request.patchDocument())
        let written = WrittenReferences(in: patch.document.root, isPatch: true)
        let constrained = Set(grants.flatMap(\.constraints).map(\.parameter))
        let isSound =
            rule == .unrestricted
            || patch.keeps(Self.protected(of: type, constrainedBy: constrained))
                && isWithinReach(written.patients, of: grants) && (written.binaries.isEmpty || readsEveryBinary)
        guard isSound, !written.hasSearch else {
            throw .forbidden(
                "A patch of this token must not touch what says whose the resource is.",
                scope: access.scope(.update, on: type))
        }
        // RFC 6902 §4.6: whether a value is there is an answer.
        guard !patch.tests || access.rule(.read, on: type) != .none else {
            throw .forbidden("A token that does not read does not test.", scope: access.scope(.read, on: type))
        }
        guard case .restricted = rule else { return .handOff(.init(request.target, ifMatch: request.ifMatch)) }
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
        try requireHarmless(type, letter)
        let handOff = AccessDecision.HandOff(request.target, ifMatch: request.ifMatch)
        guard letter == .update, !seesEverything else { return .handOff(handOff) }
        guard !request.lacksBody else { return .needsBody }
        let isPatch = request.method == .patch
        let document = isPatch ? try request.patchDocument() : try request.document()
        guard !WrittenReferences(in: document.root, isPatch: isPatch).hasSearch else {
            throw .forbidden(
                "A reference says which resource it means, and is no search.", scope: access.scope(letter, on: type))
        }
        return .handOff(handOff)
    }
}

extension DecisionTable {
    private func changeRule(
        _ letter: Permissions, _ type: String, _ request: FHIRRequest
    ) throws(FHIRRefusal) -> AccessRule {
        let rule = try rule(letter, on: type)
        try requireOnly(Self.representation, in: request.target.query, letter, on: type)
        try requireHarmless(type, letter)
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
                    isBlind: letter == .update && access.rule(.read, on: type) == .none,
                    readsEveryBinary: readsEveryBinary,
                    handOff: .init(request.target, ifMatch: request.ifMatch))))
    }

    /// What makes a FHIR server send data elsewhere, or search in another way, is for those who see everything.
    private static let steering: Set<String> = [
        "CompartmentDefinition", "GraphDefinition", "OperationDefinition", "SearchParameter", "Subscription",
    ]

    private func requireHarmless(_ type: String, _ letter: Permissions) throws(FHIRRefusal) {
        guard seesEverything || !Self.steering.contains(type) else {
            throw .forbidden("This type is written by a token for everything.", scope: access.scope(letter, on: nil))
        }
    }

    private var readsEveryBinary: Bool { access.rule(.read, on: "Binary") == .unrestricted }

    /// W2: a condition is a search, and finds nothing that the token could not.
    private func condition(
        _ text: String, on type: String
    ) throws(FHIRRefusal) -> (query: Form, narrowing: SearchNarrowing?) {
        let rule = try rule(.search, on: type)
        guard let query = try? Form(text) else {
            throw .malformed("If-None-Exist is the query of a search and goes with a create.")
        }
        try FHIRTarget.check(query)
        guard query.pairs.allSatisfy({ SearchParameter($0.name, $0.value)?.kind == .plain }) else {
            throw .forbidden(
                "A condition of a create is made of plain search parameters.", scope: access.scope(.search, on: type))
        }
        guard rule != .unrestricted else { return (query, nil) }
        let narrowing = try SearchNarrowing(
            type, query, rule: rule, for: access, references: references, server: server)
        guard narrowing.isComplete, !narrowing.countsOnly else {
            throw .forbidden(
                "A condition would tell more than this token may see.", scope: access.scope(.search, on: type))
        }
        return (narrowing.query, narrowing)
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
        _ draft: ResourceDraft, by rule: AccessRule, _ letter: Permissions
    ) throws(FHIRRefusal) {
        let scope = access.scope(letter, on: draft.type)
        guard !draft.written.hasSearch else {
            throw .forbidden("A reference says which resource it means, and is no search.", scope: scope)
        }
        guard case .restricted(let grants) = rule else { return }
        try requireWritable(draft.type, by: grants, letter)
        let visibility = Visibility(access, references: references)
        let isAdmitted = grants.contains { grant in
            visibility.admits(draft.resource, of: draft.type, by: grant)
                && isWithinReach(draft.written.patients, of: [grant])
        }
        // What a document points to counts as the patient's, so an update keeps what was there (`ResourceDraft.keepsProtected`).
        guard isAdmitted, draft.written.binaries.isEmpty || readsEveryBinary || letter == .update else {
            throw .forbidden(
                "What is written must be about this token's patient, within its scopes, and name no other.",
                scope: scope)
        }
    }

    /// Whether no patient is named but those that the grants reach.
    private func isWithinReach(_ named: Set<String>, of grants: [AccessGrant]) -> Bool {
        guard grants.allSatisfy({ named.isDisjoint(with: $0.excluded.patients) }) else { return false }
        let reached = grants.compactMap { if case .patients(let ids) = $0.reach { ids } else { nil } }
        return reached.isEmpty || named.isSubset(of: reached.reduce(into: Set<String>()) { $0.formUnion($1) })
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
