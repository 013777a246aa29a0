import JOSE

/// A person's account here: what signing in needs to know.
package struct Account: Sendable {
    package let user: User
    package let username: String
    package let password: PasswordHash
    /// The administrator's word: this person has to have a second factor.
    package let needsSecondFactor: Bool
    /// Whether the person looks after the connected apps of others.
    package let helpsOthers: Bool

    package init(
        user: User, username: String, password: PasswordHash, needsSecondFactor: Bool = false,
        helpsOthers: Bool = false
    ) {
        self.helpsOthers = helpsOthers
        self.user = user
        self.username = username
        self.password = password
        self.needsSecondFactor = needsSecondFactor
    }

    /// User names compare in lower case without surrounding blanks; `nil` for what can be no name.
    package static func normalized(username: String) -> String? {
        var name = username.lowercased()[...]
        while name.first == " " { name = name.dropFirst() }
        while name.last == " " { name = name.dropLast() }
        guard (1...100).contains(name.utf8.count),
            name.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else { return nil }
        return String(name)
    }

    /// NIST SP 800-63B §5.1.1.2: length counts, not composition. The upper bound keeps hashing cheap.
    package static let passwordLength = 10...256

    /// Whether a text can be anybody's password. NUL is out: scrypt cannot tell a password from the same with more of them.
    package static func isPossible(password: String) -> Bool {
        passwordLength.contains(password.count) && password.utf8.count <= 1024 && !password.utf8.contains(0)
    }
}
