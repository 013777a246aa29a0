import HTTP

/// A scope that gives access to FHIR resources: `patient/Observation.rs?category=…`.
package struct ClinicalScope: Sendable, Hashable {
    /// Whose access the scope speaks of.
    package enum Context: String, Sendable, Hashable, CaseIterable {
        /// The one patient of the launch context.
        case patient
        /// Everything the signed-in user may see.
        case user
        /// What was agreed for the client itself.
        case system
    }

    package let context: Context
    /// A FHIR resource type name, or `nil` for `*`: all types, now and later.
    package let resourceType: String?
    package let permissions: Permissions
    /// All must hold (AND). Empty for a resource-level scope.
    package let constraints: [ScopeConstraint]

    package init(
        _ context: Context, _ resourceType: String?, _ permissions: Permissions, constraints: [ScopeConstraint] = []
    ) {
        self.context = context
        self.resourceType = resourceType
        self.permissions = permissions
        self.constraints = constraints
    }

    /// Reads both versions of the grammar. Letters out of order, unknown types and constraints that the enforcer
    /// cannot evaluate are refused: such a scope is never granted, and never granted without its constraint.
    package init(reading spelling: String) throws(ScopeRefusal) {
        guard let slash = spelling.firstIndex(of: "/") else { throw .unknown }
        guard let context = Context(rawValue: String(spelling[..<slash])) else {
            throw .unknownContext(String(spelling[..<slash]))
        }
        let mark = spelling[slash...].firstIndex(of: "?")
        let path = spelling[slash..<(mark ?? spelling.endIndex)].dropFirst()
        guard let dot = path.firstIndex(of: ".") else { throw .noPermissions }
        let type = String(path[..<dot])
        guard type == "*" || ResourceType.isKnown(type) else { throw .unknownType(type) }
        let permissions = try Self.permissions(path[dot...].dropFirst(), isConstrained: mark != nil)
        let constraints = try mark.map { mark throws(ScopeRefusal) in
            try Self.constraints(spelling[mark...].dropFirst(), of: type)
        }
        self.init(context, type == "*" ? nil : type, permissions, constraints: constraints ?? [])
    }

    package init?(_ spelling: String) {
        guard let scope = try? ClinicalScope(reading: spelling) else { return nil }
        self = scope
    }

    /// The version 2 spelling.
    package var spelling: String {
        let base = "\(context.rawValue)/\(resourceType ?? "*").\(permissions.suffix)"
        guard !constraints.isEmpty else { return base }
        return "\(base)?\(constraints.map(\.spelling).joined(separator: "&"))"
    }

    /// More than any app needs, few enough to compare with one another.
    static let mostConstraints = 8
}

extension ClinicalScope {
    /// Whether everything that `other` allows, this scope allows too.
    package func covers(_ other: ClinicalScope) -> Bool {
        context == other.context && (resourceType == nil || resourceType == other.resourceType)
            && permissions.isSuperset(of: other.permissions)
            && constraints.allSatisfy { mine in other.constraints.contains { $0.implies(mine) } }
    }

    /// What both allow; `nil` when that is nothing.
    package func intersection(_ other: ClinicalScope) -> ClinicalScope? {
        let shared = permissions.intersection(other.permissions)
        guard context == other.context, !shared.isEmpty,
            resourceType == nil || other.resourceType == nil || resourceType == other.resourceType
        else { return nil }
        let constraints = Self.essential(constraints + other.constraints)
        let type = resourceType ?? other.resourceType
        guard type != nil || constraints.isEmpty else { return nil }
        return ClinicalScope(context, type, shared, constraints: constraints)
    }

    package func with(_ permissions: Permissions) -> ClinicalScope {
        ClinicalScope(context, resourceType, permissions, constraints: constraints)
    }

    /// The constraints without those that another one implies.
    private static func essential(_ constraints: [ScopeConstraint]) -> [ScopeConstraint] {
        constraints.indices.filter { index in
            !constraints.indices.contains { other in
                other != index && constraints[other].implies(constraints[index])
                    && (other < index || !constraints[index].implies(constraints[other]))
            }
        }.map { constraints[$0] }
    }
}

extension ClinicalScope {
    /// SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources: version 2 by its letters, version 1 by its words,
    /// and nothing in between.
    private static func permissions(_ suffix: Substring, isConstrained: Bool) throws(ScopeRefusal) -> Permissions {
        if let permissions = Permissions(suffix: suffix) { return permissions }
        if let permissions = Permissions(version1: suffix) {
            guard !isConstrained else { throw .constrainedVersion1 }
            return permissions
        }
        guard !suffix.isEmpty else { throw .noPermissions }
        throw suffix.allSatisfy({ "cruds".contains($0) })
            ? .disordered(String(suffix)) : .unknownPermissions(String(suffix))
    }

    private static func constraints(_ query: Substring, of type: String) throws(ScopeRefusal) -> [ScopeConstraint] {
        guard type != "*" else { throw .constrainedWildcard }
        let parts = query.split(separator: "&", omittingEmptySubsequences: false)
        guard parts.count <= mostConstraints else { throw .tooManyConstraints }
        guard parts.allSatisfy({ $0.contains("=") }), let form = try? Form(String(query)) else {
            throw .malformedConstraint
        }
        var constraints: [ScopeConstraint] = []
        for pair in form.pairs {
            constraints.append(try ScopeConstraint(type: type, parameter: pair.name, values: pair.value))
        }
        return constraints
    }
}
