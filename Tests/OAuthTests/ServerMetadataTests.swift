import JSON
import OAuth
import SMART
import Testing

/// Requirement 36
@Suite("SMART conformance#using-well-known, RFC 8414 §2: discovery says what there is, and not what there is not")
struct ServerMetadataTests {
    private static let urls = ServerURLs(fhirBase: Fixture.base, authBase: "https://h.example")

    /// The SMART configuration and the metadata of a server with these features.
    private func documents(_ features: ServerFeatures) throws -> [JSONValue] {
        [
            try JSONDocument(SMARTConfiguration(Self.urls, features: features).json).root,
            try JSONDocument(ServerMetadata(Self.urls, features: features).json).root,
        ]
    }

    private func texts(_ name: String, of document: JSONValue) -> [String] {
        document[name]?.elements.compactMap(\.string) ?? []
    }

    @Test("everything that the types can do is told")
    func everything() throws {
        let found = try documents(ServerFeatures(registration: true))
        for document in found {
            #expect(
                texts("grant_types_supported", of: document)
                    == ["authorization_code", "refresh_token", "client_credentials"])
            let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
            for endpoint in ["token", "revocation"] {
                #expect(texts("\(endpoint)_endpoint_auth_methods_supported", of: document) == ["none"] + methods)
            }
            #expect(texts("introspection_endpoint_auth_methods_supported", of: document) == methods)
            #expect(
                texts("token_endpoint_auth_signing_alg_values_supported", of: document)
                    == ["RS384", "ES384", "RS256", "ES256"])
            #expect(document["registration_endpoint"]?.string == "https://h.example/oauth2/register")
        }
        #expect(texts("capabilities", of: found[0]) == Capability.allCases.map(\.rawValue))
        // OpenID Discovery §3
        #expect(texts("ui_locales_supported", of: found[1]) == ["en", "es", "de"])
        #expect(texts("prompt_values_supported", of: found[1]) == ["none", "login", "consent", "select_account"])
    }

    @Test("each scope that is listed is one that the language has")
    func scopes() throws {
        for document in try documents(ServerFeatures(registration: false)) {
            let listed = texts("scopes_supported", of: document)
            #expect(listed.count > 10 && listed.allSatisfy { Scope($0) != nil })
        }
    }

    @Test(
        "without a way to authenticate its kind of client is not promised, nor the way",
        arguments: [
            (ClientAuthenticationMethod.Name.none, Capability.clientPublic),
            (.secretBasic, .clientConfidentialSymmetric), (.privateKeyJWT, .clientConfidentialAsymmetric),
        ])
    func withoutMethod(_ missing: ClientAuthenticationMethod.Name, _ capability: Capability) throws {
        let methods = ClientAuthenticationMethod.Name.allCases.filter { $0 != missing }
        let found = try documents(ServerFeatures(registration: false, authenticationMethods: methods))
        for document in found {
            #expect(texts("token_endpoint_auth_methods_supported", of: document) == methods.map(\.rawValue))
            let algorithms = texts("token_endpoint_auth_signing_alg_values_supported", of: document)
            #expect(algorithms.isEmpty == (missing == .privateKeyJWT))
            #expect(document["registration_endpoint"] == nil)
        }
        let withheld = Set(Capability.allCases.map(\.rawValue)).subtracting(texts("capabilities", of: found[0]))
        #expect(withheld == [capability.rawValue])
    }

    @Test("without a grant nothing is promised that comes by it")
    func withoutGrant() throws {
        let services = try documents(ServerFeatures(registration: false, grantTypes: [.clientCredentials]))
        #expect(
            texts("capabilities", of: services[0]) == [
                "client-public", "client-confidential-symmetric", "client-confidential-asymmetric", "permission-v1",
                "permission-v2",
            ])
        let brief = ServerFeatures(registration: false, grantTypes: [.authorizationCode])
        let withheld = Set(Capability.allCases).subtracting(brief.capabilities)
        #expect(withheld == [.permissionOffline, .permissionOnline])
        for document in try documents(brief) {
            #expect(texts("grant_types_supported", of: document) == ["authorization_code"])
        }
    }
}
