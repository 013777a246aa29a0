/// The parameters of a query or of an `application/x-www-form-urlencoded` body, in the order they were sent.
package struct Form: Sendable {
    package enum Refusal: Error, Equatable {
        /// An escape is broken, the text is not UTF-8, or there is a NUL in it: no parameter of any protocol here has one, and
        /// not every store can hold it.
        case malformed
        /// More parameters than any honest request has.
        case tooMany
    }

    /// A parameter was sent more than once (RFC 6749 §3.1 forbids it).
    package struct Repeated: Error, Equatable {
        package let name: String
    }

    package private(set) var pairs: [(name: String, value: String)] = []

    package init(_ pairs: [(name: String, value: String)] = []) {
        self.pairs = pairs
    }

    package init(_ encoded: String, limit: Int = 200) throws(Refusal) {
        for part in encoded.utf8.split(separator: UInt8(ascii: "&"), maxSplits: limit) {
            guard pairs.count < limit else { throw .tooMany }
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let rawValue = halves.count == 2 ? Substring(halves[1]) : ""
            guard let name = PercentEncoding.decode(Substring(halves[0]), plusIsSpace: true),
                let value = PercentEncoding.decode(rawValue, plusIsSpace: true),
                !name.utf8.contains(0), !value.utf8.contains(0)
            else { throw .malformed }
            pairs.append((name, value))
        }
    }

    package init(body: [UInt8], limit: Int = 200) throws(Refusal) {
        guard let text = String(validating: body, as: UTF8.self) else { throw .malformed }
        try self.init(text, limit: limit)
    }

    /// The value of a parameter; `nil` when it is absent or empty, which RFC 6749 §3.1 treats alike.
    package func value(_ name: String) throws(Repeated) -> String? {
        var found: String?
        for pair in pairs where pair.name == name {
            guard found == nil else { throw Repeated(name: name) }
            found = pair.value
        }
        return found.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The first value of a parameter, for our own pages, where a repetition changes nothing that matters.
    package subscript(_ name: String) -> String? {
        pairs.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// Every value of a parameter, as a page's tick boxes send them.
    package func values(_ name: String) -> [String] {
        pairs.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    /// The name of some parameter that was sent twice, if one was.
    package var repeated: String? {
        var seen: Set<String> = []
        return pairs.first { !seen.insert($0.name).inserted }?.name
    }

    package var encoded: String {
        pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}
