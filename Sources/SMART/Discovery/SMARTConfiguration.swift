import HTTP
import JSON

/// The document at `{FHIR base}/.well-known/smart-configuration` (SMART conformance#using-well-known).
package struct SMARTConfiguration: Sendable {
    private let urls: ServerURLs

    package init(_ urls: ServerURLs) {
        self.urls = urls
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            urls.write(to: &$0)
            $0.member("capabilities", Capability.allCases.map(\.rawValue))
        }
        return writer.bytes
    }
}

/// The absolute URLs of this server, all made from the configuration.
package struct ServerURLs: Sendable {
    package let fhirBase: FHIRBase
    /// The origin (and path, if any) in front of `/oauth2` and `/portal`.
    package let authBase: String

    package init(fhirBase: FHIRBase, authBase: String) {
        self.fhirBase = fhirBase
        self.authBase = authBase
    }

    /// Character for character the `iss` of every id_token and answer.
    package var issuer: String { fhirBase.description }
    /// What a browser sends as `Origin` with a form of ours.
    package var origin: String { AbsoluteURL(authBase)?.origin ?? authBase }
    package var authorization: String { "\(authBase)/oauth2/authorize" }
    package var token: String { "\(authBase)/oauth2/token" }
    package var jwks: String { "\(authBase)/oauth2/jwks" }
    package var introspection: String { "\(authBase)/oauth2/introspect" }
    package var portal: String { "\(authBase)/portal" }

    /// The members that the SMART, OpenID and OAuth documents share, so that they cannot disagree.
    package func write(to object: inout JSONWriter) {
        object.member("issuer", issuer)
        object.member("authorization_endpoint", authorization)
        object.member("token_endpoint", token)
        object.member("jwks_uri", jwks)
        object.member("introspection_endpoint", introspection)
        object.member("grant_types_supported", ["authorization_code", "refresh_token"])
        object.member("response_types_supported", ["code"])
        object.member("code_challenge_methods_supported", ["S256"])
        object.member("token_endpoint_auth_methods_supported", ["none", "client_secret_basic"])
        object.member("introspection_endpoint_auth_methods_supported", ["client_secret_basic"])
        object.member("authorization_response_iss_parameter_supported", true)
        object.member("scopes_supported", Self.scopes)
    }

    /// Every one of these is granted to an app that is registered for it; the list is not exhaustive.
    private static let scopes = [
        "openid", "fhirUser", "profile", "launch", "launch/patient", "offline_access", "patient/*.rs", "user/*.rs",
        "patient/*.read", "user/*.read", "patient/Patient.rs", "patient/Condition.rs", "patient/Observation.rs",
        "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
    ]
}
