import Glibc
import HTTP

/// One line of the log, built member by member and written at once.
struct LogLine {
    private(set) var bytes: [UInt8] = []

    /// A value is cut here, so that a line stays one write: below PIPE_BUF nothing is mixed into it.
    private static let longestText = 400

    init() {
        bytes.reserveCapacity(512)
    }

    mutating func member(_ name: StaticString, _ value: Log.Value) {
        append(bytes.isEmpty ? "{" : ",")
        append("\"\(name)\":")
        switch value {
        case .text(let text): string(text)
        case .number(let number): append(String(number))
        case .milliseconds(let duration): milliseconds(duration)
        case .remarks(let remarks):
            for (index, remark) in remarks.enumerated() {
                append(index == 0 ? "{\"" : ",\"")
                append("\(remark.name)\":")
                string(remark.value)
            }
            append("}")
        }
    }

    mutating func end() {
        append("}\n")
    }

    /// One write(2), so that lines of several workers and programs do not mix; a log that is gone stops nobody.
    func send() {
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension LogLine {
    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// RFC 8259 §7, and stricter: all that is not printable ASCII is escaped.
    private mutating func string(_ text: String) {
        append("\"")
        let end = bytes.count + Self.longestText
        for unit in text.utf16 {
            guard bytes.count < end else { break }
            switch unit {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x20...0x7E: bytes.append(UInt8(truncatingIfNeeded: unit))
            default:
                let digits = String(unit, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            }
        }
        append("\"")
    }

    private mutating func milliseconds(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let fraction = String(microseconds % 1000)
        append("\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction)")
    }
}
