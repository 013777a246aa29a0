/// The origin of a site that may show pages of ours in a frame, as it stands in `frame-ancestors` (CSP Level 3 §6.4.2).
///
/// Proven to be one origin: no wildcard, and nothing that could end the directive and begin another one.
package struct FrameOrigin: Sendable, Equatable {
    package let text: String

    /// - Parameter allowsLoopback: whether plain http on this machine is one too: for demonstrations.
    package init?(_ text: String, allowsLoopback: Bool) {
        guard let url = AbsoluteURL(text), url.scheme == "https" || allowsLoopback && url.scheme == "http",
            url.scheme == "https" || url.isLoopback, url.path.isEmpty, url.query == nil, url.fragment == nil,
            url.host.utf8.allSatisfy({ Self.isNameByte($0) }),
            url.host.utf8.contains(where: { $0 != UInt8(ascii: ".") })
        else { return nil }
        self.text = url.origin
    }

    /// A name or an IPv4 address: the grammar of the directive has no place for IPv6.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}
