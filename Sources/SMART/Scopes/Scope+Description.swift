/// What scopes let an app do, in the words of the person who is asked: the same on every page that speaks of a grant.
package struct ConsentSentences: Sendable, Equatable {
    /// Who reads the sentences.
    package enum Reader: Sendable {
        /// The patient whose record it is.
        case patient
        /// Anyone who acts for a patient: staff, a relative.
        case other
    }

    /// Kinds of information in the same records, under one verb.
    package struct Access: Sendable, Equatable {
        /// The verb and whose records: "See in this patient’s record".
        package let heading: String
        /// In small letters: "laboratory results".
        package let kinds: [String]

        package var sentences: [String] { kinds.map { "\(heading): \($0)" } }
    }

    package var read: [Access] = []
    package var change: [Access] = []
    package var delete: [Access] = []
    /// `openid`, `fhirUser` and `profile` together.
    package var identity: String?
    /// What the app is told of the moment it was started in, and the site's own permissions by name.
    package var also: [String] = []
    /// Whether the app may go on while the person is away.
    package var offline = false
    /// Whether a scope speaks of all types, now and later.
    package var wildcard = false

    static let offline = "Keep its access while you are away"

    package init(_ set: ScopeSet, for reader: Reader) {
        read = Self.accesses(set, for: reader, verb: "See in", including: [.read, .search])
        change = Self.accesses(set, for: reader, verb: "Add to or change in", including: [.create, .update])
        delete = Self.accesses(set, for: reader, verb: "Delete from", including: .delete)
        identity = Self.identity(set)
        also = Self.unique(set.scopes.compactMap { $0.sentence(for: reader) })
        offline = set.contains(.offlineAccess)
        wildcard = set.clinical.contains { $0.resourceType == nil }
    }

    /// Whose records the sentences speak of: "this patient’s record". More than one where scopes
    /// mix; directories count where there is nothing else.
    package static func records(_ set: ScopeSet, for reader: Reader) -> [String] {
        let places = set.clinical.map { $0.place(for: reader) }
        let records = RecordPlace.allCases.filter { places.contains($0) }
        let personal = records.filter { $0 != .directories }
        return (personal.isEmpty ? records : personal).map { $0.words(for: reader) }
    }

    /// Every sentence on a line of its own.
    package var lines: [String] {
        (read + change + delete).flatMap(\.sentences) + (identity.map { [$0] } ?? []) + also
            + (offline ? [Self.offline] : [])
    }

    /// What these sentences say and `others` do not.
    package func lines(beyond others: ConsentSentences) -> [String] {
        let said = Set(others.lines)
        return lines.filter { !said.contains($0) }
    }
}

extension ConsentSentences {
    private static func accesses(
        _ set: ScopeSet, for reader: Reader, verb: String, including wanted: Permissions
    ) -> [Access] {
        RecordPlace.allCases.compactMap { place in
            var found: [(kind: String, permissions: Permissions)] = []
            for scope in set.clinical
            where scope.place(for: reader) == place && !scope.permissions.isDisjoint(with: wanted) {
                let permissions = scope.permissions.intersection(wanted)
                for kind in scope.kinds {
                    if let index = found.firstIndex(where: { $0.kind == kind }) {
                        found[index].permissions.formUnion(permissions)
                    } else {
                        found.append((kind, permissions))
                    }
                }
            }
            guard !found.isEmpty else { return nil }
            // The widest comes first, so that nobody has to find it among the narrow ones.
            let widest = found.filter { $0.kind == ClinicalScope.everything }
            let rest = found.filter { $0.kind != ClinicalScope.everything }
            return Access(
                heading: "\(verb) \(place.words(for: reader))",
                kinds: (widest + rest).map { "\($0.kind)\($0.permissions.reservation)" })
        }
    }

    static func identity(_ set: ScopeSet) -> String? {
        let isNamed = set.contains(.fhirUser) || set.contains(.profile)
        switch (isNamed, set.contains(.fhirUser), set.contains(.openID)) {
        case (_, true, _): return "Know who you are: your name and your own entry in the hospital’s records"
        case (true, _, _): return "Know who you are: your name"
        case (_, _, true): return "Recognize you when you come back, without learning your name"
        default: return nil
        }
    }

    private static func unique(_ sentences: [String]) -> [String] {
        var seen: Set<String> = []
        return sentences.filter { seen.insert($0).inserted }
    }
}

extension Permissions {
    /// What a sentence about adding and changing has to take back.
    fileprivate var reservation: String {
        switch self {
        case .create: " (add only)"
        case .update: " (change only)"
        default: ""
        }
    }
}

extension Scope {
    /// The sentence of a scope that is about no kind of information; `nil` where the set as a whole has one.
    func sentence(for reader: ConsentSentences.Reader) -> String? {
        switch kind {
        case .clinical, .openID, .fhirUser, .profile, .offlineAccess: nil
        case .launch: "Know what you had open when you started it"
        case .launchContext(type: let type, role: let role):
            "Know which \(Self.contextNoun(type, for: reader))\(role.map { " (as \($0))" } ?? "")"
        case .onlineAccess: "Keep its access for as long as you stay signed in"
        case .other: "Use the hospital’s own permission “\(spelling)”"
        }
    }

    private static func contextNoun(_ type: String, for reader: ConsentSentences.Reader) -> String {
        switch (type, reader) {
        case ("patient", .patient): "record is yours"
        case ("encounter", _): "visit it is about"
        default: "\(type) is chosen"
        }
    }
}

extension ClinicalScope {
    fileprivate static let everything = "every kind of information, now and later"

    /// The kinds of information that the scope opens: one, or one for each category it names.
    var kinds: [String] {
        guard let resourceType else { return [Self.everything] }
        let noun = ResourceWords.noun(resourceType)
        let category = constraints.first { $0.parameter == ResourceWords.parameterOfKinds(resourceType) }
        let others = constraints.filter { $0 != category }.map(\.words)
        guard let category else { return [Self.qualified(noun, by: others)] }
        return category.values.map { value in
            if let kind = ResourceWords.kind(value, of: resourceType) { return Self.qualified(kind, by: others) }
            return Self.qualified(noun, by: [category.words(for: [value])] + others)
        }
    }

    private static func qualified(_ kind: String, by conditions: [String]) -> String {
        conditions.isEmpty ? kind : "\(kind) (only with \(conditions.joined(separator: " and ")))"
    }
}

extension ScopeConstraint {
    fileprivate var words: String { words(for: values) }

    /// The values stand as they were written: a guess at a code nobody here knows would be worse.
    fileprivate func words(for values: [Token]) -> String {
        "\(Self.name(parameter)) \(values.map(\.spelling).joined(separator: " or "))"
    }

    private static func name(_ parameter: String) -> String {
        switch parameter {
        case "_tag": "tag"
        case "_security": "security label"
        case "clinical-status": "clinical status"
        default: parameter
        }
    }
}
