/// The members of an object, in their order.
package struct JSONMembers: Sequence, Sendable {
    private let object: JSONValue

    init(_ value: JSONValue) {
        object = value
    }

    package var underestimatedCount: Int { object.kind == .object ? object.count : 0 }

    package func makeIterator() -> Iterator {
        Iterator(document: object.document, index: object.index + 1, remaining: underestimatedCount)
    }

    package struct Iterator: IteratorProtocol {
        fileprivate let document: JSONDocument
        fileprivate var index: Int
        fileprivate var remaining: Int

        package mutating func next() -> JSONMember? {
            guard remaining > 0 else { return nil }
            let member = JSONMember(value: JSONValue(document: document, index: index + 1))
            index = Int(member.value.node.next)
            remaining -= 1
            return member
        }
    }
}

/// A name and its value.
package struct JSONMember: Sendable {
    package let value: JSONValue

    package var name: String { value.document.text(of: value.index - 1).string }

    /// Whether the name is exactly these code points; spares making a String of it.
    package func isNamed(_ name: String) -> Bool {
        value.document.text(of: value.index - 1).equals(name)
    }

    /// Where the whole member stands, from the name's quotation mark to the end of the value.
    package var range: Range<Int> { Int(value.document.nodes[value.index - 1].start)..<value.range.upperBound }
}
