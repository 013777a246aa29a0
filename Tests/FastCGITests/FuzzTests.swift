import Glibc
import Testing

@testable import FastCGI

@Suite("What no web server sends", .serialized, .timeLimit(.minutes(2)))
struct FuzzTests {
    private static let valid = Records.request(
        "POST", "/f?q=1", body: Array("grant_type=x".utf8), adding: [("HTTP_COOKIE", "__Host-s=1")])

    @Test("a request cut at every byte, then the end of the stream")
    func cut() throws {
        try send((0..<Self.valid.count).map { Array(Self.valid.prefix($0)) })
    }

    @Test("a request with a byte changed", arguments: [0x01, 0x80, 0xFF] as [UInt8])
    func flipped(mask: UInt8) throws {
        try send(
            Self.valid.indices.map { index in
                var bytes = Self.valid
                bytes[index] ^= mask
                return bytes
            })
    }

    @Test("a request with a byte lost, and one with a byte doubled")
    func shifted() throws {
        try send(Self.valid.indices.map { Array(Self.valid[..<$0] + Self.valid[($0 + 1)...]) })
        try send(Self.valid.indices.map { Array(Self.valid[...$0] + Self.valid[$0...]) })
    }

    @Test("four random bytes in a request, 300 times", arguments: [1, 2, 3])
    func random(seed: UInt64) throws {
        var generator = Generator(state: seed)
        try send(
            (0..<300).map { _ in
                var bytes = Self.valid
                for _ in 0..<4 {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
                }
                return bytes
            })
    }

    @Test("records of other requests between ours are passed over (FastCGI §3.3)")
    func interleaved() throws {
        let body = Records.record(5, id: 2, [9, 9]) + Records.record(5, [1, 2, 3]) + Records.record(5, id: 3, [])
        let pairs = Records.pairs(Records.parameters("POST", "/", length: 3))
        try send([Records.begin() + Records.stream(4, pairs) + body + Records.record(5, [])])
        try send([Records.begin() + Records.stream(4, pairs) + Records.begin(id: 2) + body + Records.record(5, [])])
    }

    @Test("an ABORT_REQUEST ends a request (FastCGI §5.4)")
    func abort() throws {
        let pairs = Records.pairs(Records.parameters("POST", "/", length: 3))
        let opening = Records.begin() + Records.stream(4, pairs)
        try send([opening + Records.record(2, []), opening + Records.record(5, [1]) + Records.record(2, [])])
    }

    /// Each on a connection of its own, half of them with the end of the stream behind; the server must live on.
    private func send(_ requests: [[UInt8]]) throws {
        let server = try TestServer { $0.receiveTimeout = .milliseconds(50) }
        for (index, bytes) in requests.enumerated() {
            let client = try server.client()
            client.send(bytes)
            if index % 2 == 0 { client.finishSending() }
            #expect(client.outcome(within: 3000) != .silent)
        }
        #expect(try server.isAlive())
        #expect(server.stop())
    }
}

/// The same numbers in every run (SplitMix64).
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
