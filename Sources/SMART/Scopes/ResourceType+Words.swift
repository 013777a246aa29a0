extension ResourceType {
    /// "Test results, vital signs and other measurements": a type in everyday words.
    package static func everydayWords(_ type: String) -> String {
        let noun = ResourceWords.noun(type)
        return noun.prefix(1).uppercased() + noun.dropFirst()
    }
}
