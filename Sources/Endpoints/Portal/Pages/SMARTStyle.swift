import JSON

/// The look of our own pages, the hospital's colours included, for apps that want to resemble them: what
/// `smart_style_url` leads to (SMART scopes-and-launch-context#styling). Apps get the colours of light pages.
package struct SMARTStyle: Sendable {
    /// New content has a new address, so anybody may keep it for ever: the guide takes the URL for the version of what is
    /// behind it.
    package let path: String
    package let bytes: [UInt8]

    package init(_ theme: Theme) {
        let colors = theme.colors(.light)
        func color(_ name: String) -> String { colors[name].map { "\($0)" } ?? "" }
        var writer = JSONWriter()
        writer.object {
            $0.member("color_background", color("ground"))
            $0.member("color_error", color("problem-edge"))
            $0.member("color_highlight", color("accent"))
            // The ink, half of it see-through.
            $0.member("color_modal_backdrop", "\(color("ink"))80")
            $0.member("color_success", color("notice-edge"))
            $0.member("color_text", color("ink"))
            $0.member("dim_border_radius", "\(Look.corner)px")
            $0.member("dim_font_size", "\(Look.fontSize)px")
            $0.member("dim_spacing_size", "\(Look.spacing)px")
            $0.member("font_family_body", Look.fontFamily)
            $0.member("font_family_heading", Look.fontFamily)
        }
        bytes = writer.bytes
        path = "/portal/style/\(Fingerprint.of(bytes)).json"
    }
}
