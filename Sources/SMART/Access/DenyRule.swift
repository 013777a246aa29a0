import JSON

/// What a patient does not let an app have, whatever else was allowed.
package struct DenyRule: Sendable, Hashable {
    /// The id of the Patient resource.
    package let patient: String
    /// `nil` for every type, now and later.
    package let resourceType: String?
    package let permissions: Permissions
    /// All must hold (AND) of a resource that is denied. Empty for all of the type.
    package let constraints: [ScopeConstraint]

    /// Who may not be read may not be found, nor written to: a part of the letters would tell of the rest.
    package init(
        patient: String, _ resourceType: String? = nil, _ permissions: Permissions = .all,
        constraints: [ScopeConstraint] = []
    ) {
        self.patient = patient
        self.resourceType = resourceType
        self.permissions = permissions.isDisjoint(with: [.read, .search]) ? permissions : .all
        self.constraints = constraints
    }

    /// The rule that denies what the scope would allow; of whom it speaks does not matter.
    package init(patient: String, denying scope: ClinicalScope) {
        self.init(patient: patient, scope.resourceType, scope.permissions, constraints: scope.constraints)
    }

    /// The denied part as a scope about the patient in context.
    package var scope: ClinicalScope {
        ClinicalScope(.patient, resourceType, permissions, constraints: constraints)
    }

    /// Whether nothing of the patient is left.
    var isTotal: Bool { resourceType == nil && permissions == .all && constraints.isEmpty }

    /// Whether it speaks of some of these letters for the type. What is nobody's is not the patient's to deny.
    func speaks(of letters: Permissions, on type: String) -> Bool {
        (resourceType == nil || resourceType == type) && !permissions.isDisjoint(with: letters)
            && Compartment.of(type)?.isImpersonal != true
    }
}

/// The rules that hold for one app now. Nearly always there are none.
package struct DenyRules: Sendable, Equatable {
    package static let none = DenyRules([])

    /// Patients of whom everything is denied.
    private let whole: Set<String>
    private let others: [DenyRule]

    package init(_ rules: [DenyRule]) {
        whole = Set(rules.filter(\.isTotal).map(\.patient))
        others = rules.filter { !$0.isTotal }
    }

    package var isEmpty: Bool { whole.isEmpty && others.isEmpty }

    /// Whether everything of this patient is denied.
    package func denyAll(of patient: String?) -> Bool { patient.map { whole.contains($0) } ?? false }

    /// Whether anything of this patient is denied.
    func touch(_ patient: String) -> Bool { whole.contains(patient) || others.contains { $0.patient == patient } }

    /// Whether some patient denies any of a type.
    func touch(type: String) -> Bool { !exclusions(.all, on: type).isEmpty }

    /// What of a type is to be kept from somebody with these letters.
    func exclusions(_ letters: Permissions, on type: String) -> Exclusions {
        guard !isEmpty, Compartment.of(type)?.isImpersonal != true else { return Exclusions() }
        var exclusions = Exclusions(patients: whole)
        for rule in others where rule.speaks(of: letters, on: type) {
            if rule.constraints.isEmpty {
                exclusions.patients.insert(rule.patient)
            } else {
                exclusions.parts[rule.patient, default: []].append(rule.constraints)
            }
        }
        return exclusions
    }

    /// What they deny, whoever does.
    package var scopes: ScopeSet { ScopeSet(rules.map { Scope($0.scope) }) }

    /// In an order that stays.
    package var rules: [DenyRule] { whole.sorted().map { DenyRule(patient: $0) } + others }

    /// The rules about one patient.
    func rules(about patient: String) -> [DenyRule] {
        whole.contains(patient) ? [DenyRule(patient: patient)] : others.filter { $0.patient == patient }
    }
}

/// Whose resources of one type are kept from a token.
package struct Exclusions: Sendable, Equatable {
    /// All of these patients' resources.
    var patients: Set<String> = []
    /// Of these patients, those that one of the lists of constraints matches.
    var parts: [String: [[ScopeConstraint]]] = [:]

    var isEmpty: Bool { patients.isEmpty && parts.isEmpty }

    /// Whether a resource of this patient is kept back.
    func cover(_ resource: JSONValue, of type: String, about patient: String) -> Bool {
        patients.contains(patient)
            || parts[patient]?.contains { $0.allSatisfy { $0.couldMatch(resource, of: type) } } == true
    }

    /// The same of a resource that does not say whose it is: it could be anybody's.
    func cover(_ resource: JSONValue, of type: String) -> Bool {
        !patients.isEmpty
            || parts.values.contains { $0.contains { $0.allSatisfy { $0.couldMatch(resource, of: type) } } }
    }
}
