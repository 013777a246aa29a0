/// Reads a JSON text from its first byte to its last and leaves the table of its values.
struct JSONParser: ~Copyable {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private let foldDepth: Int
    private var position = 0
    private var nodes: [JSONNode] = []

    init(_ bytes: [UInt8], depthLimit: Int, foldDepth: Int = .max) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.foldDepth = foldDepth
    }

    /// RFC 8259 §2
    mutating func document() throws(JSONError) -> [JSONNode] {
        guard bytes.count < Int(Int32.max) else { throw JSONError(offset: 0, reason: .tooLong) }
        // RFC 8259 §8.1 lets a reader ignore the mark; others here would read the same bytes and not expect it.
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw JSONError(offset: 0, reason: .byteOrderMark) }
        nodes.reserveCapacity(foldDepth == .max ? bytes.count / 16 + 8 : 1024)
        skipWhitespace()
        try value(depth: 0)
        skipWhitespace()
        guard position == bytes.count else { throw failure(.trailingBytes) }
        return nodes
    }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

// Values, RFC 8259 §3
extension JSONParser {
    private mutating func value(depth: Int) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "{"): try object(depth: depth + 1)
        case UInt8(ascii: "["): try array(depth: depth + 1)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true", .boolean)
        case UInt8(ascii: "f"): try literal("false", .boolean)
        case UInt8(ascii: "n"): try literal("null", .null)
        default: throw failure(.unexpectedByte)
        }
    }

    /// RFC 8259 §4
    private mutating func object(depth: Int) throws(JSONError) {
        let index = try open(.object, depth: depth)
        var count: Int32 = 0
        if byte != UInt8(ascii: "}") {
            repeat {
                skipWhitespace()
                guard byte == UInt8(ascii: "\"") else { throw failure(.unexpectedByte) }
                try string()
                skipWhitespace()
                guard skip(UInt8(ascii: ":")) else { throw failure(.unexpectedByte) }
                skipWhitespace()
                try value(depth: depth)
                skipWhitespace()
                count += 1
            } while skip(UInt8(ascii: ","))
        }
        try close(index, UInt8(ascii: "}"), count: count)
        try refuseRepeatedNames(in: index)
        fold(index, depth: depth)
    }

    /// RFC 8259 §5
    private mutating func array(depth: Int) throws(JSONError) {
        let index = try open(.array, depth: depth)
        var count: Int32 = 0
        if byte != UInt8(ascii: "]") {
            repeat {
                skipWhitespace()
                try value(depth: depth)
                skipWhitespace()
                count += 1
            } while skip(UInt8(ascii: ","))
        }
        try close(index, UInt8(ascii: "]"), count: count)
        fold(index, depth: depth)
    }

    private mutating func fold(_ index: Int, depth: Int) {
        guard depth == foldDepth, nodes[index].count > 0 else { return }
        nodes.removeSubrange((index + 1)...)
        nodes[index].next = Int32(nodes.count)
        nodes[index].count = 0
        nodes[index].isFolded = true
    }

    private mutating func open(_ kind: JSONValue.Kind, depth: Int) throws(JSONError) -> Int {
        guard depth <= depthLimit else { throw failure(.tooDeep) }
        nodes.append(JSONNode(kind: kind, start: Int32(position), end: 0, next: 0))
        position += 1
        skipWhitespace()
        return nodes.count - 1
    }

    private mutating func close(_ index: Int, _ bracket: UInt8, count: Int32) throws(JSONError) {
        guard skip(bracket) else { throw failure(.unexpectedByte) }
        nodes[index].end = Int32(position)
        nodes[index].next = Int32(nodes.count)
        nodes[index].count = count
    }

    private mutating func literal(_ text: StaticString, _ kind: JSONValue.Kind) throws(JSONError) {
        let start = position
        for offset in 0..<text.utf8CodeUnitCount {
            guard skip(text.utf8Start[offset]) else { throw failure(.unexpectedByte) }
        }
        append(kind, from: start)
    }

    /// RFC 8259 §6
    private mutating func number() throws(JSONError) {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        if skip(UInt8(ascii: ".")) { try digits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try digits()
        }
        // A digit here follows a leading zero; without this the text would be refused all the same, less clearly.
        guard !isDigit else { throw failure(.invalidNumber) }
        append(.number, from: start)
    }

    private mutating func digits() throws(JSONError) {
        guard isDigit else { throw failure(.invalidNumber) }
        while isDigit { position += 1 }
    }
}

// Strings, RFC 8259 §7
extension JSONParser {
    private mutating func string() throws(JSONError) {
        let start = position
        var isEscaped = false
        position += 1
        while true {
            skipPlainCharacters()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return append(.string, from: start, isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                try escape()
            case 0x00..<0x20: throw failure(.controlCharacter)
            default: try multibyteScalar()
            }
        }
    }

