import HTTP
import Testing

@Suite("RFC 6750 §3: who may come in")
struct EnforceTokenTests {
    private let site = Site(LyingServer(#"{"resourceType":"Patient","id":"kermit"}"#))

    @Test("without a token there is a challenge without an error (RFC 6750 §3.1)")
    func none() throws {
        for fields in [[], [("Authorization", "Basic YTpi")]] {
            let response = try site.answer(.get, "/fhir/Patient/kermit", token: nil, fields)
            #expect(response.status == 401)
            #expect(response.value(of: "WWW-Authenticate") == #"Bearer realm="https://ehr.example.org/fhir""#)
            #expect(response.issue == "login")
            #expect(response.text.contains("[request abcdef012345]"))
        }
    }

    // FHIR R4 valueset-issue-type
    @Test(
        "a token that is unknown, malformed, expired or another server's is invalid",
        arguments: ["unknown", "a b", "", "stale", "elsewhere", "good\tx"])
    func invalid(_ token: String) throws {
        let response = try site.answer(.get, "/fhir/Patient/kermit", token: token)
        #expect(response.status == 401)
        #expect(
            response.value(of: "WWW-Authenticate")
                == #"Bearer realm="https://ehr.example.org/fhir", error="invalid_token""#)
        #expect(response.issue == (token == "stale" ? "expired" : "login"))
        #expect(site.server.targets.isEmpty)
    }

    @Test("the scheme has no case, its separator is a space")
    func scheme() throws {
        for (field, status) in [("bearer good", 200), ("BEARER good", 200), ("Bearer\tgood", 401), ("Token good", 401)]
        {
            #expect(
                try site.answer(.get, "/fhir/Patient/kermit", token: nil, [("Authorization", field)]).status == status)
        }
    }

    // RFC 6750 §2.1
    @Test("a token in the query is refused, even beside a good one")
    func query() throws {
        let response = try site.answer(.get, "/fhir/Patient/kermit?access_token=good")
        #expect(response.status == 400)
        #expect(response.issue == "invalid")
    }

    @Test("a missing scope is named")
    func scope() throws {
        let response = try site.answer(.get, "/fhir/Patient/kermit", token: "narrow")
        #expect(response.status == 403)
        #expect(
            response.value(of: "WWW-Authenticate")
                == #"Bearer realm="https://ehr.example.org/fhir", error="insufficient_scope", scope="patient/Patient.r""#
        )
        #expect(response.issue == "forbidden")
        #expect(site.server.targets.isEmpty)
    }

    @Test("a store that cannot answer lets nobody in")
    func down() throws {
        var site = site
        site.store.isDown = true
        let response = try site.answer(.get, "/fhir/Patient/kermit")
        #expect(response.status == 503)
        #expect(response.value(of: "Retry-After") != nil)
        #expect(response.issue == "transient")
    }

    // SMART app-launch#considerations-for-cross-origin-resource-sharing-cors-support
    @Test("metadata is open")
    func metadata() throws {
        let response = try site.answer(.get, "/fhir/metadata?mode=full", token: nil)
        #expect(response.value(of: "X-Accel-Redirect") == "@fhir_upstream")
        #expect(response.value(of: "X-FHIR-Target") == "/metadata?mode=full")
    }

    @Test("every answer of ours is kept by nobody and run by nobody (threat E8)")
    func inert() throws {
        for (target, token) in [
            ("Patient/kermit", "good"), ("Patient/eboni", "good"), ("Patient", "x"), ("..", "good"),
        ] {
            let response = try site.answer(.get, "/fhir/\(target)", token: token)
            #expect(response.value(of: "Cache-Control") == "no-store")
            #expect(response.value(of: "X-Content-Type-Options") == "nosniff")
            #expect(response.value(of: "Content-Security-Policy") == "sandbox")
            #expect(response.value(of: "Content-Type")?.hasPrefix("application/fhir+json") == true)
        }
    }
}
