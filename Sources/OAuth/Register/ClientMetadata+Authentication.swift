import HTTP
import JOSE

// RFC 7591 §2: token_endpoint_auth_method, jwks and jwks_uri.
extension ClientMetadata {
    func methodName() throws(OAuthError) -> ClientAuthenticationMethod.Name? {
        guard let authenticationMethod else { return nil }
        return try require(
            ClientAuthenticationMethod.Name(rawValue: authenticationMethod),
            else: .invalidClientMetadata(
                "token_endpoint_auth_method is one of: \(Self.list(ClientAuthenticationMethod.Name.allCases))"))
    }

    func authentication(
        _ method: ClientAuthenticationMethod.Name, secrets: [ClientSecret], policy: RegistrationPolicy
    ) throws(OAuthError) -> ClientAuthenticationMethod {
        guard method == .privateKeyJWT else {
            // Keys and an algorithm that nothing would ever look at are a mistake that shows itself too late.
            try require(
                keys == nil && signingAlgorithm == nil,
                else: .invalidClientMetadata(
                    "jwks, jwks_uri and token_endpoint_auth_signing_alg are for private_key_jwt"))
            return method == .none ? .none : .secret(secrets, isTakenFromBody: method == .secretPost)
        }
        let algorithms = try algorithms()
        do throws(RegisteredKeys.Refusal) {
            return .privateKey(
                ClientPublicKeys(try registeredKeys(algorithms, policy: policy), algorithms: algorithms))
        } catch {
            throw .invalidClientMetadata(error.description)
        }
    }

    /// The same for a client that is registered: secrets stay, and so do keys that an administrator put in the place of the
    /// very ones that the client names.
    func authentication(
        _ method: ClientAuthenticationMethod.Name, replacing current: ClientAuthenticationMethod,
        policy: RegistrationPolicy
    ) throws(OAuthError) -> ClientAuthenticationMethod {
        switch current {
        case .none:
            return try authentication(method, secrets: [], policy: policy)
        case .secret(let secrets, _):
            return try authentication(method, secrets: secrets, policy: policy)
        case .privateKey(let known):
            if keys == known.registered.member, try algorithms() == known.algorithms { return current }
            return try authentication(method, secrets: [], policy: policy)
        }
    }

    /// OpenID Registration §2: with one algorithm registered, no other is taken.
    private func algorithms() throws(OAuthError) -> Set<SignatureAlgorithm> {
        guard let signingAlgorithm else { return ClientAssertion.usualAlgorithms }
        return [
            try require(
                SignatureAlgorithm(rawValue: signingAlgorithm),
                else: .invalidClientMetadata(
                    "token_endpoint_auth_signing_alg is one of: \(Self.list(SignatureAlgorithm.allCases))"))
        ]
    }

    private func registeredKeys(
        _ algorithms: Set<SignatureAlgorithm>, policy: RegistrationPolicy
    ) throws(RegisteredKeys.Refusal) -> RegisteredKeys {
        switch keys {
        case .jwks(let bytes): try RegisteredKeys(registeringJWKS: bytes, algorithms: algorithms)
        case .jwksURI(let uri): try RegisteredKeys(registeringURI: uri, allowsLoopback: policy.allowsLoopbackKeys)
        case nil: throw RegisteredKeys.Refusal(description: "private_key_jwt needs jwks or jwks_uri")
        }
    }

    static func list<Name: RawRepresentable<String>>(_ names: [Name]) -> String {
        names.map(\.rawValue).joined(separator: ", ")
    }
}

extension RegisteredKeys {
    /// How the client is told of its keys, and tells of them itself.
    var member: ClientMetadata.KeyMember? {
        if case .given(let jwks) = self { return .jwks(jwks) }
        return uri.map { .jwksURI($0) }
    }
}
