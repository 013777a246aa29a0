import Foundation
import HTTPClient
import Testing

@Suite("GETs from foreign hosts")
struct FetcherTests {
    private func fetcher(
        bodyBytes: Int = 10_000, milliseconds: Int = 3_000, redirects: Int = 3,
        _ change: (inout FetchPolicy) -> Void = { _ in }
    ) -> Fetcher {
        var policy = FetchPolicy()
        policy.bodyBytes = bodyBytes
        policy.totalMilliseconds = milliseconds
        policy.redirects = redirects
        policy.allowsLoopback = true
        change(&policy)
        return Fetcher(policy)
    }

    private func refusal(_ fetcher: Fetcher, _ url: String) -> FetchError? {
        do throws(FetchError) {
            _ = try fetcher.get(url)
            return nil
        } catch {
            return error
        }
    }

    @Test("an answer comes with status, fields and body")
    func answer() throws {
        let host = ForeignHost(
            ForeignHost.answer(
                "{}", status: "404 Not Found",
                fields: "Cache-Control: max-age=60\r\nAge: 5\r\nDate: x\r\nExpires: y\r\ncache-control: private\r\n"))
        let answer = try fetcher().get(host.url, fields: [("Accept", "application/json"), ("If-None-Match", "\"a\"")])
        #expect(answer.status == 404 && answer.body == Array("{}".utf8))
        #expect(answer.values(of: "Cache-Control") == ["max-age=60", "private"])
        #expect(answer.value(of: "age") == "5" && answer.value(of: "date") == "x" && answer.value(of: "EXPIRES") == "y")
        let request = try #require(host.requests.first)
        #expect(request.hasPrefix("GET /jwks HTTP/1.1\r\n"))
        #expect(request.contains("Accept: application/json\r\n") && request.contains("If-None-Match: \"a\"\r\n"))
        #expect(!request.contains("Accept-Encoding"))
    }

