import HTTP

/// One request and its answer, as the log wants to know them.
package struct Exchange: Sendable {
    package let id: String
    /// As it was sent, known or not.
    package let method: String
    /// Without the query, which may hold a code or a token.
    package let path: String
    package let response: Response
    package let duration: Duration
}

/// What a program tells its owner while it runs.
package enum Event: Sendable {
    case answered(Exchange)
    /// The client, or the web server, went away before its request was complete.
    case abandoned(id: String, path: String)
    /// Bytes came that open no FastCGI request; the connection was closed.
    case refused(String)
    /// A worker could not make its endpoint anew, and goes on with the old one.
    case keptOldEndpoint(worker: Int, any Error)
}
