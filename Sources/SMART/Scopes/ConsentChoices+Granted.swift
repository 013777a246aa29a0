extension ConsentChoices {
    /// What the ticks come to. A scope that is wholly ticked comes back as the client wrote it; of another comes what is
    /// ticked of it. Where no information is left of an offer of information, nothing is granted at all.
    package func granted(ticked: Set<ChoiceID>) -> ScopeSet {
        let ticks = ticked.intersection(all.map(\.id))
        guard !ticks.isEmpty || all.isEmpty else { return ScopeSet() }
        let parts = offered.scopes.map { part(of: $0, ticks) }
        guard offered.clinical.isEmpty || parts.contains(where: \.isInformation) else { return ScopeSet() }

        let whole = parts.compactMap(\.whole)
        let cut = Self.needed(parts.flatMap(\.cut), beside: whole.compactMap(\.clinical))
        let kept = (whole + cut).compactMap(\.clinical)
        let scopes = parts.flatMap { part -> [Scope] in
            switch part {
            case .whole(let scope): [scope]
            case .cut(let scopes): scopes.filter { cut.contains($0) }
            case .dependent(let scope): isCovered(scope, by: kept) ? [scope] : []
            }
        }
        // Version 1 has no words for a category, and an answer is in one version.
        let isByCategory = cut.contains { $0.clinical?.constraints.isEmpty == false }
        return ScopeSet(isByCategory ? scopes.map(\.inVersion2) : scopes)
    }
}

extension ConsentChoices {
    /// What becomes of one scope.
    private enum Part {
        case whole(Scope)
        case cut([Scope])
        /// A granular scope without a tick of its own: it stays where the others leave it covered.
        case dependent(Scope)

        var whole: Scope? { if case .whole(let scope) = self { scope } else { nil } }
        var cut: [Scope] { if case .cut(let scopes) = self { scopes } else { [] } }
        var isInformation: Bool { whole?.clinical != nil || !cut.isEmpty }
    }

    private func part(of scope: Scope, _ ticks: Set<ChoiceID>) -> Part {
        func kept(_ id: ChoiceID) -> Part { ticks.contains(id) ? .whole(scope) : .cut([]) }
        switch scope.kind {
        case .launch, .launchContext: return .whole(scope)
        case .openID, .fhirUser, .profile: return kept(.identity)
        case .offlineAccess: return kept(.offline)
        case .onlineAccess: return kept(.online)
        case .other: return kept(.own(scope.spelling))
        case .clinical(let clinical):
            guard let type = clinical.resourceType else { return part(of: scope, everything: clinical, ticks) }
            guard clinical.constraints.isEmpty else { return part(of: scope, granular: clinical, type, ticks) }
            let rows = records.rows(of: clinical)
            return rows.allSatisfy { isWhole($0, ticks) }
                ? .whole(scope) : .cut(rows.flatMap { cut(scope, clinical, to: $0, ticks) })
        }
    }

    /// Of a wildcard: itself, or the types that are ticked, by name.
    private func part(of scope: Scope, everything clinical: ClinicalScope, _ ticks: Set<ChoiceID>) -> Part {
        let rows = records.rows(of: clinical)
        let hasRest = ticks.contains(.rest(of: clinical.place(for: records.reader)))
        if hasRest, rows.allSatisfy({ isWhole($0, ticks) }) { return .whole(scope) }
        let rest = hasRest ? Compartment.table.keys.filter { type in !rows.contains { $0.type == type } } : []
        // Of some types a patient's scope never opens anything.
        let useful = rest.filter { clinical.context != .patient || Compartment.of($0)?.isClosed == false }
        return .cut(
            rows.flatMap { cut(scope, clinical, to: $0, ticks) }
                + useful.sorted().map { scope.narrowed(to: ClinicalScope(clinical.context, $0, clinical.permissions)) })
    }

    private func part(
        of scope: Scope, granular clinical: ClinicalScope, _ type: String, _ ticks: Set<ChoiceID>
    ) -> Part {
        guard let granular = OfferedRecords.Granular(clinical, for: records.reader),
            records.granular.contains(where: { $0.id == granular.id })
        else { return .dependent(scope) }
        // The tick of a category lies within the tick of its type.
        let row = records.row(type, in: granular.place).flatMap { categories(of: $0).contains(granular.id) ? $0 : nil }
        return row.map({ ticks.contains($0.id) }) != false && ticks.contains(granular.id) ? .whole(scope) : .cut([])
    }

    /// What the ticks leave of one type.
    private func cut(
        _ scope: Scope, _ clinical: ClinicalScope, to row: OfferedRecords.Row, _ ticks: Set<ChoiceID>
    ) -> [Scope] {
        let type = row.type
        if isWhole(row, ticks) {
            return [scope.narrowed(to: ClinicalScope(clinical.context, type, clinical.permissions))]
        }
        guard ticks.contains(row.id) else { return [] }
        let named = ConsentCategories.of(type).filter { ticks.contains(.category($0, of: type, in: row.place)) }
        let hasOthers = ticks.contains(.otherCategories(of: type, in: row.place))
        return (named + (hasOthers ? ConsentCategories.others(of: type) : [])).map { token in
            let constraint = ScopeConstraint(ConsentCategories.parameter, [token])
            return Scope(ClinicalScope(clinical.context, type, clinical.permissions, constraints: [constraint]))
        }
    }

    private func categories(of row: OfferedRecords.Row) -> [ChoiceID] {
        let named = ConsentCategories.of(row.type).map { ChoiceID.category($0, of: row.type, in: row.place) }
        return named.isEmpty ? [] : named + [.otherCategories(of: row.type, in: row.place)]
    }

    private func isWhole(_ row: OfferedRecords.Row, _ ticks: Set<ChoiceID>) -> Bool {
        ticks.contains(row.id) && categories(of: row).allSatisfy { ticks.contains($0) }
    }

    /// The cuts that say what no whole scope, and no earlier cut, says already.
    private static func needed(_ cut: [Scope], beside whole: [ClinicalScope]) -> [Scope] {
        var said = whole
        return cut.filter { scope in
            guard let clinical = scope.clinical, !said.contains(where: { $0.covers(clinical) }) else { return false }
            said.append(clinical)
            return true
        }
    }

    /// Whether what is kept in the same place allows all that the scope allows.
    private func isCovered(_ scope: Scope, by kept: [ClinicalScope]) -> Bool {
        guard let clinical = scope.clinical, let type = clinical.resourceType else { return false }
        let place = clinical.place(for: records.reader)
        let near = kept.filter { $0.opens(type, in: place, for: records.reader) }
        return ScopeSet(near.map { Scope($0.inAnyContext) }).covers(clinical.inAnyContext)
    }
}
