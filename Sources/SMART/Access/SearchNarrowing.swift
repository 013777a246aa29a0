import HTTP

/// A search as it goes out for a token that may not see everything: the client's parameters, and ours beside them.
///
/// Ours only spare work; what is shown is decided on the answer (see `Visibility`).
package struct SearchNarrowing: Sendable {
    package static let largestPage = 200

    package let type: String
    package let query: Form
    /// Asked by POST, so sent by POST: a long search fits into no address.
    package let isForm: Bool
    /// The parameters of ours. Where the server's own account of the search shows them, its counts are about our patients.
    package let additions: [SearchParameter]
    /// Whether the additions keep out everything that is not visible, so that a count tells nothing else.
    package let isComplete: Bool
    /// Whether a count is all that is asked for.
    package let countsOnly: Bool

    /// - Parameters:
    ///   - rule: what the token may search of the type.
    ///   - patient: whose compartment is searched, where the address names one.
    init(
        _ type: String, _ asked: Form, rule: AccessRule, of patient: String? = nil, isForm: Bool = false,
        for access: TokenAccess, references: FHIRReferenceReader, server: ServerCapabilities
    ) throws(FHIRRefusal) {
        let scope = access.scope(.search, on: type)
        guard let compartment = Compartment.of(type) else {
            throw .forbidden("Resources of this type are not available to this token.", scope: scope)
        }
        var grants: [AccessGrant] = []
        if case .restricted(let some) = rule { grants = some }
        var patients = grants.isEmpty ? nil : grants.patients
        if let patient { patients = patients.map { $0.intersection([patient]) } ?? [patient] }
        let reach = SearchReach(type, compartment, patients: patients, access: access)
        var parameters = try Self.parameters(asked, within: reach, scope: scope)
        if let all = patients {
            guard !all.isEmpty else { throw .forbidden("This token is for another patient.", scope: scope) }
            patients = try Self.named(in: parameters, compartment, among: all, scope: scope, references: references)
        }
        let constraint = Self.sharedConstraint(of: grants).flatMap { server.searches(type, by: $0.name) ? $0 : nil }
        var additions: [SearchParameter] = []
        if let patients, let name = compartment.parameter {
            // Ours says it all, and two of one name are read in two ways.
            parameters.removeAll { $0.names(name) }
            // FHIR R4 search#errors: a parameter that a server does not know, it may pass over, and then it searches everybody's.
            guard server.searches(type, by: name) else {
                throw FHIRRefusal(
                    403, .notSupported,
                    "The FHIR server cannot search \(type) by patient, so this token cannot either.",
                    challenge: .insufficientScope(scope))
            }
            let prefix = compartment.kind == .root ? "" : "Patient/"
            additions.append(SearchParameter(ours: name, patients.sorted().map { "\(prefix)\($0)" }))
        }
        if let constraint { additions.append(constraint) }
        let isConstrained = grants.contains { !$0.constraints.isEmpty }

        self.type = type
        self.isForm = isForm
        self.additions = additions
        isComplete =
            grants.isEmpty
            || grants.allSatisfy(\.excluded.isEmpty) && compartment.naming != .targets && compartment.paths.count <= 1
                && !compartment.repeats
                && (!isConstrained || constraint != nil)
        countsOnly = parameters.contains {
            $0.name == "_summary" && $0.value == "count" || $0.name == "_count" && Int($0.value) == 0
        }
        query = Form(
            Self.kept(parameters, pages: isComplete) + additions.map { ($0.spelling, $0.value) })
        guard !countsOnly || isComplete else {
            throw .forbidden("A count would tell more than this token may see.", scope: scope)
        }
    }
}

extension SearchNarrowing {
    /// The documents that a token may see; `nil` where there can be none.
    package static func documents(
        for access: TokenAccess, references: FHIRReferenceReader, server: ServerCapabilities
    ) -> SearchNarrowing? {
        let type = "DocumentReference"
        let rule = access.rule([.read, .search], on: type)
        guard rule != .none else { return nil }
        let query = Form([("_count", String(largestPage))])
        return try? SearchNarrowing(type, query, rule: rule, for: access, references: references, server: server)
    }

