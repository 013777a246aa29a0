import HTTP

extension ResourceType {
    /// "Test results, vital signs and other measurements": a type in everyday words.
    package static func everydayWords(_ type: String, in language: Language) -> String {
        let noun = ResourceWords.noun(type, in: language)
        return noun.prefix(1).uppercased() + noun.dropFirst()
    }
}
