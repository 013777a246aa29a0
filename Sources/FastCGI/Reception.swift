import HTTP

/// From parameters and body to an answer: the same for FastCGI and for CGI.
struct Reception {
    let limits: Limits

    /// The answer, or `nil` where the client is gone and nothing is to be written. The body has been read to its end.
    func answer(
        to parameters: Parameters, id: String, body source: some BodySource, received: () -> Void,
        by endpoint: inout any Endpoint
    ) -> Response? {
        var promised = 0
        do throws(Refusal) {
            var request = try parameters.request(id: id)
            promised = try parameters.promisedLength()
            request.bodyLength = promised
            if endpoint.wantsBody(of: request) {
                guard promised <= limits.bodyLimit else { throw Refusal(413, "The body is too long.") }
                switch source.body(promised: promised) {
                case .whole(let bytes): request.body = bytes
                case .longerThanPromised: throw Refusal(400, "The body is longer than its length.")
                case .broken: return nil
                }
            } else {
                source.discard(promised: promised)
                if source.isBroken { return nil }
            }
            received()
            return RequestOrigin.$current.withValue(request.origin) { endpoint.respond(to: request) }
        } catch {
            source.discard(promised: promised)
            return source.isBroken ? nil : error.response
        }
    }
}
