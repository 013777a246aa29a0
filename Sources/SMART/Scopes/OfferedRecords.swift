/// The clinical scopes of an offer as people decide on them: kinds of information in places, whichever scopes speak of them.
///
/// A kind has one tick however many scopes open it, so that what is not ticked does not come in by another scope.
struct OfferedRecords: Sendable, Equatable {
    typealias Reader = ConsentSentences.Reader

    /// One type in one place that some scope opens as a whole.
    struct Row: Sendable, Equatable {
        let place: RecordPlace
        let type: String
        let permissions: Permissions

        var id: ChoiceID { .type(type, in: place) }
    }

    /// A granular scope with a tick of its own.
    struct Granular: Sendable, Equatable {
        let id: ChoiceID
        let place: RecordPlace
        let type: String
        let scope: ClinicalScope
    }

    let reader: Reader
    let rows: [Row]
    /// Those that no other scope of the offer covers.
    let granular: [Granular]
    /// What the wildcards of a place allow.
    let wildcards: [RecordPlace: Permissions]

    init(_ clinical: [ClinicalScope], for reader: Reader) {
        self.reader = reader
        let rows = Self.rows(clinical, for: reader)
        self.rows = rows
        let granular = clinical.compactMap { Granular($0, for: reader) }
        self.granular = granular.indices.filter { !Self.isCovered(at: $0, of: granular, rows) }.map { granular[$0] }
        wildcards = clinical.filter { $0.resourceType == nil }.reduce(into: [:]) { wildcards, scope in
            wildcards[scope.place(for: reader), default: []].formUnion(scope.permissions)
        }
    }

    func row(_ type: String, in place: RecordPlace) -> Row? {
        rows.first { $0.type == type && $0.place == place }
    }

    /// The rows that a resource-level scope opens: one, or those of a wildcard.
    func rows(of scope: ClinicalScope) -> [Row] {
        rows.filter { scope.opens($0.type, in: $0.place, for: reader) }
    }
}

extension OfferedRecords {
    private static func rows(_ clinical: [ClinicalScope], for reader: Reader) -> [Row] {
        let whole = clinical.filter(\.constraints.isEmpty)
        let listed = whole.contains { $0.resourceType == nil } ? EverydayTypes.inOrder : []
        var seen: Set<String> = []
        let types = (listed + whole.compactMap(\.resourceType)).filter { seen.insert($0).inserted }
        return RecordPlace.allCases.flatMap { place in
            EverydayTypes.sorted(types).compactMap { type in
                let permissions = whole.filter { $0.opens(type, in: place, for: reader) }
                    .reduce(into: Permissions()) { $0.formUnion($1.permissions) }
                return permissions.isEmpty ? nil : Row(place: place, type: type, permissions: permissions)
            }
        }
    }

    /// Within a place the context makes no difference; of two scopes that say the same in other words, the first counts.
    private static func isCovered(at index: Int, of all: [Granular], _ rows: [Row]) -> Bool {
        let one = all[index]
        let isInRow = rows.contains { row in
            row.type == one.type && row.place == one.place && row.permissions.isSuperset(of: one.scope.permissions)
        }
        return isInRow
            || all.indices.contains { other in
                guard all[other].id != one.id, all[other].place == one.place else { return false }
                let mine = one.scope.inAnyContext
                let theirs = all[other].scope.inAnyContext
                return theirs.covers(mine) && (other < index || !mine.covers(theirs))
            }
    }
}

extension OfferedRecords.Granular {
    /// `nil` for a scope without constraints.
    init?(_ scope: ClinicalScope, for reader: ConsentSentences.Reader) {
        guard let type = scope.resourceType, !scope.constraints.isEmpty else { return nil }
        place = scope.place(for: reader)
        id = .part(of: type, in: place, scope.constraints)
        self.type = type
        self.scope = scope
    }
}

extension ClinicalScope {
    /// Whether the scope speaks of this type in this place.
    func opens(_ type: String, in place: RecordPlace, for reader: ConsentSentences.Reader) -> Bool {
        (resourceType == nil || resourceType == type) && self.place(of: type, for: reader) == place
    }

    /// The scope with its context taken out of the comparison.
    var inAnyContext: ClinicalScope {
        ClinicalScope(.patient, resourceType, permissions, constraints: constraints)
    }
}
