import JSON

/// What a client is told of its registration (RFC 7591 §3.2.1, RFC 7592 §3): all that is registered of it.
package struct ClientInformation: Sendable {
    private let client: ClientRegistration
    private let issuedAt: Instant
    private let management: Secret
    private let url: String
    private let secret: Secret?

    /// - Parameters:
    ///   - management: the registration access token, as it was just made or as the client has just shown it.
    ///   - url: where the client manages its registration.
    ///   - secret: the client secret, on the one occasion on which it is known.
    package init(
        _ client: ClientRegistration, issuedAt: Instant, management: Secret, url: String, secret: Secret? = nil
    ) {
        self.client = client
        self.issuedAt = issuedAt
        self.management = management
        self.url = url
        self.secret = secret
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("client_id", client.id)
            $0.member("client_id_issued_at", issuedAt.seconds)
            if case .secret = client.authentication, let secret {
                $0.member("client_secret", secret.text)
                // It does not expire.
                $0.member("client_secret_expires_at", 0)
            }
            $0.member("registration_access_token", management.text)
            $0.member("registration_client_uri", url)
            // Ours: whether the client may begin.
            $0.member("approval", client.approval.rawValue)
            writeMetadata(to: &$0)
        }
        return writer.bytes
    }

    private func writeMetadata(to object: inout JSONWriter) {
        let grants = ClientRegistration.GrantType.allCases.filter(client.grantTypes.contains)
        object.member("client_name", client.name)
        object.member("redirect_uris", client.redirectURIs.map(\.description))
        object.member("grant_types", grants.map(\.rawValue))
        object.member("response_types", grants.contains(.authorizationCode) ? ["code"] : [])
        object.member("scope", client.scopes.description)
        object.member("application_type", client.isNative ? "native" : "web")
        object.member("initiate_login_uri", client.launchURLs.first)
        object.member("token_endpoint_auth_method", client.authentication.name.rawValue)
        if case .privateKey(let keys) = client.authentication {
            if keys.algorithms.count == 1 {
                object.member("token_endpoint_auth_signing_alg", keys.algorithms.first?.rawValue)
            }
            switch keys.registered.member {
            case .jwks(let jwks): object.raw("jwks", jwks)
            case .jwksURI(let uri): object.member("jwks_uri", uri)
            case nil: break
            }
        }
        object.member("organization_name", client.presentation.organization)
        object.member("client_uri", client.presentation.clientURI)
        object.member("logo_uri", client.presentation.logoURI)
        object.member("policy_uri", client.presentation.policyURI)
        object.member("tos_uri", client.presentation.termsURI)
        if !client.presentation.contacts.isEmpty { object.member("contacts", client.presentation.contacts) }
        object.member("software_id", client.presentation.softwareID)
        object.member("software_version", client.presentation.softwareVersion)
    }
}
