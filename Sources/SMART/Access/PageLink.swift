/// Where a later page of a checked search lies upstream. A link to it is good for one grant, until it expires.
package struct PageLink: Sendable, Equatable {
    /// The type that was searched.
    package let type: String
    /// Relative to the FHIR base.
    package let target: String
    /// In seconds since 1970.
    package let expiry: Int

    package init(type: String, target: String, expiry: Int) {
        self.type = type
        self.target = target
        self.expiry = expiry
    }

    /// The text that is signed and carried.
    package var text: String { "\(expiry)|\(type)|\(target)" }

    package init?(text: String) {
        let parts = text.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let expiry = Int(parts[0]), ResourceType.isKnown(String(parts[1])),
            parts[2].hasPrefix("/")
        else { return nil }
        self.init(type: String(parts[1]), target: String(parts[2]), expiry: expiry)
    }
}
