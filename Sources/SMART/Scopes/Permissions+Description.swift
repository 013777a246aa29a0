extension Permissions {
    /// What an app may do: "see, add and change".
    package var words: String {
        let verbs = [
            isDisjoint(with: [.read, .search]) ? nil : "see", contains(.create) ? "add" : nil,
            contains(.update) ? "change" : nil, contains(.delete) ? "delete" : nil,
        ].compactMap { $0 }
        guard let last = verbs.last, verbs.count > 1 else { return verbs.first ?? "" }
        return "\(verbs.dropLast().joined(separator: ", ")) and \(last)"
    }
}
