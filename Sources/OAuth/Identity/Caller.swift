import SMART

/// Somebody with an account here, as the help desk knows the person.
package struct Caller: Sendable, Equatable {
    /// The account.
    package let id: String
    package let username: String
    package let name: String
    package let fhirUser: FHIRUser?
    package let isDisabled: Bool

    package init(id: String, username: String, name: String, fhirUser: FHIRUser?, isDisabled: Bool) {
        self.id = id
        self.username = username
        self.name = name
        self.fhirUser = fhirUser
        self.isDisabled = isDisabled
    }
}

/// Whom the help desk looks for: by the whole user name, or by words that all stand in the name.
package struct CallerQuery: Sendable, Equatable {
    package let username: String?
    /// In lower case, three letters together at least; empty where the text says nothing about a name.
    package let words: [String]

    /// `nil` for what would list everybody.
    package init?(_ text: String) {
        let words = text.split { $0.isWhitespace || $0 == "," }.map { $0.lowercased() }
        guard words.count <= 5, text.utf8.count <= 200, !text.utf8.contains(0) else { return nil }
        username = Account.normalized(username: text)
        self.words = words.contains { $0.count >= 3 } ? words : []
        if username == nil && self.words.isEmpty { return nil }
    }
}

/// The help desk at work for somebody else: by whom, and why.
package struct Assistance: Sendable {
    /// The account at the help desk.
    package let helper: String
    package let reason: StatedReason

    package init(by helper: String, reason: StatedReason) {
        self.helper = helper
        self.reason = reason
    }
}
