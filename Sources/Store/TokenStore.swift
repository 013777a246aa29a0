import OAuth
import SMART

/// What tokens are paid with.
package enum Spending: Sendable {
    case code(SecretDigest)
    case refreshToken(SecretDigest)
    /// A refresh token that was spent a moment ago, sent again by a client that lost the answer.
    case retry(SecretDigest)
}

package enum IssueOutcome: Sendable, Equatable {
    case issued
    /// The code or refresh token was spent before, by a replay or by the winner of a race: the grant has ended.
    case alreadySpent
    /// Another request with the same refresh token was first: this one may be its retry.
    case overtaken
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
    /// The session of an `online_access` grant: issuing to it is a sign of life.
    package let session: SecretDigest?

    package init(
        grant: String, accessToken: SecretDigest, scopes: ScopeSet, accessTokenExpiresAt: Instant,
        refreshToken: SecretDigest?, refreshTokenExpiresAt: Instant, issuedAt: Instant, session: SecretDigest? = nil
    ) {
        self.grant = grant
        self.accessToken = accessToken
        self.scopes = scopes
        self.accessTokenExpiresAt = accessTokenExpiresAt
        self.refreshToken = refreshToken
        self.refreshTokenExpiresAt = refreshTokenExpiresAt
        self.issuedAt = issuedAt
        self.session = session
    }
}

/// A grant that a backend service gets for itself, without a person.
package struct BackendGrant: Sendable {
    package let id: String
    package let clientID: String
    package let scopes: ScopeSet

    package init(id: String, clientID: String, scopes: ScopeSet) {
        self.id = id
        self.clientID = clientID
        self.scopes = scopes
    }
}

/// Whose a token is, for revocation: of which grant, and which client may end it.
package struct TokenOwner: Sendable, Equatable {
    package enum Kind: Sendable {
        case accessToken
        case refreshToken
    }

    package let grant: String
    package let clientID: String
    package let kind: Kind

    package init(grant: String, clientID: String, kind: Kind) {
        self.grant = grant
        self.clientID = clientID
        self.kind = kind
    }
}

/// Tokens and the grants they belong to.
package protocol TokenStore {
    /// Spends and issues in one transaction. Of any number that spend the same code, one is issued and the others end the
    /// grant (RFC 6749 §4.1.2); of any number that spend the same refresh token, one is issued and the others were
    /// overtaken. A retry issues another access token, and never a second refresh token.
    func issue(_ tokens: NewTokens, spending: Spending) throws(StoreError) -> IssueOutcome

    /// Begins a backend service's grant with its one access token.
    func issue(_ tokens: NewTokens, beginning grant: BackendGrant) throws(StoreError)

    /// The token with its grant, user and client, if all of them are good, and its session, if it lives in one: one read.
    func accessToken(_ digest: SecretDigest, at now: Instant, policy: SessionPolicy) throws(StoreError) -> ActiveToken?

    func refreshToken(_ digest: SecretDigest) throws(StoreError) -> RefreshToken?

    /// Whose token this is, be it access or refresh token, expired or not.
    func owner(of digest: SecretDigest) throws(StoreError) -> TokenOwner?

    /// Ends one access token; its grant goes on.
    func end(accessToken digest: SecretDigest, at now: Instant) throws(StoreError)

    /// Ends a grant: every code, access token and refresh token of it is dead from now on.
    func end(grant: String, reason: EndReason, at now: Instant) throws(StoreError)

    /// Notes that an access token was used, now and then, and that the person of its session is at work.
    func touch(grant: String, session: SecretDigest?, at now: Instant, policy: SessionPolicy) throws(StoreError)
}

/// Why a grant ended, as the store keeps it.
package enum EndReason: String, Sendable {
    case codeReplay = "code_replay"
    case refreshReplay = "refresh_replay"
    case userDisabled = "user_disabled"
    case passwordChanged = "password_changed"
    case sessionEnded = "session_ended"
    /// By its own client (RFC 7009).
    case revoked
    /// By the person, on the page of connected apps.
    case withdrawn
    /// By the help desk, for the person.
    case helpDesk = "help_desk"
    /// The person does not act for the patient any more.
    case proxyEnded = "proxy_ended"
    /// The record is not open in an emergency any more.
    case emergencyEnded = "emergency_ended"
    case launchReplay = "launch_replay"
    case clientDeleted = "client_deleted"
}
