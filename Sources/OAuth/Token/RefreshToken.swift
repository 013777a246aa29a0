import JOSE
import SMART

/// A stored refresh token: one of a line in which each is derived from the one before.
package struct RefreshToken: Sendable {
    /// What a token that was used before says of its use.
    package struct Use: Sendable, Equatable {
        package let at: Instant
        /// Whether its successor was used as well: then the client has gone on, and whoever holds this one is somebody else.
        package let isSuccessorSpent: Bool

        package init(at: Instant, isSuccessorSpent: Bool) {
            self.at = at
            self.isSuccessorSpent = isSuccessorSpent
        }
    }

    package let digest: SecretDigest
    package let authorization: Authorization
    package let expiresAt: Instant
    package let use: Use?
    package let isEnded: Bool
    /// The session of an `online_access` grant; `nil` where that has gone, or there never was one.
    package let session: OnlineSession?

    package init(
        digest: SecretDigest, authorization: Authorization, expiresAt: Instant, use: Use? = nil, isEnded: Bool = false,
        session: OnlineSession? = nil
    ) {
        self.digest = digest
        self.authorization = authorization
        self.expiresAt = expiresAt
        self.use = use
        self.isEnded = isEnded
        self.session = session
    }

    package func with(denied: [ConsentRule]) -> RefreshToken {
        RefreshToken(
            digest: digest, authorization: authorization.with(denied: denied), expiresAt: expiresAt, use: use,
            isEnded: isEnded, session: session)
    }

    /// Seconds in which the same client may send a spent token again, because the answer got lost: it gets the very same
    /// successor, so there is one live line whatever happens.
    package static let retryGrace = 60

    package enum Refresh: Sendable {
        /// The scopes of the new access token; the line keeps the whole grant (RFC 6749 §6).
        case fresh(ScopeSet)
        /// The same again, within the grace.
        case retried(ScopeSet)
        /// A spent token came again: two parties hold the line, so it ends (RFC 9700 §4.14.2).
        case replayed
    }

    package func refreshed(
        by client: AuthenticatedClient, with request: RefreshRequest, policy: SessionPolicy, at now: Instant
    ) throws(OAuthError) -> Refresh {
        // RFC 6749 §6
        try require(
            authorization.clientID.isExactly(client.id),
            else: .invalidGrant(Self.refusal, detail: "refresh token of another client"))
        try require(!isEnded, else: .invalidGrant(Self.refusal, detail: "grant ended"))
        if let use, use.isSuccessorSpent || now - use.at > Self.retryGrace { return .replayed }
        try require(now < expiresAt, else: .invalidGrant(Self.refusal, detail: "refresh token expired"))
        try require(!authorization.user.isDisabled, else: .invalidGrant(Self.refusal, detail: "user disabled"))
        // SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources: an app has no more than its user has now.
        try require(
            authorization.user.maySee(patientIn: authorization.context, at: now),
            else: .invalidGrant("the user has no access to this patient any more", detail: "patient not allowed"))
        // SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token
        if authorization.session != nil {
            try require(
                session?.isAlive(at: now, policy) ?? false,
                else: .invalidGrant("the person is no longer signed in", detail: "session ended"))
        }

        let permitted = authorization.permittedScopes(at: now)
        try require(
            !permitted.isEmpty,
            else: .invalidGrant(
                "the consent has been withdrawn, denied or is over", detail: "consent withdrawn, denied or over"))
        try require(
            mayGoOn(with: permitted),
            else: .invalidGrant("the person does not allow offline_access any more", detail: "consent narrowed"))
        // What the client may still have: its registration can have shrunk since the grant.
        let granted = permitted.allowed(by: client.registration.scopes)
        try require(
            !granted.isEmpty, else: .invalidGrant(Self.refusal, detail: "nothing of the grant is registered any more"))
        let scopes = try narrowed(granted, to: request.scope)
        return use == nil ? .fresh(scopes) : .retried(scopes)
    }

    /// Whether the token would be taken now, for introspection (RFC 7662 §2.2).
    package func isActive(at now: Instant, policy: SessionPolicy) -> Bool {
        use == nil && !isEnded && now < expiresAt && !authorization.user.isDisabled
            && mayGoOn(with: authorization.permittedScopes(at: now))
            && authorization.user.maySee(patientIn: authorization.context, at: now)
            && (authorization.session == nil || session?.isAlive(at: now, policy) ?? false)
    }

    /// Whether what the grant goes on by is still allowed (SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token).
    private func mayGoOn(with permitted: ScopeSet) -> Bool {
        guard !permitted.isEmpty else { return false }
        let basis: Scope.Kind = authorization.scopes.contains(.offlineAccess) ? .offlineAccess : .onlineAccess
        return !authorization.scopes.contains(basis) || permitted.contains(basis)
    }

    /// SMART app-launch#refresh-access-token: what is asked for lies within the grant; nothing asked means all of it.
    ///
    /// Many clients repeat the scope of their authorization request, whatever came of it. So of what was asked for then, that
    /// which is not granted, or no longer, is left out; what was neither asked for nor granted is refused.
    private func narrowed(_ granted: ScopeSet, to asked: String?) throws(OAuthError) -> ScopeSet {
        guard let asked else { return granted }
        let words = Self.words(of: asked)
        let requested = Self.words(of: authorization.requestedScope ?? "")
        let new = words.subtracting(requested).map { Scope(String(decoding: $0, as: UTF8.self)) }
        try require(
            !new.contains(nil) && ScopeSet(new.compactMap { $0 }).isSubset(of: authorization.scopes),
            else: .invalidScope("scope must be within what was granted: \(granted)"))
        // The whole request once more is the whole grant, as it was written.
        let isAll = !requested.isEmpty && requested.isSubset(of: words)
        let scopes = isAll ? granted : ScopeSet(asked).allowed(by: granted)
        try require(!scopes.isEmpty, else: .invalidScope("nothing of the scope was granted; what was: \(granted)"))
        return scopes
    }

    /// Byte for byte.
    private static func words(of scope: String) -> Set<[UInt8]> {
        Set(scope.utf8.split(separator: UInt8(ascii: " ")).map(Array.init))
    }

    package static let refusal = "the refresh token is unknown, expired, revoked or already used"

    /// The next token of the line: derived, so that the same old token always gives the same new one although only
    /// digests are stored. The key is known to the token program alone.
    package static func successor(of token: Secret, under key: [UInt8]) -> Secret {
        Secret(
            .refreshToken, random: HMAC.sha256(key: key, message: Array("refresh-token-successor:\(token.text)".utf8)))
    }
}
