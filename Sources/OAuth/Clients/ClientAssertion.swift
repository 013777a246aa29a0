import HTTP
import JOSE

/// The signed JWT by which a client says who it is (RFC 7523 §2.2); nothing in it is proven yet.
package struct ClientAssertion: Sendable {
    /// The `client_assertion_type` that goes with it (RFC 7523 §2.2).
    package static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// SMART client-confidential-asymmetric#authenticating-to-the-token-endpoint: `exp` lies no further ahead.
    package static let longestLifetime = 300

    /// Seconds by which the client's clock may differ from ours.
    package static let leeway = 60

    /// What every client must support:
    /// SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys.
    package static let usualAlgorithms: Set<SignatureAlgorithm> = [.rs384, .es384]

    /// Good for finding the registration that can prove it, and for nothing else.
    package let claimedClientID: String
    package let algorithm: SignatureAlgorithm
    package let kid: String
    package let jku: String?

    private let jws: JWS
    private let claims: JWTClaims

    /// Reads a `client_assertion`: all that can be refused without knowing the client.
    package init(_ compact: String) throws(OAuthError) {
        let (jws, claims) = try Self.read(compact)
        self.jws = jws
        self.claims = claims

        // RFC 8725 §3.1: the algorithm is one of ours or the token is none.
        algorithm = try require(
            SignatureAlgorithm(rawValue: jws.header.alg),
            else: .invalidClient(
                "the alg of client_assertion is not supported: sign with RS384 or ES384, never with none or a secret"))

        // SMART client-confidential-asymmetric#authenticating-to-the-token-endpoint
        kid = try require(
            jws.header.kid.flatMap { $0.isEmpty ? nil : $0 },
            else: .invalidClient("the header of client_assertion has no kid: name the key it is signed with"))
        // The guide requires typ. Widespread libraries leave it out, RFC 7523 does not ask for it, and what else the
        // client may sign has another typ or another aud: so none is forgiven, a wrong one is not.
        try require(
            jws.header.typ?.isExactly("JWT") ?? true,
            else: .invalidClient("the typ in the header of client_assertion must be JWT"))
        jku = jws.header.jku

        // RFC 7523 §3: both are the client_id.
        let iss = try require(claims.iss, else: .invalidClient("client_assertion has no iss: it must be the client_id"))
        let sub = try require(claims.sub, else: .invalidClient("client_assertion has no sub: it must be the client_id"))
        try require(
            iss.isExactly(sub),
            else: .invalidClient("iss and sub of client_assertion differ: both must be the client_id"))
        claimedClientID = iss
    }

    /// Checks all but the signature, so that no key is fetched for what would be refused anyway.
    ///
    /// - Parameter audiences: the ways this server may be named: its token endpoint and its issuer.
    package func checked(
        for clientID: String, keys: RegisteredKeys, audiences: [String],
        algorithms: Set<SignatureAlgorithm> = usualAlgorithms, at now: Instant
    ) throws(OAuthError) -> CheckedAssertion {
        try require(
            claimedClientID.isExactly(clientID), else: .invalidClient("client_assertion is from another client"))
        try require(
            algorithms.contains(algorithm),
            else: .invalidClient(
                "\(algorithm.rawValue) is not registered for this client; \(Self.list(algorithms)) is"))
        // SMART client-confidential-asymmetric#signature-verification
        if let jku { try require(jku.isExactly(keys.uri ?? ""), else: Self.strangeKeyURL(keys)) }
        try requireAudience(among: audiences)
        let exp = try requireCurrent(at: now)
        // RFC 7519 §4.1.7; the limit bounds what has to be remembered.
        let jti = try require(
            claims.jti, else: .invalidClient("client_assertion has no jti: give each assertion a new one"))
        try require(
            (1...255).contains(jti.utf8.count),
            else: .invalidClient("the jti of client_assertion must have 1 to 255 bytes"))
        return CheckedAssertion(
            clientID: clientID, algorithm: algorithm, kid: kid, jti: jti, rememberUntil: exp + Self.leeway, jws: jws)
    }
}

extension ClientAssertion {
    private static func read(_ compact: String) throws(OAuthError) -> (JWS, JWTClaims) {
        do throws(JOSEError) {
            let jws = try JWS(compact: compact)
            return (jws, try jws.unprovenClaims())
        } catch {
            throw .invalidClient("client_assertion: \(error)")
        }
    }

    private static func strangeKeyURL(_ keys: RegisteredKeys) -> OAuthError {
        .invalidClient(
            keys.uri == nil
                ? "the header of client_assertion has a jku, but this client has no jwks_uri registered: leave it out"
                : "the jku in the header of client_assertion is not exactly the jwks_uri registered for this client")
    }

