import JSON

/// Which resources of an answer refer to each other, both ways: `_include` follows references and `_revinclude` finds them
/// (FHIR R4 search#include).
struct IncludeConnections {
    private let references: FHIRReferenceReader
    /// As `Type/id`: what is in, and what that refers to.
    private var names: Set<String> = []
    private var targets: Set<String> = []

    init(_ references: FHIRReferenceReader) {
        self.references = references
    }

    mutating func add(_ resource: JSONValue) {
        if let name = Self.name(of: resource) { names.insert(name) }
        collect(resource, named: "") { targets.insert($0) }
    }

    /// Whether a resource refers to one that is in, or one that is in to it.
    func reach(_ resource: JSONValue) -> Bool {
        if let name = Self.name(of: resource), targets.contains(name) { return true }
        var found = false
        collect(resource, named: "") { if names.contains($0) { found = true } }
        return found
    }

    private static func name(of resource: JSONValue) -> String? {
        guard let type = resource["resourceType"]?.string, let id = resource["id"]?.string else { return nil }
        return "\(type)/\(id)"
    }

    private func collect(_ value: JSONValue, named name: String, _ take: (String) -> Void) {
        switch value.kind {
        case .object: for member in value.members { collect(member.value, named: member.name, take) }
        case .array: for element in value.elements { collect(element, named: name, take) }
        case .string:
            guard name == "reference", case .local(let type, let id)? = value.string.map(references.read) else {
                return
            }
            take("\(type)/\(id)")
        case .number, .boolean, .null: break
        }
    }
}
