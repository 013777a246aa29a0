import Testing

@testable import JSON

@Suite("RFC 8259 JSON texts")
struct JSONDocumentTests {
    // RFC 8259 §2, §3, §4, §5, §6, §7
    // RFC 8259 §7
    @Test("a byte that may not stand in a string is found wherever it stands", arguments: 0..<20)
    func everyByte(_ position: Int) {
        for byte in UInt8.min...UInt8.max {
            var text = [UInt8](repeating: UInt8(ascii: "x"), count: 20)
            text[position] = byte
            let isPlain = (0x20...0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            let document = try? JSONDocument([UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")])
            #expect((document != nil) == isPlain, "\(byte)")
            if isPlain { #expect(document?.root.string == String(decoding: text, as: UTF8.self)) }
        }
    }

    @Test(
        "a well-formed text is read",
        arguments: [
            "{}", "[]", "null", "true", "false", "0", "-0", "-1", "10", "1.5", "-0.0", "1e5", "1E+5", "1e-5", "0e0",
            "1.25e10", "\"\"", "\"a\"", " \t\r\n[ 1 , 2 ] \n", #"{"a":1,"b":{"a":1}}"#, #"{"a":{},"A":{}}"#,
            #""\"\\\/\b\f\n\r\t\u0041""#, #""\uD83D\uDE00""#, #""\ud800\udc00""#, #""\udbff\udfff""#, #""\u0000""#,
            "\"\u{7F}\"", "\"\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}\"", "[[[[]]],{}]",
            "123456789012345678901234567890", #"{"":0}"#, "\"\u{FEFF}\"",
        ]
    )
    func wellFormed(text: String) throws {
        let document = try JSONDocument(Array(text.utf8))
        #expect(document.bytes == Array(text.utf8))
        let trimmed = text.utf8.drop { " \t\r\n".utf8.contains($0) }
        #expect(document.root.bytes.first == trimmed.first)
    }

    // RFC 8259 §7
    @Test(
        "a NUL is found in any string and any name, and in nothing that only looks like one",
        arguments: [
            (#""\u0000""#, true), (#"{"a":["x",{"b":"c\u0000"}]}"#, true), (#"{"\u0000":1}"#, true),
            (#""\\u0000""#, false), (#""\u0001""#, false), (#""\\""#, false), ("[0]", false), ("{}", false),
        ]
    )
    func nul(text: String, holdsNUL: Bool) throws {
        #expect(try JSONDocument(Array(text.utf8)).holdsNUL == holdsNUL)
    }

    // RFC 8259 §2, §3, §4, §5, §6, §7, §8.1, §8.2
    @Test(
        "a malformed text is refused, with the place",
        arguments: [
            ("", 0, .unexpectedEnd), (" ", 1, .unexpectedEnd), ("[", 1, .unexpectedEnd), ("{", 1, .unexpectedEnd),
            ("\u{FEFF}{}", 0, .byteOrderMark), ("{}x", 2, .trailingBytes), ("1 2", 2, .trailingBytes),
            ("{} {}", 3, .trailingBytes), ("[1]]", 3, .trailingBytes), ("nul", 3, .unexpectedEnd),
            ("nulL", 3, .unexpectedByte), ("True", 0, .unexpectedByte), ("NaN", 0, .unexpectedByte),
            ("Infinity", 0, .unexpectedByte), ("+1", 0, .unexpectedByte), (".5", 0, .unexpectedByte),
            ("-", 1, .unexpectedEnd), ("-a", 1, .invalidNumber), ("--1", 1, .invalidNumber),
            ("01", 1, .invalidNumber), ("-01", 2, .invalidNumber), ("00", 1, .invalidNumber),
            ("1.", 2, .unexpectedEnd), ("1.e1", 2, .invalidNumber), ("1.x", 2, .invalidNumber),
            ("1e", 2, .unexpectedEnd), ("1e+", 3, .unexpectedEnd), ("1ex", 2, .invalidNumber),
            ("1e+-1", 3, .invalidNumber), ("0x10", 1, .trailingBytes), ("1_0", 1, .trailingBytes),
            ("[1,]", 3, .unexpectedByte), ("[,1]", 1, .unexpectedByte), ("[1 2]", 3, .unexpectedByte),
            ("[1}", 2, .unexpectedByte), ("{1:2}", 1, .unexpectedByte), (#"{"a"}"#, 4, .unexpectedByte),
            (#"{"a":}"#, 5, .unexpectedByte), (#"{"a":1,}"#, 7, .unexpectedByte), (#"{,"a":1}"#, 1, .unexpectedByte),
            (#"{"a":1 "b":2}"#, 7, .unexpectedByte), (#"{'a':1}"#, 1, .unexpectedByte), ("{a:1}", 1, .unexpectedByte),
            ("[1]//", 3, .trailingBytes), ("[/**/1]", 1, .unexpectedByte), ("[\u{0B}1]", 1, .unexpectedByte),
            ("[\u{A0}1]", 1, .unexpectedByte), ("\"\n\"", 1, .controlCharacter), ("\"\0\"", 1, .controlCharacter),
            ("\"\u{1F}\"", 1, .controlCharacter), ("\0", 0, .unexpectedByte), ("1\0", 1, .trailingBytes),
            (#""\a""#, 2, .invalidEscape), (#""\x41""#, 2, .invalidEscape), (#""\U0041""#, 2, .invalidEscape),
            (#""\u004""#, 6, .invalidEscape), (#""\u00g0""#, 5, .invalidEscape), (#""\u+041""#, 3, .invalidEscape),
            (#""\ud800""#, 1, .loneSurrogate), (#""\udc00""#, 1, .loneSurrogate), (#""\ud800x""#, 1, .loneSurrogate),
            (#""\ud800\n""#, 1, .loneSurrogate), (#""\ud800\ud800""#, 1, .loneSurrogate),
            (#""a\udc00\ud800""#, 2, .loneSurrogate), (#"{"\udead":1}"#, 2, .loneSurrogate),
        ] as [(String, Int, JSONError.Reason)]
    )
    func malformed(text: String, offset: Int, reason: JSONError.Reason) {
        #expect(throws: JSONError(offset: offset, reason: reason)) { try JSONDocument(Array(text.utf8)) }
    }

    // RFC 3629 §4
    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xE0, 0xA0],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF, 0x41], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) throws {
        let quote = UInt8(ascii: "\"")
        let error = #expect(throws: JSONError.self) { try JSONDocument([quote] + bytes + [quote]) }
        #expect(error?.reason == .invalidUTF8)
    }

    // RFC 8259 §4
    @Test(
        "a member name may come once, however it is spelled",
        arguments: [
            (#"{"a":1,"a":1}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12),
            (#"{"\n":1,"\u000A":2}"#, 8), (#"{"":1,"":2}"#, 6), (#"{"x":[{"b":1,"c":2,"b":3}]}"#, 19),
            (#"{"\uD83D\uDE00":1,"😀":2}"#, 18), (#"{"a/b":1,"a\/b":2}"#, 9),
        ]
    )
    func repeatedNames(text: String, offset: Int) {
        #expect(throws: JSONError(offset: offset, reason: .duplicateName)) { try JSONDocument(Array(text.utf8)) }
    }

    @Test("names that only look alike are different names")
    func lookalikeNames() throws {
        let document = try JSONDocument(Array("{\"e\u{301}\":1,\"\u{E9}\":2,\"K\":3,\"\u{212A}\":4}".utf8))
        #expect(document.root["\u{E9}"]?.integer == 2)
        #expect(document.root["e\u{301}"]?.integer == 1)
        #expect(document.root["K"]?.integer == 3)
        #expect(document.root["\u{212A}"]?.integer == 4)
    }

    @Test("a repeated name is found among many", arguments: [16, 17, 18, 1000], ["n0", "n7", #"n\u0037"#])
    func repeatedNameAmongMany(count: Int, name: String) throws {
        let members = (0..<count).map { #""n\#($0)":{"n0":0}"# }
        let distinct = "{" + members.joined(separator: ",") + "}"
        #expect(try JSONDocument(Array(distinct.utf8)).root.count == count)
        let text = "{" + (members + [#""\#(name)":0"#]).joined(separator: ",") + "}"
        let offset = distinct.utf8.count
        #expect(throws: JSONError(offset: offset, reason: .duplicateName)) { try JSONDocument(Array(text.utf8)) }
    }

    @Test("nesting is allowed up to the limit", arguments: ["[": "]", #"{"a":"#: "}"])
    func depth(open: String, close: String) throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONDocument(nested(128)) }
        let error = #expect(throws: JSONError.self) { try JSONDocument(nested(129)) }
        #expect(error == JSONError(offset: 128 * open.utf8.count, reason: .tooDeep))
        #expect(throws: Never.self) { try JSONDocument(nested(3), depthLimit: 3) }
        #expect(throws: JSONError.self) { try JSONDocument(nested(4), depthLimit: 3) }
        #expect(throws: JSONError.self) { try JSONDocument(Array(String(repeating: open, count: 100_000).utf8)) }
    }

    @Test("a text cut at any byte is refused")
    func cutAtEveryByte() throws {
        let text = #"""
            {"resourceType":"Observation","é\u00e9":"\uD83D\uDE00 \"x\" €","value":[1.50,-2e-3,true,false,null,{},[]],
             "nested":{"a":{"b":[{"c":"😀"}]}}}
            """#
        let bytes = Array(text.utf8)
        for end in bytes.indices {
            #expect(throws: JSONError.self) { try JSONDocument(Array(bytes[..<end])) }
        }
        #expect(throws: Never.self) { try JSONDocument(bytes) }
    }

    @Test("any byte in any place is refused or read, never a crash")
    func everyByteChanged() {
        let bytes = Array(#"{"a":[1.5e3,"\uD83D\uDE00é",true],"b":null}"#.utf8)
        for index in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = bytes
                changed[index] = byte
                guard let document = try? JSONDocument(changed) else { continue }
                for member in document.root.members {
                    #expect(document.root[member.name]?.range == member.value.range)
                }
            }
        }
    }

    @Test("what lies deep is proven well-formed, folded, and opened when it is asked for")
    func folding() throws {
        let text = #"{"a":[{"b":[1,{"c":2}],"d":{}},{"b":"\u00e9"}],"e":{"f":{"g":[1.10]}},"h":3}"#
        let document = try JSONDocument(Array(text.utf8), foldDepth: 3)
        let elements = try #require(document.root["a"]).elements.map { $0 }
        #expect(elements.count == 2 && elements[0].count == 0 && elements[0]["b"] == nil)
        #expect(String(decoding: elements[0].bytes, as: UTF8.self) == #"{"b":[1,{"c":2}],"d":{}}"#)
        let first = elements[0].unfolded
        #expect(!first.isPart(of: elements[0]) && first["b"]?.count == 2)
        #expect(elements[1].unfolded["b"]?.string == "é")
        #expect(document.root["h"]?.integer == 3 && document.root["h"]?.unfolded.isPart(of: document.root) == true)
        #expect(document.root["e"]?["f"]?.unfolded["g"]?.count == 1)
        for broken in [#"{"a":[{"b":1,"b":2}]}"#, #"{"a":[{"b":[}]}]}"#, #"{"a":[{"b":"\ud800"}]}"#, #"{"a":[{]}"#] {
            #expect(throws: JSONError.self) { try JSONDocument(Array(broken.utf8), foldDepth: 3) }
        }
        var cut = JSONCut(document)
        cut.remove(elements[0])
        #expect(String(decoding: cut.bytes, as: UTF8.self).hasPrefix(#"{"a":[{"b":"\u00e9"}],"e""#))
    }
}
