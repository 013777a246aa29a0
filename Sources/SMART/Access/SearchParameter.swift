/// One parameter of a search: name, modifier and value (FHIR R4 search#modifiers).
package struct SearchParameter: Sendable, Equatable {
    package let name: String
    package let modifier: String?
    package let value: String

    /// Splits the name after it was decoded. `nil` for what we do not let through: chains, `_has`, includes, `_filter` and
    /// every other control parameter, unknown modifiers.
    package init?(_ name: String, _ value: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, Self.isPlain(first) || Self.controls.contains(String(first))
        else { return nil }
        let modifier = parts.count == 2 ? String(parts[1]) : nil
        guard modifier.map({ Self.modifiers.contains($0) || ResourceType.isKnown($0) }) != false else { return nil }
        self.name = String(first)
        self.modifier = modifier
        self.value = value
        guard isSafe else { return nil }
    }

    /// A parameter of our own making.
    init(ours name: String, _ values: [String]) {
        self.name = name
        modifier = nil
        value = values.joined(separator: ",")
    }

    /// The name as it goes out.
    package var spelling: String { modifier.map { "\(name):\($0)" } ?? name }

    /// The values between commas, an escaped comma being part of one (FHIR R4 search#escaping).
    package var alternatives: [String] { Self.split(value) }

    static func split(_ value: String) -> [String] {
        var values = [""]
        var isEscaped = false
        for character in value {
            if character == ",", !isEscaped {
                values.append("")
            } else {
                values[values.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return values
    }

    private var isSafe: Bool {
        switch name {
        // A sort key with a dot is a chain.
        case "_sort": modifier == nil && alternatives.allSatisfy { Self.isSortKey($0) }
        case "_count", "_total", "_summary", "_elements", "_format", "_pretty": modifier == nil
        default: true
        }
    }

    private static let controls: Set<String> = [
        "_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_count", "_total", "_sort", "_summary",
        "_elements", "_format", "_pretty",
    ]

    private static let modifiers: Set<String> = [
        "missing", "exact", "contains", "not", "text", "in", "not-in", "below", "above", "of-type", "identifier",
    ]

    private static func isPlain(_ name: Substring) -> Bool {
        name.utf8.first.map { isLetter($0) } == true
            && name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }

    private static func isSortKey(_ text: String) -> Bool {
        let name = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        return isPlain(name) || ["_id", "_lastUpdated", "_score"].contains(name)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
