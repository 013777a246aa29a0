/// Why somebody did what needs a reason, in words: one line of up to 300 characters, and more than a few letters.
package struct StatedReason: Sendable, Equatable {
    package let text: String

    package static let longest = 300

    /// `nil` for what is no reason.
    package init?(_ text: String) {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        guard words.count >= 10, words.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            return nil
        }
        self.text = String(words.prefix(Self.longest))
    }
}
