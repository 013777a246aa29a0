import HTTP
import JOSE

/// A document that anybody may read from any web page: discovery and keys.
struct PublicDocument {
    let json: [UInt8]
    let tag: String

    init(json: [UInt8], tag: String? = nil) {
        self.json = json
        self.tag = tag ?? "\"\(Base64URL.encode(Digest.sha256(json).prefix(12)))\""
    }

    /// - Parameter document: `nil` where it cannot be had just now.
    static func answer(to request: Request, _ document: () -> PublicDocument?) -> Response {
        let cors = CORS(.any, methods: "GET, HEAD", headers: "accept, content-type, authorization")
        if request.method == .options { return cors.preflight }
        guard request.method == .get || request.method == .head else {
            return cors.allowing(.methodNotAllowed("GET, HEAD, OPTIONS"))
        }
        guard let document = document() else {
            return cors.allowing(
                .plain(503, "The document cannot be read just now. Quote \(request.shortID) when you ask for help."))
        }
        // RFC 9110 §13.1.2
        var response =
            request.fields["if-none-match"].map { $0.contains(document.tag) } ?? false
            ? Response(status: 304) : Response.json(document.json)
        response.set("Cache-Control", to: "public, max-age=300, must-revalidate")
        response.set("ETag", to: document.tag)
        response.set("X-Content-Type-Options", to: "nosniff")
        return cors.allowing(response)
    }
}
