import HTTP
import JOSE

/// How a client proves who it is (RFC 6749 §2.3, RFC 7523 §2.2): the `token_endpoint_auth_method` of its registration.
package enum ClientAuthenticationMethod: Sendable, Equatable {
    /// A public client: it has nothing to prove.
    case none
    /// `client_secret_basic`, and `client_secret_post` where it is registered for that; two secrets overlap while one is rotated.
    case secret([ClientSecret], isTakenFromBody: Bool)
    /// `private_key_jwt` (SMART client-confidential-asymmetric).
    case privateKey(ClientPublicKeys)

    package static func secret(_ secrets: [ClientSecret]) -> ClientAuthenticationMethod {
        .secret(secrets, isTakenFromBody: false)
    }

    /// The name in metadata (RFC 7591 §2).
    package enum Name: String, Sendable, CaseIterable {
        case none
        case secretBasic = "client_secret_basic"
        case secretPost = "client_secret_post"
        case privateKeyJWT = "private_key_jwt"
    }

    /// The keys of an asymmetric client.
    package var keys: ClientPublicKeys? {
        if case .privateKey(let keys) = self { keys } else { nil }
    }

    package var name: Name {
        switch self {
        case .none: .none
        case .secret(_, let isTakenFromBody): isTakenFromBody ? .secretPost : .secretBasic
        case .privateKey: .privateKeyJWT
        }
    }
}

/// A secret as the store keeps it; the old one of a rotation has an end.
package struct ClientSecret: Sendable, Equatable {
    package let digest: SecretDigest
    package let expiresAt: Instant?

    package init(digest: SecretDigest, expiresAt: Instant? = nil) {
        self.digest = digest
        self.expiresAt = expiresAt
    }

    func isGood(_ sent: Secret, at now: Instant) -> Bool {
        digest.matches(sent.digest) && expiresAt.map { now < $0 } ?? true
    }
}

/// The public keys of an asymmetric client, and what it may sign with (SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys).
package struct ClientPublicKeys: Sendable, Equatable {
    package let registered: RegisteredKeys
    package let algorithms: Set<SignatureAlgorithm>

    package init(_ registered: RegisteredKeys, algorithms: Set<SignatureAlgorithm> = ClientAssertion.usualAlgorithms) {
        self.registered = registered
        self.algorithms = algorithms
    }
}
