/// The bytes of a QR code with their error correction (ISO/IEC 18004, 7.4 and 7.5), for level M.
enum QRBlocks {
    private typealias Version = (correction: Int, blocks: [(count: Int, data: Int)])

    /// ISO/IEC 18004 table 9, versions 1 to 10.
    private static let versions: [Version] = [
        (10, [(1, 16)]), (16, [(1, 28)]), (26, [(1, 44)]), (18, [(2, 32)]), (24, [(2, 43)]), (16, [(4, 27)]),
        (18, [(4, 31)]), (22, [(2, 38), (2, 39)]), (22, [(3, 36), (2, 37)]), (26, [(4, 43), (1, 44)]),
    ]

    /// Where the alignment patterns are (ISO/IEC 18004 annex E).
    static let alignment: [[Int]] = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ]

    /// The smallest version that holds the bytes, and its codewords in the order they are placed in.
    static func codewords(_ bytes: [UInt8]) -> (version: Int, codewords: [UInt8])? {
        for (index, version) in versions.enumerated() {
            let capacity = version.blocks.reduce(0) { $0 + $1.count * $1.data }
            let countBits = index + 1 < 10 ? 8 : 16
            guard 4 + countBits + bytes.count * 8 <= capacity * 8 else { continue }
            return (index + 1, interleaved(data(bytes, countBits: countBits, capacity: capacity), version))
        }
        return nil
    }

    private static func data(_ bytes: [UInt8], countBits: Int, capacity: Int) -> [UInt8] {
        var bits: [Bool] = []
        func append(_ value: Int, _ count: Int) {
            for shift in (0..<count).reversed() { bits.append(value >> shift & 1 == 1) }
        }
        append(0b0100, 4)
        append(bytes.count, countBits)
        for byte in bytes { append(Int(byte), 8) }
        append(0, min(4, capacity * 8 - bits.count))
        append(0, (8 - bits.count % 8) % 8)
        var data = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
        }
        var padding: UInt8 = 0xEC
        while data.count < capacity {
            data.append(padding)
            padding ^= 0xEC ^ 0x11
        }
        return data
    }

    private static func interleaved(_ data: [UInt8], _ version: Version) -> [UInt8] {
        var blocks: [[UInt8]] = []
        var start = 0
        for kind in version.blocks {
            for _ in 0..<kind.count {
                blocks.append(Array(data[start..<start + kind.data]))
                start += kind.data
            }
        }
        let divisor = generator(version.correction)
        let corrections = blocks.map { correction($0, divisor) }
        return columns(blocks) + columns(corrections)
    }

    private static func columns(_ blocks: [[UInt8]]) -> [UInt8] {
        let longest = blocks.map(\.count).max() ?? 0
        return (0..<longest).flatMap { index in blocks.compactMap { index < $0.count ? $0[index] : nil } }
    }

    // MARK: Reed–Solomon over GF(256) with x⁸+x⁴+x³+x²+1

    private static func multiply(_ one: UInt8, _ other: UInt8) -> UInt8 {
        var product = 0
        for shift in (0..<8).reversed() {
            product = product << 1 ^ (product >> 7) * 0x11D
            product ^= Int(other >> UInt8(shift) & 1) * Int(one)
        }
        return UInt8(product)
    }

    /// The product of (x - 2⁰)(x - 2¹)…, highest coefficient (which is one) left out.
    private static func generator(_ degree: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in 0..<degree {
                result[index] = multiply(result[index], root)
                if index + 1 < degree { result[index] ^= result[index + 1] }
            }
            root = multiply(root, 2)
        }
        return result
    }

    private static func correction(_ data: [UInt8], _ generator: [UInt8]) -> [UInt8] {
        var rest = [UInt8](repeating: 0, count: generator.count)
        for byte in data {
            let factor = byte ^ rest.removeFirst()
            rest.append(0)
            for index in rest.indices { rest[index] ^= multiply(generator[index], factor) }
        }
        return rest
    }
}
