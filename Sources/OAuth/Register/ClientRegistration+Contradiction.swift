import SMART

extension ClientRegistration {
    /// Why the parts of a registration do not go together, in words for whoever registers it; `nil` where they do.
    package var contradiction: String? {
        let hasCode = grantTypes.contains(.authorizationCode)
        let isBackend = grantTypes.contains(.clientCredentials)
        // RFC 7591 §2.1
        if grantTypes.contains(.refreshToken) && !hasCode { return "refresh_token needs authorization_code beside it" }
        if hasCode && redirectURIs.isEmpty { return "authorization_code needs a redirect URI" }
        // RFC 8252 §7.1; OpenID Registration §2: application_type
        if !isNative && redirectURIs.contains(where: { $0.origin == nil }) {
            return "an app's own scheme in a redirect URI is for a native app"
        }
        if !hasCode && !redirectURIs.isEmpty { return "a redirect URI needs authorization_code" }
        if !hasCode && !launchURLs.isEmpty { return "a launch URL needs authorization_code" }
        // SMART backend-services#register-smart-backend-service-communicating-public-keys
        if isBackend && authentication.name != .privateKeyJWT { return "client_credentials needs private_key_jwt" }
        if !isBackend && access != .all { return "access bounds system/ scopes, which need client_credentials" }
        if !roles.isEmpty && isPublic { return "an EHR and a FHIR server need a secret or keys" }
        if grantTypes.isEmpty && roles.isEmpty { return "a client without a grant type can do nothing" }
        return scopeContradiction(hasCode: hasCode, isBackend: isBackend)
    }

    private func scopeContradiction(hasCode: Bool, isBackend: Bool) -> String? {
        if grantTypes.isEmpty { return scopes.isEmpty ? nil : "scopes need a grant type" }
        if scopes.isEmpty { return "a client that asks for tokens needs at least one scope" }
        if !isBackend && scopes.clinical.contains(where: { $0.context == .system }) {
            return "system/ scopes need client_credentials"
        }
        if !hasCode && !scopes.scopes.allSatisfy({ $0.clinical?.context == .system || $0.kind == .other }) {
            return "client_credentials is for system/ scopes: there is no user and no patient"
        }
        if isPublic && scopes.contains(named: IntrospectionCaller.scope) {
            return
                "\(IntrospectionCaller.scope) lets its bearer see every token: it needs a client with a secret or keys"
        }
        return nil
    }
}
