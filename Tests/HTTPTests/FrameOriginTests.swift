import HTTP
import Testing

@Suite("CSP Level 3 §6.4.2 frame-ancestors: an origin that may frame")
struct FrameOriginTests {
    @Test(
        "is https, a name and perhaps a port, as a browser writes it",
        arguments: [
            ("https://ehr.example", "https://ehr.example"), ("https://EHR.example:8443", "https://ehr.example:8443"),
            ("https://ehr.example:443", "https://ehr.example"), ("https://10.0.0.5", "https://10.0.0.5"),
        ])
    func origin(_ text: String, _ expected: String) {
        #expect(FrameOrigin(text, allowsLoopback: false)?.text == expected)
    }

    @Test(
        "anything else is none",
        arguments: [
            "http://ehr.example", "https://*.ehr.example", "https://*", "*", "https://ehr.example/", "https:",
            "https://ehr.example/path", "https://ehr.example?x", "https://ehr.example#x", "ehr.example", "'self'",
            "https://ehr.example;script-src", "https://ehr.example,https://evil.example", "https://[::1]", "data:",
            "https://a b", "https://user@ehr.example", "https://ehr.example\r\nX: y", "https://ehr.example:0",
            "https://.",
            "http://localhost:8080", "http://127.0.0.1",
        ])
    func refused(_ text: String) {
        #expect(FrameOrigin(text, allowsLoopback: false) == nil)
    }

    @Test("plain http is for this machine in a demonstration")
    func loopback() {
        #expect(FrameOrigin("http://localhost:8080", allowsLoopback: true)?.text == "http://localhost:8080")
        #expect(FrameOrigin("http://ehr.example", allowsLoopback: true) == nil)
    }
}
