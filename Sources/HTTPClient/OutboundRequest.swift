/// One request to a peer.
package struct OutboundRequest: Sendable {
    package var method: String
    /// Path and query below the client's origin, encoded as they shall go out.
    package var target: String
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]?

    package init(
        _ method: String = "GET", _ target: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    /// Whether no part can end its line or leave the origin.
    var isSound: Bool {
        target.hasPrefix("/") && target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
            && !method.isEmpty && method.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            && Self.areSound(fields)
    }

    /// Whether every field stays on its line.
    static func areSound(_ fields: [(name: String, value: String)]) -> Bool {
        fields.allSatisfy { field in
            !field.name.isEmpty && field.name.utf8.allSatisfy(isNameByte)
                && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
