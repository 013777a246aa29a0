import HTTP
import JOSE

/// What a client sent to prove who it is (RFC 6749 §2.3).
package enum ClientAuthentication: Sendable {
    /// Nothing but a name, as a public client does; the name may be missing where the grant tells whose it is.
    case none(clientID: String?)
    /// HTTP Basic. Both spellings count: form-encoded (RFC 6749 §2.3.1) and raw, as many clients send it.
    case basic([Pair])
    /// `client_id` and `client_secret` in the body (RFC 6749 §2.3.1).
    case post(Pair)
    /// A signed assertion (RFC 7523 §2.2), not yet read; the `client_id` beside it, if any.
    case assertion(String, clientID: String?)

    package struct Pair: Sendable {
        package let clientID: String
        package let secret: Secret
    }

    package init(_ request: Request, _ form: Form) throws(OAuthError) {
        let sent = try Sent(form)
        // RFC 6749 §2.3: not more than one method in a request.
        let methods = [request.credentials != nil, sent.secret != nil, sent.hasAssertion].filter { $0 }
        try require(
            methods.count <= 1, else: .invalidRequest("more than one way of client authentication in one request"))

        switch request.credentials {
        case nil where sent.hasAssertion:
            self = .assertion(try sent.provenType(), clientID: sent.clientID)
        case nil:
            guard let secret = sent.secret else {
                self = .none(clientID: sent.clientID)
                return
            }
            let id = try require(sent.clientID, else: .invalidClient("client_id is missing beside client_secret"))
            self = .post(Pair(clientID: id, secret: Secret(received: secret)))
        case .basic(let encoded):
            let pairs = try Self.pairs(encoded)
            if let id = sent.clientID {
                // Some clients repeat their id in the body; it must be the same client.
                try require(
                    pairs.contains { $0.clientID.isExactly(id) },
                    else: .invalidRequest("client_id in the body is not the client of the Authorization header"))
            }
            self = .basic(pairs)
        case .bearer, .other:
            throw .invalidClient("only HTTP Basic is supported in the Authorization header here")
        }
    }

    /// The clients that the request may speak for, as far as it says so; an assertion says it inside.
    package var claimedClientIDs: [String] {
        switch self {
        case .none(let clientID), .assertion(_, let clientID): clientID.map { [$0] } ?? []
        case .basic(let pairs): pairs.map(\.clientID)
        case .post(let pair): [pair.clientID]
        }
    }

    /// The same, with the client that an assertion says it is from.
    package var namedClientIDs: [String] {
        guard case .assertion(let text, _) = self, let named = (try? ClientAssertion(text))?.claimedClientID else {
            return claimedClientIDs
        }
        return [named]
    }

    /// What a proof that fails counts under, by the client that it is for.
    package func attempts(from address: String) -> [Attempt] {
        let id = namedClientIDs.first ?? ""
        return isAssertion ? Attempt.assertion(of: id, from: address) : Attempt.client(id, from: address)
    }

    private var isAssertion: Bool { if case .assertion = self { true } else { false } }

    /// What was shown, as the audit trail names it.
    package var proof: String {
        switch self {
        case .none: "no_proof"
        case .basic, .post: "wrong_secret"
        case .assertion: "wrong_assertion"
        }
    }

    private static func pairs(_ encoded: String) throws(OAuthError) -> [Pair] {
        let refusal = OAuthError.invalidClient("the Authorization header is not valid HTTP Basic")
        guard let bytes = Base64.decode(encoded), let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":"), !bytes.contains(0)
        else { throw refusal }
        let id = text[..<colon]
        let secret = text[colon...].dropFirst()
        let raw = Pair(clientID: String(id), secret: Secret(received: String(secret)))
        guard let decodedID = PercentEncoding.decode(id, plusIsSpace: true),
            let decodedSecret = PercentEncoding.decode(secret, plusIsSpace: true),
            decodedID != id || decodedSecret != secret
        else { return [raw] }
        try require(!decodedID.utf8.contains(0) && !decodedSecret.utf8.contains(0), else: refusal)
        return [Pair(clientID: decodedID, secret: Secret(received: decodedSecret)), raw]
    }

    /// The parameters of a body that have to do with authentication.
    private struct Sent {
        let clientID: String?
        let secret: String?
        let assertion: String?
        let assertionType: String?

        init(_ form: Form) throws(OAuthError) {
            do {
                clientID = try form.value("client_id")
                secret = try form.value("client_secret")
                assertion = try form.value("client_assertion")
                assertionType = try form.value("client_assertion_type")
            } catch {
                throw .invalidRequest("the parameter \(error.name) was sent more than once")
            }
        }

        var hasAssertion: Bool { assertion != nil || assertionType != nil }

        /// RFC 7523 §2.2: the one type of assertion there is here.
        func provenType() throws(OAuthError) -> String {
            let type = try require(assertionType, else: .invalidClient("client_assertion_type is missing"))
            try require(
                type.isExactly(ClientAssertion.type),
                else: .invalidClient("client_assertion_type must be \(ClientAssertion.type)"))
            return try require(assertion, else: .invalidClient("client_assertion is missing"))
        }
    }
}

