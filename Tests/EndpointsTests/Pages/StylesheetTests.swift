import Foundation
import Testing

@testable import Endpoints

@Suite("Stylesheet")
struct StylesheetTests {
    @Test("it is small, and fetches nothing")
    func size() {
        #expect(Stylesheet.bytes.count < 15_000)
        #expect(!Stylesheet.text.contains("url(") && !Stylesheet.text.contains("@import"))
        #expect(!Stylesheet.text.contains("!important"))
    }

    @Test("it speaks of beginnings and ends, never of left and right, so that it serves both ways of reading")
    func logical() {
        #expect(!Stylesheet.text.contains("left") && !Stylesheet.text.contains("right"))
    }

    @Test("its address is its content's, so a change has a new one")
    func path() throws {
        let hash = Stylesheet.bytes.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)).multipliedReportingOverflow(by: 1_099_511_628_211).partialValue
        }
        #expect(Stylesheet.path == "/portal/style-\(String(hash, radix: 36)).css")
    }

    @Test("its brackets are balanced and every colour it uses is defined")
    func wellFormed() {
        let text = Stylesheet.text
        #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
        #expect(text.count { $0 == "(" } == text.count { $0 == ")" })
        let used = text.matches(of: /var\((--[a-z-]+)\)/).map { String($0.1) }
        #expect(Set(used) == Set(Self.colors(dark: false).keys))
    }

    /// Text on its ground: 4.5 to 1. Edges of fields, and the ring of the focus: 3 to 1 (WCAG 2.2 §1.4.3, §1.4.11).
    @Test(
        "every pair of colours keeps its contrast, in light and in dark", arguments: [false, true],
        [
            ("ink", "ground", 4.5), ("ink", "surface", 4.5), ("soft", "ground", 4.5), ("soft", "surface", 4.5),
            ("ink", "caution", 4.5), ("ink", "problem", 4.5), ("ink", "notice", 4.5), ("soft", "notice", 4.5),
            ("link", "surface", 4.5), ("link", "ground", 4.5), ("on-accent", "accent", 4.5),
            ("on-accent", "accent-deep", 4.5), ("on-patient", "patient", 4.5), ("soft-on-patient", "patient", 4.5),
            ("problem-edge", "surface", 4.5), ("problem-edge", "problem", 4.5), ("edge", "surface", 3),
            ("accent", "surface", 3), ("accent", "ground", 3), ("focus", "surface", 3), ("focus", "ground", 3),
            ("caution-edge", "ground", 3), ("notice-edge", "ground", 3),
        ]
    )
    func contrast(dark: Bool, pair: (front: String, back: String, ratio: Double)) throws {
        let colors = Self.colors(dark: dark)
        let front = try #require(colors["--\(pair.front)"]), back = try #require(colors["--\(pair.back)"])
        let lights = [Self.luminance(front), Self.luminance(back)].sorted()
        #expect((lights[1] + 0.05) / (lights[0] + 0.05) >= pair.ratio)
    }

    private static func colors(dark: Bool) -> [String: String] {
        let parts = Stylesheet.text.split(separator: "@media (prefers-color-scheme: dark)", maxSplits: 1)
        let darkPart = parts[1].prefix(while: { $0 != "*" })
        func read(_ part: Substring) -> [(String, String)] {
            part.matches(of: /(--[a-z-]+): #([0-9a-f]+);/).map { (String($0.1), String($0.2)) }
        }
        let light = Dictionary(read(parts[0])) { first, _ in first }
        return dark ? light.merging(read(darkPart)) { _, dark in dark } : light
    }

    private static func luminance(_ hex: String) -> Double {
        let digits = hex.count == 3 ? hex.map { "\($0)\($0)" }.joined() : hex
        let value = Int(digits, radix: 16) ?? 0
        let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
            let channel = Double(part) / 255
            return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}
