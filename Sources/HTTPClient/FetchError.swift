/// Why there is no answer of a foreign host, in words for the developer who runs it. What it said is never part of it.
package struct FetchError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Error, Sendable {
        case malformedURL
        case notHTTPS
        /// The host is one of this network, and not listed.
        case refusedAddress
        case unresolvable
        case unreachable
        /// The certificate is not one to trust.
        case untrusted
        case handshakeFailed
        case timedOut
        /// More bytes than the limit allows.
        case tooLarge
        case compressed
        case redirectedTooOften
        /// The answer ended early or was no HTTP.
        case malformedAnswer
        case proxyFailed
        /// libcurl could not be set up, or cannot read the certification authorities.
        case unavailable
    }

    package let reason: Reason
    /// Whether the trouble began after the host had sent us elsewhere.
    package let isRedirected: Bool

    package init(_ reason: Reason, isRedirected: Bool = false) {
        self.reason = reason
        self.isRedirected = isRedirected
    }

    package var description: String {
        isRedirected ? "\(reason.description), after a redirect" : reason.description
    }
}

extension FetchError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformedURL: "the URL cannot be read"
        case .notHTTPS: "the URL is not https"
        case .refusedAddress: "its host has no public address, and the administrator has not listed it"
        case .unresolvable: "its host name was not found"
        case .unreachable: "its host accepts no connection"
        case .untrusted: "its certificate is not trusted here, or not made for that host name"
        case .handshakeFailed: "the TLS handshake failed; TLS 1.2 or later is needed"
        case .timedOut: "it did not answer in time"
        case .tooLarge: "the answer is too large"
        case .compressed: "the answer is compressed, which was not asked for"
        case .redirectedTooOften: "it redirects too often"
        case .malformedAnswer: "the answer ended early or was not HTTP"
        case .proxyFailed: "the proxy of this server did not let the request through"
        case .unavailable: "this server cannot fetch just now"
        }
    }
}
