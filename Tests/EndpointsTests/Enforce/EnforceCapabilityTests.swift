import HTTPClient
import Testing

@Suite("What the FHIR server can do is asked before a search of a patient")
struct EnforceCapabilityTests {
    private static let observation = #"{"resourceType":"Bundle","type":"searchset"}"#

    private static func statement(_ parameter: String) -> InboundAnswer {
        .fhir(
            #"{"resourceType":"CapabilityStatement","rest":[{"mode":"server","resource":[{"type":"Observation","searchParam":[{"name":"\#(parameter)"}]}]}]}"#
        )
    }

    private func site(_ answers: Result<InboundAnswer, HTTPClientError>...) -> Site {
        var site = Site(LyingServer(answers))
        site.capabilities = nil
        return site
    }

    @Test("a server that cannot search by patient is not searched")
    func asked() throws {
        let able = site(.success(Self.statement("patient")), .success(.fhir(Self.observation)))
        #expect(try able.answer(.get, "/fhir/Observation").status == 200)
        #expect(able.server.targets == ["/metadata", "/Observation?patient=Patient%2Fkermit"])
        let unable = site(.success(Self.statement("code")))
        let refused = try unable.answer(.get, "/fhir/Observation")
        #expect(refused.status == 403 && refused.issue == "not-supported")
        #expect(unable.server.targets == ["/metadata"])
    }

    @Test("a server that does not say is asked nothing else")
    func silent() throws {
        #expect(try site(.failure(.timedOut)).answer(.get, "/fhir/Observation").status == 503)
        #expect(try site(.success(.fhir("{}", status: 500))).answer(.get, "/fhir/Observation").status == 503)
        #expect(try site(.success(.fhir("<html/>"))).answer(.get, "/fhir/Observation").status == 502)
        #expect(try site(.failure(.timedOut)).answer(.get, "/fhir/Observation", token: "system").status == 200)
    }
}
