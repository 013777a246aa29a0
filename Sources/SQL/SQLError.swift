/// Why a statement failed, in words that both engines share; the description names tables and columns, never a value.
package struct SQLError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// Others held what was needed for longer than we wait.
        case busy
        /// The engine undid the transaction to let another go on; the same again may well succeed.
        case conflict
        /// A row that may not be: a key twice, a reference to nothing, a check that says no.
        case constraint
        /// The connection is gone, or was never there; the next use makes a new one.
        case disconnected
        case other
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    package var isBusy: Bool { kind == .busy }
    package var isConstraint: Bool { kind == .constraint }
    package var isDisconnected: Bool { kind == .disconnected }

    /// Nothing of the transaction was done, and it may be tried again at once.
    package var isTransient: Bool { kind == .conflict || kind == .disconnected }
}
