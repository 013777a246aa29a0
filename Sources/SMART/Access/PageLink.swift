/// Where a later page of a checked answer lies upstream. A link to it is good for one grant, until it expires.
package struct PageLink: Sendable, Equatable {
    /// What the pages are of, and so how they are checked.
    package enum Content: Sendable, Equatable {
        /// A search of a type.
        case search(String)
        case history(type: String, id: String)
        /// What an operation collects, of any type.
        case collection
    }

    package let content: Content
    /// Relative to the FHIR base.
    package let target: String
    /// In seconds since 1970.
    package let expiry: Int

    package init(_ content: Content, target: String, expiry: Int) {
        self.content = content
        self.target = target
        self.expiry = expiry
    }

    /// The text that is signed and carried.
    package var text: String { "\(expiry)|\(content.text)|\(target)" }

    package init?(text: String) {
        let parts = text.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let expiry = Int(parts[0]), let content = Content(text: parts[1]),
            parts[2].hasPrefix("/")
        else { return nil }
        self.init(content, target: String(parts[2]), expiry: expiry)
    }
}

extension PageLink.Content {
    fileprivate var text: String {
        switch self {
        case .search(let type): type
        case .history(let type, let id): "\(type)/\(id)"
        case .collection: "*"
        }
    }

    fileprivate init?(text: Substring) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1 where parts[0] == "*": self = .collection
        case 1 where ResourceType.isKnown(parts[0]): self = .search(parts[0])
        case 2 where ResourceType.isKnown(parts[0]) && ResourceID.isValid(parts[1]):
            self = .history(type: parts[0], id: parts[1])
        default: return nil
        }
    }
}
