import HTTP
import Service
import Testing

@testable import Endpoints

@Suite("The hospital's theme (WCAG 2.2 §1.4.3, §1.4.11)")
struct ThemeTests {
    private func theme(
        light: Configuration.Theme.Palette = .init(), dark: Configuration.Theme.Palette = .init()
    ) -> Theme {
        var configuration = Configuration.Theme()
        configuration.light = light
        configuration.dark = dark
        return Theme(configuration)
    }

    @Test(
        "contrast is that of the standard",
        arguments: [
            ("#000", "#ffffff", 21.0), ("#fff", "#fff", 1.0), ("#777777", "#ffffff", 4.478), ("#0b5563", "#fff", 8.42),
        ])
    func contrast(one: String, two: String, ratio: Double) throws {
        let (one, two) = (try #require(Color(one)), try #require(Color(two)))
        #expect(abs(one.contrast(with: two) - ratio) < 0.01 && one.contrast(with: two) == two.contrast(with: one))
    }

    @Test(
        "a colour is three or six digits", arguments: ["", "#", "#12", "#12345", "123456", "#gggggg", "#+12345", "red"])
    func malformed(text: String) {
        #expect(Color(text) == nil)
    }

    @Test("every pair names two colours of the stylesheet", arguments: Theme.Scheme.allCases)
    func pairs(scheme: Theme.Scheme) {
        let colors = Theme.plain.colors(scheme)
        for pair in Theme.pairs { #expect(colors[pair.front] != nil && colors[pair.back] != nil, "\(pair)") }
    }

    @Test("our own colours keep their contrast, in light and in dark")
    func plain() {
        #expect(Theme.plain.weakPairs.map(\.description).isEmpty && Theme.plain.css.isEmpty)
    }

    @Test("a weak pair is named with its ratio, in the scheme that it is in")
    func weak() throws {
        let pale = theme(light: .init(accent: "#88ccdd", accentText: "#ffffff"))
        let pair = try #require(pale.weakPairs.first { $0.front == "on-accent" && $0.back == "accent" })
        #expect(pair.description == "light: on-accent #ffffff on accent #88ccdd has 1.79:1, needs 4.5:1")
        #expect(pale.weakPairs.allSatisfy { $0.scheme == "light" })
        let dark = theme(dark: .init(background: "#ffffff"))
        #expect(dark.weakPairs.contains { $0.front == "ink" && $0.scheme == "dark" })
    }

    @Test("a hospital's colours change the stylesheet and its address, and in the dark only what is said of the dark")
    func served() {
        let own = theme(light: .init(accent: "#5b2a86"), dark: .init(accent: "#c9a7eb", accentText: "#1c0b2e"))
        #expect(own.weakPairs.map(\.description).isEmpty)
        let sheet = Stylesheet.Themed(own)
        let text = String(decoding: sheet.bytes, as: UTF8.self)
        #expect(text.hasPrefix(Stylesheet.text) && text.contains("--accent: #5b2a86;"))
        #expect(sheet.path != Stylesheet.Themed(.plain).path && sheet.bytes.count < 15_000)
        #expect(own.colors(.dark)["accent"] == Color("#c9a7eb"))
        // Light without dark must not shine through in the dark.
        #expect(theme(light: .init(accent: "#5b2a86")).colors(.dark)["accent"] == Color("#66c5d3"))
        #expect(theme(light: .init(accent: "#5b2a86")).css.contains("@media not all and (prefers-color-scheme: dark)"))
    }

    @Test("a logo is a PNG or an SVG of bounded size, and can do nothing")
    func logo() throws {
        let svg = try Logo(Array("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".utf8))
        #expect(svg.path.hasPrefix("/portal/logo-") && svg.path.hasSuffix(".svg"))
        #expect(svg.response.value(of: "Content-Type") == "image/svg+xml")
        #expect(svg.response.value(of: "Content-Security-Policy")?.contains("sandbox") == true)
        #expect(svg.response.value(of: "X-Content-Type-Options") == "nosniff")
        #expect(try Logo([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]).path.hasSuffix(".png"))
        for bad in [
            Array("<html>".utf8), [0xFF, 0xD8], [], Array("<svg ".utf8) + [UInt8](repeating: 32, count: Logo.mostBytes),
        ] {
            #expect(throws: Logo.Refusal.self) { try Logo(bad) }
        }
        let page = SignedOutPage(site: Endpoints.Site(name: "Ward", logo: svg)).render()
        #expect(page.description.contains("<img src=\"\(svg.path)\" alt=\"\"> <bdi>Ward</bdi>"))
    }
}
