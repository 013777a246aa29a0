/// FastCGI records as a web server writes them (FastCGI §3.3, §3.4, §5.1, §5.2, §5.3), and wrong ones as well.
enum Records {
    static func record(_ type: UInt8, id: UInt16 = 1, version: UInt8 = 1, padding: Int = 0, _ content: [UInt8])
        -> [UInt8]
    {
        [
            version, type, UInt8(id >> 8), UInt8(id & 255), UInt8(content.count >> 8), UInt8(content.count & 255),
            UInt8(padding), 0,
        ] + content + [UInt8](repeating: 0, count: padding)
    }

    static func begin(keep: Bool = true, role: UInt8 = 1, id: UInt16 = 1) -> [UInt8] {
        record(1, id: id, [0, role, keep ? 1 : 0, 0, 0, 0, 0, 0])
    }

    /// A stream in records of at most `size` bytes, and its end.
    static func stream(_ type: UInt8, _ content: [UInt8], size: Int = 65_528, padding: Int = 0) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = content[...]
        while !rest.isEmpty {
            bytes += record(type, padding: padding, Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return bytes + record(type, [])
    }

    static func pair(_ name: String, _ value: String) -> [UInt8] {
        length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
    }

    static func pairs(_ parameters: [(String, String)]) -> [UInt8] {
        parameters.flatMap { pair($0.0, $0.1) }
    }

    static func length(_ count: Int) -> [UInt8] {
        count < 128
            ? [UInt8(count)]
            : [UInt8(count >> 24 & 127 | 128), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }

    static func parameters(_ method: String, _ uri: String, length: Int = 0) -> [(String, String)] {
        [
            ("REQUEST_METHOD", method), ("REQUEST_URI", uri), ("CONTENT_LENGTH", length == 0 ? "" : String(length)),
            ("REMOTE_ADDR", "192.0.2.7"), ("REQUEST_ID", "0123456789ABCDEF0123456789abcdef"),
        ]
    }

    /// A whole request.
    static func request(
        _ method: String = "GET", _ uri: String = "/", body: [UInt8] = [], keep: Bool = true,
        adding more: [(String, String)] = []
    ) -> [UInt8] {
        begin(keep: keep) + stream(4, pairs(parameters(method, uri, length: body.count) + more)) + stream(5, body)
    }
}
