import OAuth
import Testing

@Suite("RFC 9110 §10.1.5 User-Agent: one of a few words is kept")
struct BrowserKindTests {
    private static let engine = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"

    @Test(
        "what a browser says of itself",
        arguments: [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", BrowserKind.firefox),
            ("\(engine) Chrome/140.0.0.0 Safari/537.36", .chrome),
            ("\(engine) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", .edge),
            ("\(engine) Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0", .other),
            ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", .safari),
            ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148 Safari/604.1", .chrome),
            ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 FxiOS/140.0 Mobile/15E148 Safari/605.1.15", .firefox),
            ("", .other), ("ehr", .other), ("\u{0}<b>\u{202E}Safari/", .other),
        ])
    func kind(_ said: String, _ expected: BrowserKind) {
        #expect(BrowserKind(userAgent: said) == expected)
    }

    @Test("a browser that says nothing")
    func silent() {
        #expect(BrowserKind(userAgent: nil) == .other)
    }
}
