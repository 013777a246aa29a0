import OAuth
import SMART

/// What tokens are paid with.
package enum Spending: Sendable {
    case code(SecretDigest)
    case refreshToken(SecretDigest)
}

package enum IssueOutcome: Sendable, Equatable {
    case issued
    /// The code or refresh token was spent before, by a replay or by the winner of a race: the grant has ended.
    case alreadySpent
}

/// Tokens to be stored: digests alone.
package struct NewTokens: Sendable {
    package let grant: String
    package let accessToken: SecretDigest
    package let scopes: ScopeSet
    package let accessTokenExpiresAt: Instant
    package let refreshToken: SecretDigest?
    package let refreshTokenExpiresAt: Instant
    package let issuedAt: Instant

    package init(
        grant: String, accessToken: SecretDigest, scopes: ScopeSet, accessTokenExpiresAt: Instant,
        refreshToken: SecretDigest?, refreshTokenExpiresAt: Instant, issuedAt: Instant
    ) {
        self.grant = grant
        self.accessToken = accessToken
        self.scopes = scopes
        self.accessTokenExpiresAt = accessTokenExpiresAt
        self.refreshToken = refreshToken
        self.refreshTokenExpiresAt = refreshTokenExpiresAt
        self.issuedAt = issuedAt
    }
}

/// Tokens and the grants they belong to.
package protocol TokenStore {
    /// Spends and issues in one transaction. Of any number that spend the same thing, one is issued and the others end
    /// the grant (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
    func issue(_ tokens: NewTokens, spending: Spending) throws(StoreError) -> IssueOutcome

    /// The token with its grant, user and client, if all of them are good: one read.
    func accessToken(_ digest: SecretDigest, at now: Instant) throws(StoreError) -> ActiveToken?

    func refreshToken(_ digest: SecretDigest) throws(StoreError) -> RefreshToken?

    /// Ends a grant: every code, access token and refresh token of it is dead from now on.
    func end(grant: String, reason: EndReason, at now: Instant) throws(StoreError)
}

/// Why a grant ended, as the store keeps it.
package enum EndReason: String, Sendable {
    case codeReplay = "code_replay"
    case refreshReplay = "refresh_replay"
    case userDisabled = "user_disabled"
    case passwordChanged = "password_changed"
}
