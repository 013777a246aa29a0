import HTTP

/// A registered redirect URI (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §4.1.3).
package struct RedirectURI: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// Why a URI may not be registered, in words for the person who registers it.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    package init(registering text: String) throws(Refusal) {
        guard !text.contains("#") else { throw Refusal(description: "\(text): a redirect URI has no fragment") }
        guard !text.contains("*") else { throw Refusal(description: "\(text): a redirect URI has no wildcard") }
        if let url = AbsoluteURL(text) {
            switch url.scheme {
            case "https": break
            case "http":
                guard url.isLoopback else {
                    throw Refusal(description: "\(text): plain http is for loopback addresses alone; use https")
                }
            case _ where url.scheme.contains("."): break
            default:
                throw Refusal(
                    description: "\(text): an app's own scheme is a reversed domain name, such as com.example.app")
            }
        } else {
            // RFC 8252 §7.1: com.example.app:/callback
            let scheme = text.prefix { $0 != ":" }
            guard scheme.contains("."), scheme != text, !scheme.contains("/"),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
            else { throw Refusal(description: "\(text): not an absolute URI") }
        }
        description = text
    }

    /// A URI that the store gave back.
    package init(stored text: String) {
        description = text
    }

    /// Exact comparison; for a loopback address of a native app the port is free (RFC 8252 §7.3).
    package func matches(_ sent: String, isNative: Bool) -> Bool {
        if sent.isExactly(description) { return true }
        guard isNative, let mine = AbsoluteURL(description), let other = AbsoluteURL(sent), mine.scheme == "http",
            mine.host == "127.0.0.1" || mine.host == "[::1]"
        else { return false }
        return other.scheme == "http" && other.host == mine.host && other.path == mine.path
            && other.query == mine.query && other.fragment == nil
    }

    /// The web origin behind the URI; `nil` for an app's own scheme.
    package var origin: String? {
        AbsoluteURL(description).flatMap { $0.scheme == "https" || $0.scheme == "http" ? $0.origin : nil }
    }
}
