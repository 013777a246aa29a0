import HTTP

extension Response {
    /// A page: never kept, never framed, nothing loaded but our stylesheet, nothing told to the next site.
    ///
    /// There is no `form-action`: some browsers apply it to every redirect after a form, and ours lead to the addresses of
    /// registered apps, which may redirect again on their own sites. Every value in a page is escaped, so no form but ours
    /// can stand in it.
    package static func page(_ html: HTML, status: Int = 200) -> Response {
        var response = Response(
            status: status,
            fields: [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "no-store"),
                ("Vary", "Accept-Language"),
                (
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
                ),
                ("X-Frame-Options", "DENY"),
                ("X-Content-Type-Options", "nosniff"),
                // Not no-referrer: with that, browsers send "Origin: null" with our own forms.
                ("Referrer-Policy", "same-origin"),
            ], body: html.bytes)
        if let language = html.language { response.add("Content-Language", language.rawValue) }
        return response
    }
}
