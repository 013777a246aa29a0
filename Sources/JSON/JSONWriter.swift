/// Writes JSON into one buffer as the calls come; a member without a value is left out.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    private var needsComma = false

    package init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }
}

// Values: the root of a text, or elements of an array.
extension JSONWriter {
    package mutating func object(_ content: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), content)
    }

    package mutating func array(_ content: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), content)
    }

    package mutating func element(_ value: String) {
        separate()
        write(value)
        needsComma = true
    }

    package mutating func element(_ value: Int) {
        raw(String(value).utf8)
    }

    package mutating func element(_ value: Bool) {
        raw((value ? "true" : "false").utf8)
    }

    package mutating func element(_ value: JSONValue) {
        raw(value.bytes)
    }

    /// Bytes that are one JSON value already.
    package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }
}

// Members of an object.
extension JSONWriter {
    package mutating func member(_ name: String, _ value: String?) {
        guard let value else { return }
        write(name: name)
        element(value)
    }

    package mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        write(name: name)
        element(value)
    }

    package mutating func member(_ name: String, _ value: Bool?) {
        guard let value else { return }
        write(name: name)
        element(value)
    }

    package mutating func member(_ name: String, _ values: [String]?) {
        guard let values else { return }
        array(name) { for value in values { $0.element(value) } }
    }

    package mutating func member(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        write(name: name)
        element(value)
    }

    package mutating func object(_ name: String, _ content: (inout JSONWriter) -> Void) {
        write(name: name)
        object(content)
    }

    package mutating func array(_ name: String, _ content: (inout JSONWriter) -> Void) {
        write(name: name)
        array(content)
    }

    /// A member whose value is JSON already.
    package mutating func raw(_ name: String, _ json: [UInt8]?) {
        guard let json else { return }
        write(name: name)
        raw(json)
    }
}

extension JSONWriter {
    private mutating func enclose(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        content(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func write(name: String) {
        separate()
        write(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { write(escaping: $0) }
        if isWritten == nil { Array(text.utf8).withUnsafeBufferPointer { write(escaping: $0) } }
        bytes.append(UInt8(ascii: "\""))
    }

    /// RFC 8259 §7
    private mutating func write(escaping text: UnsafeBufferPointer<UInt8>) {
        var clean = 0
        for (offset, byte) in text.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            bytes.append(contentsOf: text[clean..<offset])
            escape(byte)
            clean = offset + 1
        }
        bytes.append(contentsOf: text[clean...])
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x00..<0x20:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(byte & 0xF < 10 ? UInt8(ascii: "0") + byte & 0xF : UInt8(ascii: "a") + byte & 0xF - 10)
        default: bytes.append(byte)
        }
    }
}
