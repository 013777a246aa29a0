import HTTP

/// A scope that gives access to FHIR resources: `patient/Observation.rs?category=…`.
package struct ClinicalScope: Sendable, Hashable {
    /// Whose access the scope speaks of.
    package enum Context: String, Sendable, Hashable {
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
    /// cannot evaluate give `nil`: such a scope is never granted, and never granted without its constraint.
    package init?(_ spelling: String) {
        guard let slash = spelling.firstIndex(of: "/"), let context = Context(rawValue: String(spelling[..<slash])),
            let dot = spelling[slash...].firstIndex(of: ".")
        else { return nil }
        let type = spelling[slash..<dot].dropFirst()
        guard type == "*" || ResourceType.isKnown(String(type)) else { return nil }
        let mark = spelling[dot...].firstIndex(of: "?")
        let suffix = spelling[dot..<(mark ?? spelling.endIndex)].dropFirst()
        let query = mark.map { spelling[$0...].dropFirst() }
        // Version 1 knows no constraints.
        guard let permissions = Permissions(suffix: suffix) ?? (query == nil ? Permissions(version1: suffix) : nil)
        else { return nil }

        var constraints: [ScopeConstraint] = []
        if let query {
            guard type != "*", let form = try? Form(String(query)), !form.pairs.isEmpty else { return nil }
            for pair in form.pairs {
                guard let constraint = ScopeConstraint(type: String(type), parameter: pair.name, values: pair.value)
                else { return nil }
                constraints.append(constraint)
            }
        }
        self.init(context, type == "*" ? nil : String(type), permissions, constraints: constraints)
    }

    /// The version 2 spelling.
    package var spelling: String {
        let base = "\(context.rawValue)/\(resourceType ?? "*").\(permissions.suffix)"
        guard !constraints.isEmpty else { return base }
        return "\(base)?\(constraints.map(\.spelling).joined(separator: "&"))"
    }

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
        let more = other.constraints.filter { constraint in !constraints.contains { $0.implies(constraint) } }
        let type = resourceType ?? other.resourceType
        guard type != nil || constraints.isEmpty && more.isEmpty else { return nil }
        return ClinicalScope(context, type, shared, constraints: constraints + more)
    }
}
