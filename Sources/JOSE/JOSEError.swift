/// Why a key, a token or a sealed value was refused; the reason is for the app's developer and quotes nothing it was sent.
package struct JOSEError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// Not written as the specification writes it.
        case malformed
        /// Well-formed, and nothing we take part in.
        case unsupported
        /// A key too weak, broken, or made for something else.
        case unusableKey
        /// No key in the set answers to the request; a fresh copy of the set may have one.
        case keyNotFound
        /// More than one key in the set answers to the request.
        case ambiguousKey
        /// The signature is not that key's.
        case notAuthentic
        /// Not valid at this time.
        case notCurrent
        /// OpenSSL could not do its work.
        case failed
    }

    package let kind: Kind
    package let reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    package var description: String { reason }
}
