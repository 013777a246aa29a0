import COpenSSL

/// A hash under a key (RFC 2104).
package enum HMAC {
    package static func sha256(key: [UInt8], message: some Collection<UInt8>) -> [UInt8] {
        hash(MessageDigest.sha256.name, size: 32, key: key, message: message)
    }

    /// For one-time passwords (RFC 4226 §5.3), whose strength does not rest on collisions, and for nothing else.
    package static func sha1(key: [UInt8], message: some Collection<UInt8>) -> [UInt8] {
        hash("SHA1", size: 20, key: key, message: message)
    }

    private static func hash(
        _ digest: String, size: Int, key: [UInt8], message: some Collection<UInt8>
    ) -> [UInt8] {
        // An absent pointer would mean no key to OpenSSL, where a key of no bytes is meant.
        let present = key.isEmpty ? [0] : key
        return message.withBytes { message in
            [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
                let result = EVP_Q_mac(
                    nil, "HMAC", nil, digest, nil, present, key.count, message.baseAddress,
                    message.count, buffer.baseAddress, buffer.count, &written)
                guard result != nil, written == size else { fatalError("OpenSSL cannot compute HMAC") }
            }
        }
    }

    package static func sha256(key: [UInt8], message: String) -> [UInt8] {
        sha256(key: key, message: message.utf8)
    }
}
