/// The hosts with addresses of this network that the administrator lists, by name or by block of addresses.
package struct AllowedHosts: Sendable, Equatable {
    /// Why an entry means nothing, in words for the person who wrote it.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    private var names: Set<[UInt8]> = []
    private var ranges: [AddressRange] = []

    package static let none = AllowedHosts()

    private init() {}

    /// Each entry is a host name, an address, or a block such as `10.20.0.0/16`.
    package init(_ entries: [String]) throws(Refusal) {
        for entry in entries {
            if let range = AddressRange(entry) {
                ranges.append(range)
            } else if Self.isName(entry) {
                names.insert(Array(entry.lowercased().utf8))
            } else {
                throw Refusal(
                    description:
                        "\(entry): neither a host name nor a block of addresses such as 10.20.0.0/16 or fd12::/64")
            }
        }
    }

    func contains(name: String) -> Bool {
        names.contains(Array(name.lowercased().utf8))
    }

    func contains(_ address: IPAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// RFC 1123 §2.1. What ends in a number is an address or a slip of one (URL Standard, host parser), not a name.
    private static func isName(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let last = labels.last, text.utf8.count <= 253, !last.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy(Self.isNameByte)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
