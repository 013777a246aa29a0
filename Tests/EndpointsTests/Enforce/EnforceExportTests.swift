import HTTP
import HTTPClient
import JSON
import Testing

@Suite("Rows X1 and X2: an export is begun and followed by links of ours")
struct EnforceExportTests {
    private static let async = [("Prefer", "respond-async")]

    private func begun(_ server: LyingServer) throws -> (site: Site, link: String) {
        let site = Site(server)
        let response = try site.answer(.get, "/fhir/$export", token: "system", Self.async)
        #expect(response.status == 202)
        let link = try #require(response.value(of: "Content-Location"))
        #expect(link.hasPrefix("https://ehr.example.org/fhir?_export="))
        return (site, String(link.dropFirst("https://ehr.example.org".count)))
    }

    private static let accepted = InboundAnswer(
        status: 202, fields: [("Content-Location", "http://10.0.0.5/hapi/$export-poll-status?_jobId=7")])

    private static let manifest = #"""
        {"transactionTime":"2026-11-27T00:00:00Z","request":"http://10.0.0.5/hapi/$export","requiresAccessToken":false,
        "output":[{"type":"Patient","url":"http://10.0.0.5/hapi/bulk/1/Patient.ndjson","count":2}],
        "error":[{"type":"OperationOutcome","url":"https://ehr.example.org/fhir/bulk/1/errors.ndjson"}],"extension":{"host":"10.0.0.5"}}
        """#

    @Test("the status is asked for until there is a manifest, whose files are links of ours")
    func whole() throws {
        let server = LyingServer([
            .success(Self.accepted),
            .success(InboundAnswer(status: 202, fields: [("X-Progress", "50%"), ("X-Host", "a")])),
            .success(.fhir(Self.manifest)),
        ])
        let (site, status) = try begun(server)
        let waiting = try site.answer(.get, status, token: "system")
        #expect(waiting.status == 202 && waiting.value(of: "X-Progress") == "50%" && waiting.value(of: "X-Host") == nil)
        let done = try site.answer(.get, status, token: "system")
        #expect(done.status == 200 && !done.text.contains("10.0.0.5"))
        let root = try JSONDocument(done.body).root
        #expect(
            root["requiresAccessToken"]?.bool == true
                && root["request"]?.string == "https://ehr.example.org/fhir/$export")
        let file = try #require(root["output"]?.elements.first { _ in true }?["url"]?.string)
        let handed = try site.answer(.get, String(file.dropFirst("https://ehr.example.org".count)), token: "system")
        #expect(handed.value(of: "X-FHIR-Target") == "/bulk/1/Patient.ndjson")
        #expect(server.targets == ["/$export", "/$export-poll-status?_jobId=7", "/$export-poll-status?_jobId=7"])
        #expect(server.fields[0]["Prefer"] == "respond-async")
        let cancelled = try site.answer(.delete, status, token: "system")
        #expect(cancelled.value(of: "X-FHIR-Target") == "/$export-poll-status?_jobId=7")
    }

    @Test("a link is nobody else's, and not for ever")
    func foreign() throws {
        let (site, status) = try begun(LyingServer([.success(Self.accepted), .success(.fhir(Self.manifest))]))
        #expect(try site.answer(.get, status, token: "foreign").status == 404)
        #expect(try site.answer(.get, "\(status.dropLast(2))AA", token: "system").status == 404)
        #expect(try site.answer(.get, status, token: nil).status == 401)
        #expect(try site.answer(.get, status, token: "good").status == 403)
        var later = site
        later.now += 8 * 86_400
        later.store.tokens["system"] = later.store.tokens["system"]?.living(until: later.now + 10)
        #expect(try later.answer(.get, status, token: "system").status == 404)
    }

    @Test(
        "an answer that leads elsewhere is not followed",
        arguments: ["http://evil.example/status", "", "https://ehr.example.org/fhir/../x"])
    func astray(_ location: String) throws {
        let server = LyingServer([.success(InboundAnswer(status: 202, fields: [("Content-Location", location)]))])
        #expect(try Site(server).answer(.get, "/fhir/$export", token: "system", Self.async).status == 502)
        let lie = Self.manifest.replacing("http://10.0.0.5/hapi/bulk", with: "https://evil.example/bulk")
        let (site, status) = try begun(LyingServer([.success(Self.accepted), .success(.fhir(lie))]))
        #expect(try site.answer(.get, status, token: "system").status == 502)
    }

    @Test("files of other types than those asked for are left out")
    func types() throws {
        var site = Site(
            LyingServer([
                .success(Self.accepted),
                .success(.fhir(Self.manifest.replacing(#""type":"Patient""#, with: #""type":"Condition""#))),
            ]))
        site.store.tokens["some"] = Site.token("system/Patient.rs", patient: nil)
        let begun = try site.answer(.get, "/fhir/$export", token: "some", Self.async)
        let link = try #require(begun.value(of: "Content-Location"))
        let done = try site.answer(.get, String(link.dropFirst("https://ehr.example.org".count)), token: "some")
        #expect(try JSONDocument(done.body).root["output"]?.count == 0)
    }

    @Test("a server that has no export says so", arguments: [(404, 501), (400, 400), (500, 503), (200, 502)])
    func none(_ status: Int, _ expected: Int) throws {
        let response = try Site(LyingServer("{}", status: status)).answer(
            .get, "/fhir/$export", token: "system", Self.async)
        #expect(response.status == expected && response.issue != nil)
    }
}
