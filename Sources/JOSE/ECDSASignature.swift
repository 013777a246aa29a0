import COpenSSL

/// A signature's two numbers, between JOSE's spelling (both in full length) and the DER that OpenSSL speaks (RFC 7518 §3.4).
enum ECDSASignature {
    /// Nil unless there are two numbers of this size and neither is zero.
    static func der(ofConcatenated bytes: [UInt8], size: Int) -> [UInt8]? {
        guard bytes.count == 2 * size, bytes.prefix(size).contains(where: { $0 != 0 }),
            bytes.suffix(size).contains(where: { $0 != 0 })
        else { return nil }
        guard let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        let r = BN_bin2bn(Array(bytes.prefix(size)), Int32(size), nil)
        let s = BN_bin2bn(Array(bytes.suffix(size)), Int32(size), nil)
        // On success the signature owns both numbers.
        guard ECDSA_SIG_set0(signature, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            return nil
        }
        var der: UnsafeMutablePointer<UInt8>?
        let count = i2d_ECDSA_SIG(signature, &der)
        guard count > 0, let der else { return nil }
        defer { CRYPTO_free(der, nil, 0) }
        return Array(UnsafeBufferPointer(start: der, count: Int(count)))
    }

    static func concatenated(ofDER der: [UInt8], size: Int) -> [UInt8]? {
        der.withUnsafeBufferPointer { der in
            var position = der.baseAddress
            guard let signature = d2i_ECDSA_SIG(nil, &position, der.count) else { return nil }
            defer { ECDSA_SIG_free(signature) }
            var r = [UInt8](repeating: 0, count: size)
            var s = r
            guard BN_bn2binpad(ECDSA_SIG_get0_r(signature), &r, Int32(size)) == Int32(size),
                BN_bn2binpad(ECDSA_SIG_get0_s(signature), &s, Int32(size)) == Int32(size)
            else { return nil }
            return r + s
        }
    }
}
