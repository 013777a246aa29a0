/// Why there is no answer. What a peer said is never part of it.
package enum HTTPClientError: Error, Equatable, Sendable {
    /// The request has a target or a field that would not stay on its line.
    case malformedRequest
    case unreachable
    case timedOut
    /// More bytes than the limit allows.
    case tooLarge
    /// The answer ended early or was no HTTP.
    case malformedAnswer
    /// libcurl could not be set up.
    case unavailable
}
