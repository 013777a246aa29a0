/// The letters of a clinical scope (SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources).
package struct Permissions: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let create = Permissions(rawValue: 1)
    /// Read, vread and the history of one instance.
    package static let read = Permissions(rawValue: 2)
    /// Update and patch.
    package static let update = Permissions(rawValue: 4)
    package static let delete = Permissions(rawValue: 8)
    /// Search of a type or the system, and their histories.
    package static let search = Permissions(rawValue: 16)

    package static let all: Permissions = [.create, .read, .update, .delete, .search]

    private static let letters: [(letter: Character, permission: Permissions)] = [
        ("c", .create), ("r", .read), ("u", .update), ("d", .delete), ("s", .search),
    ]

    /// The suffix of a version 2 scope: letters of `cruds` in that order, each once. Anything else is not read as letters.
    package init?(suffix: some StringProtocol) {
        var permissions: Permissions = []
        var rest = Self.letters[...]
        for character in suffix {
            guard let index = rest.firstIndex(where: { $0.letter == character }) else { return nil }
            permissions.insert(rest[index].permission)
            rest = rest[(index + 1)...]
        }
        guard !permissions.isEmpty else { return nil }
        self = permissions
    }

    /// The words of version 1 and what they mean in version 2.
    package init?(version1 word: some StringProtocol) {
        switch word {
        case "read": self = [.read, .search]
        case "write": self = [.create, .update, .delete]
        case "*": self = .all
        default: return nil
        }
    }

    package var suffix: String {
        String(Self.letters.filter { contains($0.permission) }.map(\.letter))
    }

    /// Each letter by itself.
    package var single: [Permissions] { Self.letters.map(\.permission).filter { contains($0) } }

    /// The word of version 1 that says exactly this, if one does.
    package var version1Word: String? {
        switch self {
        case [.read, .search]: "read"
        case [.create, .update, .delete]: "write"
        case .all: "*"
        default: nil
        }
    }
}
