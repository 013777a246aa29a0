import Glibc
import HTTP
import Synchronization
import Testing

@testable import FastCGI

@Suite("Server", .serialized, .timeLimit(.minutes(1)))
struct ServerTests {
    @Test("a kept connection answers request after request")
    func keepsConnection() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            for number in 0..<100 {
                let outcome = client.exchange(Records.request("GET", "/n?\(number)"))
                guard case .answer(let answer) = outcome else { return #expect(outcome == .silent) }
                #expect(answer.body == "test GET /n?\(number) 0 0123456789abcdef0123456789abcdef\n")
            }
            #expect(!client.isClosed(within: 50))
        }
        #expect(server.stop())
    }

    @Test("a connection that is not to be kept is closed after its answer (FastCGI §5.1)")
    func closesConnection() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            guard case .answer(let answer) = client.exchange(Records.request(keep: false)) else {
                Issue.record("no answer")
                return
            }
            #expect(answer.status == 200)
            #expect(client.isClosed(within: 1000))
        }
        #expect(server.stop())
    }

    @Test("256 idle kept connections and 100 silent ones starve nobody")
    func idleConnections() throws {
        let server = try TestServer()
        let kept = try Clients(256, server.path)
        #expect(kept.exchange(Records.request()) == 256)
        let silent = try Clients(100, server.path)
        #expect(try server.isAlive(within: 1000))
        #expect(kept.exchange(Records.request()) == 256)
        silent.close()
        kept.close()
        #expect(server.stop())
    }

    @Test("300 half-sent openings hold no worker")
    func halfOpenings() throws {
        let server = try TestServer()
        let half = try Clients(300, server.path)
        half.send(Array(Records.request().prefix(40)))
        #expect(try server.isAlive(within: 1000))
        half.close()
        #expect(server.stop())
    }

    @Test("an opening that comes byte by byte is answered when it is whole")
    func trickledOpening() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            for byte in Records.request("GET", "/slow") {
                client.send([byte])
                usleep(500)
            }
            #expect(client.outcome() != .closed)
        }
        #expect(server.stop())
    }

    @Test(
        "what stops half-way frees its worker and its connection when its time is over",
        arguments: [1, 8, 20, 60, Records.request("POST", "/", body: Array(repeating: 1, count: 100)).count - 60])
    func timeout(sent count: Int) throws {
        let server = try TestServer {
            $0.workers = 1
            $0.receiveTimeout = .milliseconds(300)
        }
        do {
            let client = try server.client()
            client.send(Array(Records.request("POST", "/", body: Array(repeating: 1, count: 100)).prefix(count)))
            #expect(try server.isAlive(within: 2000))
            #expect(client.isClosed(within: 2000))
        }
        #expect(server.stop())
    }

    @Test("a body that trickles in has no more time than one that stops")
    func trickledBody() throws {
        let server = try TestServer {
            $0.workers = 1
            $0.receiveTimeout = .milliseconds(400)
        }
        do {
            let client = try server.client()
            let request = Records.request("POST", "/", body: Array(repeating: 1, count: 1000))
            client.send(Array(request.dropLast(900)))
            for _ in 0..<30 where client.send([1]) { usleep(50_000) }
            #expect(client.isClosed(within: 100))
            #expect(try server.isAlive(within: 1000))
        }
        #expect(server.stop())
    }

    // FastCGI §3.5
    @Test("a connection that never says anything is closed; an idle kept one never is")
    func silentConnections() throws {
        let server = try TestServer { $0.receiveTimeout = .milliseconds(200) }
        do {
            let silent = try server.client()
            let kept = try server.client()
            _ = kept.exchange(Records.request())
            #expect(silent.isClosed(within: 1000))
            #expect(!kept.isClosed(within: 500))
            #expect(kept.exchange(Records.request()) != .closed)
        }
        #expect(server.stop())
    }

    @Test("an answer of any length arrives whole", arguments: [0, 1, 8183, 8184, 8185, 65_535, 65_536, 3_000_000])
    func longAnswers(length: Int) throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            guard case .answer(let answer) = client.exchange(Records.request("GET", "/bytes/\(length)")) else {
                Issue.record("no answer")
                return
            }
            #expect(answer.text.contains("Content-Length: \(length)\r\n"))
            #expect(answer.body.utf8.count == length)
        }
        #expect(server.stop())
    }

    @Test("HEAD has the fields of GET and no body (RFC 9110 §9.3.2)")
    func head() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            guard case .answer(let answer) = client.exchange(Records.request("HEAD", "/bytes/500")) else {
                Issue.record("no answer")
                return
            }
            #expect(answer.text == "Status: 200 OK\r\nContent-Length: 500\r\n\r\n")
        }
        #expect(server.stop())
    }

    @Test("more connections than allowed wait in the backlog until one ends")
    func connectionLimit() throws {
        let server = try TestServer { $0.connections = 4 }
        let kept = try Clients(4, server.path)
        #expect(kept.exchange(Records.request()) == 4)
        do {
            let fifth = try server.client()
            #expect(fifth.exchange(Records.request(), within: 300) == .silent)
            kept.close()
            #expect(fifth.outcome(within: 2000) != .silent)
        }
        #expect(server.stop())
    }

    @Test("a client that leaves before the answer harms nobody")
    func clientLeaves() throws {
        let server = try TestServer()
        for _ in 0..<20 {
            let client = try server.client()
            client.send(Records.request("GET", "/bytes/1000000"))
        }
        #expect(try server.isAlive())
        #expect(server.stop())
    }

    @Test("after a reload every worker has the new endpoint before its next request")
    func reload() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            _ = client.exchange(Records.request())
            server.server.replace { _ in TestEndpoint(name: "new") }
            for _ in 0..<20 {
                guard case .answer(let answer) = client.exchange(Records.request()) else {
                    Issue.record("no answer")
                    continue
                }
                #expect(answer.body.hasPrefix("new "))
            }
        }
        #expect(server.stop())
    }

    @Test("an endpoint that cannot be made anew leaves the old one, and says so")
    func failedReload() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            server.server.replace { _ in throw Broken() }
            guard case .answer(let answer) = client.exchange(Records.request()) else {
                Issue.record("no answer")
                return
            }
            #expect(answer.body.hasPrefix("test "))
        }
        #expect(server.stop())
        #expect(server.observed.contains { if case .keptOldEndpoint = $0 { true } else { false } })
    }

    @Test("an endpoint that cannot be made keeps the server from starting")
    func failedStart() throws {
        #expect(throws: Broken.self) { _ = try TestServer(endpoint: { _ in throw Broken() }) }
    }

    @Test("a worker that cannot make its endpoint says so politely, and tries again")
    func lateWorker() throws {
        let failures = Attempts()
        let server = try TestServer(
            { $0.workers = 2 },
            endpoint: { worker in
                if worker == 1, failures.count.add(1, ordering: .relaxed).oldValue == 0 { throw Broken() }
                return TestEndpoint()
            })
        do {
            // Both workers are asked at once, again and again, until the second has had its turn and its second try.
            var statuses: [Int] = []
            for _ in 0..<200 where failures.count.load(ordering: .relaxed) < 2 {
                let slow = try server.client()
                #expect(slow.send(Records.request("GET", "/sleep/20")))
                let quick = try server.client()
                if case .answer(let answer) = quick.exchange(Records.request("GET", "/sleep/20")) {
                    statuses.append(answer.status)
                }
                if case .answer(let answer) = slow.outcome() { statuses.append(answer.status) }
            }
            #expect(failures.count.load(ordering: .relaxed) >= 2)
            #expect(statuses.filter { $0 == 503 }.count == 1)
        }
        #expect(server.stop())
    }

    @Test("stopping serves who waits in the backlog, and takes the path away at once")
    func stopServesBacklog() throws {
        let server = try TestServer { $0.workers = 1 }
        let clients = try Clients(20, server.path)
        clients.send(Records.request("GET", "/sleep/20", keep: false))
        server.server.stop()
        #expect(access(server.path, F_OK) != 0)
        #expect(clients.answers() == 20)
        #expect(server.server.wait())
        clients.close()
    }

    @Test("stopping does not wait for ever for a connection that the web server keeps")
    func stopHasLimit() throws {
        let server = try TestServer { $0.stopTimeout = .milliseconds(300) }
        let client = try server.client()
        _ = client.exchange(Records.request())
        server.server.stop()
        #expect(!server.server.wait())
        #expect(client.exchange(Records.request()) != .closed)
    }
}

struct Broken: Error {}

private final class Attempts: Sendable {
    let count = Atomic<Int>(0)
}

/// Many clients at once.
final class Clients {
    private var clients: [RawClient] = []

    init(_ count: Int, _ path: String) throws {
        for _ in 0..<count { clients.append(try RawClient(path)) }
    }

    func send(_ bytes: [UInt8]) {
        for client in clients { client.send(bytes) }
    }

    /// How many were answered.
    func answers() -> Int {
        clients.count { if case .answer = $0.outcome() { true } else { false } }
    }

    func exchange(_ bytes: [UInt8]) -> Int {
        send(bytes)
        return answers()
    }

    func close() { clients = [] }
}
