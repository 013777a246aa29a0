/// The measures of the pages, in light, that apps may take over: named once for the stylesheet and the style document.
enum Look {
    static let ground = "#f1f5f5"
    static let ink = "#15252b"
    static let accent = "#0b5563"
    static let problem = "#a8201a"
    /// For what went well, too.
    static let notice = "#24688a"
    static let fontFamily = "system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", sans-serif"
    /// In CSS pixels.
    static let fontSize = 17
    static let corner = 8
    static let spacing = 16

    /// Pixels as a share of the reader's own font size.
    static func rem(_ pixels: Int) -> String { "\(Double(pixels) / 16)rem" }
}

/// Tells versions of a public file apart; it guards nothing.
enum Fingerprint {
    /// FNV-1a, 64 bits.
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 36)
    }
}
