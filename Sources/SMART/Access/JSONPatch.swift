import JSON

/// A JSON Patch as far as it has to be known what it touches (RFC 6902).
struct JSONPatch {
    let document: JSONDocument
    /// The member of the resource that each path begins with.
    private let roots: Set<String>
    /// Whether it asks for a value.
    let tests: Bool

    private static let operations: Set<String> = ["add", "remove", "replace", "move", "copy", "test"]
    private static let longest = 200

    init(_ document: JSONDocument) throws(FHIRRefusal) {
        guard document.root.kind == .array, document.root.count <= Self.longest else {
            throw .malformed("A JSON Patch is an array of at most \(Self.longest) operations.")
        }
        var roots: Set<String> = []
        for operation in document.root.elements {
            // RFC 6902 §4
            guard let name = operation["op"]?.string, Self.operations.contains(name),
                let path = operation["path"]?.string, let root = Self.root(of: path)
            else { throw .malformed("An operation of the JSON Patch has no sound op or path.") }
            roots.insert(root)
            guard name == "move" || name == "copy" else { continue }
            guard let from = operation["from"]?.string.flatMap({ Self.root(of: $0) }) else {
                throw .malformed("An operation of the JSON Patch has no sound from.")
            }
            roots.insert(from)
        }
        self.document = document
        self.roots = roots
        tests = document.root.elements.contains { $0["op"]?.equals("test") == true }
    }

    /// Whether these members of the resource stay untouched, and so does the resource as a whole.
    func keeps(_ members: Set<String>) -> Bool {
        roots.isDisjoint(with: members) && !roots.contains("")
    }

    /// RFC 6901 §3, §4: the first token, unescaped; `""` for the whole document, `nil` for what is no pointer.
    private static func root(of pointer: String) -> String? {
        guard !pointer.isEmpty else { return "" }
        guard pointer.hasPrefix("/") else { return nil }
        let token = String(pointer.dropFirst().prefix { $0 != "/" })
        return token.replacing("~1", with: "/").replacing("~0", with: "~")
    }
}
