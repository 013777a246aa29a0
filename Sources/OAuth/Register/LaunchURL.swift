import HTTP

/// A registered launch URL: where an EHR launch sends the browser (SMART app-launch#register-app-with-ehr).
package struct LaunchURL: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// Why a URL may not be registered, in words for the person who registers it.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    package init(registering text: String) throws(Refusal) {
        guard let url = AbsoluteURL(text) else { throw Refusal(description: "\(text): not an absolute URL") }
        guard url.scheme == "https" || url.scheme == "http" && url.isLoopback else {
            throw Refusal(description: "\(text): a launch URL is https; plain http is for loopback addresses alone")
        }
        guard url.fragment == nil else { throw Refusal(description: "\(text): a launch URL has no fragment") }
        description = text
    }
}
