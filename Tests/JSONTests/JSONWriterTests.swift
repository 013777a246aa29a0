import JSON
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    private func text(_ json: JSONWriter) -> String {
        String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("members come in order, with their commas, and without the absent ones")
    func members() {
        var json = JSONWriter()
        json.object {
            $0.member("access_token", "t")
            $0.member("refresh_token", String?.none)
            $0.member("expires_in", 900)
            $0.member("nbf", Int?.none)
            $0.member("need_patient_banner", true)
            $0.member("active", Bool?.none)
            $0.member("scopes", ["a", "b"])
            $0.member("aud", [String]?.none)
            $0.raw("fhirContext", Array(#"[{"reference":"ImagingStudy/1"}]"#.utf8))
            $0.raw("absent", nil)
            $0.object("cnf") { $0.member("jkt", "x") }
            $0.object("empty") { _ in }
            $0.array("keys") {
                $0.element("s")
                $0.element(-1)
                $0.element(false)
                $0.object { $0.member("kty", "EC") }
                $0.array { $0.raw("null".utf8) }
            }
            $0.array("none") { _ in }
            $0.member("last", 0)
        }
        #expect(
            text(json) == #"{"access_token":"t","expires_in":900,"need_patient_banner":true,"scopes":["a","b"],"#
                + #""fhirContext":[{"reference":"ImagingStudy/1"}],"cnf":{"jkt":"x"},"empty":{},"#
                + #""keys":["s",-1,false,{"kty":"EC"},[null]],"none":[],"last":0}"#
        )
    }

    @Test("a value of a document is written as it came")
    func documentValue() throws {
        let document = try JSONDocument(Array(#"{"value": 1.50, "o": { "a":1 }}"#.utf8))
        var json = JSONWriter()
        json.object {
            $0.member("value", document.root["value"])
            $0.member("absent", document.root["absent"])
            $0.array("list") { for member in document.root.members { $0.element(member.value) } }
        }
        #expect(text(json) == #"{"value":1.50,"list":[1.50,{ "a":1 }]}"#)
    }

    // RFC 8259 §7
    @Test(
        "only what must be escaped is escaped",
        arguments: [
            ("", #""""#), ("a\"b", #""a\"b""#), (#"a\b"#, #""a\\b""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\0\u{1}\u{B}\u{1F}", #""\u0000\u0001\u000b\u001f""#), ("</a>&'\u{7F}", "\"</a>&'\u{7F}\""),
            ("é€😀\u{2028}", "\"é€😀\u{2028}\""), ("\n\n", #""\n\n""#), ("x\ny\nz", #""x\ny\nz""#),
        ]
    )
    func escaping(string: String, expected: String) {
        var json = JSONWriter()
        json.element(string)
        #expect(text(json) == expected)
    }

    @Test("what is written can be read")
    func roundTrip() throws {
        let scalars = (0...0x2FF).compactMap(Unicode.Scalar.init) + ["\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10FFFF}"]
        var json = JSONWriter(capacity: 0)
        json.object {
            for scalar in scalars { $0.member("name \(scalar)", "value \(scalar)") }
            $0.member("min", Int.min)
            $0.member("max", Int.max)
        }
        let root = try JSONDocument(json.bytes).root
        #expect(root.count == scalars.count + 2)
        for scalar in scalars { #expect(root["name \(scalar)"]?.equals("value \(scalar)") == true) }
        #expect(root["min"]?.integer == Int.min)
        #expect(root["max"]?.integer == Int.max)
    }
}
