extension Configuration {
    /// The hospital's look; `nil` for what it leaves as it is. Colours are `#rrggbb`.
    package struct Theme: Sendable {
        package struct Palette: Sendable {
            package var accent: String?
            /// What stands on the accent.
            package var accentText: String?
            package var background: String?

            package init(accent: String? = nil, accentText: String? = nil, background: String? = nil) {
                self.accent = accent
                self.accentText = accentText
                self.background = background
            }
        }

        package var light = Palette()
        package var dark = Palette()
        /// A PNG or SVG file.
        package var logo: String?

        package init() {}

        init(_ file: ConfigurationFile) throws(ConfigurationError) {
            light = try Self.palette(file, prefix: "")
            dark = try Self.palette(file, prefix: "dark_")
            logo = try file.string("theme", "logo")
        }

        private static func palette(_ file: ConfigurationFile, prefix: String) throws(ConfigurationError) -> Palette {
            Palette(
                accent: try color(file, "\(prefix)accent"), accentText: try color(file, "\(prefix)accent_text"),
                background: try color(file, "\(prefix)background"))
        }

        private static func color(_ file: ConfigurationFile, _ key: String) throws(ConfigurationError) -> String? {
            guard let text = try file.string("theme", key) else { return nil }
            guard text.utf8.count == 7, text.first == "#", text.dropFirst().allSatisfy(\.isHexDigit) else {
                throw file.error("theme", key, "must be a colour such as \"#0b5563\"")
            }
            return text.lowercased()
        }
    }
}
