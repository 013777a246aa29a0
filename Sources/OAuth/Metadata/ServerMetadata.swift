import HTTP
import JSON
import SMART

/// The documents at `{issuer}/.well-known/openid-configuration` (OpenID Discovery §3) and
/// `/.well-known/oauth-authorization-server{path}` (RFC 8414 §3): one content, so they agree.
package struct ServerMetadata: Sendable {
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
            $0.member("subject_types_supported", ["public"])
            $0.member("id_token_signing_alg_values_supported", ["RS256"])
            $0.member("response_modes_supported", ["query"])
            $0.member("ui_locales_supported", Language.spoken.map(\.rawValue))
            $0.member("prompt_values_supported", features.prompts)
            $0.member(
                "claims_supported",
                ["iss", "sub", "aud", "iat", "exp", "auth_time", "acr", "amr", "nonce", "name", "fhirUser"])
            $0.member("acr_values_supported", [AuthenticationMethods.multiFactor])
            $0.member("claims_parameter_supported", false)
            $0.member("request_parameter_supported", false)
            $0.member("request_uri_parameter_supported", false)
        }
        return writer.bytes
    }
}
