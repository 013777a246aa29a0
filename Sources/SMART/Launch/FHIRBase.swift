import HTTP

/// The public base URL of a FHIR server of ours: the `iss` of launches and id_tokens, the `aud` of requests.
package struct FHIRBase: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    private let parts: Parts

    private struct Parts: Hashable {
        let origin: String
        let path: String
    }

    /// An https URL (plain http for loopback alone) without query, fragment and final slash.
    package init?(_ text: String) {
        guard let url = AbsoluteURL(text), url.scheme == "https" || url.scheme == "http" && url.isLoopback,
            url.query == nil, url.fragment == nil, !text.hasSuffix("/")
        else { return nil }
        description = text
        parts = Parts(origin: url.origin, path: url.path)
    }

    /// Whether an `aud` means this base: scheme and host compare without case and one final slash is forgiven, nothing else.
    package func isMeant(by audience: String) -> Bool {
        guard let url = AbsoluteURL(audience), url.query == nil, url.fragment == nil else { return false }
        let path = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
        return url.origin == parts.origin && path == parts.path
    }

    package var isHTTPS: Bool { parts.origin.hasPrefix("https:") }

    /// Whether only this machine can mean it.
    package var isLoopback: Bool { AbsoluteURL(description)?.isLoopback ?? false }

    /// The path of the base on its host: `/fhir`.
    package var path: String { parts.path }

    /// Scheme, host and port.
    package var origin: String { parts.origin }

    /// The absolute URL of a reference that is relative to the base.
    package func url(of reference: String) -> String { "\(description)/\(reference)" }
}
