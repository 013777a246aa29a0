import Testing

@testable import Endpoints

@Suite("Stylesheet")
struct StylesheetTests {
    @Test("it is small, and fetches nothing")
    func size() {
        #expect(Stylesheet.Themed(.plain).bytes.count < 15_000)
        #expect(!Stylesheet.text.contains("url(") && !Stylesheet.text.contains("@import"))
        #expect(!Stylesheet.text.contains("!important"))
    }

    @Test("it speaks of beginnings and ends, never of left and right, so that it serves both ways of reading")
    func logical() {
        #expect(!Stylesheet.text.contains("left") && !Stylesheet.text.contains("right"))
    }

    @Test("its address is its content's, so a change has a new one")
    func path() throws {
        let sheet = Stylesheet.Themed(.plain)
        let hash = sheet.bytes.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)).multipliedReportingOverflow(by: 1_099_511_628_211).partialValue
        }
        #expect(sheet.path == "/portal/style-\(String(hash, radix: 36)).css")
    }

    @Test("its brackets are balanced and every colour it uses is defined")
    func wellFormed() {
        let text = Stylesheet.text
        #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
        #expect(text.count { $0 == "(" } == text.count { $0 == ")" })
        let used = text.matches(of: /var\(--([a-z-]+)\)/).map { String($0.1) }
        #expect(Set(used) == Set(Stylesheet.colors(.light).keys))
    }
}
