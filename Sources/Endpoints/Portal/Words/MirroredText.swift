import HTTP

extension HTML {
    /// The document with its texts longer by a third and read from right to left, all but the names within `bdi`: a page
    /// that stays in order so, stays in order in Arabic and in German.
    var mirrored: HTML {
        var text = ""
        var isInName = false
        var rest = description[...]
        while let tag = rest.firstIndex(of: "<") {
            text += isInName ? String(rest[..<tag]) : Self.mirrored(rest[..<tag])
            let end = rest[tag...].firstIndex(of: ">").map { rest.index(after: $0) } ?? rest.endIndex
            let markup = rest[tag..<end]
            if markup.hasPrefix("<bdi") { isInName = true }
            if markup.hasPrefix("</bdi") { isInName = false }
            text += markup
            rest = rest[end...]
        }
        return HTML(markup: text + rest)
    }

    private static func mirrored(_ text: Substring) -> String {
        var result = ""
        var word = ""
        func spoken(_ word: String) -> String {
            guard word.contains(where: \.isLetter), !word.contains("&") else { return word }
            let long = word.map { "aeiou".contains($0) ? "\($0)\($0)" : String($0) }.joined()
            return "\u{202E}\(long)\u{202C}"
        }
        for character in text {
            if character.isWhitespace {
                result += spoken(word)
                word = ""
                result.append(character)
            } else {
                word.append(character)
            }
        }
        return result + spoken(word)
    }
}
