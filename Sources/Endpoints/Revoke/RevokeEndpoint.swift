import ClientKeys
import HTTP
import OAuth
import SMART
import Store

package typealias RevokeStores = AuthenticationStores & TokenStore

/// Token revocation (RFC 7009).
package struct RevokeEndpoint: Endpoint {
    private let stores: any RevokeStores
    private let authenticator: ClientAuthenticator
    private let clock: Clock

    package init(urls: ServerURLs, stores: any RevokeStores, keys: any ClientKeySource, clock: @escaping Clock) {
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
            return cors.allowing(try revoke(request))
        } catch {
            return cors.allowing(.oauth(error, for: request))
        }
    }

    private func revoke(_ request: Request) throws(OAuthError) -> Response {
        let now = clock()
        let form = try form(of: request)
        let authentication = try ClientAuthentication(request, form)
        if let name = form.repeated { throw .invalidRequest("the parameter \(name) was sent more than once") }
        // RFC 7009 §2.1: token_type_hint only speeds a search up that is one look here.
        let token = SecretDigest(of: try require(form["token"], else: .invalidRequest("token is missing")))
        let owner = try stored(stores.owner(of: token))
        let client = try authenticator.client(
            authentication, fallback: owner?.clientID, for: request, at: now)

        // RFC 7009 §2.2: what is unknown is as good as revoked.
        guard let owner else { return .done.remarking("client", client.id) }
        try require(
            owner.clientID.isExactly(client.id),
            else: .invalidGrant("the token was not issued to this client", detail: "token of another client"))
        switch owner.kind {
        // RFC 7009 §2.1: with the refresh token goes all that was issued from the same grant.
        case .refreshToken: try stored(stores.end(grant: owner.grant, reason: .revoked, at: now))
        case .accessToken: try stored(stores.end(accessToken: token, at: now))
        }
        return .done.remarking("event", "revoked").remarking("client", client.id).remarking("grant", owner.grant)
    }
}

extension Response {
    /// RFC 7009 §2.2: 200, and the client reads no body.
    fileprivate static var done: Response {
        Response(status: 200, fields: [("Cache-Control", "no-store"), ("Pragma", "no-cache")])
    }
}
