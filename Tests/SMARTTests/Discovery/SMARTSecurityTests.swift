import HTTP
import JSON
import SMART
import Testing

@Suite("SMART conformance#using-well-known: the CapabilityStatement, as earlier versions had it")
struct SMARTSecurityTests {
    private static let urls: ServerURLs = {
        guard let base = FHIRBase("https://h.example/fhir") else { preconditionFailure("the fixture is broken") }
        return ServerURLs(fhirBase: base, authBase: "https://h.example")
    }()
    private static let security = SMARTSecurity(urls, features: features(registration: true))

    private static func features(registration: Bool) -> ServerFeatures {
        ServerFeatures(
            registration: registration, grantTypes: [], authenticationMethods: [], confidentialMethods: [],
            assertionAlgorithms: [], prompts: [], capabilities: [])
    }

    private static let block = String(decoding: security.json, as: UTF8.self)

    private func described(_ statement: String) -> String? {
        Self.security.described(in: Array(statement.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("each endpoint stands under the name of its extension, registration where it is on")
    func block() throws {
        for registration in [true, false] {
            let security = SMARTSecurity(Self.urls, features: Self.features(registration: registration))
            let root = try JSONDocument(security.json).root
            let coding = try #require(
                root["service"]?.elements.first { _ in true }?["coding"]?.elements.first { _ in true })
            #expect(coding["system"]?.string == "http://terminology.hl7.org/CodeSystem/restful-security-service")
            #expect(coding["code"]?.string == "SMART-on-FHIR")
            let uris = try #require(root["extension"]?.elements.first { _ in true })
            #expect(uris["url"]?.string == "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris")
            let found = try #require(uris["extension"]).elements.map {
                "\($0["url"]?.string ?? "") \($0["valueUri"]?.string ?? "")"
            }
            #expect(
                found == [
                    "authorize https://h.example/oauth2/authorize", "token https://h.example/oauth2/token",
                    "introspect https://h.example/oauth2/introspect", "revoke https://h.example/oauth2/revoke",
                    "manage https://h.example/portal/apps",
                ] + (registration ? ["register https://h.example/oauth2/register"] : []))
        }
    }

    @Test(
        "it is put into every entry for servers, and every other byte stays",
        arguments: [
            (
                #"{ "resourceType" : "CapabilityStatement", "rest" : [ { "mode" : "server", "x" : 1.50 } ] , "z":0 }"#,
                #"{ "resourceType" : "CapabilityStatement", "rest" : [ { "mode" : "server", "x" : 1.50 ,"security":@} ] , "z":0 }"#
            ),
            (
                #"{"resourceType":"CapabilityStatement","rest":[{"security":{"cors":false,"service":[{}]},"mode":"server"}]}"#,
                #"{"resourceType":"CapabilityStatement","rest":[{"security":@,"mode":"server"}]}"#
            ),
            (
                #"{"rest":[{"mode":"client","security":{}},{"mode":"server","security":null},{"mode":"server"}],"resourceType":"CapabilityStatement"}"#,
                #"{"rest":[{"mode":"client","security":{}},{"mode":"server","security":@},{"mode":"server","security":@}],"resourceType":"CapabilityStatement"}"#
            ),
            (
                #"{"resourceType":"CapabilityStatement","rest":[]}"#,
                #"{"resourceType":"CapabilityStatement","rest":[{"mode":"server","security":@}]}"#
            ),
            (
                #"{"resourceType":"CapabilityStatement","rest":[{"mode":"client"}]}"#,
                #"{"resourceType":"CapabilityStatement","rest":[{"mode":"client"},{"mode":"server","security":@}]}"#
            ),
            (
                #"{"resourceType":"CapabilityStatement"}"#,
                #"{"resourceType":"CapabilityStatement","rest":[{"mode":"server","security":@}]}"#
            ),
            (
                "\n{\"resourceType\":\"CapabilityStatement\",\"name\":\"\\u0041\u{E9}\"\n}\n",
                "\n{\"resourceType\":\"CapabilityStatement\",\"name\":\"\\u0041\u{E9}\"\n,\"rest\":[{\"mode\":\"server\",\"security\":@}]}\n"
            ),
        ])
    func statements(before: String, after: String) throws {
        let expected = after.replacing("@", with: Self.block)
        let found = try #require(described(before))
        #expect(found == expected)
        _ = try JSONDocument(Array(found.utf8))
        // Said twice it is the same.
        #expect(described(found) == found)
    }

    @Test(
        "what is no CapabilityStatement is left alone",
        arguments: [
            "", "[]", "{}", "not JSON", "<CapabilityStatement/>", #"{"resourceType":"OperationOutcome"}"#,
            #"{"resourceType":"CapabilityStatement","rest":{}}"#, #"{"resourceType":"CapabilityStatement","rest":"x"}"#,
            #"{"resourceType":"CapabilityStatement","rest":null}"#, #"{"resourceType":["CapabilityStatement"]}"#,
            #"{"resourceType":"CapabilityStatement","#,
        ])
    func others(_ text: String) {
        #expect(described(text) == nil)
    }
}
