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

    /// What is asked for and registered: each scope that one registered scope covers comes back unchanged, others are
    /// cut down to what both allow, in version 2 spelling.
    package func allowed(by registered: ScopeSet) -> ScopeSet {
        ScopeSet(
            scopes.flatMap { scope -> [Scope] in
                guard let wanted = scope.clinical else {
                    return registered.scopes.contains { $0.kind == scope.kind && scope.isNamed(like: $0) }
                        ? [scope] : []
                }
                if registered.clinical.contains(where: { $0.covers(wanted) }) { return [scope] }
                return registered.clinical.compactMap { wanted.intersection($0) }.map { Scope($0) }
            })
    }

    /// Whether every scope is among those of `other`, compared as strings (for refresh: SMART app-launch#refresh-access-token).
    package func isSubset(of other: ScopeSet) -> Bool {
        allowed(by: other) == self
    }

    package func filter(_ isIncluded: (Scope) -> Bool) -> ScopeSet {
        ScopeSet(scopes.filter(isIncluded))
    }
}

extension Scope {
    /// Own scopes have no meaning but their name.
    fileprivate func isNamed(like other: Scope) -> Bool {
        kind != .other || spelling == other.spelling
    }
}
