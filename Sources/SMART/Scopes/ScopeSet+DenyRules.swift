extension ScopeSet {
    /// What deny rules leave of scopes about the patient in context: nothing where everything is denied. What no scope can say
    /// is left out, so that a resource server that knows the scopes alone gives out no more than it may.
    package func permitted(by rules: DenyRules, patient: String?) -> ScopeSet {
        guard let patient, !rules.isEmpty else { return self }
        guard !rules.denyAll(of: patient) else { return ScopeSet() }
        let denied = rules.rules(about: patient)
        guard !denied.isEmpty else { return self }
        let left = scopes.flatMap { scope -> [Scope] in
            guard let clinical = scope.clinical, clinical.context == .patient else { return [scope] }
            let parts = clinical.parts(beside: denied).flatMap { $0.without(denied) }
            return parts.map { scope.narrowed(to: $0) }
        }
        guard clinical.isEmpty || left.contains(where: { $0.clinical != nil }) else { return ScopeSet() }
        // Version 1 has no words for a category, and an answer is in one version.
        let isGranular = left.contains { scope in
            scope.clinical?.constraints.isEmpty == false && !scopes.contains(scope)
        }
        return ScopeSet(isGranular ? left.map(\.inVersion2) : left)
    }

    /// Whether deny rules leave nothing of it about this patient.
    package func isDenied(by rules: DenyRules, patient: String?) -> Bool {
        !isEmpty && permitted(by: rules, patient: patient).isEmpty
    }
}

extension ClinicalScope {
    /// A wildcard as its types, where some of them are denied; of some types a patient's scope never opens anything.
    fileprivate func parts(beside rules: [DenyRule]) -> [ClinicalScope] {
        let isTouched = rules.contains { $0.resourceType != nil && !$0.permissions.isDisjoint(with: permissions) }
        guard resourceType == nil, isTouched else { return [self] }
        return Compartment.table.filter { !$0.value.isClosed }.keys.sorted().map {
            ClinicalScope(context, $0, permissions)
        }
    }

    /// What the rules leave.
    fileprivate func without(_ rules: [DenyRule]) -> [ClinicalScope] {
        rules.reduce([self]) { parts, rule in parts.flatMap { $0.without(rule) } }
    }

    private func without(_ rule: DenyRule) -> [ClinicalScope] {
        guard rule.resourceType == nil || rule.resourceType == resourceType,
            !rule.permissions.isDisjoint(with: permissions),
            resourceType.flatMap({ Compartment.of($0) })?.isImpersonal != true
        else { return [self] }
        let rest = permissions.subtracting(rule.permissions)
        let untouched = rest.isEmpty ? [] : [with(rest)]
        return untouched + with(permissions.intersection(rule.permissions)).others(than: rule.constraints)
    }

    /// The scopes that hold nothing of what the constraints match, and are otherwise as this one; none where that cannot be
    /// said.
    private func others(than denied: [ScopeConstraint]) -> [ClinicalScope] {
        guard let type = resourceType, denied.count == 1, let denied = denied.first else { return [] }
        if let index = constraints.firstIndex(where: { $0.parameter == denied.parameter }) {
            let left = constraints[index].values.filter { !denied.meets($0) }
            guard !left.isEmpty else { return [] }
            var constraints = constraints
            constraints[index] = ScopeConstraint(denied.parameter, left)
            return [ClinicalScope(context, type, permissions, constraints: constraints)]
        }
        guard denied.parameter == ConsentCategories.parameter else { return [] }
        let known = ConsentCategories.of(type) + ConsentCategories.others(of: type)
        return known.filter { !denied.meets($0) }.map {
            ClinicalScope(
                context, type, permissions, constraints: constraints + [ScopeConstraint(denied.parameter, [$0])])
        }
    }
}

extension ScopeConstraint {
    /// Whether one resource could have a code of both.
    fileprivate func meets(_ token: Token) -> Bool {
        values.contains { value in
            value.code.isExactly(token.code)
                && (value.system == nil || token.system == nil || value.system == token.system)
        }
    }
}
