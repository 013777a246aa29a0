import HTTP
import JOSE

/// Where a client's public keys are, as it was registered (RFC 7591 §2: `jwks` and `jwks_uri`).
package enum RegisteredKeys: Sendable, Hashable {
    /// `jwks`: the set itself, given once.
    case given(jwks: [UInt8])
    /// `jwks_uri`; a site that reaches no foreign host reads the set from a mirror instead.
    case uri(String, mirror: String? = nil)
    /// A file on this machine; it may stand for the client's `jwks_uri`.
    case file(String, uri: String? = nil)

    /// What a `jku` in an assertion must be, if there is one.
    package var uri: String? {
        switch self {
        case .given: nil
        case .uri(let uri, _): uri
        case .file(_, let uri): uri
        }
    }

    /// Why keys may not be registered, in words for the person who registers them.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let description: String
    }
}

// SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys
extension RegisteredKeys {
    /// More keys than a client that rotates them can need.
    package static let keyLimit = 50

    /// Takes a pasted set, in which every key must be one that we can use, and keeps its public members alone.
    package init(
        registeringJWKS text: [UInt8], algorithms: Set<SignatureAlgorithm> = ClientAssertion.usualAlgorithms
    ) throws(Refusal) {
        let set: JWKSet
        do throws(JOSEError) {
            set = try JWKSet(json: text)
        } catch {
            throw Refusal(description: error.reason)
        }
        if let reason = set.skipped.first {
            throw Refusal(description: "a key in the set cannot be used: \(reason)")
        }
        guard set.keys.count <= Self.keyLimit else {
            throw Refusal(description: "the set has more than \(Self.keyLimit) keys")
        }
        var seen: Set<[String]> = []
        for (index, key) in set.keys.enumerated() {
            do throws(Refusal) {
                try Self.check(key)
                guard seen.insert([key.kty, key.kid ?? ""]).inserted else {
                    throw Refusal(description: "an earlier \(key.kty) key has the same kid")
                }
            } catch {
                throw Refusal(description: "key \(index + 1) of the set: \(error)")
            }
        }
        guard algorithms.contains(where: { algorithm in set.keys.contains { $0.suits(algorithm) } }) else {
            let names = algorithms.map(\.rawValue).sorted().joined(separator: " or ")
            throw Refusal(description: "the set has no key to sign \(names) with")
        }
        self = .given(jwks: set.bytes)
    }

    /// Takes the URL of a set: https (plain http on this machine alone, where that is allowed), no user, no fragment.
    package init(registeringURI text: String, allowsLoopback: Bool = false) throws(Refusal) {
        guard let url = AbsoluteURL(text) else {
            throw Refusal(description: "\(text): not an absolute URL without user information")
        }
        guard url.isSecure(orLoopback: allowsLoopback) else {
            throw Refusal(description: "\(text): a jwks_uri is https")
        }
        guard url.fragment == nil else { throw Refusal(description: "\(text): a jwks_uri has no fragment") }
        self = .uri(text)
    }

    private static func check(_ key: JWK) throws(Refusal) {
        guard let kid = key.kid, !kid.isEmpty else { throw Refusal(description: "it has no kid") }
        guard kid.utf8.count <= 255 else { throw Refusal(description: "its kid is longer than 255 bytes") }
        // RFC 7517 §4.2: a key for encryption may stand beside those for signatures.
        guard key.use?.isExactly("enc") != true else { return }
        do throws(JOSEError) {
            _ = try VerificationKey(key)
        } catch {
            throw Refusal(description: error.reason)
        }
    }
}
