import HTTP

/// The name of a tick in the form of the consent page: the same whenever the same scopes are offered. ASCII alone.
package struct ChoiceID: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    private init(_ text: String) {
        description = text
    }
}

extension ChoiceID {
    static let identity = ChoiceID("identity")
    static let offline = ChoiceID("offline_access")
    static let online = ChoiceID("online_access")

    /// A permission of the site's own.
    static func own(_ spelling: String) -> ChoiceID { ChoiceID("own/\(spelling)") }

    static func type(_ type: String, in place: RecordPlace) -> ChoiceID { ChoiceID("\(place.rawValue)/\(type)") }

    /// What a wildcard opens beyond the types that are listed.
    static func rest(of place: RecordPlace) -> ChoiceID { ChoiceID("\(place.rawValue)/*") }

    static func otherCategories(of type: String, in place: RecordPlace) -> ChoiceID {
        ChoiceID("\(place.rawValue)/\(type)/other")
    }

    /// What these constraints leave of a type, however they were written: a category has the same name on its own and below
    /// its type.
    static func part(of type: String, in place: RecordPlace, _ constraints: [ScopeConstraint]) -> ChoiceID {
        let canonical = constraints.map { constraint in
            let values = Set(constraint.values).sorted { $0.spelling < $1.spelling }
            return ScopeConstraint(constraint.parameter, values).spelling
        }
        return ChoiceID("\(place.rawValue)/\(type)?\(canonical.sorted().joined(separator: "&"))")
    }

    static func category(_ token: ScopeConstraint.Token, of type: String, in place: RecordPlace) -> ChoiceID {
        part(of: type, in: place, [ScopeConstraint(ConsentCategories.parameter, [token])])
    }
}

/// One tick of the consent page.
package struct ConsentChoice: Sendable, Equatable {
    package let id: ChoiceID
    /// In small letters where it is a kind of information, "laboratory results"; otherwise a sentence.
    package let words: String
    /// What the app may do with that kind of information.
    package let permissions: Permissions
    /// Ticks within this one: they count for as long as it is ticked itself.
    package let parts: [ConsentChoice]

    init(_ id: ChoiceID, _ words: String, _ permissions: Permissions = [], parts: [ConsentChoice] = []) {
        self.id = id
        self.words = words
        self.permissions = permissions
        self.parts = parts
    }
}
