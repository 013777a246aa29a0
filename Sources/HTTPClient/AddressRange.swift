/// A block of addresses as CIDR writes it (RFC 4632 §3.1, RFC 4291 §2.3): `10.0.0.0/8`, `fd00::/8`, or one address.
package struct AddressRange: Sendable, Hashable {
    private let first: IPAddress
    private let prefix: Int

    /// `nil` unless the bits behind the prefix are zero: a slip there would open more than was meant.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let width = address.bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
                let prefix = Int(parts[1]), prefix <= width
            else { return nil }
            self.prefix = prefix
        } else {
            prefix = width
        }
        first = address
        guard (prefix..<width).allSatisfy({ address.bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) == 0 }) else { return nil }
    }

    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        let whole = prefix / 8
        guard address.bytes[..<whole] == first.bytes[..<whole] else { return false }
        let mask = ~(0xFF >> UInt8(prefix % 8)) as UInt8
        return prefix % 8 == 0 || address.bytes[whole] & mask == first.bytes[whole] & mask
    }
}

extension AddressRange {
    static let loopback = ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)

    static let globalUnicast = AddressRange("2000::/3")

    /// RFC 6052 §2.1: the well-known prefix of NAT64.
    static let translated = AddressRange("64:ff9b::/96")

    /// The IANA special-purpose registries (RFC 6890 §2.2), as far as they lie inside of the unicast space.
    static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        // Where a large cloud answers its own guests, outside of any registry.
        "168.63.129.16",
        // Protocol assignments with Teredo, documentation, 6to4 and documentation again.
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ].compactMap(AddressRange.init)
}