    @Test("what is sent is sent whole, once, and follows no redirect")
    func post() throws {
        let elsewhere = ForeignHost(ForeignHost.answer("end"))
        for (status, code) in [("204 No Content", 204), ("307 Temporary Redirect", 307), ("302 Found", 302)] {
            let host = ForeignHost(
                ForeignHost.answer("", status: status, fields: "Location: \(elsewhere.url)\r\n"))
            let answer = try fetcher().post(host.url, fields: [("content-type", "text/x")], body: Array("a=b".utf8))
            #expect(answer.status == code && host.requests.count == 1)
            let request = try #require(host.requests.first)
            #expect(request.hasPrefix("POST /jwks HTTP/1.1\r\n") && request.contains("Content-Length: 3\r\n"))
            #expect(request.contains("content-type: text/x\r\n") && !request.contains("Expect"))
        }
        #expect(elsewhere.requests.isEmpty)
        let inside = fetcher { $0.allowsLoopback = false }
        #expect(throws: FetchError(.notHTTPS)) { try inside.post(elsewhere.url, body: []) }
        #expect(throws: FetchError(.refusedAddress)) { try inside.post("https://127.0.0.1/", body: []) }
        #expect(throws: FetchError(.timedOut)) {
            try fetcher(milliseconds: 300).post(ForeignHost { _ in sleep(20) }.url, body: [1])
        }
    }

    @Test("a field that would not stay on its line is not sent")
    func fields() throws {
        let host = ForeignHost(ForeignHost.answer("{}"))
        #expect(throws: FetchError(.malformedURL)) { try fetcher().get(host.url, fields: [("A", "b\r\nC: d")]) }
        #expect(host.requests.isEmpty)
    }

    @Test("a body over the limit is not kept: announced, silent, without end, or a bomb")
    func tooLarge() throws {
        let large = String(repeating: "x", count: 10_001)
        let chunk = "1000\r\n\(String(repeating: "x", count: 4096))\r\n"
        let bomb = try Self.bomb()
        let hosts = [
            ForeignHost(ForeignHost.answer(large)),
            ForeignHost("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\(large)"),
            ForeignHost { visitor in
                visitor.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                while visitor.send(chunk) {}
            },
            ForeignHost { visitor in
                visitor.send("HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
                visitor.send("\(String(bomb.count, radix: 16))\r\n")
                visitor.send(bomb)
                visitor.send("\r\n0\r\n\r\n")
            },
            // As many fields as one likes, in the head or after the body.
            ForeignHost { visitor in
                visitor.send("HTTP/1.1 200 OK\r\n")
                while visitor.send("X-A: \(large)\r\n") {}
            },
            ForeignHost { visitor in
                visitor.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
                while visitor.send("X-A: \(large.prefix(1_000))\r\n") {}
            },
            ForeignHost { visitor in while visitor.send("HTTP/1.1 103 Early Hints\r\nX-A: \(large)\r\n\r\n") {} },
        ]
        for (index, host) in hosts.enumerated() {
            #expect(refusal(fetcher(), host.url) == FetchError(.tooLarge), "host \(index)")
        }
        #expect(try fetcher(bodyBytes: 10_001).get(hosts[0].url).body.count == 10_001)
    }

    @Test("what is compressed is refused, though it be small", arguments: ["gzip", "br", "deflate, gzip"])
    func compressed(_ encoding: String) throws {
        let body = try Self.bomb()
        let host = ForeignHost { visitor in
            visitor.send(
                "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\nContent-Encoding: \(encoding)\r\n\r\n")
            visitor.send(body)
        }
        #expect(refusal(fetcher(), host.url) == FetchError(.compressed))
        let plain = ForeignHost(ForeignHost.answer("{}", fields: "Content-Encoding: identity\r\n"))
        #expect(try fetcher().get(plain.url).body.count == 2)
    }

    @Test("a host that is slow costs the time limit and no more, whatever it does meanwhile")
    func slow() throws {
        let hosts = [
            // Silent, dripping its body, dripping its head, and sending us round.
            ForeignHost { _ in sleep(20) },
            ForeignHost { visitor in
                visitor.send("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
                while visitor.send("x") { usleep(50_000) }
            },
            ForeignHost { visitor in
                visitor.send("HTTP/1.1 200 OK\r\nX-A: ")
                while visitor.send("x") { usleep(50_000) }
            },
            ForeignHost { visitor in
                usleep(250_000)
                visitor.send(ForeignHost.answer("", status: "302 Found", fields: "Location: /again\r\n"))
            },
        ]
        for host in hosts {
            let start = ContinuousClock.now
            let error = refusal(fetcher(milliseconds: 400, redirects: 100), host.url)
            #expect(error?.reason == .timedOut)
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test("redirects are followed so far and no further")
    func redirects() throws {
        let end = ForeignHost(ForeignHost.answer("end"))
        let host = ForeignHost { [url = end.url] visitor in
            let path = visitor.request.split(separator: " ")[1]
            let left = Int(path.dropFirst()) ?? 0
            let (status, location) =
                switch left {
                case 0: ("307 Temporary Redirect", url)
                case 1: ("301 Moved Permanently", "/0")
                case 2: ("308 Permanent Redirect", "1")
                default: ("302 Found", "//\(url.dropFirst(7).prefix { $0 != "/" })/\(left - 1)")
                }
            visitor.send(ForeignHost.answer("", status: status, fields: "Location: \(location)\r\n"))
        }
        let base = "http://127.0.0.1:\(host.port)"
        let answer = try fetcher().get("\(base)/2")
        #expect(answer.status == 200 && answer.body == Array("end".utf8))
        #expect(answer.redirects.map(\.status) == [308, 301, 307])
        #expect(answer.redirects.last?.value(of: "location") == end.url)
        #expect(refusal(fetcher(redirects: 2), "\(base)/2") == FetchError(.redirectedTooOften))
        #expect(refusal(fetcher(redirects: 0), "\(base)/0") == FetchError(.redirectedTooOften))
        #expect(host.requests.count == 3 + 3 + 1)
        let loop = ForeignHost(ForeignHost.answer("", status: "302 Found", fields: "Location: /jwks\r\n"))
        #expect(refusal(fetcher(), loop.url) == FetchError(.redirectedTooOften))
        #expect(loop.requests.count == 4)
    }

    // RFC 9110 §13.1.2
    @Test("an ETag is shown to the URL that is asked for, and to none that it points on to")
    func conditional() throws {
        let end = ForeignHost(ForeignHost.answer("end"))
        let host = ForeignHost(ForeignHost.answer("", status: "302 Found", fields: "Location: \(end.url)\r\n"))
        _ = try fetcher().get(host.url, fields: [("Accept", "application/json"), ("If-None-Match", "\"a\"")])
        #expect(host.requests.first?.contains("If-None-Match: \"a\"\r\n") == true)
        let second = try #require(end.requests.first)
        #expect(second.contains("Accept: application/json\r\n") && !second.contains("If-None-Match"))
    }

    @Test("a redirect without a place to go is an answer")
    func noPlace() throws {
        for status in ["302 Found", "300 Multiple Choices", "304 Not Modified"] {
            let host = ForeignHost("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
            #expect(try fetcher().get(host.url).status == Int(status.prefix(3)))
        }
    }

    @Test(
        "each redirect is judged like the first URL",
        arguments: [
            ("http://10.0.0.1/", .notHTTPS), ("https://10.0.0.1/", .refusedAddress),
            ("https://169.254.169.254/latest/meta-data", .refusedAddress), ("http://app.example/", .notHTTPS),
            ("file:///etc/passwd", .malformedURL), ("gopher://127.0.0.1/", .notHTTPS),
            ("https://a@b.example/", .malformedURL),
        ] as [(String, FetchError.Reason)])
    func redirected(_ location: String, _ reason: FetchError.Reason) {
        let host = ForeignHost(ForeignHost.answer("", status: "302 Found", fields: "Location: \(location)\r\n"))
        #expect(refusal(fetcher(), host.url) == FetchError(reason, isRedirected: true))
    }

    @Test("a name is judged by the address it has when it is connected to")
    func names() throws {
        let host = ForeignHost(ForeignHost.answer("{}"))
        let url = "localhost:\(host.port)/"
        #expect(try fetcher().get("http://\(url)").status == 200)
        #expect(refusal(fetcher { $0.allowsLoopback = false }, "https://\(url)") == FetchError(.refusedAddress))
        let listed = try AllowedHosts(["localhost"])
        let error = refusal(
            fetcher(milliseconds: 300) {
                $0.allowsLoopback = false
                $0.allowedHosts = listed
            }, "https://\(url)")
        // It does connect, and nobody there speaks TLS.
        #expect(error == FetchError(.timedOut))
        #expect(host.requests.count == 1)
    }

    @Test("a host that is not there is told from one that is not known")
    func absent() {
        #expect(refusal(fetcher(), "http://127.0.0.1:\(ForeignHost.deadPort)/") == FetchError(.unreachable))
        #expect(refusal(fetcher(), "https://nobody.invalid/") == FetchError(.unresolvable))
    }

    @Test(
        "what is cut short or no HTTP is no answer",
        arguments: ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "hello\r\n\r\n", "", "HTTP/0.9\r\n\r\n"])
    func malformed(_ bytes: String) {
        let host = ForeignHost(bytes)
        #expect(refusal(fetcher(), host.url) == FetchError(.malformedAnswer))
    }

    /// Five million bytes in about five thousand.
    private static func bomb() throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "bomb-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try ChildProcess.run(["sh", "-c", "head -c 5000000 /dev/zero | gzip -9 -n >\(path)"])
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
