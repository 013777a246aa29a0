/// A cookie of ours: host-only, over TLS, out of reach of scripts, sent along when another site's link leads here.
package struct Cookie: Sendable {
    package let name: String
    package let value: String
    /// `nil` for a cookie that ends with the browser.
    package let maxAge: Int?

    /// RFC 6265bis §4.1.3.2: a browser takes a `__Host-` cookie only from this host, over TLS, for the whole host.
    package init(name: String, value: String, maxAge: Int? = nil) {
        self.name = "__Host-\(name)"
        self.value = value
        self.maxAge = maxAge
    }

    package var field: String {
        let age = maxAge.map { "; Max-Age=\($0)" } ?? ""
        return "\(name)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax\(age)"
    }

    package static func deleted(_ name: String) -> Cookie {
        Cookie(name: name, value: "", maxAge: 0)
    }
}

extension Request {
    /// The value of one of our `__Host-` cookies. A name sent twice counts as absent: one of the two is not ours.
    package func cookie(_ name: String) -> String? {
        let full = "__Host-\(name)"
        var found: String?
        for part in (fields["cookie"] ?? "").split(separator: ";") {
            let halves = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, halves[0] == full else { continue }
            guard found == nil else { return nil }
            found = String(halves[1])
        }
        return found.flatMap { $0.isEmpty ? nil : $0 }
    }
}
