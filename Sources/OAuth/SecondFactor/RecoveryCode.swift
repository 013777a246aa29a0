import JOSE

/// What lets a person in whose telephone is lost: one of ten, 80 random bits, good once. The store has digests alone.
package struct RecoveryCode: Sendable {
    package static let count = 10
    private static let size = 10

    /// Four groups of four, as they stand on the page.
    package let text: String

    /// - Parameter random: 10 bytes.
    init(random: [UInt8]) {
        let letters = Array(Base32.encode(random))
        text = stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }
            .joined(separator: "-")
    }

    package static func fresh(from secrets: SecretSource) -> [RecoveryCode] {
        (0..<count).map { _ in RecoveryCode(random: secrets.bytes(size)) }
    }

    package func digest(of account: String) -> SecretDigest {
        Self.digest(of: text, account: account)
    }

    /// Of what a person typed: blanks, hyphens and small letters are forgiven.
    package static func digest(of typed: String, account: String) -> SecretDigest {
        let letters = typed.uppercased().unicodeScalars.filter { $0 != " " && $0 != "-" }
        return SecretDigest(of: "recovery\u{1F}\(account)\u{1F}\(String(String.UnicodeScalarView(letters)))")
    }

    /// Whether a text can be a recovery code, so that one field takes both kinds of codes.
    package static func isPossible(_ typed: String) -> Bool { typed.utf8.count <= 64 }
}
