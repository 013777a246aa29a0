import COpenSSL

/// A public key proven fit to prove signatures; building one costs more than using it, so it is worth keeping.
package struct VerificationKey: Sendable {
    package let jwk: JWK

    private let key: EVPKey

    package init(_ jwk: JWK) throws(JOSEError) {
        // RFC 7517 §4.2
        guard jwk.use?.isExactly("sig") ?? true else { throw JOSEError(.unusableKey, "the key is not for signatures") }
        try jwk.material.requireStrength()
        guard let key = EVPKey(jwk.material) else {
            throw JOSEError(.unusableKey, "the numbers of the key do not make a key of type \(jwk.kty)")
        }
        self.jwk = jwk
        self.key = key
    }

    /// Whether the key's owner made this signature of these bytes with this algorithm.
    package func isValid(
        signature: [UInt8], of bytes: [UInt8], with algorithm: SignatureAlgorithm
    ) -> Bool {
        guard jwk.suits(algorithm), let encoded = encoded(signature, algorithm) else { return false }
        defer { ERR_clear_error() }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit_ex(context, nil, algorithm.digest.name, nil, nil, key.pointer, nil) == 1
            && EVP_DigestVerify(context, encoded, encoded.count, bytes, bytes.count) == 1
    }

    private func encoded(_ signature: [UInt8], _ algorithm: SignatureAlgorithm) -> [UInt8]? {
        guard let curve = algorithm.curve else { return signature }
        return ECDSASignature.der(ofConcatenated: signature, size: curve.coordinateSize)
    }
}
