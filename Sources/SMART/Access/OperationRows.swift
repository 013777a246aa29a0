import HTTP
import JSON

// Rows O1 to O7, X1, X2: operations. What has no row is refused.
extension DecisionTable {
    func perform(_ operation: FHIROperation, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        switch (operation.name, operation.type, operation.id) {
        case ("everything", "Patient"?, let id?): return try everything(id, request)
        case ("docref", "DocumentReference"?, nil): return try documents(request)
        case ("lastn", "Observation"?, nil): return try lastObservations(request)
        case ("expand", "ValueSet"?, _), ("validate-code", "ValueSet"?, _), ("lookup", "CodeSystem"?, _),
            ("validate-code", "CodeSystem"?, _), ("subsumes", "CodeSystem"?, _), ("translate", "ConceptMap"?, _):
            return try terminology(operation.type ?? "", request)
        case ("validate", let type?, nil): return try validate(type, request)
        case ("summary", "Patient"?, let id?): return try summary(id, request)
        case ("export", nil, nil), ("export", "Patient"?, nil), ("export", "Group"?, _?):
            return try beginExport(operation, request)
        default:
            guard site.operations.contains(operation.spelling), access.isUnlimited(.all) else {
                throw .forbidden("This operation is not available here.", scope: access.scope(.all, on: nil))
            }
            return .handOff(.init(request.target))
        }
    }

    /// O1
    private func everything(_ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let readable = try rule(.read, on: "Patient")
        let searchable = try rule(.search, on: "Patient")
        if seesEverything { return .handOff(.init(request.target)) }
        try requireOwn(id, [readable, searchable])
        try requireJSON(request)
        guard !request.lacksBody else { return .needsBody }
        let query = try parameters(of: request, ["start", "end", "_since", "_type", "_count"], on: "Patient")
        return .relay(.collection(FHIRTarget(["Patient", id, "$everything"], query: query)))
    }

    /// O2
    private func documents(_ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.search, on: "DocumentReference")
        if seesEverything, request.method == .get { return .handOff(.init(request.target)) }
        guard !request.lacksBody else { return .needsBody }
        let names: Set<String> = ["patient", "start", "end", "type", "on-demand", "profile"]
        let query = try parameters(of: request, names, on: "DocumentReference")
        let patients = query.values("patient")
        guard patients.count == 1, let patient = patients.first else {
            throw .malformed("$docref needs one patient.")
        }
        try requireOwn(FHIRReference.id(of: patient, "Patient", by: references) ?? patient, [rule])
        try requireJSON(request)
        return .relay(.collection(FHIRTarget(["DocumentReference", "$docref"], query: query)))
    }

    /// O3
    private func lastObservations(_ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let rule = try rule(.search, on: "Observation")
        if seesEverything { return .handOff(.init(request.target)) }
        guard request.method == .get else {
            throw .forbidden("This token asks for $lastn by GET.", scope: access.scope(.search, on: "Observation"))
        }
        return try narrowed(
            "Observation", request.target.query, rule, of: nil, at: ["Observation", "$lastn"], request)
    }

    /// O4: codes and their meanings are nobody's data.
    private func terminology(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let isOpen =
            switch access.rule([.read, .search], on: type) {
            case .none: false
            case .unrestricted: true
            case .restricted(let grants): grants.contains { $0.constraints.isEmpty }
            }
        guard isOpen else {
            throw .forbidden("The token's scopes do not cover this.", scope: access.scope(.read, on: type))
        }
        return .handOff(.init(request.target))
    }

    /// O5
    private func validate(_ type: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        let letters: Permissions = [.create, .update]
        let rule = access.rule(letters, on: type)
        guard case .restricted = rule else {
            guard rule == .unrestricted else {
                throw .forbidden("The token's scopes do not cover this.", scope: access.scope(.create, on: type))
            }
            return .handOff(.init(request.target))
        }
        guard request.method == .post, request.target.query.pairs.allSatisfy({ $0.name == "_format" }) else {
            throw .forbidden("This token validates a resource by POST.", scope: access.scope(.create, on: type))
        }
        guard !request.lacksBody else { return .needsBody }
        try require(ResourceDraft(request.document().root, of: type), by: rule, letters)
        return .handOff(.init(request.target))
    }

    /// O6: a document cannot be given in part, so it is for those who see all of a patient.
    private func summary(_ id: String, _ request: FHIRRequest) throws(FHIRRefusal) -> AccessDecision {
        if seesEverything { return .handOff(.init(request.target)) }
        guard access.seesWhole(patient: id) else {
            throw .forbidden(
                "A patient's summary needs a token for everything of this patient.",
                scope: access.scope([.read, .search], on: nil))
        }
        try requireJSON(request)
        guard request.method == .get else {
            throw .forbidden("This token asks for a summary by GET.", scope: access.scope([.read, .search], on: nil))
        }
        return .relay(.document(request.target))
    }
}

extension DecisionTable {
    private func requireOwn(_ id: String, _ rules: [AccessRule]) throws(FHIRRefusal) {
        for case .restricted(let grants) in rules where !grants.contains(where: { $0.reaches(patient: id) }) {
            throw .forbidden(
                "This token is for another patient.", scope: access.scope([.read, .search], on: "Patient"))
        }
    }

    /// The parameters of an operation, from the address or from a Parameters resource; those that it has, and no others.
    func parameters(
        of request: FHIRRequest, _ names: Set<String>, on type: String
    ) throws(FHIRRefusal) -> Form {
        var pairs = request.target.query.pairs
        if request.method == .post, request.body?.isEmpty == false {
            let root = try request.document().root
            guard root["resourceType"]?.equals("Parameters") == true else {
                throw .malformed("The body of an operation is a Parameters resource.")
            }
            for parameter in root["parameter"].map({ Array($0.elements) }) ?? [] {
                guard let name = parameter["name"]?.string, let value = Self.simpleValue(of: parameter) else {
                    throw .malformed("A parameter of this operation has a name and one simple value.")
                }
                pairs.append((name, value))
            }
        }
        let form = Form(pairs.filter { $0.name != "_format" && $0.name != "_pretty" })
        try FHIRTarget.check(form)
        try requireOnly(names, in: form, .search, on: type)
        return form
    }

    private static func simpleValue(of parameter: JSONValue) -> String? {
        let values = parameter.members.filter { $0.name.hasPrefix("value") }
        guard values.count == 1, parameter.count == 2, let value = values.first?.value else { return nil }
        switch value.kind {
        case .string: return value.string
        case .number, .boolean: return String(decoding: value.bytes, as: UTF8.self)
        case .object, .array, .null: return nil
        }
    }
}
