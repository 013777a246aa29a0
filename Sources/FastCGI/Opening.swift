import Glibc

/// How a request opens: one BEGIN_REQUEST and the whole PARAMS stream (FastCGI §5.1, §5.2), read without being taken.
///
/// libfcgi parses in C and trusts its peer: GET_VALUES with a name repeated smashes its stack (2.4.2), lengths near 2³¹
/// abort it (CVE-2025-23016). So nothing reaches it whose opening is not complete and sound, and no worker waits for one.
struct Opening {
    enum Verdict: Equatable {
        case complete
        case incomplete
        /// So many bytes at the front belong to a request that has been answered, and are to be thrown away.
        case stale(Int)
        case refused(String)
    }

    private let limits: Limits
    /// The contents of the PARAMS records, joined; kept for its storage.
    private var pairs: [UInt8] = []

    init(limits: Limits) {
        self.limits = limits
    }

    mutating func verdict(on bytes: UnsafeRawBufferPointer) -> Verdict {
        guard bytes.count >= RecordHeader.length else {
            return bytes.first.map { $0 == 1 } ?? true ? .incomplete : .refused("not version 1")
        }
        guard let begin = RecordHeader(bytes, at: 0) else { return .refused("not a BEGIN_REQUEST of version 1") }
        switch begin.kind {
        case .parameters:
            return .refused("PARAMS before BEGIN_REQUEST")
        case .abortRequest:
            // FastCGI §5.4: it may cross our answer on the way.
            guard begin.contentLength == 0 else { return .refused("an ABORT_REQUEST with content") }
            return bytes.count < begin.end ? .incomplete : .stale(begin.end)
        case .beginRequest:
            break
        }
        guard begin.requestID != 0, begin.contentLength == 8 else { return .refused("a malformed BEGIN_REQUEST") }
        guard bytes.count >= begin.end else { return .incomplete }
        // FastCGI §5.1: 1 is a Responder; no program here is an Authorizer or a Filter.
        guard bytes[8] == 0, bytes[9] == 1 else { return .refused("a role other than Responder") }
        return parameters(bytes, from: begin.end, requestID: begin.requestID)
    }
}

extension Opening {
    private mutating func parameters(_ bytes: UnsafeRawBufferPointer, from start: Int, requestID: UInt16) -> Verdict {
        pairs.removeAll(keepingCapacity: true)
        var offset = start
        while offset + RecordHeader.length <= bytes.count {
            guard let header = RecordHeader(bytes, at: offset), header.kind == .parameters,
                header.requestID == requestID
            else { return .refused("another record inside PARAMS") }
            // FastCGI §3.3: an empty record ends the stream.
            if header.contentLength == 0 {
                return offset + header.end <= bytes.count ? verdictOnPairs() : .incomplete
            }
            guard pairs.count + header.contentLength <= limits.parameterBytes else {
                return .refused("more than \(limits.parameterBytes) bytes of parameters")
            }
            guard offset + header.end <= bytes.count else { return .incomplete }
            let content = offset + RecordHeader.length
            pairs.append(contentsOf: bytes[content..<content + header.contentLength])
            offset += header.end
        }
        return .incomplete
    }

    /// Every pair lies whole inside the stream (FastCGI §3.4), and makes one C string `NAME=value`.
    private func verdictOnPairs() -> Verdict {
        pairs.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                guard let name = Self.length(bytes, &offset), let value = Self.length(bytes, &offset),
                    name > 0, name <= bytes.count - offset, value <= bytes.count - offset - name
                else { return .refused("a parameter longer than its stream") }
                for index in offset..<offset + name where bytes[index] == 0 || bytes[index] == UInt8(ascii: "=") {
                    return .refused("a parameter with an impossible name")
                }
                guard !bytes[offset + name..<offset + name + value].contains(0) else {
                    return .refused("a parameter with a NUL in its value")
                }
                offset += name + value
            }
            return .complete
        }
    }

    /// One byte, or four with the first bit set (FastCGI §3.4).
    private static func length(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Int? {
        guard offset < bytes.count else { return nil }
        let first = Int(bytes[offset])
        guard first & 0x80 != 0 else {
            offset += 1
            return first
        }
        guard offset + 4 <= bytes.count else { return nil }
        defer { offset += 4 }
        return (first & 0x7F) << 24 | Int(bytes[offset + 1]) << 16 | Int(bytes[offset + 2]) << 8
            | Int(bytes[offset + 3])
    }
}
