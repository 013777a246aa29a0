import Foundation
import HTTPClient
import Testing

@Suite("GETs from foreign hosts, by TLS")
struct FetcherTLSTests {
    private func fetcher(_ host: SecureHost, authority: String? = nil, proxy: UInt16? = nil) throws -> Fetcher {
        var policy = FetchPolicy()
        policy.certificateAuthorities = authority ?? host.authority
        policy.proxy = proxy.map { "http://127.0.0.1:\($0)" }
        policy.allowedHosts = try AllowedHosts(["localhost"])
        return Fetcher(policy)
    }

    @Test("a certificate of the administrator's authority is trusted, for its own name")
    func trusted() throws {
        let host = try SecureHost()
        let answer = try fetcher(host).get("https://localhost:\(host.port)/")
        #expect(answer.body == Array("secure".utf8))
    }

    @Test("another name, another authority and the system's are not")
    func untrusted() throws {
        let host = try SecureHost(name: "other.example")
        let url = "https://localhost:\(host.port)/"
        #expect(throws: FetchError(.untrusted)) { try fetcher(host).get(url) }
        let stranger = try SecureHost()
        #expect(throws: FetchError(.untrusted)) { try fetcher(host, authority: stranger.authority).get(url) }
        var policy = FetchPolicy()
        policy.allowsLoopback = true
        #expect(throws: FetchError(.untrusted)) {
            try Fetcher(policy).get("https://localhost:\(stranger.port)/")
        }
    }

    @Test("a file of authorities that cannot be read is this server's trouble")
    func noAuthorities() throws {
        let host = try SecureHost()
        let fetcher = try fetcher(host, authority: "/nonexistent/authority.pem")
        #expect(throws: FetchError(.unavailable)) { try fetcher.get("https://localhost:\(host.port)/") }
    }

    @Test("TLS before 1.2 is refused")
    func old() throws {
        let host = try SecureHost(isOld: true)
        #expect(throws: FetchError(.handshakeFailed)) { try fetcher(host).get("https://localhost:\(host.port)/") }
    }

    @Test("a proxy of the policy is used and decides; what the environment says of proxies does not count")
    func proxy() throws {
        setenv("no_proxy", "*", 1)
        setenv("https_proxy", "http://127.0.0.1:1", 1)
        let host = try SecureHost()
        let port = UInt16(host.port)
        let proxy = ForeignHost { visitor in
            visitor.send("HTTP/1.1 200 Connection established\r\nX-Proxy: a\r\n\r\n")
            visitor.tunnel(to: port)
        }
        let url = "https://localhost:\(host.port)/"
        let answer = try fetcher(host, proxy: proxy.port).get(url)
        #expect(answer.body == Array("secure".utf8) && answer.value(of: "X-Proxy") == nil)
        #expect(proxy.requests.map { $0.hasPrefix("CONNECT localhost:\(host.port) HTTP/1.1\r\n") } == [true])
        #expect(try fetcher(host).get(url).status == 200)
        #expect(proxy.requests.count == 1)
        let unwilling = ForeignHost("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        for port in [unwilling.port, ForeignHost.deadPort] {
            #expect(throws: FetchError(.proxyFailed)) { try fetcher(host, proxy: port).get(url) }
        }
    }
}
