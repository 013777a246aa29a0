import COpenSSL

/// A hash under a key (RFC 2104).
package enum HMAC {
    package static func sha256(key: [UInt8], message: some Collection<UInt8>) -> [UInt8] {
        // An absent pointer would mean no key to OpenSSL, where a key of no bytes is meant.
        let present = key.isEmpty ? [0] : key
        return message.withBytes { message in
            [UInt8](unsafeUninitializedCapacity: 32) { buffer, written in
                let result = EVP_Q_mac(
                    nil, "HMAC", nil, MessageDigest.sha256.name, nil, present, key.count, message.baseAddress,
                    message.count, buffer.baseAddress, buffer.count, &written)
                guard result != nil, written == 32 else { fatalError("OpenSSL cannot compute HMAC") }
            }
        }
    }

    package static func sha256(key: [UInt8], message: String) -> [UInt8] {
        sha256(key: key, message: message.utf8)
    }
}
