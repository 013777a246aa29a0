import HTTP
import SMART

/// A stored authorization code (RFC 6749 §4.1.2).
package struct AuthorizationCode: Sendable {
    package let digest: SecretDigest
    package let authorization: Authorization
    package let redirectURI: String
    package let codeChallenge: CodeChallenge
    package let expiresAt: Instant
    package let isSpent: Bool
    /// The grant was ended: by a replay, a withdrawal or an administrator.
    package let isEnded: Bool

    package init(
        digest: SecretDigest, authorization: Authorization, redirectURI: String, codeChallenge: CodeChallenge,
        expiresAt: Instant, isSpent: Bool = false, isEnded: Bool = false
    ) {
        self.digest = digest
        self.authorization = authorization
        self.redirectURI = redirectURI
        self.codeChallenge = codeChallenge
        self.expiresAt = expiresAt
        self.isSpent = isSpent
        self.isEnded = isEnded
    }

    package func with(denied: [ConsentRule]) -> AuthorizationCode {
        AuthorizationCode(
            digest: digest, authorization: authorization.with(denied: denied), redirectURI: redirectURI,
            codeChallenge: codeChallenge, expiresAt: expiresAt, isSpent: isSpent, isEnded: isEnded)
    }

    /// After this many wrong verifiers the code is spent.
    package static let verifierAttempts = 5

    /// What a redemption came to, once the request has proven that it may ask.
    package enum Redemption: Sendable {
        case fresh(Authorization)
        /// Somebody already had tokens for this code: they end (RFC 6749 §4.1.2).
        case replayed
        /// The code is right and the verifier is not: counted, and the code goes with the fifth.
        case wrongVerifier
    }

    /// Checks possession before anything else, so that a code which leaked cannot be used to end somebody's tokens.
    package func redeemed(
        by client: AuthenticatedClient, with request: CodeRequest, at now: Instant
    ) throws(OAuthError) -> Redemption {
        // RFC 6749 §4.1.3
        try require(
            authorization.clientID.isExactly(client.id),
            else: .invalidGrant(Self.refusal, detail: "code of another client"))
        try require(
            redirectURI.isExactly(request.redirectURI),
            else: .invalidGrant("redirect_uri is not the one of the authorization request"))
        // RFC 7636 §4.6
        guard codeChallenge.matches(request.codeVerifier) else { return .wrongVerifier }
        if isSpent { return .replayed }
        try require(now < expiresAt, else: .invalidGrant(Self.refusal, detail: "code expired"))
        try require(!isEnded, else: .invalidGrant(Self.refusal, detail: "grant ended"))
        try require(!authorization.user.isDisabled, else: .invalidGrant(Self.refusal, detail: "user disabled"))
        try require(
            authorization.user.maySee(patientIn: authorization.context, at: now),
            else: .invalidGrant("the user has no access to this patient any more", detail: "patient not allowed"))
        try require(
            !authorization.permittedScopes(at: now).isEmpty,
            else: .invalidGrant(Self.refusal, detail: "consent withdrawn, denied or over"))
        return .fresh(authorization)
    }

    package static let refusal = "the code is unknown, expired or already used"
}
