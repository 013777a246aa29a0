import JOSE
import OAuth
import SMART
import Store

/// Makes the tokens of a grant, stores their digests by spending what was redeemed, and gives the answer.
struct TokenIssuer {
    let fhirBase: FHIRBase
    let policy: TokenPolicy
    let secrets: SecretSource
    private let stores: any TokenStores
    private let sealing: KeySealing
    /// The signing key, looked up anew now and then: a key that was replaced stays published for a while.
    private var signer: (key: SigningKey, kid: String, until: Instant)?

    init(
        fhirBase: FHIRBase, policy: TokenPolicy, stores: any TokenStores, sealing: KeySealing, secrets: SecretSource
    ) {
        self.fhirBase = fhirBase
        self.policy = policy
        self.stores = stores
        self.sealing = sealing
        self.secrets = secrets
    }

    /// - Returns: `nil` when another request with the same refresh token was a moment earlier: it has to be read again.
    mutating func issue(
        _ issuance: Issuance, to client: AuthenticatedClient, at now: Instant
    ) throws(OAuthError) -> TokenResponse? {
        let authorization = issuance.authorization
        let accessToken = secrets.fresh(.accessToken)
        // Nothing outlives the reason for which its user sees the patient.
        let left = authorization.end(at: now).map { $0 - now } ?? .max
        let lifetime = min(policy.accessTokenLifetime(for: client.registration), left)
        let refreshToken =
            issuance.successor ?? (authorization.beginsRefreshing(for: client) ? secrets.fresh(.refreshToken) : nil)
        // Signed before anything is spent: a key that cannot be had costs nobody their code.
        let idToken = try issuance.scopes.contains(.openID) ? sign(issuance, at: now) : nil

        let tokens = NewTokens(
            grant: authorization.grant, accessToken: accessToken.digest, scopes: issuance.scopes,
            accessTokenExpiresAt: now + lifetime, refreshToken: refreshToken?.digest,
            refreshTokenExpiresAt: now + min(policy.refreshTokenLifetime(for: client.registration), left),
            issuedAt: now,
            session: authorization.session)
        switch try stored(stores.issue(tokens, spending: issuance.spending)) {
        case .issued: break
        case .alreadySpent: throw issuance.refusal
        case .overtaken: return nil
        }

        return TokenResponse(
            accessToken: accessToken, expiresIn: lifetime, scopes: issuance.scopes, refreshToken: refreshToken,
            idToken: idToken, context: authorization.context)
    }

    /// An access token for a backend service and nothing else (SMART backend-services#response-1).
    func issue(_ scopes: ScopeSet, to client: AuthenticatedClient, at now: Instant) throws(OAuthError) -> TokenResponse
    {
        let accessToken = secrets.fresh(.accessToken)
        let lifetime = policy.backendAccessTokenLifetime(for: client.registration)
        let grant = BackendGrant(id: secrets.identifier(), clientID: client.id, scopes: scopes)
        let tokens = NewTokens(
            grant: grant.id, accessToken: accessToken.digest, scopes: scopes, accessTokenExpiresAt: now + lifetime,
            refreshToken: nil, refreshTokenExpiresAt: now, issuedAt: now)
        try stored(stores.issue(tokens, beginning: grant))
        return TokenResponse(
            accessToken: accessToken, expiresIn: lifetime, scopes: scopes, refreshToken: nil, idToken: nil,
            context: LaunchContext())
    }

    private mutating func sign(_ issuance: Issuance, at now: Instant) throws(OAuthError) -> String {
        let (key, kid) = try signingKey(at: now)
        let token = IDToken(
            issuer: fhirBase, authorization: issuance.authorization, scopes: issuance.scopes, issuedAt: now,
            expiresAt: now + policy.idToken, isRefresh: issuance.successor != nil)
        do {
            return try JWS.sign(payload: token.payload, kid: kid, typ: "JWT", by: key, alg: .rs256)
        } catch {
            throw OAuthError(.serverError, "the id_token could not be signed", detail: "signing failed")
        }
    }

    private mutating func signingKey(at now: Instant) throws(OAuthError) -> (SigningKey, String) {
        if let signer, now < signer.until { return (signer.key, signer.kid) }
        guard let stored = try stored(stores.activeKey(SignatureAlgorithm.rs256.rawValue)) else {
            throw OAuthError(
                .serverError, "the server has no signing key", detail: "no active RS256 key: run vestibule key rotate")
        }
        guard let key = sealing.open(stored) else {
            throw OAuthError(
                .serverError, "the server cannot use its signing key", detail: "key does not open under the master key")
        }
        signer = (key, stored.kid, now + 30)
        return (key, stored.kid)
    }
}

extension Authorization {
    /// Whether a line of refresh tokens begins (SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token).
    fileprivate func beginsRefreshing(for client: AuthenticatedClient) -> Bool {
        client.registration.grantTypes.contains(.refreshToken)
            && (scopes.contains(.offlineAccess) || scopes.contains(.onlineAccess) && session != nil)
    }
}
