/// What a program may do with a table; to write includes to read.
package enum TableAccess: Sendable, Equatable {
    case read
    /// To add rows and to read them, and never to change or delete one.
    case append
    case write
}
