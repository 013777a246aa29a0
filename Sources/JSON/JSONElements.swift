/// The elements of an array, in their order.
package struct JSONElements: Sequence, Sendable {
    private let array: JSONValue

    init(_ value: JSONValue) {
        array = value
    }

    package var underestimatedCount: Int { array.kind == .array ? array.count : 0 }

    package func makeIterator() -> Iterator {
        Iterator(document: array.document, index: array.index + 1, remaining: underestimatedCount)
    }

    package struct Iterator: IteratorProtocol {
        fileprivate let document: JSONDocument
        fileprivate var index: Int
        fileprivate var remaining: Int

        package mutating func next() -> JSONValue? {
            guard remaining > 0 else { return nil }
            let element = JSONValue(document: document, index: index)
            index = Int(element.node.next)
            remaining -= 1
            return element
        }
    }
}
