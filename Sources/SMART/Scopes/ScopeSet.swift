/// Scopes in the order they were asked for, each once.
package struct ScopeSet: Sendable, Hashable, CustomStringConvertible {
    package private(set) var scopes: [Scope]

    package init(_ scopes: [Scope] = []) {
        var seen: Set<String> = []
        self.scopes = scopes.filter { seen.insert($0.spelling).inserted }
    }

    /// Reads a `scope` parameter (RFC 6749 §3.3). What the grammar does not know is left out of the set, never guessed at.
    package init(_ text: String) {
        self.init(text.split(separator: " ").compactMap { Scope(String($0)) })
    }

    /// What of a `scope` parameter the grammar does not know, and why: for the app's developer.
    package static func refusals(of text: String) -> [RefusedScope] {
        text.split(separator: " ").compactMap { word in
            do throws(ScopeRefusal) {
                _ = try Scope(reading: String(word))
                return nil
            } catch {
                return RefusedScope(spelling: String(word), reason: error)
            }
        }
    }

    /// The value of a `scope` parameter.
    package var description: String { scopes.map(\.spelling).joined(separator: " ") }

    package var isEmpty: Bool { scopes.isEmpty }
    package var clinical: [ClinicalScope] { scopes.compactMap(\.clinical) }

    package func contains(_ kind: Scope.Kind) -> Bool {
        scopes.contains { $0.kind == kind }
    }

    package var hasPatientScope: Bool { clinical.contains { $0.context == .patient } }

    /// Whether a patient must be in context: asked for, or needed by a `patient/` scope
    /// (SMART scopes-and-launch-context#standalone-apps).
    package var needsPatient: Bool {
        hasPatientScope
            || scopes.contains { scope in
                if case .launchContext(type: "patient", role: _) = scope.kind { true } else { false }
            }
    }

    package func filter(_ isIncluded: (Scope) -> Bool) -> ScopeSet {
        ScopeSet(scopes.filter(isIncluded))
    }
}

extension ScopeSet {
    /// What is asked for and registered: each scope that is wholly registered comes back unchanged, others are cut down to
    /// what both allow.
    package func allowed(by registered: ScopeSet) -> ScopeSet {
        ScopeSet(
            scopes.flatMap { scope -> [Scope] in
                guard let wanted = scope.clinical else {
                    return registered.scopes.contains { $0.includes(scope) } ? [scope] : []
                }
                if registered.covers(wanted) { return [scope] }
                let parts = registered.clinical.compactMap { wanted.intersection($0) }
                return parts.indices.filter { !parts.isCovered(at: $0) }.map { scope.narrowed(to: parts[$0]) }
            })
    }

    /// Whether the scopes allow, together, everything that `wanted` allows
    /// (SMART scopes-and-launch-context#scope-equivalence).
    package func covers(_ wanted: ClinicalScope) -> Bool {
        let clinical = clinical.filter { $0.resourceType == nil || $0.resourceType == wanted.resourceType }
        func isCovered(_ part: ClinicalScope) -> Bool { clinical.contains { $0.covers(part) } }
        if isCovered(wanted) { return true }
        return wanted.permissions.single.allSatisfy { permission in
            let part = wanted.with(permission)
            return isCovered(part) || part.alternatives.contains { $0.allSatisfy(isCovered) }
        }
    }

    /// Whether `other` allows all that these scopes allow.
    package func isSubset(of other: ScopeSet) -> Bool {
        allowed(by: other) == self
    }
}

extension Scope {
    /// Whether an app that has this scope registered may ask for the other, about no resources.
    fileprivate func includes(_ other: Scope) -> Bool {
        switch (kind, other.kind) {
        // Own scopes have no meaning but their name.
        case (.other, .other): spelling == other.spelling
        // SMART scopes-and-launch-context#scopes-for-requesting-context-data: a role only says which of its type.
        case (.launchContext(let type, nil), .launchContext(let wanted, _)): type == wanted
        default: kind == other.kind
        }
    }
}

extension [ClinicalScope] {
    /// Whether another one says as much; of two that say the same, the first stays.
    fileprivate func isCovered(at index: Int) -> Bool {
        indices.contains { other in
            other != index && self[other].covers(self[index]) && (other < index || !self[index].covers(self[other]))
        }
    }
}

extension ClinicalScope {
    /// For each constraint with several values: the scopes of one value that come together to this one.
    fileprivate var alternatives: [[ClinicalScope]] {
        constraints.indices.filter { constraints[$0].values.count > 1 }.map { index in
            constraints[index].values.map { value in
                var parts = constraints
                parts[index] = ScopeConstraint(parts[index].parameter, [value])
                return ClinicalScope(context, resourceType, permissions, constraints: parts)
            }
        }
    }
}
