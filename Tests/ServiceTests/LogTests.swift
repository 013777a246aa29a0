import FastCGI
import Testing

@testable import Service

@Suite("Log")
struct LogTests {
    private func line(_ text: String) -> String {
        String(decoding: Log(program: "p").line(.info, "e", [("x", .text(text))]).bytes, as: UTF8.self)
    }

    // RFC 3339
    @Test("a line has its time, level, program and event first")
    func head() throws {
        #expect(
            try #/\{"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info","program":"p","event":"e","x":"v"\}\n/#
                .wholeMatch(in: line("v")) != nil)
    }

    // RFC 8259 §7
    @Test(
        "no value ends a line, colours a terminal or turns the reading direction",
        arguments: [
            ("a\nb", #"a\u000ab"#), ("\"", #"\""#), ("\\", #"\\"#), ("\u{1B}[31m", #"\u001b[31m"#),
            ("\u{0}", #"\u0000"#),
            ("\u{7F}", #"\u007f"#), ("\u{202E}x", #"\u202ex"#), ("\u{2028}", #"\u2028"#), ("ü", #"\u00fc"#),
            ("😀", #"\ud83d\ude00"#), ("\u{9B}1m", #"\u009b1m"#),
        ])
    func escaping(text: String, escaped: String) {
        #expect(line(text).contains(#""x":"\#(escaped)"}"#))
        #expect(line(text).utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A })
    }

    @Test("a value is cut, so that a line stays one write")
    func cut() {
        #expect(line(String(repeating: "a", count: 100_000)).utf8.count < 600)
        #expect(line(String(repeating: "\u{202E}", count: 100_000)).utf8.count < 4096)
    }

    @Test(
        "durations are milliseconds with three digits",
        arguments: [(0, "0.000"), (1_234_567, "1234.567"), (50, "0.050")])
    func duration(microseconds: Int, text: String) {
        let line = Log(program: "p").line(.info, "e", [("ms", .milliseconds(.microseconds(microseconds)))])
        #expect(String(decoding: line.bytes, as: UTF8.self).hasSuffix("\"ms\":\(text)}\n"))
    }
}
