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

    mutating func issue(
        _ issuance: Issuance, to client: AuthenticatedClient, at now: Instant
    ) throws(OAuthError) -> TokenResponse {
        let authorization = issuance.authorization
        let accessToken = secrets.fresh(.accessToken)
        let lifetime = policy.accessTokenLifetime(for: client.registration)
        let begins = authorization.scopes.contains(.offlineAccess)
        let refreshToken = issuance.successor ?? (begins ? secrets.fresh(.refreshToken) : nil)
        // Signed before anything is spent: a key that cannot be had costs nobody their code.
        let idToken = try issuance.scopes.contains(.openID) ? sign(authorization, issuance.scopes, at: now) : nil

        let tokens = NewTokens(
            grant: authorization.grant, accessToken: accessToken.digest, scopes: issuance.scopes,
            accessTokenExpiresAt: now + lifetime, refreshToken: refreshToken?.digest,
            refreshTokenExpiresAt: now + policy.refreshTokenLifetime(for: client.registration), issuedAt: now)
        guard try stored(stores.issue(tokens, spending: issuance.spending)) == .issued else { throw issuance.refusal }

        return TokenResponse(
            accessToken: accessToken, expiresIn: lifetime, scopes: issuance.scopes, refreshToken: refreshToken,
            idToken: idToken, context: authorization.context)
    }

    private mutating func sign(
        _ authorization: Authorization, _ scopes: ScopeSet, at now: Instant
    ) throws(OAuthError) -> String {
        let (key, kid) = try signingKey(at: now)
        let token = IDToken(
            issuer: fhirBase, authorization: authorization, scopes: scopes, issuedAt: now,
            expiresAt: now + policy.idToken)
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
