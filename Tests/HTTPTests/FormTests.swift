import HTTP
import Testing

@Suite("RFC 6749 §3.1 parameters")
struct FormTests {
    @Test(
        "names and values are decoded, '+' is a space",
        arguments: [
            ("a=1&b=two", [("a", "1"), ("b", "two")]),
            ("a=x+y%20z", [("a", "x y z")]),
            ("scope=patient%2F%2A.rs", [("scope", "patient/*.rs")]),
            ("a&b=", [("a", ""), ("b", "")]),
            ("", []),
            ("&&a=1&", [("a", "1")]),
            ("a=b=c", [("a", "b=c")]),
            ("n=%C3%A9", [("n", "é")]),
        ])
    func decoding(_ text: String, _ pairs: [(String, String)]) throws {
        let form = try Form(text)
        #expect(form.pairs.map(\.name) == pairs.map(\.0))
        #expect(form.pairs.map(\.value) == pairs.map(\.1))
    }

    @Test(
        "broken escapes, bytes that are no UTF-8 and NUL are refused",
        arguments: ["a=%", "a=%4", "a=%zz", "a=%ff", "%C3=1", "a=%00", "a=b%00c", "%00=1", "a=1&b%00=2", "a=\0"])
    func malformed(_ text: String) {
        #expect(throws: Form.Refusal.malformed) { try Form(text) }
    }

    @Test("more parameters than the limit are refused")
    func tooMany() throws {
        let text = (0..<201).map { "p\($0)=1" }.joined(separator: "&")
        #expect(throws: Form.Refusal.tooMany) { try Form(text) }
        #expect(try Form(text, limit: 201).pairs.count == 201)
    }

    @Test("a parameter without a value counts as absent")
    func emptyIsAbsent() throws {
        #expect(try Form("state=").value("state") == nil)
        #expect(try Form("").value("state") == nil)
    }

    @Test("a parameter that is sent twice is refused, even with one value empty")
    func repeated() throws {
        #expect(throws: Form.Repeated.self) { try Form("state=a&state=b").value("state") }
        #expect(throws: Form.Repeated.self) { try Form("state=&state=b").value("state") }
        #expect(try Form("a=1&b=2&a=3").repeated == "a")
    }

    @Test("what was encoded is read back")
    func roundTrip() throws {
        let pairs = [("a b", "ü&=+%"), ("/?:", "\u{1F600}")]
        let form = try Form(Form(pairs.map { (name: $0.0, value: $0.1) }).encoded)
        #expect(form.pairs.map(\.value) == pairs.map(\.1))
        #expect(form.pairs.map(\.name) == pairs.map(\.0))
    }
}
