/// Text that is safe to stand in a page: literals are markup, every interpolated value is escaped.
package struct HTML: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    package private(set) var description: String
    /// Of a whole document: the language it speaks.
    package var language: Language?

    package init(stringLiteral value: StaticString) {
        description = value.description
    }

    package init(stringInterpolation: StringInterpolation) {
        description = stringInterpolation.text
    }

    /// Takes a text for markup: for one that was made of markup, and of nothing that anybody typed.
    package init(markup text: String) {
        description = text
    }

    package static let empty: HTML = ""

    package var bytes: [UInt8] { Array(description.utf8) }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        package mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        package mutating func appendInterpolation(_ value: String) {
            for scalar in value.unicodeScalars {
                switch scalar {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                // Never in a page: NUL and the other controls that browsers replace or drop.
                case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": text += "\u{FFFD}"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }

        package mutating func appendInterpolation(_ value: Int) { text += String(value) }

        package mutating func appendInterpolation(_ markup: HTML) { text += markup.description }

        package mutating func appendInterpolation(_ markup: HTML?) { text += markup?.description ?? "" }

        package mutating func appendInterpolation(_ list: [HTML]) {
            for markup in list { text += markup.description }
        }

        package mutating func appendInterpolation(_ markup: HTML, if condition: Bool) {
            if condition { text += markup.description }
        }
    }
}
