import HTTP

/// What scopes let an app do, in the words of the person who is asked: the same on every page that speaks of a grant.
package struct ConsentSentences: Sendable, Equatable {
    /// Who reads the sentences.
    package enum Reader: Sendable, Equatable {
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

    static let offline = Wording(
        "Keep its access while you are away", es: "Conservar el acceso cuando usted no está",
        de: "Den Zugriff behalten, wenn Sie nicht da sind")
    private let language: Language

    package init(_ set: ScopeSet, for reader: Reader, in language: Language = .english) {
        self.language = language
        read = Self.accesses(set, for: reader, .see, in: language, including: [.read, .search])
        change = Self.accesses(set, for: reader, .change, in: language, including: [.create, .update])
        delete = Self.accesses(set, for: reader, .delete, in: language, including: .delete)
        identity = Self.identity(set, in: language)
        also = Self.unique(set.scopes.compactMap { $0.sentence(for: reader, in: language) })
        offline = set.contains(.offlineAccess)
        wildcard = set.clinical.contains { $0.resourceType == nil }
    }

    /// Whose records the sentences speak of: "this patient’s record". More than one where scopes
    /// mix; directories count where there is nothing else.
    package static func records(
        _ set: ScopeSet, for reader: Reader, in language: Language = .english
    ) -> [String] {
        let places = set.clinical.map { $0.place(for: reader) }
        let records = RecordPlace.allCases.filter { places.contains($0) }
        let personal = records.filter { $0 != .directories }
        return (personal.isEmpty ? records : personal).map { $0.words(for: reader, in: language) }
    }

    /// Every sentence on a line of its own.
    package var lines: [String] {
        (read + change + delete).flatMap(\.sentences) + (identity.map { [$0] } ?? []) + also
            + (offline ? [Self.offline[language]] : [])
    }

    /// What these sentences say and `others` do not.
    package func lines(beyond others: ConsentSentences) -> [String] {
        let said = Set(others.lines)
        return lines.filter { !said.contains($0) }
    }
}

extension ConsentSentences {
    private static func accesses(
        _ set: ScopeSet, for reader: Reader, _ act: RecordUse, in language: Language, including wanted: Permissions
    ) -> [Access] {
        RecordPlace.allCases.compactMap { place in
            var found: [(kind: String, permissions: Permissions)] = []
            for scope in set.clinical
            where scope.place(for: reader) == place && !scope.permissions.isDisjoint(with: wanted) {
                let permissions = scope.permissions.intersection(wanted)
                for kind in scope.kinds(in: language) {
                    if let index = found.firstIndex(where: { $0.kind == kind }) {
                        found[index].permissions.formUnion(permissions)
                    } else {
                        found.append((kind, permissions))
                    }
                }
            }
            guard !found.isEmpty else { return nil }
            // The widest comes first, so that nobody has to find it among the narrow ones.
            let widest = found.filter { $0.kind == ClinicalScope.everything[language] }
            let rest = found.filter { $0.kind != ClinicalScope.everything[language] }
            return Access(
                heading: place.doing(act, for: reader, in: language),
                kinds: (widest + rest).map { "\($0.kind)\($0.permissions.reservation(in: language))" })
        }
    }

    static func identity(_ set: ScopeSet, in language: Language) -> String? {
        let isNamed = set.contains(.fhirUser) || set.contains(.profile)
        switch (isNamed, set.contains(.fhirUser), set.contains(.openID)) {
        case (_, true, _):
            return language.say(
                en: "Know who you are: your name and your own entry in the hospital’s records",
                es: "Saber quién es usted: su nombre y su propia ficha en el hospital",
                de: "Wissen, wer Sie sind: Ihr Name und Ihr eigener Eintrag beim Krankenhaus")
        case (true, _, _):
            return language.say(
                en: "Know who you are: your name", es: "Saber quién es usted: su nombre",
                de: "Wissen, wer Sie sind: Ihr Name")
        case (_, _, true):
            return language.say(
                en: "Recognize you when you come back, without learning your name",
                es: "Reconocerle cuando vuelva, sin conocer su nombre",
                de: "Sie wiedererkennen, wenn Sie zurückkommen, ohne Ihren Namen zu erfahren")
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
    fileprivate func reservation(in language: Language) -> String {
        switch self {
        case .create: language.say(en: " (add only)", es: " (solo añadir)", de: " (nur ergänzen)")
        case .update: language.say(en: " (change only)", es: " (solo cambiar)", de: " (nur ändern)")
        default: ""
        }
    }
}

extension Scope {
    /// The sentence of a scope that is about no kind of information; `nil` where the set as a whole has one.
    func sentence(for reader: ConsentSentences.Reader, in language: Language) -> String? {
        switch kind {
        case .clinical, .openID, .fhirUser, .profile, .offlineAccess: nil
        case .launch:
            language.say(
                en: "Know what you had open when you started it", es: "Saber qué tenía abierto usted al iniciarla",
                de: "Wissen, was Sie beim Start geöffnet hatten")
        case .launchContext(type: let type, role: let role):
            Self.context(type, for: reader, in: language)
                + (role.map { language.say(en: " (as \($0))", es: " (como \($0))", de: " (als \($0))") } ?? "")
        case .onlineAccess:
            language.say(
                en: "Keep its access for as long as you stay signed in",
                es: "Conservar el acceso mientras siga con la sesión iniciada",
                de: "Den Zugriff behalten, solange Sie angemeldet sind")
        case .other:
            language.say(
                en: "Use the hospital’s own permission “\(spelling)”",
                es: "Usar el permiso propio del hospital «\(spelling)»",
                de: "Die eigene Berechtigung „\(spelling)“ des Krankenhauses nutzen")
        }
    }

    private static func context(
        _ type: String, for reader: ConsentSentences.Reader, in language: Language
    ) -> String {
        switch (type, reader) {
        case ("patient", .patient):
            language.say(
                en: "Know which record is yours", es: "Saber cuál es su historia clínica",
                de: "Wissen, welche Akte Ihre ist")
        case ("patient", .other):
            language.say(
                en: "Know which patient is chosen", es: "Saber qué paciente se ha elegido",
                de: "Wissen, welche Person ausgewählt ist")
        case ("encounter", _):
            language.say(
                en: "Know which visit it is about", es: "Saber de qué visita se trata",
                de: "Wissen, um welchen Besuch es geht")
        default:
            language.say(
                en: "Know which \(type) is chosen", es: "Saber qué se ha elegido: \(type)",
                de: "Wissen, was ausgewählt ist: \(type)")
        }
    }
}

extension ClinicalScope {
    static let everything = Wording(
        "every kind of information, now and later", es: "todo tipo de información, ahora y en el futuro",
        de: "alle Arten von Daten, jetzt und später")

    /// The kinds of information that the scope opens: one, or one for each category it names.
    func kinds(in language: Language) -> [String] {
        guard let resourceType else { return [Self.everything[language]] }
        let noun = ResourceWords.noun(resourceType, in: language)
        let category = constraints.first { $0.parameter == ResourceWords.parameterOfKinds(resourceType) }
        let others = constraints.filter { $0 != category }.map { $0.words(in: language) }
        guard let category else { return [Self.qualified(noun, by: others, in: language)] }
        return category.values.map { value in
            if let kind = ResourceWords.kind(value, of: resourceType, in: language) {
                return Self.qualified(kind, by: others, in: language)
            }
            return Self.qualified(noun, by: [category.words(for: [value], in: language)] + others, in: language)
        }
    }

    private static func qualified(_ kind: String, by conditions: [String], in language: Language) -> String {
        guard !conditions.isEmpty else { return kind }
        let all = language.list(conditions)
        return language.say(
            en: "\(kind) (only with \(all))", es: "\(kind) (solo con \(all))", de: "\(kind) (nur mit \(all))")
    }
}

extension ScopeConstraint {
    fileprivate func words(in language: Language) -> String { words(for: values, in: language) }

    /// The values stand as they were written: a guess at a code nobody here knows would be worse.
    fileprivate func words(for values: [Token], in language: Language) -> String {
        "\(Self.name(parameter, in: language)) \(language.alternatives(values.map(\.spelling)))"
    }

    private static func name(_ parameter: String, in language: Language) -> String {
        switch parameter {
        case "_tag": language.say(en: "tag", es: "etiqueta", de: "Markierung")
        case "category": language.say(en: "category", es: "categoría", de: "Kategorie")
        case "code": language.say(en: "code", es: "código", de: "Code")
        case "status": language.say(en: "status", es: "estado", de: "Stand")
        case "_security":
            language.say(en: "security label", es: "etiqueta de seguridad", de: "Sicherheitsmarkierung")
        case "clinical-status":
            language.say(en: "clinical status", es: "estado clínico", de: "klinischer Stand")
        default: parameter
        }
    }
}