extension ClientRegistration {
    /// Checks that the request really comes from this client (RFC 6749 §3.2.1) and gives the proven client. An assertion
    /// is proven by its signature instead: see the other `authenticated`.
    package func authenticated(
        by authentication: ClientAuthentication, at now: Instant
    ) throws(OAuthError) -> AuthenticatedClient {
        try requireUsable()
        switch (self.authentication, authentication) {
        case (.none, .none):
            break
        case (.none, _):
            throw .invalidClient("this is a public client: send client_id in the body and no secret")
        case (.secret(let secrets, _), .basic(let pairs)):
            try require(
                pairs.contains { pair in
                    pair.clientID.isExactly(id) && secrets.contains { $0.isGood(pair.secret, at: now) }
                },
                else: .wrongSecret)
        case (.secret(let secrets, isTakenFromBody: true), .post(let pair)):
            try require(
                pair.clientID.isExactly(id) && secrets.contains { $0.isGood(pair.secret, at: now) }, else: .wrongSecret)
        case (.secret, _):
            throw .invalidClient("this client authenticates by \(self.authentication.name.rawValue)")
        case (.privateKey, .none):
            throw .invalidClient(
                "this client authenticates by a signed client_assertion (private_key_jwt), at every request")
        case (.privateKey, _):
            throw .invalidClient("this client authenticates by a signed client_assertion (private_key_jwt) alone")
        }
        return AuthenticatedClient(registration: self)
    }

    /// Takes a client whose assertion was proven and remembered: it is this one, and asymmetric.
    package func authenticated(by verified: VerifiedAssertion) throws(OAuthError) -> AuthenticatedClient {
        try requireUsable()
        guard case .privateKey = authentication, verified.clientID.isExactly(id) else {
            throw .invalidClient("client_assertion is from another client")
        }
        return AuthenticatedClient(registration: self)
    }

    /// The keys that prove this client, or why an assertion is not for it.
    package func assertionKeys() throws(OAuthError) -> ClientPublicKeys {
        try requireUsable()
        guard case .privateKey(let keys) = authentication else {
            throw .invalidClient("this client is not registered for private_key_jwt")
        }
        return keys
    }

    private func requireUsable() throws(OAuthError) {
        if let refusal { throw .invalidClient(refusal, detail: isDisabled ? "client disabled" : approval.rawValue) }
    }
}

extension OAuthError {
    fileprivate static var wrongSecret: OAuthError {
        .invalidClient("unknown client or wrong secret", detail: "wrong secret")
    }
}

/// A client that has proven who it is: public ones by their registration, confidential ones by their secret or their key.
package struct AuthenticatedClient: Sendable {
    package let registration: ClientRegistration

    init(registration: ClientRegistration) {
        self.registration = registration
    }

    package var id: String { registration.id }

    /// RFC 6749 §5.2: a grant that the client is not registered for.
    package func requireGrant(_ type: ClientRegistration.GrantType) throws(OAuthError) {
        try require(
            registration.grantTypes.contains(type),
            else: .unauthorizedClient("this client is not registered for grant_type \(type.rawValue)"))
    }
}
