/// The directives of an answer that say how long it may be kept (RFC 9111 §5.2.2).
struct CacheControl {
    private let directives: [(name: String, argument: String?)]

    init(_ values: [String]) {
        directives = values.flatMap(Self.members).map { member in
            let name = member.prefix { $0 != "=" }
            let argument = name.endIndex < member.endIndex ? String(member[name.endIndex...].dropFirst()) : nil
            return (Self.trimmed(String(name)).lowercased(), argument.map(Self.trimmed).map(Self.unquoted))
        }
    }

    func has(_ name: String) -> Bool {
        directives.contains { $0.name == name }
    }

    /// Whole seconds: `nil` without the directive, zero for one that is not written well or says two things.
    func seconds(_ name: String) -> Int? {
        let arguments = directives.filter { $0.name == name }.map(\.argument)
        guard let first = arguments.first else { return nil }
        // RFC 9111 §4.2.1: what is invalid makes the answer stale.
        guard let first, arguments.allSatisfy({ $0 == first }) else { return 0 }
        return DeltaSeconds.parse(first) ?? 0
    }

    /// RFC 9110 §5.6.1: the members of a list; a comma inside of quotes divides nothing.
    private static func members(_ value: String) -> [String] {
        var members: [String] = []
        var member = ""
        var isQuoted = false
        var isEscaped = false
        for character in value {
            if character == ",", !isQuoted {
                members.append(member)
                member = ""
                continue
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
            member.append(character)
        }
        return (members + [member]).map(trimmed).filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(String(text.drop(while: isSpace)).reversed().drop(while: isSpace).reversed())
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast())
    }
}

/// A time span of HTTP (RFC 9111 §1.2.2).
enum DeltaSeconds {
    /// What is larger counts as this.
    private static let largest = 1 << 31

    static func parse(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return min(Int(text) ?? largest, largest)
    }
}
