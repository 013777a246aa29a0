/// A language of the pages.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case spanish = "es"
    case german = "de"
    /// No language: English from right to left and longer than it is, by which tests and demonstrations see whether the
    /// pages bear that (the tag is CLDR's).
    case mirrored = "ar-XB"

    /// Those that people read.
    package static let spoken: [Language] = [.english, .spanish, .german]

    /// The value of `dir`.
    package var direction: String { self == .mirrored ? "rtl" : "ltr" }

    /// One text in every language; where one is missing, it does not compile.
    package func say<Text>(
        en: @autoclosure () -> Text, es: @autoclosure () -> Text, de: @autoclosure () -> Text
    ) -> Text {
        switch self {
        case .english, .mirrored: en()
        case .spanish: es()
        case .german: de()
        }
    }
}

extension Language {
    /// The first of an app's `ui_locales` that is to be had (OpenID Core §3.1.2.1).
    package static func first(ofLocales locales: String, among offered: [Language]) -> Language? {
        locales.split(separator: " ").lazy.compactMap { match($0, among: offered) }.first
    }

    /// What a browser's `Accept-Language` likes best (RFC 9110 §12.5.4); the first of those offered where it likes none.
    package static func best(forAccepted field: String, among offered: [Language]) -> Language? {
        let ranges = field.split(separator: ",").prefix(32).compactMap { WeightedRange($0) }
        let refused = ranges.filter { $0.weight == 0 }.compactMap { match($0.range, among: offered) }
        let wanted = ranges.enumerated().filter { $0.element.weight > 0 }
            .sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
        for (_, range) in wanted {
            if range.range == "*" { return offered.first { !refused.contains($0) } }
            if let language = match(range.range, among: offered) { return language }
        }
        return offered.first { !refused.contains($0) } ?? offered.first
    }

    /// RFC 4647 §3.4: without its last part, again and again, `de-AT` comes to `de`.
    private static func match(_ range: Substring, among offered: [Language]) -> Language? {
        var parts = range.lowercased().split(separator: "-")
        while !parts.isEmpty {
            let tag = parts.joined(separator: "-")
            if let language = offered.first(where: { $0.rawValue.lowercased() == tag }) { return language }
            parts.removeLast()
        }
        return nil
    }
}

/// One element of `Accept-Language`: `de-AT;q=0.8`.
private struct WeightedRange {
    let range: Substring
    /// In thousandths.
    let weight: Int

    /// `nil` for what is malformed.
    init?(_ element: Substring) {
        let parts = element.split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        }
        guard let range = parts.first, !range.isEmpty, parts.count <= 2 else { return nil }
        self.range = range
        guard parts.count == 2 else {
            weight = 1000
            return
        }
        // RFC 9110 §12.4.2: at most three digits behind the point, and never more than 1.
        let value = parts[1].dropFirst(2)
        guard parts[1].lowercased().hasPrefix("q="), value.utf8.count <= 5, value.first == "0" || value.first == "1",
            value.count == 1 || value.dropFirst().first == ".",
            value.dropFirst(2).allSatisfy({ "0123456789".contains($0) })
        else { return nil }
        let digits = value.dropFirst(2) + String(repeating: "0", count: max(0, 3 - value.dropFirst(2).count))
        weight = min(1000, (value.first == "1" ? 1000 : 0) + (Int(digits) ?? 0))
    }
}

/// A text without slots in every language.
package struct Wording: Sendable, Equatable {
    private let en: String
    private let es: String
    private let de: String

    package init(_ en: String, es: String, de: String) {
        self.en = en
        self.es = es
        self.de = de
    }

    package subscript(_ language: Language) -> String { language.say(en: en, es: es, de: de) }
}

extension Language {
    /// "a, b and c"
    package func list(_ items: [String]) -> String { joined(items, say(en: "and", es: "y", de: "und")) }

    /// "a, b or c"
    package func alternatives(_ items: [String]) -> String { joined(items, say(en: "or", es: "o", de: "oder")) }

    private func joined(_ items: [String], _ conjunction: String) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return "\(items.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
    }
}
