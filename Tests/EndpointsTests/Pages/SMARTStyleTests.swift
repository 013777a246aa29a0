import JSON
import Service
import Testing

@testable import Endpoints

@Suite("SMART scopes-and-launch-context#styling")
struct SMARTStyleTests {
    private func members() throws -> [String: String] {
        let root = try JSONDocument(SMARTStyle(.plain).bytes).root
        return Dictionary(root.members.map { ($0.name, $0.value.string ?? "") }) { first, _ in first }
    }

    @Test("it has every property that the guide names, as a text that is not empty")
    func properties() throws {
        let members = try members()
        #expect(
            members.keys.sorted() == [
                "color_background", "color_error", "color_highlight", "color_modal_backdrop", "color_success",
                "color_text", "dim_border_radius", "dim_font_size", "dim_spacing_size", "font_family_body",
                "font_family_heading",
            ])
        for (name, value) in members {
            if name.hasPrefix("color_") {
                #expect(value.wholeMatch(of: /#([0-9a-f]{6}|[0-9a-f]{8})/) != nil, "\(name)")
            }
            if name.hasPrefix("dim_") { #expect(value.wholeMatch(of: /[1-9][0-9]*px/) != nil, "\(name)") }
            if name.hasPrefix("font_") { #expect(value.hasSuffix("sans-serif"), "\(name)") }
        }
    }

    @Test("it says what the pages themselves look like")
    func same() throws {
        let members = try members()
        let css = Stylesheet.text
        func uses(_ declaration: String) -> Bool { css.contains(declaration) }
        #expect(uses("--ground: \(members["color_background"] ?? "");"))
        #expect(uses("--ink: \(members["color_text"] ?? "");"))
        #expect(uses("--accent: \(members["color_highlight"] ?? "");"))
        #expect(uses("--problem-edge: \(members["color_error"] ?? "");"))
        #expect(uses("--notice-edge: \(members["color_success"] ?? "");"))
        #expect(uses("font: 1.0625rem/1.5 \(members["font_family_body"] ?? "");"))
        #expect(
            members["dim_font_size"] == "17px" && members["dim_border_radius"] == "8px" && uses("border-radius: 0.5rem")
        )
        #expect(members["dim_spacing_size"] == "16px" && uses("padding-inline: 1.0rem"))
    }

    @Test("a hospital's own colours are in it")
    func themed() throws {
        var configuration = Configuration.Theme()
        configuration.light.accent = "#5b2a86"
        configuration.dark.accent = "#c9a7ec"
        let own = SMARTStyle(Theme(configuration))
        let root = try JSONDocument(own.bytes).root
        #expect(root["color_highlight"]?.string == "#5b2a86")
        #expect(root["color_background"]?.string == Look.ground)
        #expect(own.path != SMARTStyle(.plain).path)
    }

    // Requirement 119
    @Test("its address is its content's, so a change has a new one")
    func path() {
        let style = SMARTStyle(.plain)
        #expect(style.path == "/portal/style/\(Fingerprint.of(style.bytes)).json")
        #expect(Fingerprint.of(style.bytes + [0x20]) != Fingerprint.of(style.bytes))
        #expect(style.path.dropFirst(14).dropLast(5).allSatisfy { $0.isLetter || $0.isNumber })
    }
}
