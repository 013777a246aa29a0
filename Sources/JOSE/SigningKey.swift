import COpenSSL

/// A private key of this server; it signs, and shows nothing but its public half.
package final class SigningKey: Sendable {
    /// The public half, named by its thumbprint.
    package let publicKey: JWK

    private let key: EVPKey

    private init(_ key: EVPKey) throws(JOSEError) {
        guard let material = key.material else {
            throw JOSEError(.unusableKey, "the private key is neither RSA nor EC on P-256 or P-384")
        }
        try material.requireStrength()
        var publicKey = JWK(material, use: "sig")
        publicKey.kid = publicKey.thumbprint
        self.publicKey = publicKey
        self.key = key
    }

    /// A new key: RSA of 2048 bits, or EC on the algorithm's curve.
    package static func generate(for algorithm: SignatureAlgorithm) throws(JOSEError) -> SigningKey {
        defer { ERR_clear_error() }
        let failure = JOSEError(.failed, "the key could not be generated")
        guard let context = EVP_PKEY_CTX_new_from_name(nil, algorithm.kty, nil) else { throw failure }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { throw failure }
        let isPrepared =
            if let curve = algorithm.curve {
                EVP_PKEY_CTX_set_group_name(context, curve.rawValue) == 1
            } else {
                EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1
            }
        var key: OpaquePointer?
        guard isPrepared, EVP_PKEY_generate(context, &key) == 1, let key else { throw failure }
        return try SigningKey(EVPKey(key))
    }

    /// A key from its PKCS #8 form (RFC 5208 §5), unencrypted DER and nothing after it.
    package convenience init(pkcs8 der: [UInt8]) throws(JOSEError) {
        defer { ERR_clear_error() }
        let key = der.withUnsafeBufferPointer { der -> OpaquePointer? in
            var position = der.baseAddress
            guard position != nil, let info = d2i_PKCS8_PRIV_KEY_INFO(nil, &position, der.count) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            return position == der.baseAddress.map { $0 + der.count } ? EVP_PKCS82PKEY(info) : nil
        }
        guard let key else { throw JOSEError(.malformed, "the private key is not PKCS #8") }
        try self.init(EVPKey(key))
    }

    /// The key in PKCS #8 form, in the clear: to be sealed at once.
    package var pkcs8: [UInt8] {
        get throws(JOSEError) {
            defer { ERR_clear_error() }
            let failure = JOSEError(.failed, "the private key could not be written")
            guard let info = EVP_PKEY2PKCS8(key.pointer) else { throw failure }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            var der: UnsafeMutablePointer<UInt8>?
            let count = i2d_PKCS8_PRIV_KEY_INFO(info, &der)
            guard count > 0, let der else { throw failure }
            defer { CRYPTO_clear_free(der, Int(count), nil, 0) }
            return Array(UnsafeBufferPointer(start: der, count: Int(count)))
        }
    }

    /// A signature in JOSE's spelling (RFC 7518 §3.3 and §3.4).
    package func sign(_ bytes: [UInt8], with algorithm: SignatureAlgorithm) throws(JOSEError) -> [UInt8] {
        guard algorithm.suits(publicKey.material) else {
            throw JOSEError(.unusableKey, "the private key is not made for \(algorithm.rawValue)")
        }
        defer { ERR_clear_error() }
        let failure = JOSEError(.failed, "the signature could not be made")
        guard let context = EVP_MD_CTX_new() else { throw failure }
        defer { EVP_MD_CTX_free(context) }
        var size = Int(EVP_PKEY_get_size(key.pointer))
        var signature = [UInt8](repeating: 0, count: size)
        guard EVP_DigestSignInit_ex(context, nil, algorithm.digest.name, nil, nil, key.pointer, nil) == 1,
            EVP_DigestSign(context, &signature, &size, bytes, bytes.count) == 1
        else { throw failure }
        signature.removeLast(signature.count - size)
        guard let curve = algorithm.curve else { return signature }
        guard let numbers = ECDSASignature.concatenated(ofDER: signature, size: curve.coordinateSize) else {
            throw failure
        }
        return numbers
    }
}
