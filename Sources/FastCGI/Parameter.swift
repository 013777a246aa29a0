/// What a program reads of what the web server says (RFC 3875 §4.1); everything else is not looked at.
///
/// REMOTE_USER, HTTP_HOST and HTTP_X_FORWARDED_* are absent on purpose: anyone can send them.
enum Parameter: String, CaseIterable {
    case method = "REQUEST_METHOD"
    case uri = "REQUEST_URI"
    case query = "QUERY_STRING"
    case scriptName = "SCRIPT_NAME"
    case pathInfo = "PATH_INFO"
    case contentType = "CONTENT_TYPE"
    case contentLength = "CONTENT_LENGTH"
    case remoteAddress = "REMOTE_ADDR"
    case requestID = "REQUEST_ID"

    case authorization = "HTTP_AUTHORIZATION"
    case cookie = "HTTP_COOKIE"
    case origin = "HTTP_ORIGIN"
    case referer = "HTTP_REFERER"
    case accept = "HTTP_ACCEPT"
    case acceptLanguage = "HTTP_ACCEPT_LANGUAGE"
    case ifMatch = "HTTP_IF_MATCH"
    case ifNoneMatch = "HTTP_IF_NONE_MATCH"
    case ifNoneExist = "HTTP_IF_NONE_EXIST"
    case ifModifiedSince = "HTTP_IF_MODIFIED_SINCE"
    case prefer = "HTTP_PREFER"
    case contentEncoding = "HTTP_CONTENT_ENCODING"
    case methodOverride = "HTTP_X_HTTP_METHOD_OVERRIDE"
    case corsMethod = "HTTP_ACCESS_CONTROL_REQUEST_METHOD"
    case corsHeaders = "HTTP_ACCESS_CONTROL_REQUEST_HEADERS"
    case webhookID = "HTTP_WEBHOOK_ID"
    case webhookTimestamp = "HTTP_WEBHOOK_TIMESTAMP"
    case webhookSignature = "HTTP_WEBHOOK_SIGNATURE"
    case userAgent = "HTTP_USER_AGENT"
    case fetchSite = "HTTP_SEC_FETCH_SITE"
    case fetchDestination = "HTTP_SEC_FETCH_DEST"

    /// The header field it stands for, in lower case; `nil` for what is not a field.
    var field: String? {
        if self == .contentType { return "content-type" }
        guard rawValue.hasPrefix("HTTP_") else { return nil }
        return String(rawValue.dropFirst(5).lowercased().map { $0 == "_" ? "-" : $0 })
    }
}
