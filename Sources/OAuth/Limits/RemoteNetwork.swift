/// Where a request comes from, as limits count it: an IPv4 address, or the network of an IPv6 address, for whoever has one
/// of its addresses has them all (RFC 4291 §2.5.1: half of an address is the network's).
package struct RemoteNetwork: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// - Parameter address: REMOTE_ADDR (RFC 3875 §4.1.8). What cannot be read counts as it is.
    package init(of address: String) {
        guard let groups = Self.groups(of: address) else {
            description = address
            return
        }
        // RFC 4291 §2.5.5.2: an IPv4 address, as a socket for both has it.
        if groups[..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xFFFF {
            description = groups[6...].flatMap { [$0 >> 8, $0 & 0xFF] }.map(String.init).joined(separator: ".")
        } else {
            description = groups[..<4].map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
        }
    }

    /// The eight groups of an IPv6 address (RFC 4291 §2.2); `nil` for anything else.
    private static func groups(of address: String) -> [UInt16]? {
        let halves = address.split(separator: "::", omittingEmptySubsequences: false).map(groups(written:))
        switch (halves.count, halves.first ?? nil, halves.last ?? nil) {
        case (1, let whole?, _) where whole.count == 8: return whole
        case (2, let head?, let tail?) where head.count + tail.count < 8:
            return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
        default: return nil
        }
    }

    /// Groups with colons between them; the last two may be written as an IPv4 address (RFC 4291 §2.2).
    private static func groups(written text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var words = text.split(separator: ":", omittingEmptySubsequences: false)
        var embedded: [UInt16] = []
        if let last = words.last, last.contains(".") {
            let bytes = last.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
            guard bytes.count == 4, !bytes.contains(nil) else { return nil }
            let known = bytes.compactMap { $0.map { UInt16($0) } }
            embedded = [known[0] << 8 | known[1], known[2] << 8 | known[3]]
            words.removeLast()
        }
        let groups = words.map { word in
            word.utf8.count <= 4 && word.allSatisfy(\.isHexDigit) ? UInt16(word, radix: 16) : nil
        }
        return groups.contains(nil) ? nil : groups.compactMap { $0 } + embedded
    }
}
