import COpenSSL

/// Secrets at rest: AES-256-GCM (NIST SP 800-38D), bound to the place they belong to.
///
/// A box is a version byte, a nonce of 12 bytes, the ciphertext and a tag of 16 bytes. Nonces are random
/// (NIST SP 800-38D §8.2.2), so a key is for fewer than 2³² boxes.
package enum SealedBox {
    package static let keySize = 32

    private static let version: UInt8 = 1
    private static let nonceSize = 12
    private static let tagSize = 16

    /// The context (whose secret, which row) is not in the box: whoever opens it must name the same one.
    package static func seal(
        _ plaintext: [UInt8], under key: [UInt8], context: String
    ) throws(SealedBoxError) -> [UInt8] {
        guard key.count == keySize else { throw .wrongKeySize }
        guard plaintext.count < Int(Int32.max) else { throw .failed }
        let nonce = Random.bytes(nonceSize)
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: tagSize)
        var length: Int32 = 0
        defer { ERR_clear_error() }
        guard let cipher = EVP_CIPHER_CTX_new() else { throw .failed }
        defer { EVP_CIPHER_CTX_free(cipher) }
        guard EVP_EncryptInit_ex2(cipher, BlockCipher.aes256GCM.cipher, key, nonce, nil) == 1,
            EVP_EncryptUpdate(cipher, nil, &length, Array(context.utf8), Int32(context.utf8.count)) == 1,
            EVP_EncryptUpdate(cipher, &ciphertext, &length, plaintext, Int32(plaintext.count)) == 1,
            EVP_EncryptFinal_ex(cipher, &tag, &length) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(tagSize), &tag) == 1
        else { throw .failed }
        return [version] + nonce + ciphertext + tag
    }

    /// What was sealed under this key for this context.
    package static func open(
        _ box: [UInt8], under key: [UInt8], context: String
    ) throws(SealedBoxError) -> [UInt8] {
        guard key.count == keySize else { throw .wrongKeySize }
        guard let first = box.first, box.count < Int(Int32.max) else { throw .malformed }
        guard first == version else { throw .unknownVersion }
        guard box.count >= 1 + nonceSize + tagSize else { throw .malformed }
        let nonce = Array(box[1...nonceSize])
        let ciphertext = Array(box[(1 + nonceSize)..<(box.count - tagSize)])
        var tag = Array(box.suffix(tagSize))
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
        var rest = [UInt8](repeating: 0, count: tagSize)
        var length: Int32 = 0
        defer { ERR_clear_error() }
        guard let cipher = EVP_CIPHER_CTX_new() else { throw .failed }
        defer { EVP_CIPHER_CTX_free(cipher) }
        guard EVP_DecryptInit_ex2(cipher, BlockCipher.aes256GCM.cipher, key, nonce, nil) == 1,
            EVP_DecryptUpdate(cipher, nil, &length, Array(context.utf8), Int32(context.utf8.count)) == 1,
            EVP_DecryptUpdate(cipher, &plaintext, &length, ciphertext, Int32(ciphertext.count)) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(tagSize), &tag) == 1
        else { throw .failed }
        guard EVP_DecryptFinal_ex(cipher, &rest, &length) == 1 else {
            OPENSSL_cleanse(&plaintext, plaintext.count)
            throw .notAuthentic
        }
        return plaintext
    }
}

/// Why a box could not be sealed or opened.
package enum SealedBoxError: Error, Equatable, Sendable {
    /// The key is not of 32 bytes.
    case wrongKeySize
    /// Too short to be a box.
    case malformed
    /// Sealed by a version of this program that this one does not know.
    case unknownVersion
    /// Another key, another context, or changed bytes; which of them cannot be told.
    case notAuthentic
    /// OpenSSL could not do its work.
    case failed
}

/// One of OpenSSL's ciphers, looked up once for the whole process.
// An EVP_CIPHER is never changed after the look-up, and OpenSSL lets any thread read it.
private final class BlockCipher: @unchecked Sendable {
    static let aes256GCM = BlockCipher("AES-256-GCM")

    let cipher: OpaquePointer

    private init(_ name: String) {
        guard let cipher = EVP_CIPHER_fetch(nil, name, nil) else { fatalError("OpenSSL has no \(name)") }
        self.cipher = cipher
    }

    deinit { EVP_CIPHER_free(cipher) }
}
