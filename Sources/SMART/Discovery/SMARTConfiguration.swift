import HTTP
import JSON

/// The document at `{FHIR base}/.well-known/smart-configuration` (SMART conformance#using-well-known).
package struct SMARTConfiguration: Sendable {
    private let urls: ServerURLs
    private let features: ServerFeatures

    package init(_ urls: ServerURLs, features: ServerFeatures) {
        self.urls = urls
        self.features = features
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            urls.write(features, to: &$0)
            $0.member("management_endpoint", urls.management)
            $0.member("capabilities", features.capabilities.map(\.rawValue))
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
    package var revocation: String { "\(authBase)/oauth2/revoke" }
    package var registration: String { "\(authBase)/oauth2/register" }
    package var launch: String { "\(authBase)/oauth2/launch" }
    package var consents: String { "\(authBase)/oauth2/consents" }
    package var portal: String { "\(authBase)/portal" }
    /// The page on which people see and end the access of apps.
    package var management: String { "\(portal)/apps" }

    /// The members that the SMART, OpenID and OAuth documents share, so that they cannot disagree.
    package func write(_ features: ServerFeatures, to object: inout JSONWriter) {
        object.member("issuer", issuer)
        object.member("authorization_endpoint", authorization)
        object.member("token_endpoint", token)
        object.member("jwks_uri", jwks)
        object.member("introspection_endpoint", introspection)
        object.member("revocation_endpoint", revocation)
        if features.registration { object.member("registration_endpoint", registration) }
        object.member("grant_types_supported", features.grantTypes)
        object.member("response_types_supported", ["code"])
        object.member("code_challenge_methods_supported", ["S256"])
        for endpoint in ["token", "revocation"] {
            object.member("\(endpoint)_endpoint_auth_methods_supported", features.authenticationMethods)
            object.member("\(endpoint)_endpoint_auth_signing_alg_values_supported", features.assertionAlgorithms)
        }
        object.member("introspection_endpoint_auth_methods_supported", features.confidentialMethods)
        object.member("introspection_endpoint_auth_signing_alg_values_supported", features.assertionAlgorithms)
        object.member("authorization_response_iss_parameter_supported", true)
        object.member("scopes_supported", Self.scopes)
    }

    /// Every one of these is granted to an app that is registered for it; the list is not exhaustive.
    private static let scopes = [
        "openid", "fhirUser", "profile", "launch", "launch/patient", "launch/encounter", "offline_access",
        "online_access", "patient/*.rs", "user/*.rs", "system/*.rs", "patient/*.read", "user/*.read", "system/*.read",
        "patient/Patient.rs", "patient/Condition.rs", "patient/Observation.rs",
        "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
    ]
}
