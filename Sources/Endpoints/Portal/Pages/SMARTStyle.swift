import JSON

/// The look of our own pages, for apps that want to resemble them: what `smart_style_url` leads to
/// (SMART scopes-and-launch-context#styling).
package enum SMARTStyle {
    /// Of the content: the guide takes the URL for the version of what is behind it.
    package static let hash = Fingerprint.of(bytes)

    /// New content has a new address, so anybody may keep it for ever.
    package static let path = "/portal/style/\(hash).json"

    package static let bytes: [UInt8] = {
        var writer = JSONWriter()
        writer.object {
            $0.member("color_background", Look.ground)
            $0.member("color_error", Look.problem)
            $0.member("color_highlight", Look.accent)
            // The ink, half of it see-through.
            $0.member("color_modal_backdrop", "\(Look.ink)80")
            $0.member("color_success", Look.notice)
            $0.member("color_text", Look.ink)
            $0.member("dim_border_radius", "\(Look.corner)px")
            $0.member("dim_font_size", "\(Look.fontSize)px")
            $0.member("dim_spacing_size", "\(Look.spacing)px")
            $0.member("font_family_body", Look.fontFamily)
            $0.member("font_family_heading", Look.fontFamily)
        }
        return writer.bytes
    }()
}
