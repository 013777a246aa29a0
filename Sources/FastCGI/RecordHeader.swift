/// The eight bytes before every record (FastCGI §3.3).
struct RecordHeader {
    enum Kind: UInt8 {
        case beginRequest = 1
        case abortRequest = 2
        case parameters = 4
    }

    static let length = 8

    let kind: Kind
    let requestID: UInt16
    let contentLength: Int
    let paddingLength: Int

    /// `nil` unless the version is 1 and the kind one that may open a request.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard bytes[offset] == 1, let kind = Kind(rawValue: bytes[offset + 1]) else { return nil }
        self.kind = kind
        requestID = UInt16(bytes[offset + 2]) << 8 | UInt16(bytes[offset + 3])
        contentLength = Int(bytes[offset + 4]) << 8 | Int(bytes[offset + 5])
        paddingLength = Int(bytes[offset + 6])
    }

    var end: Int { Self.length + contentLength + paddingLength }
}
