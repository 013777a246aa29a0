import HTTPClient
import JOSE

/// Why a client's keys are not at hand, in words for the client's developer.
package struct ClientKeysError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// For our log alone.
    package let detail: String?

    init(_ description: String, detail: String? = nil) {
        self.description = description
        self.detail = detail
    }
}

extension ClientKeysError {
    static func notFetched(_ error: FetchError) -> ClientKeysError {
        ClientKeysError(
            "the key set at the client's jwks_uri could not be fetched: \(error)",
            detail: error.reason == .unavailable
                ? "libcurl could not be set up, or cannot read the file of certification authorities" : nil)
    }

    static func status(_ status: Int) -> ClientKeysError {
        ClientKeysError("the key set at the client's jwks_uri could not be fetched: it answered with status \(status)")
    }

    static func unusable(_ what: String, _ error: JOSEError) -> ClientKeysError {
        ClientKeysError("\(what) cannot be used: \(error)")
    }

    static func tooManyKeys(_ what: String, limit: Int) -> ClientKeysError {
        ClientKeysError("\(what) has more than \(limit) keys")
    }

    static func unreadable(_ reason: String, path: String) -> ClientKeysError {
        ClientKeysError(
            "this server cannot read its copy of the client's key set; its administrator can",
            detail: "\(path): \(reason)")
    }

    /// Nobody was asked: too many threads wait for foreign hosts already.
    static let busy = ClientKeysError(
        "this server waits for too many key sets just now: try again in a moment",
        detail: "no place left to wait for a client's key set")

    static let late = ClientKeysError("the key set at the client's jwks_uri did not come in time")

    /// Nobody was asked: it failed a moment ago.
    func again(afterSeconds: Int) -> ClientKeysError {
        ClientKeysError("\(description); tried \(afterSeconds) s ago", detail: detail)
    }
}