    // RFC 7523 §3. One audience alone: an assertion made for several servers lets each of them use it at the others.
    private func requireAudience(among audiences: [String]) throws(OAuthError) {
        let expected = "it must be exactly one of: \(audiences.joined(separator: ", "))"
        try require(!claims.aud.isEmpty, else: .invalidClient("client_assertion has no aud; \(expected)"))
        try require(claims.aud.count == 1, else: .invalidClient("client_assertion has several aud; \(expected)"))
        try require(
            audiences.contains { claims.isMeant(for: $0) },
            else: .invalidClient("the aud of client_assertion is not this server; \(expected)"))
    }

    private func requireCurrent(at now: Instant) throws(OAuthError) -> Instant {
        let exp = Instant(
            try require(
                claims.exp,
                else: .invalidClient("client_assertion has no exp: at most \(Self.longestLifetime) s ahead")))
        // First of all: this tells a wrong clock from a long life.
        for (name, claim) in [("iat", claims.iat), ("nbf", claims.nbf)] {
            let ahead = (claim ?? 0) - now.seconds
            try require(
                ahead <= Self.leeway,
                else: .invalidClient(
                    "\(name) of client_assertion lies \(ahead) s in the future, more than the \(Self.leeway) s "
                        + "forgiven: the client's clock is ahead"))
        }
        // RFC 7523 §3
        try require(
            now - exp < Self.leeway,
            else: .invalidClient(
                "client_assertion expired \(now - exp) s ago, and less than \(Self.leeway) s is forgiven: the client's "
                    + "clock is behind, or the assertion was kept too long"))
        try require(
            exp - now <= Self.longestLifetime + Self.leeway,
            else: .invalidClient(
                "exp of client_assertion lies \(exp - now) s in the future, and \(Self.longestLifetime) s is allowed "
                    + "with \(Self.leeway) s forgiven: the client's clock is ahead, or the assertion lives too long"
            ))
        return exp
    }

    private static func list(_ algorithms: Set<SignatureAlgorithm>) -> String {
        algorithms.map(\.rawValue).sorted().joined(separator: ", ")
    }
}

/// An assertion in which everything is right but for the signature, which nobody has looked at.
package struct CheckedAssertion: Sendable {
    /// What came of looking at the signature.
    package enum Verification: Sendable {
        case verified(VerifiedAssertion)
        /// The set has no such key: the one case in which newer keys may help. If there are none, this is the refusal.
        case keyNotFound(OAuthError)
    }

    package let clientID: String
    package let algorithm: SignatureAlgorithm
    package let kid: String

    fileprivate let jti: String
    fileprivate let rememberUntil: Instant
    fileprivate let jws: JWS

    package func verified(with keys: JWKSet) throws(OAuthError) -> Verification {
        try verified { (kid, algorithm) throws(JOSEError) in try VerificationKey(keys.key(kid: kid, alg: algorithm)) }
    }

    /// With keys that are kept ready for use: `find` is asked for the one key of that name and algorithm.
    package func verified(
        with find: (_ kid: String, _ algorithm: SignatureAlgorithm) throws(JOSEError) -> VerificationKey
    ) throws(OAuthError) -> Verification {
        do throws(JOSEError) {
            _ = try jws.verified(by: find(kid, algorithm), allowing: [algorithm])
            return .verified(VerifiedAssertion(clientID: clientID, jti: jti, rememberUntil: rememberUntil))
        } catch {
            let refusal = OAuthError.invalidClient("client_assertion: \(error)")
            guard error.kind == .keyNotFound else { throw refusal }
            return .keyNotFound(refusal)
        }
    }
}

/// A client's word that it has signed, once it is remembered that it was given: each counts once.
package struct VerifiedAssertion: Sendable {
    package let clientID: String
    package let jti: String
    /// Until then the same `jti` of this client is a replay, for so long the assertion could be used again:
    /// SMART client-confidential-asymmetric#signature-verification, and the forgiven seconds with it.
    package let rememberUntil: Instant

    fileprivate init(clientID: String, jti: String, rememberUntil: Instant) {
        self.clientID = clientID
        self.jti = jti
        self.rememberUntil = rememberUntil
    }

    /// Client and `jti` in one, in a size that no client chooses.
    package var jtiDigest: [UInt8] {
        // The length keeps the two from being divided in another way.
        Digest.sha256("\(clientID.utf8.count):\(clientID)\(jti)")
    }
}
