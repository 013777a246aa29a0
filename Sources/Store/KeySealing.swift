import JOSE
import OAuth

/// Seals private keys under the master key, each bound to its kid, and opens them again.
package struct KeySealing: Sendable {
    private let masterKey: [UInt8]

    /// - Parameter masterKey: 32 bytes.
    package init(masterKey: [UInt8]) {
        self.masterKey = masterKey
    }

    /// A new key, ready to be stored.
    package func generate(
        _ algorithm: SignatureAlgorithm, state: StoredKey.State, at now: Instant
    ) throws -> StoredKey {
        let key = try SigningKey.generate(for: algorithm)
        let kid = key.publicKey.thumbprint
        let jwk = JWK(key.publicKey.material, kid: kid, use: "sig", alg: algorithm.rawValue)
        return StoredKey(
            kid: kid, algorithm: algorithm.rawValue, state: state, publicJWK: jwk.bytes,
            sealed: try SealedBox.seal(key.pkcs8, under: masterKey, context: Self.context(kid)), createdAt: now,
            expiresAt: nil)
    }

    /// `nil` where the master key is not the one it was sealed under.
    package func open(_ stored: StoredKey) -> SigningKey? {
        guard let pkcs8 = try? SealedBox.open(stored.sealed, under: masterKey, context: Self.context(stored.kid)) else {
            return nil
        }
        return try? SigningKey(pkcs8: pkcs8)
    }

    private static func context(_ kid: String) -> String { "signing-key:\(kid)" }
}
