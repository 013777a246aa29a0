import HTTP

extension Permissions {
    /// What an app may do: "see, add and change".
    package func words(in language: Language) -> String {
        let verbs = [
            isDisjoint(with: [.read, .search]) ? nil : language.say(en: "see", es: "ver", de: "sehen"),
            contains(.create) ? language.say(en: "add", es: "añadir", de: "ergänzen") : nil,
            contains(.update) ? language.say(en: "change", es: "cambiar", de: "ändern") : nil,
            contains(.delete) ? language.say(en: "delete", es: "eliminar", de: "löschen") : nil,
        ].compactMap { $0 }
        return language.list(verbs)
    }

    package var words: String { words(in: .english) }
}
