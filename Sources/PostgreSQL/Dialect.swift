/// A step of the schema is written once, as SQLite understands it; this says it in PostgreSQL's words.
///
///     INTEGER  BIGINT              64 bits there as here
///     BLOB     BYTEA
///     TEXT     TEXT COLLATE "C"    compared byte for byte, and an index that no change of the system's locales breaks
///     X'00'    '\x00'::bytea
///     STRICT, WITHOUT ROWID        left out: every table is
///
/// Names, texts in quotes and comments stay as they are, and so does everything that both understand: constraints, references,
/// defaults, indexes (partial ones too), ALTER TABLE … ADD COLUMN, INSERT, UPDATE, DELETE. A step uses nothing else.
package enum Dialect {
    package static func translate(_ step: String) -> String {
        var scanner = Scanner(rest: step[...])
        var result = ""
        var depth = 0
        var isInOptions = false
        var previous = ""
        while let token = scanner.next() {
            switch token {
            case .word(let word):
                let upper = word.uppercased()
                if depth == 0, ["STRICT", "WITHOUT", "ROWID"].contains(upper) {
                    isInOptions = true
                } else {
                    result += translated(upper, after: previous) ?? word
                }
                previous = upper
            case .bytes(let digits):
                result += "'\\x\(digits)'::bytea"
            case .sign(let sign):
                switch sign {
                case "(": depth += 1
                case ")": depth -= 1
                case ";": isInOptions = false
                default: break
                }
                if sign != "," || !isInOptions { result.append(sign) }
            case .space(let space):
                if !isInOptions { result += space }
            case .verbatim(let text):
                result += text
            }
        }
        return result
    }

    private static func translated(_ word: String, after previous: String) -> String? {
        switch word {
        case "INTEGER": "BIGINT"
        case "BLOB": "BYTEA"
        // CAST (x AS TEXT) takes no collation.
        case "TEXT": previous == "AS" ? nil : "TEXT COLLATE \"C\""
        default: nil
        }
    }

    private enum Token {
        /// A key word or a name.
        case word(String)
        /// What stands between the quotes of X'…'.
        case bytes(String)
        case sign(Character)
        case space(String)
        /// A text or a name in quotes, a comment.
        case verbatim(String)
    }

    private struct Scanner {
        var rest: Substring

        mutating func next() -> Token? {
            guard let first = rest.first else { return nil }
            if rest.hasPrefix("--") { return .verbatim(take { !$0.isNewline }) }
            if first.isWhitespace { return .space(take(while: \.isWhitespace)) }
            if first == "'" || first == "\"" { return .verbatim(quoted(first)) }
            guard first.isLetter || first == "_" else { return .sign(rest.removeFirst()) }
            let word = take { $0.isLetter || $0.isNumber || $0 == "_" }
            if word.uppercased() == "X", rest.first == "'" { return .bytes(String(quoted("'").dropFirst().dropLast())) }
            return .word(word)
        }

        private mutating func take(while belongs: (Character) -> Bool) -> String {
            let token = rest.prefix(while: belongs)
            rest = rest[token.endIndex...]
            return String(token)
        }

        /// To the closing quote; a doubled one inside makes two texts in a row, which comes to the same.
        private mutating func quoted(_ quote: Character) -> String {
            let end = rest.dropFirst().firstIndex(of: quote).map { rest.index(after: $0) } ?? rest.endIndex
            let token = rest[..<end]
            rest = rest[end...]
            return String(token)
        }
    }
}
