/// A JSON text, proven well-formed once and then read in place by byte range.
///
/// Stricter than RFC 8259 where two readers could disagree: a repeated member name, half of a surrogate pair and a byte
/// order mark are refused.
package final class JSONDocument: Sendable {
    package static let usualDepthLimit = 128

    /// The text as it came.
    package let bytes: [UInt8]

    let nodes: [JSONNode]

    /// Reads a text; each level of nesting costs stack, so the limit bounds what a sender can make us spend.
    ///
    /// - Parameter foldDepth: objects and arrays of this level are proven well-formed and then kept as one row each, so
    ///   that a long text costs little more than its bytes; the root is level 1. `JSONValue.unfolded` opens one of them.
    package init(
        _ bytes: [UInt8], depthLimit: Int = JSONDocument.usualDepthLimit, foldDepth: Int = .max
    ) throws(JSONError) {
        var parser = JSONParser(bytes, depthLimit: depthLimit, foldDepth: foldDepth)
        self.nodes = try parser.document()
        self.bytes = bytes
    }

    package var root: JSONValue { JSONValue(document: self, index: 0) }

    /// Whether a NUL stands in some string or name, by its escape: RFC 8259 §7 allows it, and what is kept as text often cannot
    /// hold it.
    package var holdsNUL: Bool {
        nodes.indices.contains { nodes[$0].kind == .string && nodes[$0].isEscaped && text(of: $0).contains(0) }
    }

    func text(of index: Int) -> JSONText {
        JSONText(bytes, nodes[index])
    }
}
