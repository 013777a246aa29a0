import Glibc

/// An opaque colour of sRGB.
struct Color: Sendable, Hashable, CustomStringConvertible {
    private let red: Int
    private let green: Int
    private let blue: Int

    /// Reads `#0b5563` and `#fff`.
    init?(_ text: String) {
        guard text.first == "#", text.dropFirst().allSatisfy(\.isHexDigit) else { return nil }
        let digits = text.count == 4 ? text.dropFirst().map { "\($0)\($0)" }.joined() : String(text.dropFirst())
        guard digits.utf8.count == 6, let value = Int(digits, radix: 16) else { return nil }
        (red, green, blue) = (value >> 16, value >> 8 & 255, value & 255)
    }

    private init(_ red: Int, _ green: Int, _ blue: Int) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    static let black = Color(0, 0, 0)
    static let white = Color(255, 255, 255)

    var description: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// - Parameter share: of the other colour, 0 to 100.
    func mixed(with other: Color, percent share: Int) -> Color {
        func part(_ one: Int, _ two: Int) -> Int { (one * (100 - share) + two * share + 50) / 100 }
        return Color(part(red, other.red), part(green, other.green), part(blue, other.blue))
    }

    /// WCAG 2.2 §1.4.3: from 1 to 21.
    func contrast(with other: Color) -> Double {
        let (one, two) = (luminance, other.luminance)
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    private var luminance: Double {
        func channel(_ value: Int) -> Double {
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
    }
}
