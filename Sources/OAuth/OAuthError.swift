/// A refusal in the protocol's own words (RFC 6749 §4.1.2.1, §5.2; OpenID Core §3.1.2.6; RFC 6750 §3.1; RFC 7009 §2.2.1;
/// RFC 7591 §3.2.2).
package struct OAuthError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case accessDenied = "access_denied"
        case loginRequired = "login_required"
        case consentRequired = "consent_required"
        case interactionRequired = "interaction_required"
        case accountSelectionRequired = "account_selection_required"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case registrationNotSupported = "registration_not_supported"
        case invalidToken = "invalid_token"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        case insufficientScope = "insufficient_scope"
        case unsupportedTokenType = "unsupported_token_type"
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidClientMetadata = "invalid_client_metadata"
        case invalidSoftwareStatement = "invalid_software_statement"
    }

    package let code: Code
    /// For the app's developer: what is wrong and what to do. No user data.
    package let description: String
    /// For our log alone.
    package let detail: String?
    /// Seconds after which trying again may help.
    package let retryAfter: Int?
    /// There were too many attempts of the kind (RFC 6585 §4); the code says what is wrong with this one all the same.
    package let isThrottled: Bool

    package init(
        _ code: Code, _ description: String, detail: String? = nil, retryAfter: Int? = nil, isThrottled: Bool = false
    ) {
        self.code = code
        self.description = Self.printable(description)
        self.detail = detail
        self.retryAfter = retryAfter
        self.isThrottled = isThrottled
    }

    /// RFC 6749 §4.1.2.1: printable ASCII without `"` and `\`.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar {
                    case "\"", "\\": "'"
                    case " "..."~": scalar
                    default: "?"
                    }
                }))
    }
}

extension OAuthError {
    package static func invalidRequest(_ description: String, detail: String? = nil) -> OAuthError {
        OAuthError(.invalidRequest, description, detail: detail)
    }

    package static func invalidClient(_ description: String, detail: String? = nil) -> OAuthError {
        OAuthError(.invalidClient, description, detail: detail)
    }

    package static func invalidGrant(_ description: String, detail: String? = nil) -> OAuthError {
        OAuthError(.invalidGrant, description, detail: detail)
    }

    package static func invalidScope(_ description: String, detail: String? = nil) -> OAuthError {
        OAuthError(.invalidScope, description, detail: detail)
    }

    package static func unauthorizedClient(_ description: String) -> OAuthError {
        OAuthError(.unauthorizedClient, description)
    }

    package static func accessDenied(_ description: String) -> OAuthError {
        OAuthError(.accessDenied, description)
    }

    /// The store could not be asked: the caller may try again.
    package static func unavailable(detail: String) -> OAuthError {
        OAuthError(
            .temporarilyUnavailable, "The server cannot answer just now. Try again in a moment.", detail: detail,
            retryAfter: 1)
    }

    /// The same refusal for one who has failed too often: it keeps its code and says how long to wait (RFC 6585 §4). What is
    /// right is never throttled, so nobody but a guesser waits.
    package func throttled(for seconds: Int) -> OAuthError {
        guard seconds > 0 else { return self }
        return OAuthError(
            code, "\(description); too many failed attempts, try again in \(seconds) s",
            detail: detail.map { "throttled: \($0)" } ?? "throttled", retryAfter: seconds, isThrottled: true)
    }
}