    private static func parameters(
        _ asked: Form, within reach: SearchReach, scope: String
    ) throws(FHIRRefusal) -> [SearchParameter] {
        var parameters: [SearchParameter] = []
        for pair in asked.pairs {
            guard let parameter = SearchParameter(pair.name, pair.value), let verdict = reach.verdict(on: parameter)
            else {
                throw .forbidden(
                    "The search parameter \(printable(pair.name)) is not available to this token.", scope: scope)
            }
            guard verdict == .goesAlong else { continue }
            if parameter.name == "_count" {
                guard let count = Int(parameter.value), count >= 0, !parameters.contains(where: { $0.name == "_count" })
                else { throw .malformed("_count is one number.") }
            }
            parameters.append(parameter)
        }
        return parameters
    }

    /// Those of the patients that the client names, or all where it names none. The request alone decides, so the refusal
    /// tells nothing about another patient.
    private static func named(
        in parameters: [SearchParameter], _ compartment: Compartment, among patients: Set<String>, scope: String,
        references: FHIRReferenceReader
    ) throws(FHIRRefusal) -> Set<String> {
        guard let name = compartment.parameter else { return patients }
        var found = patients
        for parameter in parameters where parameter.names(name) && !parameter.value.isEmpty {
            found.formIntersection(
                parameter.alternatives.map { FHIRReference.id(of: $0, "Patient", by: references) ?? $0 })
            guard !found.isEmpty else { throw .forbidden("This token is for another patient.", scope: scope) }
        }
        return found
    }

    /// The one parameter that says what all grants say: the same constraint's for the same patients.
    private static func sharedConstraint(of grants: [AccessGrant]) -> SearchParameter? {
        guard let first = grants.first, let name = first.constraints.first?.parameter,
            grants.allSatisfy({ grant in
                grant.reach == first.reach && grant.constraints.count == 1 && grant.constraints[0].parameter == name
            })
        else { return nil }
        return SearchParameter(ours: name, grants.flatMap(\.constraints).flatMap(\.values).map(\.spelling))
    }

    /// Without what would hide elements from the check. Representations are ours to choose, and a page has a limit.
    ///
    /// - Parameter pages: whether the client says how long a page is: where some of it may be cut out, the length of pages
    ///   would tell of what.
    private static func kept(_ parameters: [SearchParameter], pages: Bool) -> [(name: String, value: String)] {
        parameters.compactMap { parameter in
            switch parameter.name {
            case "_format", "_pretty", "_elements": nil
            case "_summary" where parameter.value != "count" && parameter.value != "false": nil
            case "_count":
                ("_count", String(pages ? min(Int(parameter.value) ?? largestPage, largestPage) : largestPage))
            default: (parameter.spelling, parameter.value)
            }
        }
    }

    /// A name as a refusal may repeat it.
    private static func printable(_ name: String) -> String {
        String(name.unicodeScalars.prefix(40).filter { $0.value > 0x20 && $0.value < 0x7F }.map(Character.init))
    }
}

extension SearchParameter {
    /// Whether this says, by this parameter and without further ado, whose resources are searched.
    fileprivate func names(_ parameter: String) -> Bool {
        kind == .plain && name == parameter && (modifier == nil || modifier == "Patient")
    }
}

extension SearchNarrowing {
    /// Whether the search that the server says it made (FHIR R4 search#conformance, `self`) holds our additions. A server that
    /// did not know one of them has searched among everybody.
    package func isHeld(in query: Form) -> Bool {
        additions.allSatisfy { addition in
            let wanted = Set(addition.alternatives)
            return query.pairs.contains { $0.name == addition.name && Set(SearchParameter.split($0.value)) == wanted }
        }
    }
}
