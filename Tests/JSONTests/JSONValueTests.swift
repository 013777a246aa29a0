import JSON
import Testing

@Suite("Values of a document")
struct JSONValueTests {
    private func root(_ text: String) throws -> JSONValue {
        try JSONDocument(Array(text.utf8)).root
    }

    // RFC 8259 §7
    @Test(
        "a string is what its escapes stand for",
        arguments: [
            (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\uD83D\uDE00!""#, "😀!"), (#""\ud800\udc00""#, "\u{10000}"),
            (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""a\u0000b""#, "a\0b"), ("\"é😀\"", "é😀"), (#""\u2028""#, "\u{2028}"),
        ]
    )
    func strings(text: String, expected: String) throws {
        let value = try root(text)
        #expect(value.kind == .string)
        #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
        #expect(value.equals(expected))
        #expect(!value.equals(expected + "x"))
        #expect(!value.equals("x" + expected))
    }

    // RFC 8259 §8.3
    @Test("equal means the same code points, not canonically equivalent ones")
    func exactEquality() throws {
        #expect(try !root("\"e\u{301}\"").equals("\u{E9}"))
        #expect(try !root(#""\u212A""#).equals("K"))
        #expect(try !root("1").equals("1"))
    }

    @Test(
        "an integer is read only where one is written",
        arguments: [
            ("0", 0), ("-0", 0), ("900", 900), ("-1", -1), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min), ("9223372036854775808", nil), ("1.0", nil), ("1e3", nil),
            ("\"1\"", nil), ("true", nil), ("null", nil),
        ] as [(String, Int?)]
    )
    func integers(text: String, expected: Int?) throws {
        #expect(try root(text).integer == expected)
    }

    @Test("a decimal keeps its digits", arguments: ["1.50", "0.10", "1e3", "123456789.123456789123456789"])
    func decimals(text: String) throws {
        let value = try root("[ \(text) ]").elements.first { _ in true }
        #expect(value.map { String(decoding: $0.bytes, as: UTF8.self) } == text)
        #expect(value?.double == Double(text))
    }

    @Test("each kind answers for itself alone")
    func kinds() throws {
        let value = try root(#"{"o":{"x":1},"a":[1,2],"s":"t","n":1,"t":true,"f":false,"z":null}"#)
        #expect(value.kind == .object && value.count == 7)
        #expect(value["o"]?["x"]?.integer == 1)
        #expect(value["o"]?["y"] == nil)
        #expect(value["a"]?.elements.map(\.integer) == [1, 2])
        #expect(value["a"]?.count == 2)
        #expect(value["t"]?.bool == true)
        #expect(value["f"]?.bool == false)
        #expect(value["z"]?.isNull == true)
        #expect(value["s"]?.bool == nil && value["s"]?.integer == nil && value["s"]?.isNull == false)
        #expect(value["n"]?.string == nil && value["n"]?["x"] == nil)
        #expect(value["a"]?["0"] == nil)
        #expect(value.elements.map(\.kind).isEmpty)
        #expect(value["a"]?.members.map(\.name).isEmpty == true)
        #expect(value.members.map(\.name) == ["o", "a", "s", "n", "t", "f", "z"])
        #expect(value.members.map(\.value.kind) == [.object, .array, .string, .number, .boolean, .boolean, .null])
    }

    @Test("a member is found by its decoded name")
    func escapedName() throws {
        let value = try root(#"{"\u0061ud":"x"}"#)
        #expect(value["aud"]?.equals("x") == true)
        #expect(value.members.first { $0.isNamed("aud") } != nil)
    }

    @Test("ranges are those of the text")
    func ranges() throws {
        let text = #" { "a" : [ 1 , {"b":"c"} ] , "d":2.0 } "#
        let value = try root(text)
        func cut(_ range: Range<Int>) -> String { String(decoding: Array(text.utf8)[range], as: UTF8.self) }
        #expect(cut(value.range) == #"{ "a" : [ 1 , {"b":"c"} ] , "d":2.0 }"#)
        #expect(value.members.map { cut($0.range) } == [#""a" : [ 1 , {"b":"c"} ]"#, #""d":2.0"#])
        #expect(value["a"]?.elements.map { cut($0.range) } == ["1", #"{"b":"c"}"#])
    }
}
