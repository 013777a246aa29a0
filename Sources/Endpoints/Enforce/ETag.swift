/// Entity tags (RFC 9110 §8.8.3).
enum ETag {
    /// Whether an `If-None-Match` field names the tag, by the weak comparison of RFC 9110 §13.1.2.
    static func matches(_ field: String, _ tag: String) -> Bool {
        field == "*" || field.split(separator: ",").contains { opaque($0) == opaque(tag) }
    }

    private static func opaque(_ tag: some StringProtocol) -> String {
        let text = String(tag).filter { $0 != " " && $0 != "\t" }
        return text.hasPrefix("W/") ? String(text.dropFirst(2)) : text
    }
}
