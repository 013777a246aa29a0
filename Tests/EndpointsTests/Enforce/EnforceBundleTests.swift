import HTTP
import HTTPClient
import JSON
import Testing

@Suite("Rows B1 and B2: batches and transactions are carried out and looked at")
struct EnforceBundleTests {
    private static let own =
        #"{"resourceType":"Observation","id":"o","meta":{"versionId":"3"},"subject":{"reference":"Patient/kermit"},"value":1.10}"#
    private static let json = [("Content-Type", "application/fhir+json")]

    private func bundle(_ type: String, _ entries: String...) -> String {
        #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries.joined(separator: ","))]}"#
    }

    private func entry(_ method: String, _ url: String, _ resource: String? = nil) -> String {
        let body = resource.map { #""resource":\#($0),"# } ?? ""
        return #"{\#(body)"request":{"method":"\#(method)","url":"\#(url)"}}"#
    }

    private func send(
        _ bundle: String, _ server: LyingServer, writer: LyingServer?, _ fields: [(String, String)] = []
    ) throws -> Response {
        var site = Site(server, scopes: "patient/*.cruds")
        site.writer = writer
        return try site.answer(.post, "/fhir", Self.json + fields, body: bundle)
    }

    private func entries(_ response: Response) throws -> [JSONValue] {
        try JSONDocument(response.body).root["entry"].map { Array($0.elements) } ?? []
    }

    // FHIR R4 http#trules
    @Test("changes come before reads, and every answer stands where its request stood")
    func batch() throws {
        let server = LyingServer(Self.own, [("ETag", #"W/"3""#)])
        let writer = LyingServer("", status: 204)
        let response = try send(
            bundle(
                "batch", entry("GET", "Observation/o"), entry("GET", "Patient/eboni"), entry("DELETE", "Observation/o")),
            server, writer: writer)
        #expect(response.status == 200)
        let answers = try entries(response)
        #expect(answers.map { $0["response"]?["status"]?.string } == ["200", "404", "204"])
        #expect(answers[0]["resource"].map { Array($0.bytes) } == Array(Self.own.utf8))
        #expect(answers[0]["response"]?["etag"]?.string == #"W/"3""#)
        #expect(answers[1]["response"]?["outcome"]?["resourceType"]?.equals("OperationOutcome") == true)
        #expect(writer.requests.map(\.method) == ["DELETE"] && writer.fields[0]["If-Match"] == #"W/"3""#)
        #expect(server.targets == ["/Observation/o", "/Observation/o"])
    }

    @Test("what is created goes out as it was sent, and comes back under the public base")
    func creates() throws {
        let writer = LyingServer(
            Self.own, status: 201, [("Location", "http://10.0.0.5/hapi/Observation/o/_history/1"), ("ETag", #"W/"1""#)])
        let response = try send(
            bundle("batch", entry("POST", "Observation", Self.own)), LyingServer("{}"), writer: writer)
        let answer = try #require(try entries(response).first)
        #expect(answer["response"]?["location"]?.string == "https://ehr.example.org/fhir/Observation/o/_history/1")
        #expect(answer["response"]?["status"]?.string == "201")
        #expect(writer.requests.first?.body == Array(Self.own.utf8) && writer.targets == ["/Observation"])
        let lost = try send(
            bundle("batch", entry("POST", "Observation", Self.own)), LyingServer("{}"),
            writer: LyingServer("<html>eboni</html>", status: 500))
        #expect(try entries(lost)[0]["response"]?["status"]?.string == "502" && !lost.text.contains("eboni"))
    }

    @Test("a site that opened no way for changes has none, and reads go on")
    func noWriter() throws {
        let response = try send(
            bundle("batch", entry("GET", "Observation/o"), entry("DELETE", "Observation/o")), LyingServer(Self.own),
            writer: nil)
        #expect(try entries(response).map { $0["response"]?["status"]?.string } == ["200", "403"])
        let transaction = bundle("transaction", entry("POST", "Observation", Self.own))
        #expect(try send(transaction, LyingServer(Self.own), writer: nil).status == 403)
    }

    private static let search =
        #"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":\#(own)},{"resource":{"resourceType":"Observation","id":"b","subject":{"reference":"Patient/eboni"}}}]}"#

    // FHIR R4 http#transaction-response
    @Test("a transaction goes out once, as it was decided on, and its answer is looked at entry by entry")
    func transaction() throws {
        let answer = #"""
            {"resourceType":"Bundle","type":"transaction-response","entry":[
            {"response":{"status":"200 OK","location":"http://10.0.0.5/hapi/Observation/o/_history/4"}},
            {"resource":\#(Self.search),"response":{"status":"200 OK"}},
            {"resource":{"resourceType":"Patient","id":"kermit"},"response":{"status":"200 OK"}},
            {"resource":\#(Self.own.replacing("kermit", with: "eboni")),"response":{"status":"200 OK"}}]}
            """#
        let writer = LyingServer(answer)
        let response = try send(
            bundle(
                "transaction", entry("PUT", "Observation/o", Self.own), entry("GET", "Observation?code=x&_format=json"),
                entry("GET", "Patient/kermit"), entry("GET", "Observation/o")),
            LyingServer(
                [Self.own, #"{"resourceType":"Patient","id":"kermit"}"#, Self.own].map { .success(.fhir($0)) }),
            writer: writer, [("Prefer", "return=representation")])
        #expect(response.status == 200 && !response.text.contains("eboni") && !response.text.contains("10.0.0.5"))
        let answers = try entries(response)
        #expect(answers[0]["response"]?["location"]?.string == "https://ehr.example.org/fhir/Observation/o/_history/4")
        #expect(answers[1]["resource"]?["entry"]?.count == 1)
        #expect(answers[3]["response"]?["status"]?.string == "404" && answers[3]["resource"] == nil)
        let sent = try #require(writer.requests.first)
        #expect(sent.method == "POST" && sent.target == "/" && writer.requests.count == 1)
        #expect(writer.fields[0]["Prefer"] == "return=representation")
        #expect(
            sent.body.map { String(decoding: $0, as: UTF8.self) }
                == #"{"resourceType":"Bundle","type":"transaction","entry":["#
                + #"{"resource":\#(Self.own),"request":{"method":"PUT","url":"Observation/o","ifMatch":"W/\"3\""}},"#
                + #"{"request":{"method":"GET","url":"Observation?code=x&patient=Patient%2Fkermit"}},"#
                + #"{"request":{"method":"GET","url":"Patient/kermit"}},"#
                + #"{"request":{"method":"GET","url":"Observation/o"}}]}"#)
    }

    @Test(
        "an answer that is no answer to it is not passed on",
        arguments: [
            (#"{"resourceType":"Bundle","type":"transaction-response","entry":[]}"#, 200, 502),
            (#"{"resourceType":"Bundle","type":"batch-response","entry":[{}]}"#, 200, 502), ("<html/>", 200, 502),
            (#"{"resourceType":"OperationOutcome","issue":[{"diagnostics":"eboni"}]}"#, 422, 422),
            (#"{"resourceType":"OperationOutcome","issue":[{"diagnostics":"eboni"}]}"#, 409, 409), ("eboni", 500, 503),
        ])
    func lies(_ body: String, _ status: Int, _ expected: Int) throws {
        let response = try send(
            bundle("transaction", entry("POST", "Observation", Self.own)), LyingServer("{}"),
            writer: LyingServer(body, status: status))
        #expect(response.status == expected && !response.text.contains("eboni"))
        #expect(response.issue != nil)
    }

    @Test("a batch whose answers become too long is not gone on with")
    func tooLong() throws {
        let large = Self.own.replacing(#""value":1.10"#, with: #""note":"\#(String(repeating: "x", count: 9 << 20))""#)
        let reads = Array(repeating: entry("GET", "Observation/o"), count: 5).joined(separator: ",")
        let response = try send(bundle("batch", reads), LyingServer(large), writer: nil)
        #expect(try entries(response).map { $0["response"]?["status"]?.string } == ["200", "200", "413", "413", "413"])
    }

    @Test("a read of what is hidden and of what is absent refuse the whole in the same way")
    func hiddenRead() throws {
        for server in [LyingServer(Self.own.replacing("kermit", with: "eboni")), LyingServer("{}", status: 404)] {
            let writer = LyingServer("{}")
            let response = try send(bundle("transaction", entry("GET", "Observation/o")), server, writer: writer)
            #expect(response.status == 404 && response.issue == "not-found" && writer.targets.isEmpty)
        }
    }

    @Test("when what is to be changed is hidden, nothing is sent")
    func hidden() throws {
        let writer = LyingServer("{}")
        let response = try send(
            bundle("transaction", entry("DELETE", "Observation/o")),
            LyingServer(Self.own.replacing("kermit", with: "eboni")),
            writer: writer)
        #expect(response.status == 404 && writer.targets.isEmpty)
    }
}
