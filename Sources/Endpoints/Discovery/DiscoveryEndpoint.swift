import HTTP
import OAuth
import SMART

/// The discovery documents: SMART conformance#using-well-known, OpenID Discovery §4, RFC 8414 §3.
///
/// Made once from the configuration and answered from memory.
package struct DiscoveryEndpoint: Endpoint {
    private let documents: [String: PublicDocument]

    package init(_ urls: ServerURLs, features: ServerFeatures) {
        let path = urls.fhirBase.path
        let smart = PublicDocument(json: SMARTConfiguration(urls, features: features).json)
        let metadata = PublicDocument(json: ServerMetadata(urls, features: features).json)
        documents = [
            "\(path)/.well-known/smart-configuration": smart,
            "\(path)/.well-known/openid-configuration": metadata,
            // OpenID appends to the issuer, RFC 8414 §3.1 inserts before its path.
            "/.well-known/oauth-authorization-server\(path)": metadata,
            "/.well-known/openid-configuration\(path)": metadata,
        ]
    }

    package func respond(to request: Request) -> Response {
        guard let document = documents[request.path] else { return .plain(404, "There is no document here.") }
        return PublicDocument.answer(to: request) { document }
    }
}
