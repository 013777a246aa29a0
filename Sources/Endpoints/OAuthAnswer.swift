import HTTP
import OAuth

/// How the OAuth endpoints answer: JSON that nobody keeps, errors with their status and challenge.
extension Response {
    /// RFC 6749 §5.1: never cached.
    static func oauth(_ json: [UInt8], status: Int = 200) -> Response {
        var response = Response.json(json, status: status)
        response.set("Cache-Control", to: "no-store")
        response.set("Pragma", to: "no-cache")
        response.set("X-Content-Type-Options", to: "nosniff")
        return response
    }

    /// RFC 6749 §5.2
    static func oauth(_ error: OAuthError, for request: Request) -> Response {
        var response = oauth(error.json, status: error.status).refusing(error)
        if error.status == 401 {
            response.set("WWW-Authenticate", to: Challenge("Basic", [("realm", "OAuth")]).field)
        }
        if let seconds = error.retryAfter { response.set("Retry-After", to: String(seconds)) }
        return response
    }

    /// RFC 9110 §15.5.6, in the JSON that clients of these endpoints read.
    static func oauthMethodNotAllowed(_ allowed: String, for request: Request) -> Response {
        let error = OAuthError.invalidRequest("this endpoint answers \(allowed) alone")
        return oauth(error.json, status: 405).refusing(error).adding("Allow", allowed)
    }

    /// What the log says of a refusal.
    func refusing(_ error: OAuthError) -> Response {
        let response = remarking("error", error.code.rawValue).remarking("description", error.description)
        return error.detail.map { response.remarking("detail", $0) } ?? response
    }
}

/// Reads the form of a POST, or says why it is none.
func form(of request: Request, limit: Int = 200) throws(OAuthError) -> Form {
    guard request.contentType == "application/x-www-form-urlencoded" else {
        throw .invalidRequest("the body must be application/x-www-form-urlencoded")
    }
    // Credentials and codes in a URL end up in logs.
    guard request.query.isEmpty else { throw .invalidRequest("parameters belong in the body, not in the URL") }
    return try readable("body") { () throws(Form.Refusal) in try Form(body: request.body, limit: limit) }
}

/// Reads the query of a GET, or says why it cannot be read.
func query(of request: Request) throws(OAuthError) -> Form {
    try readable("query") { () throws(Form.Refusal) in try Form(request.query) }
}

private func readable(_ part: String, _ read: () throws(Form.Refusal) -> Form) throws(OAuthError) -> Form {
    do {
        return try read()
    } catch {
        throw .invalidRequest(
            error == .tooMany ? "the \(part) has too many parameters" : "the \(part) is not a valid form")
    }
}

/// The time as the endpoints see it: seconds are all the protocol knows.
package typealias Clock = @Sendable () -> Instant
