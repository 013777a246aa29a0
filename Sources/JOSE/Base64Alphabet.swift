/// The sixty-four letters of an encoding, both ways (RFC 4648 §4 and §5).
struct Base64Alphabet: Sendable {
    private let letters: [UInt8]
    private let values: [UInt8]

    static let standard = Base64Alphabet(last: "+/")
    static let urlSafe = Base64Alphabet(last: "-_")

    private static let none: UInt8 = 0xFF

    private init(last: String) {
        letters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
        var values = [UInt8](repeating: Self.none, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        self.values = values
    }

    /// Without padding.
    func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        bytes.withBytes { bytes in
            var text: [UInt8] = []
            text.reserveCapacity((bytes.count * 4 + 2) / 3)
            var bits: UInt32 = 0
            var held: UInt32 = 0
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                held += 8
                while held >= 6 {
                    held -= 6
                    text.append(letters[Int(bits >> held & 0x3F)])
                }
            }
            if held > 0 { text.append(letters[Int(bits << (6 - held) & 0x3F)]) }
            return text
        }
    }

    /// Without padding; nothing but the letters, and no bits left over that are not zero (RFC 4648 §3.5).
    func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        text.withBytes { text in
            guard text.count % 4 != 1 else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count * 3 / 4)
            var bits: UInt32 = 0
            var held: UInt32 = 0
            for letter in text {
                let value = values[Int(letter)]
                guard value != Self.none else { return nil }
                bits = bits << 6 | UInt32(value)
                held += 6
                if held >= 8 {
                    held -= 8
                    bytes.append(UInt8(truncatingIfNeeded: bits >> held))
                }
            }
            guard bits & (1 << held - 1) == 0 else { return nil }
            return bytes
        }
    }
}
