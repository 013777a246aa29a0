/// Compact JSON with a line for each member, for people to read and to paste.
struct IndentedJSON {
    private(set) var bytes: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// - Parameter json: one well-formed value without white space between its tokens.
    init(_ json: [UInt8]) {
        for (index, byte) in json.enumerated() {
            let next: UInt8? = index + 1 < json.count ? json[index + 1] : nil
            take(byte, before: next)
        }
    }

    private mutating func take(_ byte: UInt8, before next: UInt8?) {
        guard !isInString else {
            bytes.append(byte)
            if byte == UInt8(ascii: "\""), !isEscaped { isInString = false }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            return
        }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            bytes.append(byte)
            depth += 1
            if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { breakLine() }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            if bytes.last != UInt8(ascii: "{"), bytes.last != UInt8(ascii: "[") { breakLine() }
            bytes.append(byte)
        case UInt8(ascii: ","):
            bytes.append(byte)
            breakLine()
        case UInt8(ascii: ":"):
            bytes += [byte, UInt8(ascii: " ")]
        default:
            isInString = byte == UInt8(ascii: "\"")
            bytes.append(byte)
        }
    }

    private mutating func breakLine() {
        bytes.append(UInt8(ascii: "\n"))
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: 2 * depth)
    }
}
