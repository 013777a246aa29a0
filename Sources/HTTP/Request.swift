/// One HTTP request as a program sees it: what the web server vouches for and what the client sent, each under its own name.
///
/// Nothing here comes from `Host`, `X-Forwarded-*` or `REMOTE_USER`: URLs are made from the configuration alone.
package struct Request: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    /// `nil` for a method that no program here knows.
    package var method: Method?
    /// The path as it was sent: not decoded, not merged, without the query.
    package var path: String
    /// The query as it was sent, without `?`; empty when there is none.
    package var query: String
    package var fields: Fields
    package var body: [UInt8]
    /// How long the body is, be it read or not.
    package var bodyLength: Int
    /// The client's address as the web server saw it.
    package var remoteAddress: String
    /// 32 hexadecimal digits that stand in the access log, in ours and on every page that reports an error.
    package var id: String

    package init(
        method: Method?, path: String, query: String = "", fields: Fields = Fields(), body: [UInt8] = [],
        remoteAddress: String = "", id: String = String(repeating: "0", count: 32)
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.body = body
        bodyLength = body.count
        self.remoteAddress = remoteAddress
        self.id = id
    }

    /// The first twelve digits of the id: short enough to read aloud on the telephone.
    package var shortID: String { String(id.prefix(12)) }
}

/// Header fields in the order they were sent; names compare without case.
package struct Fields: Sendable {
    private var lines: [(name: String, value: String)]

    package init(_ lines: [(name: String, value: String)] = []) {
        self.lines = lines.map { ($0.name.lowercased(), $0.value) }
    }

    /// The value of a field given in lower case; the first, where a test made two (the web server refuses two that matter).
    package subscript(_ name: String) -> String? {
        lines.first { $0.name == name }?.value
    }

    package mutating func set(_ name: String, to value: String) {
        lines.append((name.lowercased(), value))
    }
}

extension Request {
    /// The media type of the body without its parameters, in lower case.
    package var contentType: String? {
        fields["content-type"].map { value in
            Self.trimmed(value.prefix { $0 != ";" }).lowercased()
        }
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.firstIndex { $0 != " " && $0 != "\t" } ?? text.endIndex
        var end = text.endIndex
        while end > start {
            let before = text.index(before: end)
            guard text[before] == " " || text[before] == "\t" else { break }
            end = before
        }
        return String(text[start..<end])
    }
}
