import JOSE
import SMART

/// A stored refresh token: one of a line in which each is derived from the one before.
package struct RefreshToken: Sendable {
    package let digest: SecretDigest
    package let authorization: Authorization
    package let expiresAt: Instant
    package let isSpent: Bool
    package let isEnded: Bool

    package init(
        digest: SecretDigest, authorization: Authorization, expiresAt: Instant, isSpent: Bool, isEnded: Bool
    ) {
        self.digest = digest
        self.authorization = authorization
        self.expiresAt = expiresAt
        self.isSpent = isSpent
        self.isEnded = isEnded
    }

    package enum Refresh: Sendable {
        /// The scopes of the new access token; the line keeps the whole grant (RFC 6749 §6).
        case fresh(ScopeSet)
        /// A spent token came again: two parties hold the line, so it ends (RFC 9700 §4.14.2).
        case replayed
    }

    package func refreshed(
        by client: AuthenticatedClient, with request: RefreshRequest, at now: Instant
    ) throws(OAuthError) -> Refresh {
        // RFC 6749 §6
        try require(
            authorization.clientID == client.id,
            else: .invalidGrant(Self.refusal, detail: "refresh token of another client"))
        try require(!isEnded, else: .invalidGrant(Self.refusal, detail: "grant ended"))
        if isSpent { return .replayed }
        try require(now < expiresAt, else: .invalidGrant(Self.refusal, detail: "refresh token expired"))
        try require(!authorization.user.isDisabled, else: .invalidGrant(Self.refusal, detail: "user disabled"))

        // What the client may still have: its registration can have shrunk since the grant.
        let granted = authorization.scopes.allowed(by: client.registration.scopes)
        try require(
            !granted.isEmpty, else: .invalidGrant(Self.refusal, detail: "nothing of the grant is registered any more"))
        guard let asked = request.scope else { return .fresh(granted) }
        let scopes = ScopeSet(asked)
        try require(
            !scopes.isEmpty && scopes.scopes.count == Set(asked.split(separator: " ")).count
                && scopes.isSubset(of: granted),
            else: .invalidScope("scope must be within what was granted: \(granted)"))
        return .fresh(scopes)
    }

    package static let refusal = "the refresh token is unknown, expired, revoked or already used"

    /// The next token of the line: derived, so that the same old token always gives the same new one although only
    /// digests are stored. The key is known to the token program alone.
    package static func successor(of token: Secret, under key: [UInt8]) -> Secret {
        Secret(
            .refreshToken, random: HMAC.sha256(key: key, message: Array("refresh-token-successor:\(token.text)".utf8)))
    }
}
