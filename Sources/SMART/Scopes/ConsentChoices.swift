import HTTP

/// What a person can say yes or no to, one by one, of what an app may get.
package struct ConsentChoices: Sendable, Equatable {
    /// Kinds of information in the same records.
    package struct Group: Sendable, Equatable {
        /// Whose records: "this patient’s record".
        package let place: String
        /// "see and change in this patient’s record"; without permissions, "use in this patient’s record".
        package func heading(_ permissions: Permissions?, in language: Language) -> String {
            recordPlace.doing(.use(permissions), for: reader, in: language)
        }
        let recordPlace: RecordPlace
        let reader: ConsentSentences.Reader
        package let choices: [ConsentChoice]
        /// Whether the app asks for all kinds, those to come included.
        package let hasWildcard: Bool
    }

    package let offered: ScopeSet
    package let groups: [Group]
    /// `openid`, `fhirUser` and `profile` together.
    package let identity: ConsentChoice?
    package let online: ConsentChoice?
    package let offline: ConsentChoice?
    /// The site's own permissions.
    package let own: [ConsentChoice]
    /// What comes along with any yes: the app is told of the moment it was started in.
    package let besides: [String]

    let records: OfferedRecords

    package init(
        _ offered: ScopeSet, for reader: ConsentSentences.Reader, in language: Language = .english
    ) {
        self.offered = offered
        let records = OfferedRecords(offered.clinical, for: reader)
        self.records = records
        groups = RecordPlace.allCases.compactMap { Self.group($0, of: records, in: language) }
        identity = ConsentSentences.identity(offered, in: language).map { ConsentChoice(.identity, $0) }
        online = offered.scopes.first { $0.kind == .onlineAccess }.flatMap { $0.sentence(for: reader, in: language) }
            .map { ConsentChoice(.online, $0) }
        offline =
            offered.contains(.offlineAccess) ? ConsentChoice(.offline, ConsentSentences.offline[language]) : nil
        own = offered.scopes.filter { $0.kind == .other }.compactMap { scope in
            scope.sentence(for: reader, in: language).map { ConsentChoice(.own(scope.spelling), $0) }
        }
        var seen: Set<String> = []
        besides = offered.scopes.filter(\.isLaunch).compactMap { $0.sentence(for: reader, in: language) }
            .filter { seen.insert($0).inserted }
    }

    /// Every tick of the page, those within others too.
    package var all: [ConsentChoice] {
        let top = groups.flatMap(\.choices) + [identity, online, offline].compactMap { $0 } + own
        return top.flatMap { [$0] + $0.parts }
    }

    package var hasWildcard: Bool { groups.contains(where: \.hasWildcard) }

    /// The name of the form's tick boxes.
    package static let field = "tick"

    /// What was ticked in the form of the consent page; what is none of these choices is nothing.
    package func ticked(in form: Form) -> Set<ChoiceID> {
        let sent = form.values(Self.field)
        return Set(all.map(\.id).filter { id in sent.contains { $0.isExactly(id.description) } })
    }
}

extension ConsentChoices {
    private static func group(
        _ place: RecordPlace, of records: OfferedRecords, in language: Language
    ) -> Group? {
        let rows = records.rows.filter { $0.place == place }
        let granular = records.granular.filter { $0.place == place }
        var seen: Set<String> = []
        let types = (rows.map(\.type) + granular.map(\.type)).filter { seen.insert($0).inserted }
        var choices = EverydayTypes.sorted(types).flatMap { type in
            Self.choices(rows.first { $0.type == type }, granular.filter { $0.type == type }, in: language)
        }
        if let permissions = records.wildcards[place] {
            choices.append(
                ConsentChoice(
                    .rest(of: place),
                    language.say(en: "everything else", es: "todo lo demás", de: "alles andere"), permissions))
        }
        guard !choices.isEmpty else { return nil }
        return Group(
            place: place.words(for: records.reader, in: language), recordPlace: place, reader: records.reader,
            choices: choices, hasWildcard: records.wildcards[place] != nil)
    }

    /// The ticks of one type: of the whole, with its categories, and of what granular scopes open apart from it.
    private static func choices(
        _ row: OfferedRecords.Row?, _ granular: [OfferedRecords.Granular], in language: Language
    ) -> [ConsentChoice] {
        let whole = row.map { choice($0, granular, in: language) }
        let parts = whole?.parts.map(\.id) ?? []
        var seen: Set<ChoiceID> = []
        let separate = granular.map(\.id).filter { !parts.contains($0) && seen.insert($0).inserted }
        return [whole].compactMap { $0 }
            + separate.map { id in
                let scopes = granular.filter { $0.id == id }.map(\.scope)
                return ConsentChoice(
                    id, scopes.first.map { language.list($0.kinds(in: language)) } ?? "",
                    scopes.reduce(into: Permissions()) { $0.formUnion($1.permissions) })
            }
    }

    private static func choice(
        _ row: OfferedRecords.Row, _ granular: [OfferedRecords.Granular], in language: Language
    ) -> ConsentChoice {
        let categories = ConsentCategories.of(row.type).map { token in
            let id = ChoiceID.category(token, of: row.type, in: row.place)
            let more = granular.filter { $0.id == id }.map(\.scope.permissions)
            return ConsentChoice(
                id, ResourceWords.kind(token, of: row.type, in: language) ?? token.spelling,
                more.reduce(into: row.permissions) { $0.formUnion($1) })
        }
        let other = ConsentChoice(
            .otherCategories(of: row.type, in: row.place), ResourceWords.others(row.type, in: language), row.permissions
        )
        return ConsentChoice(
            row.id, ResourceWords.noun(row.type, in: language), row.permissions,
            parts: categories.isEmpty ? [] : categories + [other])
    }
}

extension Scope {
    /// Whether the scope asks to be told of the moment of the launch.
    fileprivate var isLaunch: Bool {
        switch kind {
        case .launch, .launchContext: true
        default: false
        }
    }
}
