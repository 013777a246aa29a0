import ClientKeys
import HTTP
import OAuth
import SMART
import Store

package typealias TokenStores = ClientStore & AuthorizationCodeStore & TokenStore & KeyStore & AssertionStore
    & AttemptStore

/// The token endpoint (RFC 6749 §3.2, SMART app-launch#obtain-access-token, SMART backend-services#obtain-access-token).
package struct TokenEndpoint: Endpoint {
    private let stores: any TokenStores
    private let clock: Clock
    private let authenticator: ClientAuthenticator
    /// In demo mode alone.
    private let simulator: Simulator?
    private let codes: AuthorizationCodeGrant
    private let refreshes: RefreshTokenGrant
    private var issuer: TokenIssuer

    package init(
        urls: ServerURLs, policy: TokenPolicy, sessionPolicy: SessionPolicy, stores: any TokenStores,
        keys: any ClientKeySource, sealing: KeySealing, derivationKey: [UInt8], simulator: Simulator? = nil,
        clock: @escaping Clock, secrets: SecretSource = .system
    ) {
        self.stores = stores
        self.simulator = simulator
        self.clock = clock
        authenticator = ClientAuthenticator(stores: stores, keys: keys, urls: urls)
        codes = AuthorizationCodeGrant(codes: stores, tokens: stores)
        refreshes = RefreshTokenGrant(tokens: stores, derivationKey: derivationKey, policy: sessionPolicy)
        issuer = TokenIssuer(
            fhirBase: urls.fhirBase, policy: policy, stores: stores, sealing: sealing, secrets: secrets)
    }

    package mutating func respond(to request: Request) -> Response {
        let cors = registeredCORS(for: request, clients: stores, methods: "POST")
        if request.isPreflight { return cors.answer(to: request) }
        guard request.method == .post else {
            return cors.allowing(.oauthMethodNotAllowed("POST, OPTIONS", for: request))
        }
        do {
            return cors.allowing(.oauth(try answer(request).json))
        } catch {
            return cors.allowing(.oauth(error, for: request))
        }
    }

    private mutating func answer(_ request: Request) throws(OAuthError) -> TokenResponse {
        let form = try form(of: request)
        let authentication = try ClientAuthentication(request, form)
        let now = clock()
        do throws(OAuthError) {
            switch try TokenRequest(form) {
            case .authorizationCode(let code):
                let client = try client(authentication, for: request, at: now)
                let issuance = try codes.redeem(code, by: client, at: now)
                guard let response = try issuer.issue(issuance, to: client, at: now) else { throw issuance.refusal }
                return response
            case .refreshToken(let refresh):
                return try refreshed(refresh, authentication, request, at: now)
            case .clientCredentials(let credentials):
                let client = try client(authentication, for: request, at: now)
                return try issuer.issue(credentials.granted(to: client), to: client, at: now)
            }
        } catch {
            // RFC 6819 §4.4.1.3: whoever guesses codes and tokens waits, and nobody else does.
            guard error.detail == .unknownToken else { throw error }
            throw error.throttled(for: try stored(stores.begin(Attempt.token(from: request.remoteAddress), at: now)))
        }
    }

    /// The client, proven; in a demonstration with what its developer asked to happen next.
    private func client(
        _ authentication: ClientAuthentication, fallback: String? = nil, for request: Request, at now: Instant
    ) throws(OAuthError) -> AuthenticatedClient {
        let client = try authenticator.client(authentication, fallback: fallback, for: request, at: now)
        guard let simulator else { return client }
        let kind = try simulator.happen(at: .token, to: client.id, at: now)
        return client.simulating(accessTokenLifetime: kind?.accessTokenLifetime)
    }

    private mutating func refreshed(
        _ refresh: RefreshRequest, _ authentication: ClientAuthentication, _ request: Request, at now: Instant
    ) throws(OAuthError) -> TokenResponse {
        var token = try refreshes.find(refresh)
        // A public client that leaves out its client_id is found by its token; where there is none, that is what is wrong.
        if token == nil, case .none(clientID: nil) = authentication {
            throw .invalidGrant(RefreshToken.refusal, detail: .unknownToken)
        }
        let client = try client(authentication, fallback: token?.authorization.clientID, for: request, at: now)
        // Requests with one token at the same time: the first spends it, the others read it again and are its retries.
        for _ in 0..<3 {
            let issuance = try refreshes.redeem(token, with: refresh, by: client, at: now)
            if let response = try issuer.issue(issuance, to: client, at: now) { return response }
            token = try refreshes.find(refresh)
        }
        throw .unavailable(detail: "a refresh token changed under three reads")
    }
}
