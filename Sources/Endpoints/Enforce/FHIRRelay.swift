import HTTPClient

/// The way to the FHIR server behind the web server, for what has to be looked at before anybody else sees it.
package protocol FHIRRelay {
    /// A path and query under the FHIR base, already encoded.
    func send(_ request: OutboundRequest) throws(HTTPClientError) -> InboundAnswer
}

extension FHIRRelay {
    package func get(
        _ target: String, fields: [(name: String, value: String)] = []
    ) throws(HTTPClientError) -> InboundAnswer {
        try send(OutboundRequest("GET", target, fields: fields))
    }
}

extension HTTPClient: FHIRRelay {}
