/// The bytes a JSON string stands for, decoded as they are walked.
struct JSONText: Sequence {
    private let bytes: [UInt8]
    private let range: Range<Int>
    private let isEscaped: Bool

    /// The text of a string's row; its escapes are already proven sound.
    init(_ bytes: [UInt8], _ node: JSONNode) {
        self.bytes = bytes
        self.range = node.range.lowerBound + 1..<node.range.upperBound - 1
        self.isEscaped = node.isEscaped
    }

    var string: String {
        isEscaped ? String(decoding: Array(self), as: UTF8.self) : String(decoding: bytes[range], as: UTF8.self)
    }

    /// Whether the text is these very code points: Unicode's canonical equivalence is not asked, as RFC 8259 §8.3 advises.
    func equals(_ other: String) -> Bool {
        guard isEscaped else { return range.count == other.utf8.count && bytes[range].elementsEqual(other.utf8) }
        return elementsEqual(other.utf8)
    }

    func equals(_ other: JSONText) -> Bool {
        guard isEscaped || other.isEscaped else {
            return range.count == other.range.count && bytes[range].elementsEqual(other.bytes[other.range])
        }
        return elementsEqual(other)
    }

    func makeIterator() -> Iterator {
        Iterator(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    }

    struct Iterator: IteratorProtocol {
        fileprivate let bytes: [UInt8]
        fileprivate var position: Int
        fileprivate let end: Int
        fileprivate var pending: Unicode.UTF8.EncodedScalar.Iterator?

        mutating func next() -> UInt8? {
            if let byte = pending?.next() { return byte }
            guard position < end else { return nil }
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else { return byte }
            return escaped()
        }

        /// RFC 8259 §7
        private mutating func escaped() -> UInt8 {
            let letter = bytes[position]
            position += 1
            switch letter {
            case UInt8(ascii: "b"): return 0x08
            case UInt8(ascii: "t"): return 0x09
            case UInt8(ascii: "n"): return 0x0A
            case UInt8(ascii: "f"): return 0x0C
            case UInt8(ascii: "r"): return 0x0D
            case UInt8(ascii: "u"): return escapedScalar()
            default: return letter
            }
        }

        private mutating func escapedScalar() -> UInt8 {
            var value = unit()
            if value & 0xFC00 == 0xD800 {
                position += 2
                value = 0x10000 + (value & 0x3FF) << 10 + (unit() & 0x3FF)
            }
            let scalar = Unicode.Scalar(value) ?? Unicode.UTF8.decode(Unicode.UTF8.encodedReplacementCharacter)
            var encoded = (Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter).makeIterator()
            let first = encoded.next() ?? 0
            pending = encoded
            return first
        }

        private mutating func unit() -> UInt32 {
            var value: UInt32 = 0
            for _ in 0..<4 {
                value = value << 4 | UInt32(JSONParser.hexValue(bytes[position]) ?? 0)
                position += 1
            }
            return value
        }
    }
}
