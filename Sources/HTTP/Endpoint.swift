/// What a program serves: one request in, one answer out, never an error.
///
/// A worker owns its endpoint, so `respond` may keep what it has prepared; it is never called twice at a time.
package protocol Endpoint {
    /// Whether the answer to a request, which is seen here without its body, depends on that. A body that nobody wants is
    /// not kept.
    mutating func wantsBody(of request: Request) -> Bool

    mutating func respond(to request: Request) -> Response
}

extension Endpoint {
    package func wantsBody(of request: Request) -> Bool { true }
}
