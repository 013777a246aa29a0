import HTTP

/// Where an EHR launch sends the browser: a registered launch URL with `iss` and `launch` (SMART app-launch#launch-app-ehr-launch).
package struct LaunchLink: Sendable {
    package let url: String

    package init(to launchURL: String, iss: String, handle: Secret) {
        let separator = launchURL.contains("?") ? "&" : "?"
        url = launchURL + separator + Form([("iss", iss), ("launch", handle.text)]).encoded
    }
}
