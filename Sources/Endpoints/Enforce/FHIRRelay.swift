import HTTPClient

/// Where the enforcer fetches what it has to look at before anybody else does: the FHIR server behind the web server.
package protocol FHIRRelay {
    /// A GET of a path and query under the FHIR base, already encoded.
    func get(
        _ target: String, fields: [(name: String, value: String)]
    ) throws(HTTPClientError) -> InboundAnswer
}

extension HTTPClient: FHIRRelay {}
