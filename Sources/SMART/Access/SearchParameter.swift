/// One parameter of a search: what it is, and its value (FHIR R4 search).
package struct SearchParameter: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// A parameter of the type, or one of those that every type has.
        case plain
        /// `_include` and `_revinclude`: what is to come along.
        case inclusion(Inclusion)
        /// `subject:Patient.name`: a condition on what a reference leads to (FHIR R4 search#chaining).
        case chain(Chain)
        /// `_has:Observation:patient:code`: a condition on what leads here (FHIR R4 search#has).
        case reverseChain(Chain)
    }

    package struct Inclusion: Sendable, Equatable {
        package let isReverse: Bool
        /// The type whose references are followed.
        package let source: String
        /// Which of the types that may be reached; `nil` for all.
        package let target: String?
    }

    package struct Chain: Sendable, Equatable {
        /// The reference that is followed.
        package let reference: String
        /// The type the condition is about; `nil` where the request does not say.
        package let type: String?
    }

    package let kind: Kind
    package let name: String
    package let modifier: String?
    /// The whole name as it goes out.
    package let spelling: String
    package let value: String

    /// Splits the name after it was decoded. `nil` for what nobody here lets through: `_filter` and every other control
    /// parameter that is not listed, unknown modifiers, chains of chains.
    package init?(_ name: String, _ value: String) {
        guard name.utf8.count <= 200, value.utf8.count <= 16_384, let read = Self.read(name, value) else { return nil }
        self = read
        guard isSafe else { return nil }
    }

    /// A parameter of our own making.
    init(ours name: String, _ values: [String]) {
        self.init(.plain, name, values.joined(separator: ","))
    }

    private init(
        _ kind: Kind, _ name: String, modifier: String? = nil, spelling: String? = nil, _ value: String
    ) {
        self.kind = kind
        self.name = name
        self.modifier = modifier
        self.spelling = spelling ?? name
        self.value = value
    }

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
}

// Reading
extension SearchParameter {
    private static func read(_ name: String, _ value: String) -> SearchParameter? {
        if name.hasPrefix("_has:") { return reverseChain(name, value) }
        let links = name.split(separator: ".", omittingEmptySubsequences: false)
        if links.count > 1 { return chain(name, links, value) }
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let modifier = parts.count == 2 ? String(parts[1]) : nil
        if first == "_include" || first == "_revinclude" {
            return inclusion(String(first), modifier, spelling: name, value)
        }
        // Groups and lists say of patients what a token may not see.
        if modifier == "in" || modifier == "not-in", value.contains("Group/") || value.contains("List/") { return nil }
        guard isPlain(first) || controls.contains(String(first)),
            modifier.map({ modifiers.contains($0) || ResourceType.isKnown($0) }) != false
        else { return nil }
        return SearchParameter(.plain, String(first), modifier: modifier, spelling: name, value)
    }

    /// `Source:parameter[:Target]`
    private static func inclusion(
        _ name: String, _ modifier: String?, spelling: String, _ value: String
    ) -> SearchParameter? {
        let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard modifier == nil || modifier == "iterate", parts.count == 2 || parts.count == 3,
            ResourceType.isKnown(parts[0]), isPlain(Substring(parts[1])),
            parts.count == 2 || ResourceType.isKnown(parts[2])
        else {
            // A wildcard is understood, and never followed.
            guard parts.last == "*" else { return nil }
            return SearchParameter(
                .inclusion(Inclusion(isReverse: name == "_revinclude", source: "*", target: nil)), name,
                modifier: modifier, spelling: spelling, value)
        }
        let inclusion = Inclusion(
            isReverse: name == "_revinclude", source: parts[0], target: parts.count == 3 ? parts[2] : nil)
        return SearchParameter(.inclusion(inclusion), name, modifier: modifier, spelling: spelling, value)
    }

    /// `reference[:Type].parameter[:modifier]`
    private static func chain(_ name: String, _ links: [Substring], _ value: String) -> SearchParameter? {
        guard links.count == 2 else { return nil }
        let first = links[0].split(separator: ":", omittingEmptySubsequences: false)
        guard let reference = first.first, isPlain(reference), first.count <= 2,
            first.count == 1 || ResourceType.isKnown(String(first[1])), isCondition(links[1])
        else { return nil }
        let chain = Chain(reference: String(reference), type: first.count == 2 ? String(first[1]) : nil)
        return SearchParameter(.chain(chain), String(reference), spelling: name, value)
    }

    /// `_has:Type:reference:parameter[:modifier]`
    private static func reverseChain(_ name: String, _ value: String) -> SearchParameter? {
        let parts = name.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, ResourceType.isKnown(String(parts[1])), isPlain(parts[2]), isCondition(parts[3]) else {
            return nil
        }
        let chain = Chain(reference: String(parts[2]), type: String(parts[1]))
        return SearchParameter(.reverseChain(chain), "_has", spelling: name, value)
    }

    /// A parameter at the end of a chain: not the beginning of another one.
    private static func isCondition(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count <= 2 else { return false }
        return (isPlain(name) || ["_id", "_lastUpdated"].contains(name))
            && (parts.count == 1 || modifiers.contains(String(parts[1])))
    }

    private var isSafe: Bool {
        switch name {
        // A sort key with a dot is a chain.
        case "_sort": modifier == nil && alternatives.allSatisfy { Self.isSortKey($0) }
        case "_contained": modifier == nil && value == "false"
        case "_count", "_total", "_summary", "_elements", "_format", "_pretty": modifier == nil
        default: true
        }
    }

    private static let controls: Set<String> = [
        "_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_text", "_content", "_count", "_total",
        "_sort", "_summary", "_elements", "_contained", "_format", "_pretty",
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
