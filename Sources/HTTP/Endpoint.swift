/// What a program serves: one request in, one answer out, never an error.
///
/// A worker owns its endpoint, so `respond` may keep what it has prepared; it is never called twice at a time.
package protocol Endpoint {
    mutating func respond(to request: Request) -> Response
}
