import HTTP
import JOSE

/// What a client sent to prove who it is (RFC 6749 §2.3).
package enum ClientAuthentication: Sendable {
    /// Nothing but a name, as a public client does; the name may be missing where the grant tells whose it is.
    case none(clientID: String?)
    /// HTTP Basic. Both spellings count: form-encoded (RFC 6749 §2.3.1) and raw, as many clients send it.
    case basic([Pair])

    package struct Pair: Sendable {
        package let clientID: String
        package let secret: Secret
    }

    package init(_ request: Request, _ form: Form) throws(OAuthError) {
        let clientID: String?
        do {
            clientID = try form.value("client_id")
            // RFC 6749 §2.3: not more than one method in a request.
            try Self.refuseOtherMethods(form, besides: request.credentials != nil)
        } catch let repeated as Form.Repeated {
            throw .invalidRequest("the parameter \(repeated.name) was sent more than once")
        } catch let error as OAuthError {
            throw error
        } catch {
            throw .invalidRequest("the parameters cannot be read")
        }

        switch request.credentials {
        case nil:
            self = .none(clientID: clientID)
        case .basic(let encoded):
            let pairs = try Self.pairs(encoded)
            if let clientID {
                // Some clients repeat their id in the body; it must be the same client.
                try require(
                    pairs.contains { $0.clientID == clientID },
                    else: .invalidRequest("client_id in the body is not the client of the Authorization header"))
            }
            self = .basic(pairs)
        case .bearer, .other:
            throw .invalidClient("only HTTP Basic is supported in the Authorization header here")
        }
    }

    /// The client that the request speaks for, as far as it says so.
    package var clientIDs: [String] {
        switch self {
        case .none(let clientID): clientID.map { [$0] } ?? []
        case .basic(let pairs): pairs.map(\.clientID)
        }
    }

    private static func pairs(_ encoded: String) throws(OAuthError) -> [Pair] {
        guard let bytes = Base64.decode(encoded), let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { throw .invalidClient("the Authorization header is not valid HTTP Basic") }
        let id = text[..<colon]
        let secret = text[colon...].dropFirst()
        let raw = Pair(clientID: String(id), secret: Secret(received: String(secret)))
        guard let decodedID = PercentEncoding.decode(id, plusIsSpace: true),
            let decodedSecret = PercentEncoding.decode(secret, plusIsSpace: true),
            decodedID != id || decodedSecret != secret
        else { return [raw] }
        return [Pair(clientID: decodedID, secret: Secret(received: decodedSecret)), raw]
    }

    private static func refuseOtherMethods(_ form: Form, besides hasCredentials: Bool) throws {
        let hasSecret = try form.value("client_secret") != nil
        let hasAssertion = try form.value("client_assertion") != nil
        let hasAssertionType = try form.value("client_assertion_type") != nil
        guard hasSecret || hasAssertion || hasAssertionType else { return }
        guard !hasCredentials, !(hasSecret && hasAssertion) else {
            throw OAuthError.invalidRequest("more than one way of client authentication in one request")
        }
        throw OAuthError.invalidClient(
            hasSecret
                ? "client_secret in the body is not supported; send it by HTTP Basic"
                : "client assertions are not registered for this client; send the secret by HTTP Basic")
    }
}

extension ClientRegistration {
    /// Checks that the request really comes from this client (RFC 6749 §3.2.1) and gives the proven client.
    package func authenticated(
        by authentication: ClientAuthentication, at now: Instant
    ) throws(OAuthError) -> AuthenticatedClient {
        try require(!isDisabled, else: .invalidClient("this client is disabled", detail: "client disabled"))
        switch (self.authentication, authentication) {
        case (.none, .none):
            break
        case (.none, .basic):
            throw .invalidClient("this is a public client: send client_id in the body and no secret")
        case (.secret, .none):
            throw .invalidClient("this client authenticates by HTTP Basic")
        case (.secret(let secrets), .basic(let pairs)):
            let isKnown = pairs.contains { pair in
                pair.clientID == id && secrets.contains { $0.isGood(pair.secret, at: now) }
            }
            try require(isKnown, else: .invalidClient("unknown client or wrong secret", detail: "wrong secret"))
        }
        return AuthenticatedClient(registration: self)
    }
}

/// A client that has proven who it is: public ones by their registration, confidential ones by their secret.
package struct AuthenticatedClient: Sendable {
    package let registration: ClientRegistration

    fileprivate init(registration: ClientRegistration) {
        self.registration = registration
    }

    package var id: String { registration.id }
}
