import ClientKeys
import HTTP
import OAuth
import SMART
import Store

package typealias AuthenticationStores = ClientStore & AssertionStore & AttemptStore

/// Finds the client a request speaks for and proves that it is the one (RFC 6749 §2.3, RFC 7523 §3).
struct ClientAuthenticator {
    let stores: any AuthenticationStores
    let keys: any ClientKeySource
    /// What an assertion may be meant for: the token endpoint's URL, which apps know from discovery, or the issuer.
    private let audiences: [String]

    init(stores: any AuthenticationStores, keys: any ClientKeySource, urls: ServerURLs) {
        self.stores = stores
        self.keys = keys
        audiences = [urls.token, urls.issuer]
    }

    /// - Parameter fallback: whose grant it is, for public clients that send no client_id with a refresh token.
    func client(
        _ authentication: ClientAuthentication, fallback: String? = nil, for request: Request, at now: Instant
    ) throws(OAuthError) -> AuthenticatedClient {
        do {
            return try proven(authentication, fallback: fallback, at: now)
        } catch {
            guard error.code == .invalidClient else { throw error }
            let refusal = try refusal(of: authentication, fallback: fallback)
            let attempts = authentication.attempts(from: request.remoteAddress)
            throw error.throttled(for: try stored(stores.begin(attempts, recording: refusal, at: now)))
        }
    }

    /// A name that no client has may be anything: it is kept nowhere.
    private func refusal(of authentication: ClientAuthentication, fallback: String?) throws(OAuthError) -> AuditEvent {
        for id in authentication.namedClientIDs + [fallback].compactMap({ $0 }) {
            guard let client = try stored(stores.client(id)) else { continue }
            let reason = client.refusal == nil ? authentication.proof : "not_usable"
            return AuditEvent(.clientAuthentication, .refused, client: client.id, details: [.init(.reason, reason)])
        }
        return AuditEvent(.clientAuthentication, .refused, details: [.init(.reason, "unknown_client")])
    }

    private func proven(
        _ authentication: ClientAuthentication, fallback: String?, at now: Instant
    ) throws(OAuthError) -> AuthenticatedClient {
        if case .assertion(let text, let clientID) = authentication {
            return try client(asserting: text, named: clientID, at: now)
        }
        let claimed = authentication.claimedClientIDs
        let candidates = claimed.isEmpty ? fallback.map { [$0] } ?? [] : claimed
        try require(!candidates.isEmpty, else: .invalidClient("client_id is missing"))
        for id in candidates {
            guard let registration = try stored(stores.client(id)) else { continue }
            return try registration.authenticated(by: authentication, at: now)
        }
        throw .invalidClient("unknown client or wrong secret", detail: "unknown client")
    }

    /// Key, signature and one use, in that order: nobody can use up another client's `jti`.
    private func client(
        asserting text: String, named clientID: String?, at now: Instant
    ) throws(OAuthError) -> AuthenticatedClient {
        let assertion = try ClientAssertion(text)
        if let clientID {
            try require(
                clientID.isExactly(assertion.claimedClientID),
                else: .invalidRequest("client_id in the body is not the client of the client_assertion"))
        }
        let registration = try require(
            stored(stores.client(assertion.claimedClientID)),
            else: .invalidClient("the client that client_assertion names is not registered", detail: "unknown client"))
        let registered = try registration.assertionKeys()
        let checked = try assertion.checked(
            for: registration.id, keys: registered.registered, audiences: audiences, algorithms: registered.algorithms,
            at: now)
        let verified = try keys.verified(checked, with: registered.registered)
        // RFC 7523 §3, SMART client-confidential-asymmetric#signature-verification
        let isFirst = try stored(
            stores.remember(
                jti: SecretDigest(stored: verified.jtiDigest), of: registration.id, until: verified.rememberUntil))
        try require(
            isFirst,
            else: .invalidClient("the jti of client_assertion was used before: make a new one for each request"))
        return try registration.authenticated(by: verified)
    }
}
