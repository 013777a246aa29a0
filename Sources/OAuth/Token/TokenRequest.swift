import HTTP

/// A request to the token endpoint (RFC 6749 §3.2), read but not judged.
package enum TokenRequest: Sendable {
    case authorizationCode(CodeRequest)
    case refreshToken(RefreshRequest)
    case clientCredentials(ClientCredentialsRequest)

    package init(_ form: Form) throws(OAuthError) {
        if let name = form.repeated { throw .invalidRequest("the parameter \(name) was sent more than once") }
        let grantType = try require(form["grant_type"], else: .invalidRequest("grant_type is missing"))
        switch grantType {
        case "authorization_code":
            self = .authorizationCode(
                CodeRequest(
                    code: Secret(received: try require(form["code"], else: .invalidRequest("code is missing"))),
                    redirectURI: try require(form["redirect_uri"], else: .invalidRequest("redirect_uri is missing")),
                    codeVerifier: try require(
                        form["code_verifier"], else: .invalidRequest("code_verifier is missing (PKCE, S256)"))))
        case "refresh_token":
            self = .refreshToken(
                RefreshRequest(
                    refreshToken: Secret(
                        received: try require(
                            form["refresh_token"], else: .invalidRequest("refresh_token is missing"))),
                    scope: form["scope"]))
        case "client_credentials":
            self = .clientCredentials(
                ClientCredentialsRequest(
                    scope: try require(
                        form["scope"], else: .invalidScope("scope is missing: say which system/ scopes you need"))))
        default:
            throw OAuthError(
                .unsupportedGrantType, "grant_type must be authorization_code, refresh_token or client_credentials")
        }
    }
}

/// RFC 6749 §4.1.3 with RFC 7636 §4.5.
package struct CodeRequest: Sendable {
    package let code: Secret
    package let redirectURI: String
    package let codeVerifier: String

    package init(code: Secret, redirectURI: String, codeVerifier: String) {
        self.code = code
        self.redirectURI = redirectURI
        self.codeVerifier = codeVerifier
    }
}

/// RFC 6749 §6.
package struct RefreshRequest: Sendable {
    package let refreshToken: Secret
    /// `nil` means the scope of the grant.
    package let scope: String?

    package init(refreshToken: Secret, scope: String?) {
        self.refreshToken = refreshToken
        self.scope = scope
    }
}
