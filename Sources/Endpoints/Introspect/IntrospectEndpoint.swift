import ClientKeys
import HTTP
import OAuth
import SMART
import Store

package typealias IntrospectStores = AuthenticationStores & TokenStore

/// Token introspection (RFC 7662, SMART token-introspection).
package struct IntrospectEndpoint: Endpoint {
    private let fhirBase: FHIRBase
    private let policy: SessionPolicy
    private let stores: any IntrospectStores
    private let authenticator: ClientAuthenticator
    private let clock: Clock

    package init(
        urls: ServerURLs, policy: SessionPolicy, stores: any IntrospectStores, keys: any ClientKeySource,
        clock: @escaping Clock
    ) {
        fhirBase = urls.fhirBase
        self.policy = policy
        self.stores = stores
        authenticator = ClientAuthenticator(stores: stores, keys: keys, urls: urls)
        self.clock = clock
    }

    package func respond(to request: Request) -> Response {
        let cors = registeredCORS(for: request, clients: stores, methods: "POST")
        if request.isPreflight { return cors.answer(to: request) }
        guard request.method == .post else {
            return cors.allowing(.oauthMethodNotAllowed("POST, OPTIONS", for: request))
        }
        do {
            return cors.allowing(.oauth(try answer(request).json))
        } catch {
            var response = Response.oauth(error, for: request)
            if error.code == .invalidToken {
                response.set(
                    "WWW-Authenticate",
                    to: Challenge("Bearer", [("realm", fhirBase.description), ("error", error.code.rawValue)]).field)
            }
            return cors.allowing(response)
        }
    }

    private func answer(_ request: Request) throws(OAuthError) -> IntrospectionResponse {
        let now = clock()
        let form = try form(of: request)
        let caller = try caller(of: request, form, at: now)
        if let name = form.repeated { throw .invalidRequest("the parameter \(name) was sent more than once") }
        let token = SecretDigest(of: try require(form["token"], else: .invalidRequest("token is missing")))

        // A stranger's token looks like no token at all.
        if let active = try stored(stores.accessToken(token, at: now, policy: policy)) {
            return active.isActive(at: now) && caller.mayHear(of: active.clientID)
                ? .active(active, issuer: fhirBase) : .inactive
        }
        // A refresh token is its own client's business, and no resource server's.
        guard let refresh = try stored(stores.refreshToken(token)),
            refresh.authorization.clientID.isExactly(caller.clientID), refresh.isActive(at: now, policy: policy)
        else { return .inactive }
        return .activeRefreshToken(refresh, issuer: fhirBase, at: now)
    }

    private func caller(of request: Request, _ form: Form, at now: Instant) throws(OAuthError) -> IntrospectionCaller {
        if case .bearer(let text) = request.credentials {
            let token = SecretDigest(of: text)
            let active = try stored(stores.accessToken(token, at: now, policy: policy))
            guard let active, active.isActive(at: now) else { throw try refusal(of: token, request, at: now) }
            return IntrospectionCaller(bearing: active)
        }
        let authentication = try ClientAuthentication(request, form)
        return try IntrospectionCaller(authenticator.client(authentication, for: request, at: now))
    }

    /// RFC 6819 §4.4.1.3: whoever guesses tokens waits, and one that was somebody's is no guess.
    private func refusal(of token: SecretDigest, _ request: Request, at now: Instant) throws(OAuthError) -> OAuthError {
        let refusal = OAuthError(.invalidToken, "the access token is unknown or expired")
        guard try stored(stores.owner(of: token)) == nil else { return refusal }
        return refusal.throttled(for: try stored(stores.begin(Attempt.token(from: request.remoteAddress), at: now)))
    }
}
