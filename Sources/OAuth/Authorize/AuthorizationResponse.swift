import HTTP

/// The address that an answer goes to: proven to be registered for the client, so an unproven one does not compile.
package struct ProvenRedirect: Sendable, Equatable {
    package let uri: String
    /// Exactly as sent.
    package let state: String?
    package let issuer: String

    init(uri: String, state: String?, issuer: String) {
        self.uri = uri
        self.state = state
        self.issuer = issuer
    }

    /// Where the answer goes, in a word that a person can compare with what they expect: a host, or the scheme of an app on
    /// their own device, where what looks like a host is anything at all (RFC 8252 §7.1).
    package var host: String {
        guard let url = AbsoluteURL(uri), url.scheme == "https" || url.scheme == "http" else {
            return String(uri.prefix { $0 != ":" })
        }
        return url.host
    }
}

/// What goes back to the app through the browser (RFC 6749 §4.1.2, §4.1.2.1).
package enum AuthorizationResponse: Sendable {
    case code(Secret)
    case error(OAuthError)

    /// The redirect URI with the answer in its query; `state` as it came, and `iss` against mix-up (RFC 9207 §2).
    package func location(at redirect: ProvenRedirect) -> String {
        var parameters: [(name: String, value: String)] = []
        switch self {
        case .code(let code):
            parameters.append(("code", code.text))
        case .error(let error):
            parameters.append(("error", error.code.rawValue))
            parameters.append(("error_description", error.description))
        }
        if let state = redirect.state { parameters.append(("state", state)) }
        parameters.append(("iss", redirect.issuer))
        let separator = redirect.uri.contains("?") ? "&" : "?"
        return "\(redirect.uri)\(separator)\(Form(parameters).encoded)"
    }
}
