import JSON

/// What the references in a written resource or patch lead to, in every spelling that some server could follow.
struct WrittenReferences {
    private(set) var patients: Set<String> = []
    private(set) var binaries: Set<String> = []
    /// Whether a search stands in place of a reference: the server's answer would tell what it finds (FHIR R4 http#transaction).
    private(set) var hasSearch = false

    /// - Parameters:
    ///   - isPatch: any text of a patch may end up in a reference.
    ///   - skipped: members of the root that are held against what is there now.
    init(in value: JSONValue, isPatch: Bool = false, skipping skipped: Set<String> = []) {
        guard value.kind == .object else {
            collect(value, named: "", isPatch)
            return
        }
        for member in value.members where !skipped.contains(member.name) {
            collect(member.value, named: member.name, isPatch)
        }
    }

    private mutating func collect(_ value: JSONValue, named name: String, _ isPatch: Bool) {
        switch value.kind {
        case .object: for member in value.members { collect(member.value, named: member.name, isPatch) }
        case .array: for element in value.elements { collect(element, named: name, isPatch) }
        case .string: if let text = value.string { take(text, isReference: isPatch || name == "reference") }
        case .number, .boolean, .null: break
        }
    }

    private mutating func take(_ text: String, isReference: Bool) {
        if isReference, FHIRReference.isConditional(text) { hasSearch = true }
        switch FHIRReference.mentioned(in: text) {
        case .local("Patient", let id): if isReference { patients.insert(id) }
        // Raw content belongs to whoever's document points to it, and a document does so by a url.
        case .local("Binary", let id): binaries.insert(id)
        case .local, .unclear: break
        }
    }
}
