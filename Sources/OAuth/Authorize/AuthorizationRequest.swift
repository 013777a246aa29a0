import HTTP
import SMART

/// An authorization request as it was sent: nothing in it is proven (SMART app-launch#obtain-authorization-code).
package struct AuthorizationRequest: Sendable {
    private let form: Form

    package init(_ form: Form) {
        self.form = form
    }

    /// The client that the request names. A refusal here is shown, never redirected (RFC 6749 §4.1.2.1).
    package func clientID() throws(OAuthError) -> String {
        try require(single("client_id"), else: .invalidClient("client_id is missing"))
    }

    /// Proves the address that every later answer goes to. A refusal here is shown, never redirected.
    package func redirect(for client: ClientRegistration, issuer: String) throws(OAuthError) -> ProvenRedirect {
        if let refusal = client.refusal { throw .invalidClient(refusal, detail: "client not usable") }
        // RFC 6749 §3.1.2.3, RFC 9700 §2.1: an exact match with a registered URI.
        let uri = try require(single("redirect_uri"), else: .invalidRequest("redirect_uri is missing"))
        try require(
            client.redirectURIs.contains { $0.matches(uri, isNative: client.isNative) },
            else: .invalidRequest("redirect_uri is not registered for this app"))
        let state = try? single("state")
        return ProvenRedirect(
            uri: uri, state: state.flatMap { $0.utf8.count <= Self.longestState ? $0 : nil }, issuer: issuer)
    }

    /// Whether the app wants an answer without any page, right or wrong (OpenID Core §3.1.2.1).
    package var isSilent: Bool {
        (try? single("prompt"))?.isExactly(Prompt.none.rawValue) ?? false
    }

    /// Proves the rest. A refusal here is told to the app.
    package func validated(
        for client: ClientRegistration, at base: FHIRBase, redirect: ProvenRedirect
    ) throws(OAuthError) -> ValidAuthorizationRequest {
        // RFC 6749 §3.1: parameters must not be repeated, known or not.
        if let name = form.repeated { throw .invalidRequest("the parameter \(name) was sent more than once") }
        // OpenID Core §6: request objects are refused by name and never fetched.
        try require(single("request") == nil, else: OAuthError(.requestNotSupported, "request is not supported"))
        try require(
            single("request_uri") == nil, else: OAuthError(.requestURINotSupported, "request_uri is not supported"))
        try require(
            single("registration") == nil, else: OAuthError(.registrationNotSupported, "registration is not supported"))

        // RFC 6749 §4.1.2.1
        try require(
            client.grantTypes.contains(.authorizationCode),
            else: .unauthorizedClient("this client is not registered for the authorization code flow"))

        // RFC 6749 §4.1.1
        let responseType = try require(single("response_type"), else: .invalidRequest("response_type is missing"))
        try require(
            responseType == "code",
            else: OAuthError(.unsupportedResponseType, "response_type must be code"))
        let responseMode = try single("response_mode")
        try require(
            responseMode == nil || responseMode == "query",
            else: OAuthError(.unsupportedResponseType, "response_mode must be query"))

        // SMART app-launch#obtain-authorization-code
        let state = try require(single("state"), else: .invalidRequest("state is missing"))
        try require(
            state.utf8.count <= Self.longestState,
            else: .invalidRequest("state is longer than \(Self.longestState) bytes"))

        // RFC 7636 §4.3, §4.4.1; SMART app-launch#considerations-for-pkce-support
        let challenge = try require(
            single("code_challenge"), else: .invalidRequest("code challenge required: send code_challenge (PKCE, S256)")
        )
        let method = try require(
            single("code_challenge_method"),
            else: .invalidRequest("code_challenge_method is missing, which means plain; only S256 is supported"))
        try require(method == "S256", else: .invalidRequest("code_challenge_method must be S256"))
        let codeChallenge = try require(
            CodeChallenge(challenge), else: .invalidRequest("code_challenge must be 43 characters of base64url"))

        // SMART app-launch#obtain-authorization-code: aud; RFC 8707 §2: resource
        let resource = try single("resource")
        let audience = try require(
            single("aud") ?? resource, else: .invalidRequest("aud is missing: send the FHIR base URL \(base)"))
        try require(
            base.isMeant(by: audience),
            else: .invalidRequest("aud is not a FHIR server behind this authorization server"))

        let requested = try require(single("scope"), else: OAuthError(.invalidScope, "scope is missing"))
        let scopes = ScopeSet(requested).allowed(by: client.scopes).grantableToPeople
            .filter { client.grantTypes.contains(.refreshToken) || !$0.asksForRefreshing }
        try require(
            !scopes.isEmpty, else: .invalidScope("none of the scopes asked for is registered for this app"))

        let launch = try single("launch")
        try require(
            launch != nil || !ScopeSet(requested).contains(.launch),
            else: .invalidRequest(
                "the scope launch needs the launch parameter; a standalone app asks for launch/patient"))

        let nonce = try single("nonce")
        let loginHint = try single("login_hint")
        let uiLocales = try single("ui_locales")
        for value in [nonce, loginHint, uiLocales].compactMap({ $0 }) {
            try require(
                value.utf8.count <= Self.longestHint,
                else: .invalidRequest("nonce, login_hint and ui_locales are at most \(Self.longestHint) bytes each"))
        }

        return ValidAuthorizationRequest(
            clientID: client.id, redirect: redirect, requestedScope: requested, scopes: scopes,
            launch: launch.map { SecretDigest(of: $0) }, codeChallenge: codeChallenge, nonce: nonce,
            prompt: try prompt(), maxAge: try maxAge(), loginHint: loginHint,
            uiLocales: uiLocales, wantsSecondFactor: try wantsSecondFactor())
    }

    /// Long enough for any app, short enough for the Location header of every web server.
    private static let longestState = 4096
    private static let longestHint = 1024

    private func single(_ name: String) throws(OAuthError) -> String? {
        do {
            return try form.value(name)
        } catch {
            throw .invalidRequest("the parameter \(error.name) was sent more than once")
        }
    }

    /// OpenID Core §3.1.2.1
    private func prompt() throws(OAuthError) -> Set<Prompt> {
        let words = (try single("prompt") ?? "").split(separator: " ")
        let prompts = Set(words.compactMap { Prompt(rawValue: String($0)) })
        try require(
            !(prompts.contains(.none) && words.count > 1), else: .invalidRequest("prompt=none stands alone"))
        return prompts
    }

    /// OpenID Core §3.1.2.1: by preference; who takes any other class as well would rather have this one than stay without.
    private func wantsSecondFactor() throws(OAuthError) -> Bool {
        (try single("acr_values") ?? "").split(separator: " ").first?.isExactly(AuthenticationMethods.multiFactor)
            ?? false
    }

    private func maxAge() throws(OAuthError) -> Int? {
        guard let text = try single("max_age") else { return nil }
        return try require(
            Int(text).flatMap { $0 >= 0 ? $0 : nil }, else: .invalidRequest("max_age must be a number of seconds"))
    }
}

/// What an app may ask of the pages (OpenID Core §3.1.2.1).
package enum Prompt: String, Sendable, Hashable, CaseIterable {
    case none
    case login
    case consent
    case selectAccount = "select_account"
}

extension Scope {
    /// Good for nothing where the app may not refresh.
    fileprivate var asksForRefreshing: Bool { kind == .offlineAccess || kind == .onlineAccess }
}

extension ScopeSet {
    /// What a person can grant in the code flow: `system/` scopes belong to Backend Services.
    package var grantableToPeople: ScopeSet {
        filter { $0.clinical?.context != .system }
    }
}
