import Service

/// A hospital's own colours, in light and in dark; what it does not say stays as it is.
package struct Theme: Sendable {
    enum Scheme: String, Sendable, CaseIterable {
        case light
        case dark
    }

    private let changes: [Scheme: [(name: String, color: Color)]]

    package static let plain = Theme(Configuration.Theme())

    package init(_ configuration: Configuration.Theme) {
        changes = [
            .light: Self.changes(configuration.light, on: .light), .dark: Self.changes(configuration.dark, on: .dark),
        ]
    }

    /// Every colour of a scheme by the name that the stylesheet has for it.
    func colors(_ scheme: Scheme) -> [String: Color] {
        let own = changes[scheme, default: []].map { ($0.name, $0.color) }
        return Stylesheet.colors(scheme).merging(own) { _, own in own }
    }

    /// What stands behind the stylesheet; empty where the hospital changes nothing.
    var css: String {
        let light = Self.rule(changes[.light, default: []])
        let dark = Self.rule(changes[.dark, default: []])
        return (light.isEmpty ? "" : "@media not all and (prefers-color-scheme: dark) { \(light)}\n")
            + (dark.isEmpty ? "" : "@media (prefers-color-scheme: dark) { \(dark)}\n")
    }

    private static func rule(_ changes: [(name: String, color: Color)]) -> String {
        changes.isEmpty ? "" : ":root { \(changes.map { "--\($0.name): \($0.color); " }.joined())}\n"
    }

    /// One colour of the hospital's gives the shades that belong to it.
    private static func changes(_ palette: Configuration.Theme.Palette, on scheme: Scheme) -> [(String, Color)] {
        var changes: [(String, Color)] = []
        if let accent = palette.accent.flatMap({ Color($0) }) {
            let deep = accent.mixed(with: scheme == .light ? .black : .white, percent: 30)
            let strip = scheme == .light ? deep : accent.mixed(with: .black, percent: 65)
            changes += [
                ("accent", accent), ("accent-deep", deep), ("link", scheme == .light ? accent : deep),
                ("patient", strip), ("soft-on-patient", Color.white.mixed(with: strip, percent: 20)),
            ]
        }
        if let text = palette.accentText.flatMap({ Color($0) }) { changes.append(("on-accent", text)) }
        if let background = palette.background.flatMap({ Color($0) }) { changes.append(("ground", background)) }
        return changes
    }
}

extension Theme {
    /// Two colours that meet on a page and are too alike (WCAG 2.2 §1.4.3, §1.4.11).
    package struct WeakPair: Sendable, CustomStringConvertible {
        package let scheme: String
        package let front: String
        package let back: String
        package let ratio: Double
        package let needed: Double

        /// "dark: on-accent #ffffff on accent #66c5d3 has 1.99:1, needs 4.5:1"
        package let description: String
    }

    package var weakPairs: [WeakPair] {
        Scheme.allCases.flatMap { scheme in
            let colors = colors(scheme)
            return Self.pairs.compactMap { front, back, needed -> WeakPair? in
                guard let one = colors[front], let two = colors[back] else { return nil }
                let ratio = one.contrast(with: two)
                guard ratio < needed else { return nil }
                // Never rounded up to what is needed.
                let hundredths = Int(ratio * 100)
                let shown = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
                return WeakPair(
                    scheme: scheme.rawValue, front: front, back: back, ratio: ratio, needed: needed,
                    description:
                        "\(scheme.rawValue): \(front) \(one) on \(back) \(two) has \(shown):1, needs \(needed):1")
            }
        }
    }

    /// Text on its ground: 4.5 to 1. Edges of fields, what tells a button, and the ring of the focus: 3 to 1.
    static let pairs: [(front: String, back: String, ratio: Double)] = [
        ("ink", "ground", 4.5), ("ink", "surface", 4.5), ("soft", "ground", 4.5), ("soft", "surface", 4.5),
        ("ink", "caution", 4.5), ("ink", "problem", 4.5), ("ink", "notice", 4.5), ("soft", "notice", 4.5),
        ("link", "surface", 4.5), ("link", "ground", 4.5), ("on-accent", "accent", 4.5),
        ("on-accent", "accent-deep", 4.5), ("on-patient", "patient", 4.5), ("soft-on-patient", "patient", 4.5),
        ("problem-edge", "surface", 4.5), ("problem-edge", "problem", 4.5), ("edge", "surface", 3),
        ("accent", "surface", 3), ("accent", "ground", 3), ("focus", "surface", 3), ("focus", "ground", 3),
        ("caution-edge", "ground", 3), ("notice-edge", "ground", 3),
    ]
}
