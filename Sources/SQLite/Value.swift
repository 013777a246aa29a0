/// A value on its way into a statement.
package enum Value: Sendable {
    case null
    case integer(Int)
    case text(String)
    case blob([UInt8])
}

/// What can stand as a parameter: the types of STRICT tables and their optionals.
package protocol Bindable {
    var bound: Value { get }
}

extension Int: Bindable {
    package var bound: Value { .integer(self) }
}

extension Bool: Bindable {
    package var bound: Value { .integer(self ? 1 : 0) }
}

extension String: Bindable {
    package var bound: Value { .text(self) }
}

extension [UInt8]: Bindable {
    package var bound: Value { .blob(self) }
}

extension Optional: Bindable where Wrapped: Bindable {
    package var bound: Value { self?.bound ?? .null }
}
