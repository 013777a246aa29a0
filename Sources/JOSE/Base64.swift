/// Bytes as HTTP Basic writes them: padded, one spelling only (RFC 4648 §4).
package enum Base64 {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let letters = Base64Alphabet.standard.encode(bytes)
        return String(decoding: letters, as: UTF8.self) + String(repeating: "=", count: (4 - letters.count % 4) % 4)
    }

    package static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 4 == 0 else { return nil }
        var letters = text.utf8[...]
        for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
        return Base64Alphabet.standard.decode(letters)
    }
}
