import HTTP
import OAuth
import SMART
import Store

/// Token introspection (RFC 7662, SMART token-introspection).
package struct IntrospectEndpoint: Endpoint {
    private let fhirBase: FHIRBase
    private let tokens: any TokenStore
    private let authenticator: ClientAuthenticator
    private let clock: Clock

    package init(fhirBase: FHIRBase, stores: any ClientStore & TokenStore, clock: @escaping Clock) {
        self.fhirBase = fhirBase
        tokens = stores
        authenticator = ClientAuthenticator(clients: stores)
        self.clock = clock
    }

    package func respond(to request: Request) -> Response {
        guard request.method == .post else { return .methodNotAllowed("POST") }
        do {
            return .oauth(try answer(request).json)
        } catch {
            var response = Response.oauth(error, for: request)
            if error.code == .invalidToken {
                response.set(
                    "WWW-Authenticate",
                    to: Challenge("Bearer", [("realm", fhirBase.description), ("error", error.code.rawValue)]).field)
            }
            return response
        }
    }

    private func answer(_ request: Request) throws(OAuthError) -> IntrospectionResponse {
        let now = clock()
        let form = try form(of: request)
        let caller = try callerID(of: request, form, at: now)
        if let name = form.repeated { throw .invalidRequest("the parameter \(name) was sent more than once") }
        let token = try require(form["token"], else: .invalidRequest("token is missing"))

        // A stranger's token looks like no token at all.
        guard let active = try stored(tokens.accessToken(SecretDigest(of: token), at: now)), active.clientID == caller
        else { return .inactive }
        return .active(active, issuer: fhirBase)
    }

    /// Who asks: a confidential client by its secret, or an app by a live access token of its own (RFC 7662 §2.1).
    private func callerID(of request: Request, _ form: Form, at now: Instant) throws(OAuthError) -> String {
        if case .bearer(let token) = request.credentials {
            let active = try stored(tokens.accessToken(SecretDigest(of: token), at: now))
            return try require(
                active?.clientID, else: OAuthError(.invalidToken, "the access token is unknown or expired"))
        }
        guard case .basic = request.credentials else {
            throw .invalidClient("introspection needs HTTP Basic or an access token in the Authorization header")
        }
        return try authenticator.client(ClientAuthentication(request, form), at: now).id
    }
}
