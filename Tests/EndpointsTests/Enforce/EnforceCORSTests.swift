import HTTP
import Testing

@Suite("SMART app-launch#considerations-for-cross-origin-resource-sharing-cors-support")
struct EnforceCORSTests {
    private let site = Site(LyingServer(#"{"resourceType":"Patient","id":"kermit"}"#))
    private let app = [("Origin", OneTokenStore.origin)]
    private let stranger = [("Origin", "https://evil.example")]

    private func allowed(_ response: Response) -> String? { response.value(of: "Access-Control-Allow-Origin") }

    @Test("a registered app's page may read every answer, errors too")
    func registered() throws {
        for (target, token) in [
            ("Patient/kermit", "good"), ("Patient/kermit", "x"), ("Patient/kermit", "narrow"), ("Patient/x", "good"),
            ("..", "good"),
        ] {
            let response = try site.answer(.get, "/fhir/\(target)", token: token, app)
            #expect(allowed(response) == OneTokenStore.origin)
            #expect(response.value(of: "Access-Control-Allow-Credentials") == "true")
            #expect(response.value(of: "Vary") == "Origin")
            #expect(allowed(try site.answer(.get, "/fhir/\(target)", token: token, stranger)) == nil)
            #expect(allowed(try site.answer(.get, "/fhir/\(target)", token: token, [("Origin", "null")])) == nil)
        }
    }

    @Test("a preflight needs no token")
    func preflight() throws {
        let ask = [("Access-Control-Request-Method", "PUT")]
        let response = try site.answer(.options, "/fhir/Patient/kermit", token: nil, app + ask)
        #expect(response.status == 204)
        #expect(allowed(response) == OneTokenStore.origin)
        #expect(response.value(of: "Access-Control-Allow-Methods")?.contains("PUT") == true)
        #expect(response.value(of: "Access-Control-Allow-Headers")?.contains("if-match") == true)
        #expect(allowed(try site.answer(.options, "/fhir/Patient/kermit", token: nil, stranger + ask)) == nil)
        #expect(try site.answer(.options, "/fhir/Patient/kermit", token: nil, app).status == 401)
        #expect(site.server.targets.isEmpty)
    }

    @Test("any page may read metadata")
    func metadata() throws {
        let response = try site.answer(.get, "/fhir/metadata", token: nil, stranger)
        #expect(response.value(of: "X-FHIR-CORS") == "*")
        #expect(response.value(of: "X-FHIR-CORS-Credentials") == nil)
        let ask = [("Access-Control-Request-Method", "GET")]
        #expect(allowed(try site.answer(.options, "/fhir/metadata", token: nil, stranger + ask)) == "*")
    }

    @Test("of a hand-off the web server learns what to allow")
    func handOff() throws {
        let response = try site.answer(.get, "/fhir/Patient/1", token: "system", app)
        #expect(response.value(of: "X-FHIR-CORS") == OneTokenStore.origin)
        #expect(response.value(of: "X-FHIR-CORS-Credentials") == "true")
        #expect(try site.answer(.get, "/fhir/Patient/1", token: "system", stranger).value(of: "X-FHIR-CORS") == nil)
    }
}
