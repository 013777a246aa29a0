import OAuth

/// Why the store gave no answer. Its text is for our log: it names tables, never values.
package enum StoreError: Error, Sendable, CustomStringConvertible {
    /// Somebody else held the database for too long, or it gave no answer in time.
    case busy(String)
    /// What was to be added is there already.
    case exists(String)
    case failed(String)

    package var description: String {
        switch self {
        case .busy(let reason): reason
        case .exists(let what): "\(what) exists already"
        case .failed(let reason): reason
        }
    }
}

/// The one place where a store's trouble becomes the protocol's: try stored(codes.code(digest)).
package func stored<Value>(_ ask: @autoclosure () throws(StoreError) -> Value) throws(OAuthError) -> Value {
    do {
        return try ask()
    } catch {
        throw .unavailable(detail: error.description)
    }
}
