/// What a session's browser is called, in one of a few words: enough to tell one's own computers apart, and no fingerprint.
package enum BrowserKind: String, Sendable, CaseIterable {
    case chrome
    case edge
    case firefox
    case safari
    /// An EHR signed the person in, and an app goes on in its window.
    case ehr
    case other

    /// - Parameter userAgent: what the browser says of itself (RFC 9110 §10.1.5). Most name their ancestors too, so the order
    ///   matters, and nothing rests on it.
    package init(userAgent: String?) {
        let said = userAgent ?? ""
        func names(_ words: String...) -> Bool { words.contains { said.contains($0) } }
        self =
            if names("Edg/", "EdgA/", "EdgiOS/") {
                .edge
            } else if names("OPR/", "Vivaldi/", "SamsungBrowser/", "YaBrowser/") {
                .other
            } else if names("Firefox/", "FxiOS/") {
                .firefox
            } else if names("Chrome/", "CriOS/", "Chromium/") {
                .chrome
            } else if names("Safari/"), names("Version/") {
                .safari
            } else {
                .other
            }
    }
}
