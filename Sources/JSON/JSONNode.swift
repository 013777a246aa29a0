/// One row of a document's flat table: a value, or the name of the member whose value is the next row.
struct JSONNode: Sendable {
    let kind: JSONValue.Kind

    /// Whether a string holds an escape, and so must be decoded before it can be compared.
    var isEscaped = false

    /// Whether what is inside was read and not kept.
    var isFolded = false

    /// Where the value begins; a string begins at its quotation mark.
    let start: Int32

    /// Where the value ends, one past its last byte.
    var end: Int32

    /// The row after this value and all that is inside it.
    var next: Int32

    /// How many elements or members the value has.
    var count: Int32 = 0

    var range: Range<Int> { Int(start)..<Int(end) }
}
