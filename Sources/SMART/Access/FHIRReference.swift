/// What a `Reference.reference` says it points to.
package enum FHIRReference: Sendable, Equatable {
    /// A resource of this FHIR server.
    case local(type: String, id: String)
    /// Something else, or nothing that can be told: contained, logical, `urn:`, another server.
    case unclear

    /// Longer than any reference to a resource of ours.
    static let longest = 2048
}

extension FHIRReference {
    /// The id in a text that refers to a resource of the type; `nil` for anything else.
    static func id(of text: String, _ type: String, by reader: FHIRReferenceReader) -> String? {
        guard case .local(type, let id) = reader.read(text) else { return nil }
        return id
    }

    /// What a text could be taken to point to by a server that is generous with spellings: whatever stands before the type.
    static func mentioned(in text: String) -> FHIRReference {
        guard text.utf8.count <= longest else { return .unclear }
        var parts = text.prefix { $0 != "?" && $0 != "#" }.split(separator: "/", omittingEmptySubsequences: true)
        if parts.count >= 4, parts[parts.count - 2] == "_history" { parts.removeLast(2) }
        guard parts.count >= 2, case let type = String(parts[parts.count - 2]), ResourceType.isKnown(type) else {
            return .unclear
        }
        return .local(type: type, id: String(parts[parts.count - 1]))
    }

    /// Whether a server could take a text for a search in place of a reference (FHIR R4 http#transaction).
    static func isConditional(_ text: String) -> Bool {
        guard let mark = text.firstIndex(of: "?") else { return false }
        guard text.utf8.count <= longest else { return true }
        return text[..<mark].split(separator: "/").last.map { ResourceType.isKnown(String($0)) } == true
    }
}

/// The ways in which references to this FHIR server are written.
package struct FHIRReferenceReader: Sendable {
    private let prefixes: [String]

    package init(base: FHIRBase, upstreamBase: String? = nil) {
        prefixes = ([base.description] + (upstreamBase.map { [$0] } ?? [])).map { "\($0)/" }
    }

    /// Reads `Type/id` and `Type/id/_history/n`, relative or under one of the server's bases.
    package func read(_ text: String) -> FHIRReference {
        guard text.utf8.count <= FHIRReference.longest else { return .unclear }
        let relative = prefixes.first { text.hasPrefix($0) }.map { text.dropFirst($0.count) } ?? Substring(text)
        let parts = relative.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 4 && parts[2] == "_history" && ResourceID.isValid(parts[3]),
            ResourceType.isKnown(String(parts[0])), ResourceID.isValid(parts[1])
        else { return .unclear }
        return .local(type: String(parts[0]), id: String(parts[1]))
    }
}
