/// Bytes as JOSE writes them: URL-safe, without padding, one spelling only (RFC 7515 §2).
package enum Base64URL {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: Base64Alphabet.urlSafe.encode(bytes), as: UTF8.self)
    }

    package static func decode(_ text: String) -> [UInt8]? {
        Base64Alphabet.urlSafe.decode(text.utf8)
    }
}
