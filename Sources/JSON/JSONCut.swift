/// A copy of a document with some values cut out or replaced, and every other byte as it came.
///
/// A removed member goes with its name, and each removed value with one comma. Inside a value that is itself removed or
/// replaced, other changes have no meaning and are passed over. A removed root leaves nothing.
package struct JSONCut: Sendable {
    private enum Change: Sendable {
        case removal
        case replacement([UInt8])
    }

    private let document: JSONDocument
    private var changes: [Int: Change] = [:]

    package init(_ document: JSONDocument) {
        self.document = document
    }

    /// Of the whole document that a value stands in.
    package init(of value: JSONValue) {
        self.init(value.document)
    }

    package var isEmpty: Bool { changes.isEmpty }

    package mutating func remove(_ value: JSONValue) {
        precondition(value.document === document, "the value belongs to another document")
        changes[value.index] = .removal
    }

    /// Puts other JSON in a value's place; a removal of the same value stands.
    package mutating func replace(_ value: JSONValue, with bytes: [UInt8]) {
        precondition(value.document === document, "the value belongs to another document")
        if case .removal = changes[value.index] { return }
        changes[value.index] = .replacement(bytes)
    }

    /// Puts a string in a value's place.
    package mutating func replace(_ value: JSONValue, with text: String) {
        var writer = JSONWriter()
        writer.element(text)
        replace(value, with: writer.bytes)
    }

    /// The document with all changes made.
    package var bytes: [UInt8] {
        var splice = Splice(document: document, changes: changes)
        return splice.result()
    }
}

extension JSONCut {
    /// One walk through the parts of the document that hold a change, copying what lies between.
    private struct Splice {
        let document: JSONDocument
        let changes: [Int: Change]
        let changed: [Int]
        var output: [UInt8] = []

        /// The first byte not yet copied or dropped.
        var position = 0

        init(document: JSONDocument, changes: [Int: Change]) {
            self.document = document
            self.changes = changes
            self.changed = changes.keys.sorted()
        }

        mutating func result() -> [UInt8] {
            output.reserveCapacity(document.bytes.count)
            if case .removal = changes[0] { return [] }
            visit(document.root)
            output += document.bytes[position...]
            return output
        }

        private mutating func visit(_ value: JSONValue) {
            if case .replacement(let bytes) = changes[value.index] {
                drop(value.range)
                output += bytes
                return
            }
            guard holdsChange(value) else { return }
            switch value.kind {
            case .array: visit(value.elements.lazy.map { ($0, $0.range) })
            case .object: visit(value.members.lazy.map { ($0.value, $0.range) })
            case .string, .number, .boolean, .null: return
            }
        }

        private mutating func visit(_ items: some Sequence<(JSONValue, Range<Int>)>) {
            /// Where the item before ended, and whether any item before stays.
            var end: Int?
            var hasKept = false
            /// Where leading removed items began: they go up to the first that stays.
            var leading: Int?
            for (value, range) in items {
                if case .removal = changes[value.index] {
                    if hasKept {
                        // The comma before goes along.
                        drop((end ?? range.lowerBound)..<range.upperBound)
                    } else {
                        leading = leading ?? range.lowerBound
                    }
                } else {
                    if let start = leading { drop(start..<range.lowerBound) }
                    leading = nil
                    hasKept = true
                    visit(value)
                }
                end = range.upperBound
            }
            if let start = leading, let end { drop(start..<end) }
        }

        /// Copies up to the range and passes it over.
        private mutating func drop(_ range: Range<Int>) {
            output += document.bytes[position..<range.lowerBound]
            position = range.upperBound
        }

        private func holdsChange(_ value: JSONValue) -> Bool {
            var low = 0
            var high = changed.count
            while low < high {
                let middle = (low + high) / 2
                if changed[middle] <= value.index { low = middle + 1 } else { high = middle }
            }
            return low < changed.count && changed[low] < value.node.next
        }
    }
}
