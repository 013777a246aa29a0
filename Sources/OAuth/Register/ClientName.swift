/// The name of an app, as people read it where they decide about it (RFC 7591 §2: `client_name`).
package enum ClientName {
    /// Characters; a longer name would push the rest of a page away.
    package static let longest = 100

    /// Whether a text can be a name: visible, in one line, and nothing in it that turns or hides what stands beside it.
    package static func isPossible(_ text: String) -> Bool {
        guard (1...longest).contains(text.count), text.utf8.count <= 4 * longest,
            text.first?.isWhitespace == false, text.last?.isWhitespace == false
        else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            // U+200D joins the parts of one sign, in Indic and Arabic scripts too.
            case .format: scalar.value == 0x200D || scalar.value == 0x200C
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
    }
}
