import HTTPClient

/// A fetched set, for how long it may be used, and how to ask whether it still is the set.
struct KeptKeys {
    let keys: PreparedKeys
    let freshUntil: ContinuousClock.Instant
    /// The answer's fields that speak of caching: a 304 repeats only some of them (RFC 9111 §4.3.4).
    let fields: [(name: String, value: String)]

    private static let names = ["cache-control", "expires", "vary", "etag"]

    init(_ keys: PreparedKeys, freshUntil: ContinuousClock.Instant, fields: [(name: String, value: String)]) {
        self.keys = keys
        self.freshUntil = freshUntil
        self.fields = fields.filter { Self.names.contains($0.name.lowercased()) }
    }

    /// RFC 9110 §8.8.3, in plain ASCII and of a size that is worth sending back.
    var etag: String? {
        let answer = InboundAnswer(status: 304, fields: fields)
        guard let tag = answer.value(of: "ETag"), tag.utf8.count <= 256, tag.hasSuffix("\""),
            tag.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let opaque = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
        return opaque.utf8.count >= 2 && opaque.hasPrefix("\"") && !opaque.dropFirst().dropLast().contains("\"")
            ? tag : nil
    }

    /// The fields that hold after a 304: its own, and of ours those it does not name.
    func fields(updatedBy answer: InboundAnswer) -> [(name: String, value: String)] {
        let named = Set(answer.fields.map { $0.name.lowercased() })
        return answer.fields + fields.filter { !named.contains($0.name.lowercased()) }
    }
}
