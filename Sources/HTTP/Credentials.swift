/// What an `Authorization` field holds (RFC 9110 §11.6.2); schemes compare without case.
package enum Credentials: Sendable, Equatable {
    /// The base64 text after `Basic`, not yet decoded (RFC 7617 §2).
    case basic(String)
    /// The token after `Bearer` (RFC 6750 §2.1).
    case bearer(String)
    /// A scheme nobody here speaks, or a field without credentials.
    case other

    package init(_ field: String) {
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            self = .other
            return
        }
        let credentials = String(parts[1].drop { $0 == " " })
        switch parts[0].lowercased() {
        case "basic" where Self.isToken68(credentials): self = .basic(credentials)
        case "bearer" where Self.isToken68(credentials): self = .bearer(credentials)
        default: self = .other
        }
    }

    /// RFC 9110 §11.2: token68.
    private static func isToken68(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        return !body.isEmpty
            && body.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
                    UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}

extension Request {
    package var credentials: Credentials? {
        fields["authorization"].map { Credentials($0) }
    }
}
