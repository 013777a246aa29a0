import Testing

@testable import HTTPClient

@Suite("Where a fetch may go")
struct FetchPolicyTests {
    private func policy(loopback: Bool = false, proxy: String? = nil, allowed: [String] = []) throws -> FetchPolicy {
        var policy = FetchPolicy()
        policy.allowsLoopback = loopback
        policy.proxy = proxy
        policy.allowedHosts = try AllowedHosts(allowed)
        return policy
    }

    private func refusal(_ text: String, _ policy: FetchPolicy) -> FetchError.Reason? {
        guard let url = FetchURL(text) else { return .malformedURL }
        do throws(FetchError.Reason) {
            try policy.requireAllowed(url)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a URL is judged before anybody is asked",
        arguments: [
            ("https://app.example/jwks", nil), ("https://8.8.8.8/jwks", nil), ("https://[2606:4700::1]/", nil),
            ("HTTPS://app.example/jwks", nil), ("http://app.example/jwks", .notHTTPS),
            ("ftp://app.example/", .notHTTPS),
            ("file:///etc/passwd", .malformedURL), ("http://127.0.0.1/", .notHTTPS), ("http://localhost/", .notHTTPS),
            ("https://127.0.0.1/", .refusedAddress), ("https://10.0.0.1/", .refusedAddress),
            ("https://169.254.169.254/latest", .refusedAddress), ("https://[::1]/", .refusedAddress),
            ("https://[::ffff:10.0.0.1]/", .refusedAddress), ("https://[fd00::1]/", .refusedAddress),
            // Other spellings of an IPv4 address, which the resolver would take.
            ("https://2130706433/", .refusedAddress), ("https://0x7f.1/", .refusedAddress),
            ("https://0177.0.0.1/", .refusedAddress), ("https://127.1/", .refusedAddress),
            ("https://user@app.example/", .malformedURL), ("https://a:b@app.example/", .malformedURL),
            ("https://", .malformedURL), ("", .malformedURL), ("/jwks", .malformedURL),
            ("app.example/jwks", .malformedURL), ("https://app.example/a b", .malformedURL),
            ("https://app.example/\r\nX: y", .malformedURL), ("https://app.example:99999/", .malformedURL),
        ] as [(String, FetchError.Reason?)])
    func urls(_ text: String, _ expected: FetchError.Reason?) throws {
        #expect(refusal(text, try policy()) == expected)
    }

    @Test("plain http is for loopback, where it is allowed, and never through a proxy")
    func loopback() throws {
        let policy = try policy(loopback: true)
        for text in ["http://127.0.0.1:8080/", "http://localhost/", "http://[::1]/", "https://127.0.0.1/"] {
            #expect(refusal(text, policy) == nil)
        }
        #expect(refusal("http://app.example/", policy) == .notHTTPS)
        #expect(refusal("http://10.0.0.1/", policy) == .notHTTPS)
        #expect(refusal("https://10.0.0.1/", policy) == .refusedAddress)
        let proxied = try self.policy(loopback: true, proxy: "http://proxy.example:3128")
        #expect(refusal("http://127.0.0.1/", proxied) == .notHTTPS)
    }

    @Test("what the administrator lists may be asked, by https")
    func listed() throws {
        let policy = try policy(allowed: ["10.0.0.0/8", "jwks.hospital.example"])
        #expect(refusal("https://10.0.0.1/", policy) == nil)
        #expect(refusal("http://10.0.0.1/", policy) == .notHTTPS)
        #expect(refusal("https://192.168.0.1/", policy) == .refusedAddress)
        let named = try #require(FetchURL("https://JWKS.hospital.example/"))
        let other = try #require(FetchURL("https://www.hospital.example/"))
        let address = try #require(IPAddress("192.168.0.1"))
        #expect(policy.allows(address, for: named) && !policy.allows(address, for: other))
    }

    @Test("through a proxy an address written in a URL is still refused")
    func proxy() throws {
        let policy = try policy(proxy: "http://proxy.example:3128")
        #expect(refusal("https://10.0.0.1/", policy) == .refusedAddress)
        #expect(refusal("https://app.example/", policy) == nil)
    }

    // RFC 9110 §10.2.2
    @Test(
        "a redirect leads where libcurl would go",
        arguments: [
            ("/b", "app.example", true), ("b", "app.example", true), ("//other.example/", "other.example", true),
            ("https://Other.example/", "other.example", true), ("?a=b", "app.example", true),
            ("http://127.0.0.1/", "127.0.0.1", false), ("https://u@other.example/", nil, false),
            ("https://", nil, false),
        ] as [(String, String?, Bool)])
    func redirect(_ location: String, _ host: String?, _ isHTTPS: Bool) throws {
        let url = try #require(FetchURL("https://app.example/a/jwks"))
        #expect(url.follow(location) == (host != nil))
        if let host { #expect(url.host == host && url.isHTTPS == isHTTPS) }
    }
}
