import HTTP
import JOSE
import SMART

// RFC 7591 §3.1, §3.2.1: what is registered, or the error that says what is wrong with it.
extension ClientMetadata {
    /// Proves what a new client says and cuts it down to what apps may register for by themselves.
    ///
    /// The id and the secret are ours; the secret counts where the client authenticates with one. The client has no word
    /// on what only an administrator gives: trust, roles, lifetimes, further origins.
    ///
    /// - Parameter isVouchedFor: whether it brings an initial access token, which somebody at the hospital gave it.
    package func registration(
        id: String, secret: SecretDigest, isVouchedFor: Bool, policy: RegistrationPolicy
    ) throws(OAuthError) -> ClientRegistration {
        // RFC 7591 §2: client_secret_basic where nothing is said.
        let method = try methodName() ?? .secretBasic
        var client = ClientRegistration(
            id: id, name: id,
            authentication: try authentication(method, secrets: [ClientSecret(digest: secret)], policy: policy),
            scopes: policy.ceiling)
        try describe(&client, within: policy.ceiling)
        client.approval = policy.approves(client) ? .approved : .pending
        client.isVerified = isVouchedFor
        return client
    }

    /// The same for a client that is registered: what it leaves out is gone (RFC 7592 §2.2), but for its scopes and the way
    /// it authenticates, of which it cannot have none.
    func registration(
        replacing current: ClientRegistration, policy: RegistrationPolicy
    ) throws(OAuthError) -> ClientRegistration {
        let method = try methodName() ?? current.authentication.name
        try require(
            method == current.authentication.name,
            else: .invalidClientMetadata(
                "token_endpoint_auth_method is \(current.authentication.name.rawValue) for good: register anew to change it"
            ))
        var client = current
        client.authentication = try authentication(method, replacing: current.authentication, policy: policy)
        // What an administrator gave beyond the ceiling may be kept.
        try describe(&client, within: ScopeSet(policy.ceiling.scopes + current.scopes.scopes))
        return client
    }

    /// What both have in common: everything but the way the client authenticates.
    private func describe(_ client: inout ClientRegistration, within ceiling: ScopeSet) throws(OAuthError) {
        client.name = try displayName(client.id)
        client.grantTypes = try grants()
        client.redirectURIs = try redirects()
        try require(
            !client.grantTypes.contains(.authorizationCode) || !client.redirectURIs.isEmpty,
            else: OAuthError(.invalidRedirectURI, "redirect_uris is missing: authorization_code needs one"))
        let launchURL = try provenLaunchURL()
        // An administrator may have added more of them.
        if launchURL != client.launchURLs.first { client.launchURLs = launchURL.map { [$0] } ?? [] }
        client.isNative = try isNative()
        client.presentation = presentation
        client.scopes = registrable(for: client.grantTypes, within: ceiling, otherwise: client.scopes)
        try require(
            !client.scopes.isEmpty,
            else: .invalidClientMetadata("none of the scopes is for apps that register themselves"))
        if let contradiction = client.contradiction { throw .invalidClientMetadata(contradiction) }
    }

    private func displayName(_ id: String) throws(OAuthError) -> String {
        // RFC 7591 §2: the raw client_id, where there is no name.
        guard let name else { return id }
        try require(
            ClientName.isPossible(name),
            else: .invalidClientMetadata("client_name has 1 to \(ClientName.longest) visible characters in one line"))
        return name
    }

    private func grants() throws(OAuthError) -> Set<ClientRegistration.GrantType> {
        var grants: Set<ClientRegistration.GrantType> = []
        for text in grantTypes ?? [] {
            grants.insert(
                try require(
                    ClientRegistration.GrantType(rawValue: text),
                    else: .invalidClientMetadata(
                        "each of grant_types is one of: \(Self.list(ClientRegistration.GrantType.allCases))")))
        }
        if grants.isEmpty {
            // RFC 7591 §2; and an app that asks for long access means to use it.
            grants.insert(.authorizationCode)
            let asked = ScopeSet(scope ?? "")
            if asked.contains(.offlineAccess) || asked.contains(.onlineAccess) { grants.insert(.refreshToken) }
        }
        // RFC 7591 §2.1
        if let responseTypes {
            try require(
                responseTypes.allSatisfy { $0.isExactly("code") },
                else: .invalidClientMetadata("each of response_types is code: nothing else is supported"))
            try require(
                grants.contains(.authorizationCode),
                else: .invalidClientMetadata("the response type code goes with the grant type authorization_code"))
        }
        return grants
    }

    private func redirects() throws(OAuthError) -> [RedirectURI] {
        var redirects: [RedirectURI] = []
        for text in redirectURIs {
            do throws(RedirectURI.Refusal) {
                redirects.append(try RedirectURI(registering: text))
            } catch {
                throw OAuthError(.invalidRedirectURI, error.description)
            }
        }
        return redirects
    }

    private func provenLaunchURL() throws(OAuthError) -> String? {
        guard let launchURL else { return nil }
        do throws(LaunchURL.Refusal) {
            return try LaunchURL(registering: launchURL).description
        } catch {
            throw .invalidClientMetadata("initiate_login_uri: \(error.description)")
        }
    }

    private func isNative() throws(OAuthError) -> Bool {
        switch applicationType {
        case nil, "web"?: return false
        case "native"?: return true
        default: throw .invalidClientMetadata("application_type is web or native")
        }
    }

    /// RFC 7591 §2: what is not for the client to have is left out, and the answer says so. A backend service has no user and
    /// no patient, an app with people no `system/`.
    private func registrable(
        for grants: Set<ClientRegistration.GrantType>, within ceiling: ScopeSet, otherwise usual: ScopeSet
    ) -> ScopeSet {
        let asked = scope.map { ScopeSet($0).allowed(by: ceiling) } ?? usual
        return asked.filter { scope in
            switch scope.kind {
            case .clinical(let clinical) where clinical.context == .system: grants.contains(.clientCredentials)
            case .other: true
            default: grants.contains(.authorizationCode)
            }
        }
    }
}
