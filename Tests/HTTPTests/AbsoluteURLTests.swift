import HTTP
import Testing

@Suite("RFC 3986 §3 absolute URLs")
struct AbsoluteURLTests {
    @Test(
        "the parts are found",
        arguments: [
            (
                "https://Example.ORG/a/b?x=1#f", "https", "example.org", Int?.none, "/a/b", "x=1" as String?,
                "f" as String?
            ),
            ("http://127.0.0.1:8080", "http", "127.0.0.1", 8080, "", nil, nil),
            ("https://[::1]:443/", "https", "[::1]", 443, "/", nil, nil),
            ("com.example.app://callback", "com.example.app", "callback", nil, "", nil, nil),
        ])
    func parts(
        _ text: String, _ scheme: String, _ host: String, _ port: Int?, _ path: String, _ query: String?,
        _ fragment: String?
    ) throws {
        let url = try #require(AbsoluteURL(text))
        #expect(url.scheme == scheme)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(url.query == query)
        #expect(url.fragment == fragment)
    }

    @Test(
        "what could mean something else to somebody else is refused",
        arguments: [
            "", "https:", "https:/x", "//host/x", "https://", "https://user@host/", "https://host\\@evil/",
            "https://ho st/",
            "https://host:0/", "https://host:99999/", "https://host:80x/", "https://a:b:c/", "https://[::1/",
            "1http://x/",
            "https://h\u{212A}.example/", "https://host/\u{0}", "https://host/\n",
        ])
    func refused(_ text: String) {
        #expect(AbsoluteURL(text) == nil)
    }

    // RFC 6454 §6.2
    @Test(
        "the origin leaves out the default port",
        arguments: [
            ("https://a.example:443/x", "https://a.example"), ("https://A.example:8443/x", "https://a.example:8443"),
            ("http://a.example:80", "http://a.example"),
        ])
    func origin(_ text: String, _ origin: String) {
        #expect(AbsoluteURL(text)?.origin == origin)
    }

    @Test(
        "loopback is this machine and nothing that looks like it",
        arguments: [
            ("http://localhost/", true), ("http://127.0.0.1/", true), ("http://127.9.9.9:1/", true),
            ("http://[::1]/", true),
            ("http://127.0.0.1.evil.example/", false), ("http://localhost.evil.example/", false),
            ("http://10.0.0.1/", false),
        ])
    func loopback(_ text: String, _ isLoopback: Bool) {
        #expect(AbsoluteURL(text)?.isLoopback == isLoopback)
    }

    @Test("equivalent in Unicode is not equal")
    func exactness() {
        #expect("\u{212A}" == "K")
        #expect(!"\u{212A}".isExactly("K"))
        #expect("K".isExactly("K"))
    }
}
