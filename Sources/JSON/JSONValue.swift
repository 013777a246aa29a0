/// One value of a document: a reference and a row number, so it costs nothing to hand on.
package struct JSONValue: Sendable {
    package enum Kind: Sendable {
        case object, array, string, number, boolean, null
    }

    let document: JSONDocument
    let index: Int

    package var kind: Kind { node.kind }

    /// Where the value stands in the document's bytes.
    package var range: Range<Int> { node.range }

    /// The value as it was written, so that a decimal keeps its digits.
    package var bytes: ArraySlice<UInt8> { document.bytes[range] }

    /// How many elements or members the value has.
    package var count: Int { Int(node.count) }

    /// The value with all that is inside it, in a document of its own where this one folded it.
    package var unfolded: JSONValue {
        guard node.isFolded, let own = try? JSONDocument(Array(bytes)) else { return self }
        return own.root
    }

    /// Whether both stand in the same document.
    package func isPart(of other: JSONValue) -> Bool { document === other.document }

    package var isNull: Bool { kind == .null }

    package var string: String? { kind == .string ? document.text(of: index).string : nil }

    package var bool: Bool? { kind == .boolean ? bytes.first == UInt8(ascii: "t") : nil }

    /// The number, if it is written without fraction and exponent and fits.
    package var integer: Int? { kind == .number ? Int(String(decoding: bytes, as: UTF8.self)) : nil }

    /// The number as binary floating point can hold it.
    package var double: Double? { kind == .number ? Double(String(decoding: bytes, as: UTF8.self)) : nil }

    /// Whether this is a string of exactly these code points.
    package func equals(_ text: String) -> Bool {
        kind == .string && document.text(of: index).equals(text)
    }

    /// The member of this name, if this is an object that has it.
    package subscript(_ name: String) -> JSONValue? {
        members.first { $0.isNamed(name) }?.value
    }

    /// The elements of an array; none if this is no array.
    package var elements: JSONElements { JSONElements(self) }

    /// The members of an object; none if this is no object.
    package var members: JSONMembers { JSONMembers(self) }

    var node: JSONNode { document.nodes[index] }
}
