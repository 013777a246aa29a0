/// A whole answer of a peer, within the limits.
package struct InboundAnswer: Sendable {
    package let status: Int
    package let fields: [(name: String, value: String)]
    package let body: [UInt8]
    /// The redirects that led to it, in their order: what may be kept of it depends on each of them (RFC 9111 §4.2).
    package let redirects: [InboundAnswer]

    package init(
        status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = [], redirects: [InboundAnswer] = []
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.redirects = redirects
    }

    /// The value of a field; names compare without case.
    package func value(of name: String) -> String? {
        let lowercased = name.lowercased()
        return fields.first { $0.name.lowercased() == lowercased }?.value
    }

    /// Every value of a field that may come on several lines, in their order.
    package func values(of name: String) -> [String] {
        let lowercased = name.lowercased()
        return fields.filter { $0.name.lowercased() == lowercased }.map(\.value)
    }
}
