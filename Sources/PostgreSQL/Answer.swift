import CPostgreSQL
import SQL

/// The server's answer to one statement, in text format; it shows one row after the other as itself.
///
/// Text and not binary: the type of `count(*)` or of a literal is then nobody's business, and it costs nothing that could be measured
/// beside the way to the server.
final class Answer {
    private let result: OpaquePointer
    private var current: Int32 = 0

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit { PQclear(result) }

    /// Rows that a command changed; for a question, rows that it found.
    var changes: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// The first word of it says what was done: COMMIT answers ROLLBACK when the transaction had failed before.
    var command: String { String(cString: PQcmdStatus(result)) }

    func each(_ show: (any Row) -> Void) {
        for row in 0..<PQntuples(result) {
            current = row
            show(self)
        }
    }

    private func bytes(_ column: Int) -> UnsafeBufferPointer<UInt8> {
        let start = PQgetvalue(result, current, Int32(column))
        let count = Int(PQgetlength(result, current, Int32(column)))
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self), count: start == nil ? 0 : count)
    }
}

extension Answer: Row {
    func isNull(_ column: Int) -> Bool { PQgetisnull(result, current, Int32(column)) == 1 }

    func int(_ column: Int) -> Int {
        let digits = bytes(column)
        // A comparison answers t or f.
        if digits.count == 1, digits[0] == UInt8(ascii: "t") { return 1 }
        let isNegative = digits.first == UInt8(ascii: "-")
        let magnitude = digits.dropFirst(isNegative ? 1 : 0).prefix { (0x30...0x39).contains($0) }
            .reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }
        return isNegative ? 0 &- magnitude : magnitude
    }

    func text(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// bytea comes as `\x` and two hexadecimal digits a byte.
    func blob(_ column: Int) -> [UInt8] {
        let digits = bytes(column).dropFirst(2)
        return [UInt8](unsafeUninitializedCapacity: digits.count / 2) { buffer, count in
            var place = digits.startIndex
            while place + 1 < digits.endIndex {
                buffer[count] = Self.nibble(digits[place]) << 4 | Self.nibble(digits[place + 1])
                count += 1
                place += 2
            }
        }
    }

    private static func nibble(_ digit: UInt8) -> UInt8 {
        digit >= UInt8(ascii: "a") ? digit &- UInt8(ascii: "a") &+ 10 : digit &- UInt8(ascii: "0")
    }
}
