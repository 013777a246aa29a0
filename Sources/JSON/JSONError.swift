/// Why a text is not the JSON this house accepts, and at which byte that showed.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case byteOrderMark = "a byte order mark comes first"
        case unexpectedEnd = "the text ends early"
        case unexpectedByte = "a byte that cannot stand here"
        case trailingBytes = "more text after the value"
        case invalidNumber = "a number that is not written as JSON writes numbers"
        case invalidEscape = "an escape that JSON does not have"
        case loneSurrogate = "half of a surrogate pair"
        case controlCharacter = "a control character inside a string"
        case invalidUTF8 = "bytes that are not UTF-8"
        case duplicateName = "a member name for the second time"
        case tooDeep = "nesting beyond the limit"
        case tooLong = "the text is too long"
    }

    package let offset: Int
    package let reason: Reason

    package var description: String { "\(reason.rawValue), at byte \(offset)" }
}
