import HTTP
import OAuth
import SMART
import Store

package typealias TokenStores = ClientStore & AuthorizationCodeStore & TokenStore & KeyStore

/// The token endpoint (RFC 6749 §3.2, SMART app-launch#obtain-access-token).
package struct TokenEndpoint: Endpoint {
    private let stores: any TokenStores
    private let clock: Clock
    private let authenticator: ClientAuthenticator
    private let codes: AuthorizationCodeGrant
    private let refreshes: RefreshTokenGrant
    private var issuer: TokenIssuer

    package init(
        fhirBase: FHIRBase, policy: TokenPolicy, stores: any TokenStores, sealing: KeySealing, derivationKey: [UInt8],
        clock: @escaping Clock, secrets: SecretSource = .system
    ) {
        self.stores = stores
        self.clock = clock
        authenticator = ClientAuthenticator(clients: stores)
        codes = AuthorizationCodeGrant(codes: stores, tokens: stores)
        refreshes = RefreshTokenGrant(tokens: stores, derivationKey: derivationKey)
        issuer = TokenIssuer(fhirBase: fhirBase, policy: policy, stores: stores, sealing: sealing, secrets: secrets)
    }

    package mutating func respond(to request: Request) -> Response {
        let cors = registeredCORS(for: request, clients: stores, methods: "POST")
        if request.isPreflight { return cors.answer(to: request) }
        guard request.method == .post else { return cors.allowing(.methodNotAllowed("POST, OPTIONS")) }
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
        switch try TokenRequest(form) {
        case .authorizationCode(let code):
            let client = try authenticator.client(authentication, at: now)
            let issuance = try codes.redeem(code, by: client, at: now)
            return try issuer.issue(issuance, to: client, at: now)
        case .refreshToken(let refresh):
            let token = try refreshes.find(refresh)
            let client = try authenticator.client(authentication, fallback: token?.authorization.clientID, at: now)
            let issuance = try refreshes.redeem(token, with: refresh, by: client, at: now)
            return try issuer.issue(issuance, to: client, at: now)
        }
    }
}
