import HTTP
import OAuth
import Store

/// Finds the client a request speaks for and proves that it is the one (RFC 6749 §2.3).
struct ClientAuthenticator {
    let clients: any ClientStore

    /// - Parameter fallback: whose grant it is, for public clients that send no client_id with a refresh token.
    func client(
        _ authentication: ClientAuthentication, fallback: String? = nil, at now: Instant
    ) throws(OAuthError) -> AuthenticatedClient {
        let candidates = authentication.clientIDs.isEmpty ? fallback.map { [$0] } ?? [] : authentication.clientIDs
        try require(!candidates.isEmpty, else: .invalidClient("client_id is missing"))
        for id in candidates {
            guard let registration = try stored(clients.client(id)) else { continue }
            return try registration.authenticated(by: authentication, at: now)
        }
        throw .invalidClient("unknown client or wrong secret", detail: "unknown client")
    }
}
