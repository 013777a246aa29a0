/// Which origins a browser lets read an answer (Fetch, CORS protocol).
package struct CORS: Sendable {
    package enum Origins: Sendable {
        /// Public documents: discovery, keys.
        case any
        /// The origin of a registered client, echoed as it was sent.
        case registered(String)
    }

    private let origins: Origins
    private let methods: String
    private let headers: String

    /// What apps send to OAuth endpoints.
    package static let usualHeaders = "content-type, authorization, dpop"

    package init(_ origins: Origins, methods: String, headers: String = usualHeaders) {
        self.origins = origins
        self.methods = methods
        self.headers = headers
    }

    /// The answer with what a browser needs to hand it to the page. Error answers get it too, or apps see a network error.
    package func allowing(_ response: Response) -> Response {
        var response = response
        switch origins {
        case .any:
            response.set("Access-Control-Allow-Origin", to: "*")
        case .registered(let origin):
            response.set("Access-Control-Allow-Origin", to: origin)
            response.set("Access-Control-Allow-Credentials", to: "true")
        }
        response.set(
            "Access-Control-Expose-Headers", to: "WWW-Authenticate, Retry-After, ETag, Location, Content-Location")
        return response
    }

    /// The answer to `OPTIONS`.
    package var preflight: Response {
        allowing(
            Response(
                status: 204,
                fields: [
                    ("Access-Control-Allow-Methods", methods), ("Access-Control-Allow-Headers", headers),
                    ("Access-Control-Max-Age", "600"),
                ]))
    }
}

extension Request {
    /// A browser asks before it sends: the preflight of the Fetch standard.
    package var isPreflight: Bool {
        method == .options && fields["origin"] != nil && fields["access-control-request-method"] != nil
    }
}
