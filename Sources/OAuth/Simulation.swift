/// A failure that an app's developer asked for, to see what the app makes of it. Only a demonstration has any.
package struct Simulation: Sendable, Equatable {
    /// Where it happens.
    package enum Point: String, Sendable, CaseIterable {
        /// The next authorization request (RFC 6749 §4.1.2.1).
        case authorization
        /// The next token request (RFC 6749 §5.2).
        case token
    }

    package enum Kind: String, Sendable, CaseIterable {
        case accessDenied = "access_denied"
        case invalidScope = "invalid_scope"
        case authorizationUnavailable = "authorization_unavailable"
        case slowAuthorization = "slow_authorization"
        case invalidGrant = "invalid_grant"
        case invalidClient = "invalid_client"
        case tokenUnavailable = "token_unavailable"
        case slowToken = "slow_token"
        /// The tokens come, and the access token has expired a second later.
        case expiredToken = "expired_token"

        package var point: Point {
            switch self {
            case .accessDenied, .invalidScope, .authorizationUnavailable, .slowAuthorization: .authorization
            case .invalidGrant, .invalidClient, .tokenUnavailable, .slowToken, .expiredToken: .token
            }
        }

        /// What the app hears; `nil` where the request goes on.
        package var error: OAuthError? {
            switch self {
            case .accessDenied: OAuthError(.accessDenied, Self.notice)
            case .invalidScope: OAuthError(.invalidScope, Self.notice)
            case .invalidGrant: OAuthError(.invalidGrant, Self.notice)
            case .invalidClient: OAuthError(.invalidClient, Self.notice)
            case .authorizationUnavailable, .tokenUnavailable:
                OAuthError(.temporarilyUnavailable, Self.notice, retryAfter: 1)
            case .slowAuthorization, .slowToken, .expiredToken: nil
            }
        }

        /// Seconds that the answer waits.
        package var delay: Int {
            switch self {
            case .slowAuthorization, .slowToken: 5
            default: 0
            }
        }

        /// Seconds that an access token lives; `nil` for as long as ever.
        package var accessTokenLifetime: Int? { self == .expiredToken ? 1 : nil }

        private static let notice = "simulated on the developer page of this demonstration"
    }

    package let clientID: String
    package let kind: Kind

    package init(clientID: String, kind: Kind) {
        self.clientID = clientID
        self.kind = kind
    }

    /// Seconds that it waits for its request.
    package static let lifetime = 1800
}

extension AuthenticatedClient {
    /// The same client with tokens as short-lived as a simulation has them.
    package func simulating(accessTokenLifetime seconds: Int?) -> AuthenticatedClient {
        guard let seconds else { return self }
        var registration = registration
        registration.lifetimes.accessToken = seconds
        return AuthenticatedClient(registration: registration)
    }
}
