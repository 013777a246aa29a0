import HTTP

extension Response {
    /// A page: never kept, framed by nobody who is not named, nothing loaded but our stylesheet, nothing told to the next site.
    ///
    /// There is no `form-action`: some browsers apply it to every redirect after a form, and ours lead to the addresses of
    /// registered apps, which may redirect again on their own sites. Every value in a page is escaped, so no form but ours
    /// can stand in it.
    ///
    /// - Parameter ancestors: who may show it in a frame; every page around it has to be one of theirs
    ///   (CSP Level 3 §6.4.2).
    package static func page(_ html: HTML, status: Int = 200, framedBy ancestors: [FrameOrigin] = []) -> Response {
        let frames = ancestors.isEmpty ? "'none'" : ancestors.map(\.text).joined(separator: " ")
        var response = Response(
            status: status,
            fields: [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "no-store"),
                ("Vary", "Accept-Language"),
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors \(frames)"
                ),
                ("X-Content-Type-Options", "nosniff"),
                // Not no-referrer: with that, browsers send "Origin: null" with our own forms.
                ("Referrer-Policy", "same-origin"),
            ], body: html.bytes)
        // It can name nobody, so where somebody is named it would only contradict (RFC 7034 §2.1).
        if ancestors.isEmpty { response.set("X-Frame-Options", to: "DENY") }
        if let language = html.language { response.add("Content-Language", language.rawValue) }
        return response
    }
}
