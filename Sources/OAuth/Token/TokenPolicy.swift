/// How long things live, in seconds, where a client has no lifetimes of its own.
package struct TokenPolicy: Sendable {
    package var code = 60
    package var accessToken = 15 * 60
    /// Sliding: each use begins it anew (ONC (g)(10): three months).
    package var refreshToken = 92 * 86_400
    package var launch = 5 * 60
    package var idToken = 5 * 60
    /// SMART backend-services#response-1 recommends at most five minutes.
    package static let backendAccessToken = 5 * 60

    package init() {}

    package func accessTokenLifetime(for client: ClientRegistration) -> Int {
        client.lifetimes.accessToken ?? accessToken
    }

    package func refreshTokenLifetime(for client: ClientRegistration) -> Int {
        client.lifetimes.refreshToken ?? refreshToken
    }
}

extension TokenPolicy {
    /// How long the access token of a backend service lives: five minutes, or less where its registration says so.
    package func backendAccessTokenLifetime(for client: ClientRegistration) -> Int {
        min(accessTokenLifetime(for: client), Self.backendAccessToken)
    }
}