    /// Passes over what stands for itself, eight bytes at a time: most of a record is text.
    private mutating func skipPlainCharacters() {
        position = bytes.withUnsafeBytes { bytes in
            var position = position
            while position + 8 <= bytes.count,
                Self.arePlain(bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            {
                position += 8
            }
            while position < bytes.count, Self.isPlain(bytes[position]) { position += 1 }
            return position
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Whether all eight bytes are plain. It may say no of some that are, never yes of one that is not: the high bit of a byte
    /// is set by what it is looked at for, or by a borrow from a byte that is not plain either.
    private static func arePlain(_ eight: UInt64) -> Bool {
        let (ones, highBits): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let quotes = eight ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = eight ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (eight &- ones &* 0x20) & ~eight
        return (eight | controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes) & highBits == 0
    }

    private mutating func escape() throws(JSONError) {
        let start = position
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try escapedUnit()
            guard unit & 0xF800 == 0xD800 else { return }
            // RFC 8259 §8.2: readers differ on half a pair, so nothing here may hold one.
            guard unit & 0xFC00 == 0xD800 else { throw JSONError(offset: start, reason: .loneSurrogate) }
            guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")), try escapedUnit() & 0xFC00 == 0xDC00 else {
                guard position < bytes.count else { throw failure(.unexpectedEnd) }
                throw JSONError(offset: start, reason: .loneSurrogate)
            }
        default: throw failure(.invalidEscape)
        }
    }

    private mutating func escapedUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexValue(byte) else { throw failure(.invalidEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// RFC 3629 §4
    private mutating func multibyteScalar() throws(JSONError) {
        let second: ClosedRange<UInt8>
        let tails: Int
        switch byte {
        case 0xC2...0xDF: (second, tails) = (0x80...0xBF, 0)
        case 0xE0: (second, tails) = (0xA0...0xBF, 1)
        case 0xE1...0xEC, 0xEE...0xEF: (second, tails) = (0x80...0xBF, 1)
        case 0xED: (second, tails) = (0x80...0x9F, 1)
        case 0xF0: (second, tails) = (0x90...0xBF, 2)
        case 0xF1...0xF3: (second, tails) = (0x80...0xBF, 2)
        case 0xF4: (second, tails) = (0x80...0x8F, 2)
        default: throw failure(.invalidUTF8)
        }
        position += 1
        guard second.contains(byte) else { throw failure(.invalidUTF8) }
        position += 1
        for _ in 0..<tails {
            guard byte & 0xC0 == 0x80 else { throw failure(.invalidUTF8) }
            position += 1
        }
    }
}

// Names, RFC 8259 §4
extension JSONParser {
    /// A reader that keeps the first of two and one that keeps the last would decide on different requests.
    private func refuseRepeatedNames(in object: Int) throws(JSONError) {
        // Few names are compared pair by pair; many are sorted first, or a sender could make us work quadratically.
        if nodes[object].count <= 16 {
            try comparePairs(in: object)
        } else {
            try compareSorted(in: object)
        }
    }

    private func comparePairs(in object: Int) throws(JSONError) {
        let end = Int(nodes[object].next)
        var later = object + 1
        while later < end {
            var earlier = object + 1
            while earlier < later {
                guard !text(earlier).equals(text(later)) else { throw repeated(later) }
                earlier = Int(nodes[earlier + 1].next)
            }
            later = Int(nodes[later + 1].next)
        }
    }

    private func compareSorted(in object: Int) throws(JSONError) {
        var names: [Int] = []
        names.reserveCapacity(Int(nodes[object].count))
        var name = object + 1
        while name < nodes[object].next {
            names.append(name)
            name = Int(nodes[name + 1].next)
        }
        names.sort { text($0).lexicographicallyPrecedes(text($1)) }
        for (one, other) in zip(names, names.dropFirst()) where text(one).equals(text(other)) {
            throw repeated(max(one, other))
        }
    }

    private func text(_ index: Int) -> JSONText {
        JSONText(bytes, nodes[index])
    }

    private func repeated(_ index: Int) -> JSONError {
        JSONError(offset: Int(nodes[index].start), reason: .duplicateName)
    }
}

// Bytes
extension JSONParser {
    /// The byte at hand; zero past the end, which the grammar accepts nowhere.
    private var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private var isDigit: Bool { byte &- UInt8(ascii: "0") < 10 }

    private mutating func skip(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while true {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func append(_ kind: JSONValue.Kind, from start: Int, isEscaped: Bool = false) {
        let next = Int32(nodes.count + 1)
        nodes.append(
            JSONNode(kind: kind, isEscaped: isEscaped, start: Int32(start), end: Int32(position), next: next)
        )
    }

    private func failure(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: position, reason: position < bytes.count ? reason : .unexpectedEnd)
    }
}
