/// What a program may do with a table; to write includes to read.
package enum TableAccess: Sendable, Equatable {
    case read
    case write
}
