import Testing

@testable import FastCGI

@Suite("FastCGI §5.1, §5.2 The opening of a request")
struct OpeningTests {
    private static let whole = Records.begin() + Records.stream(4, Records.pairs(Records.parameters("GET", "/")))

    private func verdict(_ bytes: [UInt8]) -> Opening.Verdict {
        var opening = Opening(limits: Limits())
        return bytes.withUnsafeBytes { opening.verdict(on: $0) }
    }

    @Test("a whole opening is complete, whatever follows it")
    func complete() {
        #expect(verdict(Self.whole) == .complete)
        #expect(verdict(Self.whole + Records.stream(5, [1, 2])) == .complete)
        #expect(verdict(Records.begin() + Records.stream(4, [])) == .complete)
    }

    @Test("cut at every byte it is incomplete")
    func cut() {
        for count in 0..<Self.whole.count {
            #expect(verdict(Array(Self.whole.prefix(count))) == .incomplete, "cut at \(count)")
        }
    }

    @Test("an ABORT_REQUEST that crossed our answer is thrown away (FastCGI §5.4)")
    func stale() {
        #expect(verdict(Records.record(2, padding: 3, []) + Self.whole) == .stale(11))
        #expect(verdict(Array(Records.record(2, padding: 3, []).prefix(9))) == .incomplete)
    }

    static let wrong: [[UInt8]] = [
        Records.record(1, version: 2, [0, 1, 1, 0, 0, 0, 0, 0]),
        Records.record(9, id: 0, Records.pair("FCGI_MAX_CONNS", "")),
        Records.record(9, id: 0, (0..<20).flatMap { _ in Records.pair("FCGI_MPXS_CONNS", "") }),
        Records.record(4, []), Records.record(5, [1]), Records.record(200, [1]), Records.record(2, [1]),
        Records.record(1, [0, 1, 1]), Records.begin(id: 0), Records.begin(role: 2), Records.begin(role: 3),
        Records.begin(role: 9), Records.begin() + Records.begin(id: 2),
        Records.begin() + Records.record(4, id: 2, Records.pair("A", "1")),
        Records.begin() + Records.record(9, id: 0, Records.pair("FCGI_MAX_CONNS", "")),
        Records.begin() + Records.record(5, []), Records.begin() + Records.record(2, []),
        // Lengths that libfcgi would believe (CVE-2025-23016).
        Records.begin() + Records.stream(4, [255, 255, 255, 255, 255, 255, 255, 255, 65]),
        Records.begin() + Records.stream(4, [255, 255, 255, 254, 255, 255, 255, 254, 65]),
        Records.begin() + Records.stream(4, [128, 0, 0, 2, 128, 0, 0, 1, 65, 66]),
        Records.begin() + Records.stream(4, [1]), Records.begin() + Records.stream(4, [1, 200]),
        Records.begin() + Records.stream(4, [0, 1, 65]), Records.begin() + Records.stream(4, [1, 1, 0, 65]),
        Records.begin() + Records.stream(4, [2, 1, 65, 61, 65]), Records.begin() + Records.stream(4, [1, 1, 65, 0]),
        Records.begin() + Records.stream(4, (0..<10_000).flatMap { Records.pair("NAME_\($0)", "") }),
    ]

    // FastCGI §3.3, §3.4
    @Test("what no web server sends is refused", arguments: wrong)
    func refused(bytes: [UInt8]) {
        guard case .refused = verdict(bytes) else {
            Issue.record("not refused")
            return
        }
    }

    @Test("on a connection it costs that connection and nothing else", .timeLimit(.minutes(1)))
    func served() throws {
        let server = try TestServer { $0.workers = 1 }
        for bytes in Self.wrong {
            let client = try server.client()
            client.send(bytes)
            #expect(client.isClosed(within: 1000))
        }
        #expect(try server.isAlive())
        #expect(server.stop())
    }
}
