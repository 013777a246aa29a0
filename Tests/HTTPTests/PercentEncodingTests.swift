import HTTP
import Testing

@Suite("RFC 3986 §2.1 percent-encoding")
struct PercentEncodingTests {
    // RFC 3986 §2.3
    @Test("of ASCII, letters, digits and four marks stand as they are, and every other character is escaped")
    func unreserved() {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        for byte in UInt8(0)..<128 {
            let text = String(decoding: [byte], as: UTF8.self)
            let digits = String(byte, radix: 16, uppercase: true)
            let escaped = "%\(digits.utf8.count == 1 ? "0" : "")\(digits)"
            #expect(PercentEncoding.encode(text) == (unreserved.contains(byte) ? text : escaped))
            #expect(PercentEncoding.decode(escaped) == text)
        }
        #expect(PercentEncoding.encode("é€") == "%C3%A9%E2%82%AC")
    }

    @Test(
        "an escape is two hexadecimal digits in either case, and what it makes is text",
        arguments: [
            ("%c3%A9", "é" as String?), ("a%2Fb", "a/b"), ("%", nil), ("%4", nil), ("%4g", nil), ("%+1", nil),
            ("%C3", nil), ("%ff", nil), ("a+b", "a+b"),
        ])
    func decoding(_ text: String, _ decoded: String?) {
        #expect(PercentEncoding.decode(text) == decoded)
    }
}
