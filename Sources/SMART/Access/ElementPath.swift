import JSON

extension JSONValue {
    /// The values at a path of element names, every array on the way walked.
    func values(at path: some Collection<String>) -> [JSONValue] {
        if kind == .array { return elements.flatMap { $0.values(at: path) } }
        guard let name = path.first else { return [self] }
        return self[name].map { $0.values(at: path.dropFirst()) } ?? []
    }
}
