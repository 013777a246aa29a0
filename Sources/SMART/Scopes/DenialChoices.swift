import HTTP

/// What a patient can keep from every app, one by one: the kinds of information that the consent page asks about.
package struct DenialChoices: Sendable, Equatable {
    package struct Choice: Sendable, Equatable {
        /// The value of the tick in the form. ASCII alone.
        package let id: String
        /// In small letters: "laboratory results".
        package let words: String
        /// What is denied where it is ticked.
        let scopes: [ClinicalScope]
        /// Ticks within this one: they count where it is not ticked itself.
        package let parts: [Choice]

        init(_ id: String, _ words: String, _ scopes: [ClinicalScope], parts: [Choice] = []) {
            self.id = id
            self.words = words
            self.scopes = scopes
            self.parts = parts
        }

        func isMade(in denied: Set<ClinicalScope>) -> Bool { scopes.allSatisfy(denied.contains) }
    }

    /// The whole record, kinds to come included.
    package let everything: Choice
    package let kinds: [Choice]
    private let language: Language

    /// The name of the form's tick boxes.
    package static let field = "deny"

    package init(in language: Language = .english) {
        self.language = language
        everything = Choice("everything", ClinicalScope.everything[language], [Self.scope(nil)])
        let personal = Compartment.table.filter { !$0.value.isImpersonal }.keys
        let everyday = EverydayTypes.inOrder.filter(personal.contains)
        let others = personal.filter { !everyday.contains($0) }.sorted()
        kinds =
            everyday.map { type in
                Choice(
                    type, ResourceWords.noun(type, in: language), [Self.scope(type)],
                    parts: ConsentCategories.of(type).map { token in
                        let constraint = ScopeConstraint(ConsentCategories.parameter, [token])
                        return Choice(
                            "\(type)?\(constraint.spelling)",
                            ResourceWords.kind(token, of: type, in: language) ?? token.spelling,
                            [Self.scope(type, [constraint])])
                    })
            } + [
                Choice(
                    "rest", language.say(en: "everything else", es: "todo lo demás", de: "alles andere"),
                    others.map { Self.scope($0) })
            ]
    }

    private static func scope(_ type: String?, _ constraints: [ScopeConstraint] = []) -> ClinicalScope {
        ClinicalScope(.patient, type, .all, constraints: constraints)
    }
}

extension DenialChoices {
    /// Every tick of the form, those within others too.
    package var all: [Choice] { [everything] + kinds.flatMap { [$0] + $0.parts } }

    /// What was ticked in the form; what is none of these choices is nothing.
    package func ticked(in form: Form) -> Set<String> {
        let sent = form.values(Self.field)
        return Set(all.map(\.id).filter { id in sent.contains { $0.isExactly(id) } })
    }

    /// What is ticked where these rules hold.
    package func ticked(by rules: [DenyRule]) -> Set<String> {
        let denied = Set(rules.map(\.scope))
        return Set(all.filter { $0.isMade(in: denied) }.map(\.id))
    }

    /// The rules that the ticks make; a tick says all that stands within it.
    package func rules(ticked: Set<String>, of patient: String) -> [DenyRule] {
        guard !ticked.contains(everything.id) else { return [DenyRule(patient: patient)] }
        return kinds.flatMap { kind in ticked.contains(kind.id) ? [kind] : kind.parts.filter { ticked.contains($0.id) }
        }
        .flatMap(\.scopes).map { DenyRule(patient: patient, denying: $0) }
    }

    /// Of these rules, those that no tick of the form speaks of.
    package func unspoken(_ rules: [DenyRule]) -> [DenyRule] {
        let spoken = Set(all.flatMap(\.scopes))
        return rules.filter { !spoken.contains($0.scope) }
    }

    /// What rules deny, in everyday words, each thing once: "Laboratory results".
    package func words(for rules: [DenyRule]) -> [String] {
        let denied = Set(rules.map(\.scope))
        guard !everything.isMade(in: denied) else { return [Self.sentence(everything.words)] }
        let made = kinds.flatMap { kind in
            kind.isMade(in: denied) ? [kind] : kind.parts.filter { $0.isMade(in: denied) }
        }
        let told = Set(made.flatMap { [$0] + $0.parts }.flatMap(\.scopes))
        let others = rules.filter { !told.contains($0.scope) }.flatMap { rule in
            rule.scope.kinds(in: language).map { kind in
                rule.permissions == .all ? kind : "\(kind) (\(rule.permissions.words(in: language)))"
            }
        }
        var seen: Set<String> = []
        return (made.map(\.words) + others).map(Self.sentence).filter { seen.insert($0).inserted }
    }

    package static func sentence(_ phrase: String) -> String {
        phrase.prefix(1).uppercased() + phrase.dropFirst()
    }
}
