/// Which request is being answered: what the trail of acts takes down without every verb having to carry it.
///
/// It is bound while an endpoint answers, on that worker's thread, and to nothing else.
package struct RequestOrigin: Sendable, Equatable {
    /// `Request.id`
    package let id: String
    /// The client's address as the web server saw it.
    package let address: String

    @TaskLocal package static var current: RequestOrigin?

    package init(id: String, address: String) {
        self.id = id
        self.address = address
    }
}

extension Request {
    package var origin: RequestOrigin { RequestOrigin(id: id, address: remoteAddress) }
}
