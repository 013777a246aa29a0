import HTTPClient
import Testing

@Suite("Bounded requests to one origin")
struct HTTPClientTests {
    private func client(_ peer: OnePeer, bodyBytes: Int = 1_000, milliseconds: Int = 2_000) throws -> HTTPClient {
        try HTTPClient(
            .unixSocket(peer.path), limits: .init(bodyBytes: bodyBytes, totalMilliseconds: milliseconds))
    }

    private func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    @Test("an answer comes back with status, fields and body, and the connection serves the next")
    func exchange() throws {
        let peer = OnePeer([
            answer("one", fields: "ETag: W/\"1\"\r\n"), answer("", status: "404 Not Found"), answer("three"),
        ])
        let client = try client(peer)
        let first = try client.get("/Patient/1?_x=a%2Fb", fields: [("Accept", "application/fhir+json")])
        #expect(first.status == 200)
        #expect(first.value(of: "etag") == "W/\"1\"")
        #expect(String(decoding: first.body, as: UTF8.self) == "one")
        #expect(try client.get("/Patient/2").status == 404)
        #expect(try client.send(OutboundRequest("POST", "/_search", body: Array("a=b END".utf8))).status == 200)
        #expect(peer.connections == 1)
        #expect(peer.requests[0].hasPrefix("GET /Patient/1?_x=a%2Fb HTTP/1.1\r\n"))
        #expect(peer.requests[0].contains("Accept: application/fhir+json\r\n"))
        #expect(peer.requests[2].hasSuffix("a=b END"))
        #expect(!peer.requests.contains { $0.contains("Accept-Encoding") || $0.contains("Expect") })
    }

    @Test("dot segments go out as they are")
    func dots() throws {
        let peer = OnePeer([answer("")])
        _ = try client(peer).get("/a/../b/./c")
        #expect(peer.requests[0].hasPrefix("GET /a/../b/./c HTTP/1.1\r\n"))
    }

    @Test("a redirect is an answer, not a journey")
    func redirect() throws {
        let peer = OnePeer([
            answer("", status: "302 Found", fields: "Location: http://localhost/other\r\n"), answer("x"),
        ])
        #expect(try client(peer).get("/").status == 302)
        #expect(peer.requests.count == 1)
    }

    @Test(
        "a request that would not stay on its line is not sent",
        arguments: ["", "x", "/a b", "/a\r\nX: y", "/é", "/a#b", "http://other/"])
    func target(_ target: String) throws {
        let peer = OnePeer([answer("")])
        #expect(throws: HTTPClientError.malformedRequest) { try client(peer).get(target) }
    }

    @Test(
        "a field that would not stay on its line is not sent", arguments: [("A", "b\r\nC: d"), ("A:", "b"), ("", "b")])
    func field(_ name: String, _ value: String) throws {
        let peer = OnePeer([answer("")])
        #expect(throws: HTTPClientError.malformedRequest) { try client(peer).get("/", fields: [(name, value)]) }
    }

    @Test("a body over the limit is not kept, announced or not")
    func tooLarge() throws {
        let body = String(repeating: "x", count: 1_001)
        let announced = OnePeer([answer(body)])
        #expect(throws: HTTPClientError.tooLarge) { try client(announced).get("/") }
        let silent = OnePeer(["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(body)"], keepsOpen: false)
        #expect(throws: HTTPClientError.tooLarge) { try client(silent).get("/") }
    }

    @Test("a field section over the limit is refused")
    func manyFields() throws {
        let line = "X-A: \(String(repeating: "a", count: 1_000))\r\n"
        let peer = OnePeer(["HTTP/1.1 200 OK\r\n\(String(repeating: line, count: 100))\r\n"], keepsOpen: false)
        #expect(throws: HTTPClientError.tooLarge) { try client(peer).get("/") }
    }

    @Test(
        "what is cut short or no HTTP is no answer",
        arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "hello\r\n\r\n", "", "HTTP/0.9\r\n\r\n"])
    func malformed(_ bytes: String) throws {
        let peer = OnePeer([bytes], keepsOpen: false)
        #expect(throws: HTTPClientError.malformedAnswer) { try client(peer).get("/") }
    }

    @Test("a peer that says nothing costs the time limit and no more")
    func silence() throws {
        let peer = OnePeer(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", nil])
        #expect(throws: HTTPClientError.timedOut) { try client(peer, milliseconds: 100).get("/") }
    }

    @Test("nobody there is unreachable")
    func unreachable() throws {
        let client = try HTTPClient(.unixSocket("/nonexistent/socket"))
        #expect(throws: HTTPClientError.unreachable) { try client.get("/") }
    }
}
