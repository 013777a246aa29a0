/// An absolute hierarchical URL taken apart (RFC 3986 §3), strictly: no user information, no control characters.
package struct AbsoluteURL: Sendable, Equatable {
    package let text: String
    /// In lower case.
    package let scheme: String
    /// In lower case; an IPv6 address with its brackets.
    package let host: String
    package let port: Int?
    /// Exactly as written; empty when there is none.
    package let path: String
    package let query: String?
    package let fragment: String?

    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        var rest = Substring(text)
        guard let colon = rest.firstIndex(of: ":"), rest[colon...].hasPrefix("://") else { return nil }
        let scheme = rest[..<colon].lowercased()
        guard let first = scheme.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first),
            scheme.unicodeScalars.allSatisfy({ Self.isSchemeScalar($0) })
        else { return nil }
        rest = rest[colon...].dropFirst(3)

        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        rest = rest[authority.endIndex...]
        guard !authority.contains("@"), let (host, port) = Self.split(authority: authority) else { return nil }

        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[hash...].dropFirst())
            rest = rest[..<hash]
        } else {
            fragment = nil
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[mark...].dropFirst())
            rest = rest[..<mark]
        } else {
            query = nil
        }
        self.text = text
        self.scheme = scheme
        self.host = host
        self.port = port
        path = String(rest)
    }

    /// The origin as a browser writes it (RFC 6454 §6.2): the default port left out.
    package var origin: String {
        guard let port, port != defaultPort else { return "\(scheme)://\(host)" }
        return "\(scheme)://\(host):\(port)"
    }

    /// The port that is meant, written or not; `nil` for schemes without one.
    package var effectivePort: Int? { port ?? defaultPort }

    package var isLoopback: Bool {
        host == "localhost" || host == "[::1]" || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }

    /// Whether what goes there can be read by nobody on the way: https, or this machine itself where that is allowed.
    package func isSecure(orLoopback allowsLoopback: Bool) -> Bool {
        scheme == "https" || scheme == "http" && isLoopback && allowsLoopback
    }

    private var defaultPort: Int? {
        switch scheme {
        case "https": 443
        case "http": 80
        default: nil
        }
    }

    private static func split(authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            let digits = authority[colon...].dropFirst()
            guard !digits.isEmpty, digits.count <= 5, digits.utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int(digits), (1...65_535).contains(number)
            else { return nil }
            port = number
            host = authority[..<colon]
        }
        guard !host.isEmpty, host.hasPrefix("[") == host.hasSuffix("]"), host.hasPrefix("[") || !host.contains(":")
        else { return nil }
        return (host.lowercased(), port)
    }

    private static func isSchemeScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", "+", "-", ".": true
        default: false
        }
    }
}

extension StringProtocol {
    /// Byte for byte. `==` also takes texts for equal that Unicode calls equivalent, which no protocol means.
    package func isExactly(_ other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
