import HTTP
import HTTPClient
import Testing

@Suite("Row R1: a read is fetched, then checked")
struct EnforceReadTests {
    static let own =
        #"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/kermit"},"valueQuantity":{"value":1.10}}"#

    private func answer(
        _ server: LyingServer, _ target: String = "Observation/o", _ fields: [(String, String)] = [],
        scopes: String = "patient/*.rs"
    ) throws -> Response {
        try Site(server, scopes: scopes).answer(.get, "/fhir/\(target)", fields)
    }

    @Test("what is visible comes as it is")
    func visible() throws {
        let server = LyingServer(Self.own, [("ETag", #"W/"3""#), ("Last-Modified", "Sun, 22 Nov 2026 00:00:00 GMT")])
        let response = try answer(server, "%4Fbservation/o?_format=json&_summary=true")
        #expect(response.status == 200)
        #expect(response.text == Self.own)
        #expect(response.value(of: "ETag") == #"W/"3""#)
        #expect(response.value(of: "Last-Modified") == "Sun, 22 Nov 2026 00:00:00 GMT")
        #expect(server.targets == ["/Observation/o"])
        #expect(server.fields[0]["Accept"] == "application/fhir+json")
        #expect(server.fields[0]["Authorization"] == nil)
    }

    @Test("hidden, deleted and absent are the same answer")
    func hidden() throws {
        let other = Self.own.replacing("kermit", with: "eboni")
        let answers = try [
            LyingServer(other, [("ETag", "x")]), LyingServer("", status: 404), LyingServer("", status: 410),
        ].map { try answer($0) }
        for response in answers {
            #expect(response.status == 404)
            #expect(response.issue == "not-found")
            #expect(response.body == answers[0].body)
            #expect(response.fields.map(\.name) == answers[0].fields.map(\.name))
        }
    }

    @Test("another patient is not even asked for")
    func otherPatient() throws {
        let server = LyingServer("{}")
        #expect(try answer(server, "Patient/eboni").status == 404)
        #expect(server.targets.isEmpty)
    }

    @Test(
        "an answer that is not the resource asked for is never passed on",
        arguments: [
            (
                #"{"resourceType":"Observation","id":"p","subject":{"reference":"Patient/kermit"}}"#,
                "application/fhir+json"
            ),
            (#"{"resourceType":"Practitioner","id":"o"}"#, "application/fhir+json"),
            (#"{"resourceType":"OperationOutcome","id":"o","issue":[]}"#, "application/fhir+json"),
            ("<html>Patient/eboni</html>", "text/html"), ("<Observation/>", "application/fhir+xml"),
            (own, "text/html"), (own, ""), (String(own.dropLast()), "application/fhir+json"),
            ("", "application/fhir+json"),
            ("[\(own)]", "application/fhir+json"), (own + own, "application/fhir+json"),
            (
                #"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/eboni"},"subject":{"reference":"Patient/kermit"}}"#,
                "application/json"
            ),
        ])
    func lies(_ body: String, _ type: String) throws {
        let response = try answer(LyingServer(body, [("Content-Type", type), ("X-Accel-Redirect", "/secret")]))
        #expect(response.status == 502)
        #expect(response.issue == "transient")
        #expect(response.value(of: "X-Accel-Redirect") == nil)
        #expect(!response.text.contains("eboni"))
    }

    @Test("what a server with rules of its own refuses is as absent as anything", arguments: [401, 403, 410])
    func refused(_ status: Int) throws {
        #expect(try answer(LyingServer("{}", status: status)).status == 404)
    }

    @Test(
        "a status we did not ask for is trouble",
        arguments: [
            (301, 502), (302, 502), (304, 502), (206, 502), (500, 503), (502, 503), (503, 503),
            (429, 503),
        ])
    func status(_ status: Int, _ expected: Int) throws {
        let response = try answer(LyingServer(Self.own, status: status, [("Location", "http://10.0.0.5/secret")]))
        #expect(response.status == expected)
        #expect(response.issue == "transient")
        #expect(response.value(of: "Location") == nil)
    }

    @Test(
        "a server that does not answer in time or in measure is trouble",
        arguments: [
            (HTTPClientError.unreachable, 503), (.timedOut, 503), (.unavailable, 503), (.tooLarge, 502),
            (.malformedAnswer, 502), (.malformedRequest, 502),
        ])
    func silence(_ error: HTTPClientError, _ expected: Int) throws {
        #expect(try answer(LyingServer([.failure(error)])).status == expected)
    }

    @Test("no field of the server's reaches the client but the version's")
    func fields() throws {
        let server = LyingServer(
            Self.own,
            [
                ("X-Accel-Redirect", "/secret"), ("Set-Cookie", "a=b"), ("Server", "hapi"), ("ETag", "W/\"1\""),
                ("Access-Control-Allow-Origin", "*"), ("X-Powered-By", "x"),
            ])
        let names = Set(try answer(server).fields.map { $0.name.lowercased() })
        #expect(
            names == [
                "content-type", "etag", "cache-control", "x-content-type-options", "content-security-policy", "vary",
            ])
    }

    // RFC 9110 §8.8.3
    @Test("If-None-Match is answered here, after the check (RFC 9110 §13.1.2)")
    func conditional() throws {
        let server = LyingServer(Self.own, [("ETag", #"W/"3""#)])
        for (tag, status) in [(#"W/"3""#, 304), (#""3""#, 304), (#""1", W/"3""#, 304), ("*", 304), (#"W/"2""#, 200)] {
            let response = try answer(server, "Observation/o", [("If-None-Match", tag)])
            #expect(response.status == status)
            #expect(response.body.isEmpty == (status == 304))
            #expect(response.value(of: "ETag") == #"W/"3""#)
        }
        #expect(server.fields.allSatisfy { $0["If-None-Match"] == nil })
        let other = LyingServer(Self.own.replacing("kermit", with: "eboni"), [("ETag", #"W/"3""#)])
        #expect(try answer(other, "Observation/o", [("If-None-Match", "*")]).status == 404)
    }

    @Test(
        "a granular scope decides about the body (SMART scopes-and-launch-context#finer-grained-resource-constraints-using-search-parameters)"
    )
    func granular() throws {
        let body = Self.own.replacing(#""id":"o""#, with: #""id":"o","status":"final""#)
        #expect(try answer(LyingServer(body), scopes: "patient/Observation.r?status=final").status == 200)
        #expect(try answer(LyingServer(body), scopes: "patient/Observation.r?status=amended").status == 404)
    }

    @Test("XML is refused before anything is asked")
    func xml() throws {
        let server = LyingServer(Self.own)
        let response = try answer(server, "Observation/o", [("Accept", "application/fhir+xml")])
        #expect(response.status == 406)
        #expect(response.issue == "not-supported")
        #expect(server.targets.isEmpty)
    }
}
