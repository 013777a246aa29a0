/// A value on its way into a statement. One that is not there still has a type: an engine may ask for it.
package enum Value: Sendable, Equatable {
    case integer(Int?)
    case text(String?)
    case blob([UInt8]?)
}

/// What can stand as a parameter: the types of the tables' columns and their optionals.
package protocol Bindable {
    var bound: Value { get }
    /// NULL where a value of this type would stand.
    static var null: Value { get }
}

extension Int: Bindable {
    package var bound: Value { .integer(self) }
    package static var null: Value { .integer(nil) }
}

extension Bool: Bindable {
    package var bound: Value { .integer(self ? 1 : 0) }
    package static var null: Value { .integer(nil) }
}

extension String: Bindable {
    package var bound: Value { .text(self) }
    package static var null: Value { .text(nil) }
}

extension [UInt8]: Bindable {
    package var bound: Value { .blob(self) }
    package static var null: Value { .blob(nil) }
}

extension Optional: Bindable where Wrapped: Bindable {
    package var bound: Value { self?.bound ?? Wrapped.null }
    package static var null: Value { Wrapped.null }
}
