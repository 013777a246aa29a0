import COpenSSL

/// The hashes in use here (FIPS 180-4).
package enum Digest {
    package static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
        MessageDigest.sha256.hash(bytes)
    }

    package static func sha256(_ text: String) -> [UInt8] {
        MessageDigest.sha256.hash(text.utf8)
    }

    package static func sha384(_ bytes: some Collection<UInt8>) -> [UInt8] {
        MessageDigest.sha384.hash(bytes)
    }

    package static func sha384(_ text: String) -> [UInt8] {
        MessageDigest.sha384.hash(text.utf8)
    }
}

/// One of OpenSSL's digests, looked up once for the whole process.
// An EVP_MD is never changed after the look-up, and OpenSSL lets any thread read it.
final class MessageDigest: @unchecked Sendable {
    static let sha256 = MessageDigest("SHA256", size: 32)
    static let sha384 = MessageDigest("SHA384", size: 48)

    let name: String
    private let size: Int
    private let digest: OpaquePointer

    private init(_ name: String, size: Int) {
        guard let digest = EVP_MD_fetch(nil, name, nil) else { fatalError("OpenSSL has no \(name)") }
        self.name = name
        self.size = size
        self.digest = digest
    }

    deinit { EVP_MD_free(digest) }

    func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.withBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
                guard EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, nil, digest, nil) == 1 else {
                    fatalError("OpenSSL cannot compute \(name)")
                }
                written = size
            }
        }
    }
}
