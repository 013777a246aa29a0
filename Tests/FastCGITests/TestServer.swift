import Glibc
import HTTP
import Synchronization
import Testing

@testable import FastCGI

/// A server in this process, on a socket in a folder of its own.
final class TestServer: Sendable {
    let path: String
    let server: Server
    private let folder: String
    private let log = Log()

    init(
        _ change: (inout Limits) -> Void = { _ in }, endpoint: @escaping Server.Factory = { _ in TestEndpoint() }
    ) throws {
        var limits = Limits()
        limits.workers = 2
        limits.stopTimeout = .seconds(5)
        change(&limits)
        folder = try temporaryFolder()
        path = "\(folder)/socket"
        server = try Server(
            listener: Listener.own(at: path), limits: limits, observer: log.add, endpoint: endpoint)
        try server.start()
    }

    private final class Log: Sendable {
        let events = Mutex<[Event]>([])
        func add(_ event: Event) { events.withLock { $0.append(event) } }
    }

    var observed: [Event] { log.events.withLock { $0 } }

    /// Ends the server; every client must have let go.
    func stop() -> Bool {
        server.stop()
        return server.wait()
    }

    func client() throws -> RawClient { try RawClient(path) }

    /// Whether an ordinary request on a new connection is answered.
    func isAlive(within milliseconds: Int32 = 3000) throws -> Bool {
        let client = try client()
        guard case .answer(let answer) = client.exchange(Records.request(keep: false), within: milliseconds) else {
            return false
        }
        return answer.status == 200
    }

    deinit {
        unlink(path)
        rmdir(folder)
    }
}

/// Says what it was asked; `/sleep/N` takes N milliseconds, `/bytes/N` answers with so many.
struct TestEndpoint: Endpoint {
    var name = "test"

    func wantsBody(of request: Request) -> Bool { request.path != "/upload" }

    func respond(to request: Request) -> Response {
        let parts = request.path.split(separator: "/")
        if parts.count == 2, let number = Int(parts[1]) {
            if parts[0] == "sleep" { usleep(UInt32(number) * 1000) }
            if parts[0] == "bytes" { return Response(status: 200, body: Array(repeating: 0x61, count: number)) }
        }
        let method = request.method?.rawValue ?? "unknown"
        return .plain(200, "\(name) \(method) \(request.path)?\(request.query) \(request.body.count) \(request.id)")
    }
}

func temporaryFolder() throws -> String {
    var template = Array("/tmp/vestibule-test-XXXXXX".utf8CString)
    return try #require(mkdtemp(&template).map { String(cString: $0) })
}
