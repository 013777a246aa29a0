import HTTP
import Testing

@testable import FastCGI

@Suite("RFC 3875 §4 The CGI Request", .serialized, .timeLimit(.minutes(1)))
struct RequestTests {
    @Test("a body reaches the endpoint whole", arguments: [1, 100, 8192, 20_000, 65_536])
    func body(length: Int) throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            let outcome = client.exchange(Records.request("POST", "/b", body: Array(repeating: 7, count: length)))
            guard case .answer(let answer) = outcome else {
                Issue.record("no answer")
                return
            }
            #expect(answer.body.hasPrefix("test POST /b? \(length) "))
        }
        #expect(server.stop())
    }

    // FastCGI §3.3, §5.3
    @Test("padding and small records change nothing")
    func padding() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            let pairs = Records.pairs(Records.parameters("POST", "/padded", length: 300))
            let request =
                Records.begin() + Records.stream(4, pairs, size: 7, padding: 5)
                + Records.stream(5, Array(repeating: 1, count: 300), size: 11, padding: 3)
            for _ in 0..<3 {
                guard case .answer(let answer) = client.exchange(request) else {
                    Issue.record("no answer")
                    return
                }
                #expect(answer.body.hasPrefix("test POST /padded? 300 "))
            }
        }
        #expect(server.stop())
    }

    @Test(
        "a request that nobody should answer gets its refusal, and the connection stays good",
        arguments: [
            ([("HTTP_COOKIE", "a=1"), ("HTTP_COOKIE", "a=2")], 400), ([("REQUEST_METHOD", "POST")], 400),
            ([("CONTENT_LENGTH", "")], 400),
        ])
    func duplicates(parameters: [(String, String)], status: Int) throws {
        try expect(Records.request("GET", "/", adding: parameters), status)
    }

    @Test(
        "only the origin form is an address (RFC 9112 §3.2.1)",
        arguments: ["http://host/", "*", "", "oauth2/token", "/a b", "/a#b", "/a?b\u{1}", "/\u{7F}", "/a\nb"])
    func addresses(uri: String) throws {
        try expect(Records.request("GET", uri), 400)
    }

    // RFC 3875 §4.1.2
    @Test(
        "a length is digits and nothing else", arguments: ["-1", "+1", " 1", "1 ", "0x1", "1,1", "9999999999999999999"])
    func lengths(text: String) throws {
        let pairs = Records.pairs([("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", text)])
        try expect(Records.begin() + Records.stream(4, pairs) + Records.stream(5, [1]), 400)
    }

    @Test("a body over the limit is read, and refused with 413")
    func tooLong() throws {
        try expect(Records.request("POST", "/", body: Array(repeating: 1, count: 65_537)), 413)
        try expect(Records.request("POST", "/", body: Array(repeating: 1, count: 1_000_000)), 413)
    }

    @Test("a body longer than its length is refused")
    func surplus() throws {
        let head = Records.begin() + Records.stream(4, Records.pairs(Records.parameters("POST", "/", length: 5)))
        try expect(head + Records.stream(5, [1, 2, 3, 4, 5, 6]), 400)
    }

    @Test("65 parameters are too many")
    func count() throws {
        let many = (0..<60).map { ("X\($0)", "") }
        try expect(Records.request("GET", "/", adding: many), 431)
    }

    @Test("parameters that no program reads are not looked at")
    func unread() throws {
        let unread = [
            ("REMOTE_USER", "root"), ("HTTP_HOST", "evil"), ("HTTP_X_FORWARDED_FOR", "::1"), ("HTTP_PROXY", "x"),
            ("HTTP_PROXY", "y"),
        ]
        try expect(Records.request("GET", "/", adding: unread), 200)
    }

    @Test("a body shorter than its length reaches no endpoint, and nothing is written")
    func short() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            let head = Records.begin() + Records.stream(4, Records.pairs(Records.parameters("POST", "/", length: 5)))
            #expect(client.exchange(head + Records.stream(5, [1, 2])) == .closed)
            #expect(try server.isAlive())
        }
        #expect(server.stop())
        #expect(server.observed.contains { if case .abandoned = $0 { true } else { false } })
    }

    @Test("a client that leaves in the middle of its body reaches no endpoint")
    func abandoned() throws {
        let server = try TestServer()
        let request = Records.request("POST", "/", body: Array(repeating: 1, count: 5000))
        for count in [200, 1000, 4000, request.count - 8, request.count - 1] {
            let client = try server.client()
            client.send(Array(request.prefix(count)))
        }
        #expect(try server.isAlive())
        #expect(server.stop())
        #expect(server.observed.count { if case .abandoned = $0 { true } else { false } } == 5)
    }

    @Test("an endpoint that wants no body gets none, however long it is, and the next request is sound")
    func unreadBody() throws {
        let server = try TestServer({ $0.bodyLimit = 10 })
        do {
            let client = try server.client()
            for _ in 0..<3 {
                let upload = Records.request("PUT", "/upload", body: Array(repeating: 1, count: 300_000))
                guard case .answer(let answer) = client.exchange(upload) else {
                    Issue.record("no answer")
                    return
                }
                #expect(answer.body.hasPrefix("test PUT /upload? 0 "))
            }
        }
        #expect(server.stop())
    }

    private func expect(_ request: [UInt8], _ status: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            for _ in 0..<2 {
                guard case .answer(let answer) = client.exchange(request) else {
                    Issue.record("no answer", sourceLocation: sourceLocation)
                    return
                }
                #expect(answer.status == status, sourceLocation: sourceLocation)
            }
            guard case .answer(let answer) = client.exchange(Records.request()) else {
                Issue.record("no answer afterwards", sourceLocation: sourceLocation)
                return
            }
            #expect(answer.status == 200, sourceLocation: sourceLocation)
        }
        #expect(server.stop(), sourceLocation: sourceLocation)
    }
}
