import Foundation
import HTTPClient
import OAuth
import Testing

@testable import ClientKeys

/// A client's host on loopback: each connection gets the bytes that the test sends, on a thread of its own.
private final class JWKSHost: Sendable {
    let port: UInt16

    init(_ answer: @escaping @Sendable (_ send: (String) -> Bool) -> Void) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, size)
                _ = getsockname(listener, $0, &size)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        listen(listener, 64)
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread {
                    defer { close(connection) }
                    var buffer = [UInt8](repeating: 0, count: 8192)
                    guard recv(connection, &buffer, buffer.count, 0) > 0 else { return }
                    answer { text in send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count }
                }
            }
        }
    }

    convenience init(_ body: String, status: String = "200 OK", fields: String = "") {
        self.init { send in
            _ = send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
        }
    }

    var uri: RegisteredKeys { .uri("http://127.0.0.1:\(port)/jwks") }
}

@Suite("A client's host that is slow, huge, lying or dead")
struct LyingHostTests {
    private func cache(milliseconds: Int = 2_000) -> ClientKeyCache {
        var policy = FetchPolicy()
        policy.allowsLoopback = true
        policy.totalMilliseconds = milliseconds
        return ClientKeyCache(workers: 48, policy: policy, wall: { Instant(time(nil)) })
    }

    private let set = String(decoding: Keys.set(0), as: UTF8.self)

    @Test("an honest one")
    func honest() throws {
        let host = JWKSHost(set, fields: "Content-Type: application/json\r\nCache-Control: max-age=60\r\n")
        let cache = cache()
        let keys = try cache.keys(host.uri)
        #expect(keys.set.keys.map(\.kid) == ["0"])
        #expect(try cache.keys(host.uri) === keys)
    }

    @Test("what it does is bounded, and said to the developer")
    func lies() throws {
        let cases: [(JWKSHost, String)] = [
            (JWKSHost("<html>Sign in</html>", fields: "Content-Type: text/html\r\n"), "which comes as text/html"),
            (JWKSHost(String(set.dropLast(20))), "the text ends early"),
            (JWKSHost { _ = $0("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{") }, "ended early"),
            (JWKSHost(set, status: "404 Not Found"), "status 404"),
            (JWKSHost(String(repeating: " ", count: 300_000) + set), "too large"),
            (
                JWKSHost { send in
                    _ = send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    let chunk = "1000\r\n\(String(repeating: " ", count: 4096))\r\n"
                    while send(chunk) {}
                }, "too large"
            ),
            (JWKSHost(set, fields: "Content-Encoding: gzip\r\n"), "compressed"),
            (
                JWKSHost("", status: "302 Found", fields: "Location: https://169.254.169.254/latest\r\n"),
                "no public address, and the administrator has not listed it, after a redirect"
            ),
            (JWKSHost("", status: "302 Found", fields: "Location: /jwks\r\n"), "redirects too often"),
            (JWKSHost(String(repeating: "[", count: 100_000)), "nesting beyond the limit"),
        ]
        for (host, expected) in cases {
            let error = try refusal { try cache().keys(host.uri) }
            #expect(error.description.contains(expected))
        }
    }

    @Test("one that is slow costs the time limit")
    func slow() throws {
        let host = JWKSHost { send in
            _ = send("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            while send(" ") { usleep(20_000) }
        }
        let error = try refusal { try cache(milliseconds: 300).keys(host.uri) }
        #expect(error.description.contains("did not answer in time"))
    }

    @Test("one that is dead, and one that must not be asked")
    func dead() throws {
        #expect(
            try refusal { try cache().keys(.uri("http://127.0.0.1:1/")) }.description.contains("accepts no connection"))
        let strict = ClientKeyCache(workers: 48, policy: FetchPolicy(), wall: { Instant(time(nil)) })
        #expect(try refusal { try strict.keys(.uri("http://127.0.0.1:1/")) }.description.contains("not https"))
        #expect(try refusal { try strict.keys(.uri("https://localhost:1/")) }.description.contains("no public address"))
    }
}
