import Glibc

/// An IPv4 or IPv6 address. One that wraps an IPv4 address (RFC 4291 §2.5.5.2) is that IPv4 address.
package struct IPAddress: Sendable, Hashable {
    /// Four or sixteen, in network order.
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        let isMapped = bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11] == [0xFF, 0xFF]
        self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    }

    /// As it is written: `192.0.2.1`, `2001:db8::1`.
    package init?(_ text: String) {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 {
                self.init(bytes)
                return
            }
        }
        return nil
    }

    /// As a socket knows it; `nil` for other families.
    init?(_ address: UnsafePointer<sockaddr>, size: Int) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET where size >= MemoryLayout<sockaddr_in>.size:
            let address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            self.init(withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6 where size >= MemoryLayout<sockaddr_in6>.size:
            let address = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self.init(withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }

    package var isLoopback: Bool { AddressRange.loopback.contains { $0.contains(self) } }

    /// Whether the address means the same host everywhere in the world, and none of this network.
    package var isPublic: Bool {
        if bytes.count == 4 { return !AddressRange.special.contains { $0.contains(self) } }
        // RFC 6052 §2.1: behind it stands an IPv4 address, which is what is really reached.
        if AddressRange.translated?.contains(self) == true { return IPAddress(Array(bytes.suffix(4))).isPublic }
        // RFC 4291 §2.4: what is not global unicast is not for strangers.
        return AddressRange.globalUnicast?.contains(self) == true
            && !AddressRange.special.contains { $0.contains(self) }
    }
}
