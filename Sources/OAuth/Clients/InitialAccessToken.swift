/// What lets an app register itself where that is not open to everybody (RFC 7591 §3).
package struct InitialAccessToken: Sendable {
    package let digest: SecretDigest
    /// For the administrator's own memory.
    package let label: String
    package let uses: Int
    package let expiresAt: Instant

    package init(digest: SecretDigest, label: String, uses: Int, expiresAt: Instant) {
        self.digest = digest
        self.label = label
        self.uses = uses
        self.expiresAt = expiresAt
    }
}
