import Glibc
import Synchronization
import Testing

@testable import FastCGI

@Suite("A program as a process", .serialized, .timeLimit(.minutes(2)))
struct ProgramTests {
    private let request = Records.request("GET", RunningProgram.address, keep: false)

    @Test("it serves the listening socket handed down as descriptor 0, with 1 and 2 closed (FastCGI §2.2)")
    func inherited() throws {
        let socket = try TestSocket()
        let program = try RunningProgram.inheriting(socket.descriptor)
        let client = try RawClient(socket.path)
        #expect(client.exchange(request).isAnswer)
        program.signal(SIGTERM)
        #expect(program.exitCode() == 0)
        #expect(access(socket.path, F_OK) == 0)
    }

    @Test("it serves the one socket that systemd hands down as descriptor 3")
    func activated() throws {
        let socket = try TestSocket()
        let program = try RunningProgram(
            [], environment: ["VESTIBULE_CONFIG": RunningProgram.configurationFile(), "LISTEN_FDS": "1"],
            descriptors: [nil, nil, nil, socket.descriptor], shell: "export LISTEN_PID=$$")
        #expect(try RawClient(socket.path).exchange(request).isAnswer)
        program.signal(SIGTERM)
        #expect(program.exitCode() == 0)
    }

    @Test("it takes its own path away when it stops")
    func ownPath() throws {
        let folder = try temporaryFolder()
        let program = try RunningProgram.listening(at: "\(folder)/socket")
        program.signal(SIGTERM)
        #expect(program.exitCode() == 0)
        #expect(rmdir(folder) == 0)
    }

    @Test("it lives on after SIGHUP, and after a killed predecessor left its socket")
    func hangup() throws {
        let folder = try temporaryFolder()
        let path = "\(folder)/socket"
        let first = try RunningProgram.listening(at: path)
        first.signal(SIGKILL)
        #expect(first.exitCode() == nil)
        let second = try RunningProgram.listening(at: path)
        for _ in 0..<3 {
            second.signal(SIGHUP)
            #expect(try RawClient(path).exchange(request).isAnswer)
        }
        second.signal(SIGINT)
        #expect(second.exitCode() == 0)
        #expect(rmdir(folder) == 0)
    }

    @Test("five rolling restarts under load lose no request")
    func rollingRestart() throws {
        let socket = try TestSocket()
        let load = Load(path: socket.path, clients: 8)
        var program = try RunningProgram.inheriting(socket.descriptor)
        let tally = try load.run {
            for _ in 0..<5 {
                usleep(400_000)
                let successor = try RunningProgram.inheriting(socket.descriptor)
                usleep(200_000)
                program.signal(SIGTERM)
                #expect(program.exitCode() == 0)
                program = successor
            }
        }
        #expect(tally.failures == 0)
        #expect(tally.answers > 500)
        program.signal(SIGTERM)
        #expect(program.exitCode() == 0)
    }

    @Test("with 64 descriptors it serves 200 clients one after the other, and waits without spinning")
    func fewDescriptors() throws {
        let folder = try temporaryFolder()
        let path = "\(folder)/socket"
        let program = try RunningProgram.listening(at: path, shell: "ulimit -n 64")
        let clients = try Clients(200, path)
        clients.send(Records.request("GET", RunningProgram.address, keep: true))
        usleep(1_500_000)
        #expect(program.processorTime < 0.75)
        clients.close()
        for _ in 0..<200 { #expect(try RawClient(path).exchange(request).isAnswer) }
        program.signal(SIGTERM)
        #expect(program.exitCode() == 0)
        #expect(rmdir(folder) == 0)
    }

    @Test(
        "a mistake at the start is one line and an exit code",
        arguments: [
            (["--listen"], [:], 64), (["--frobnicate"], [:], 64), ([], [:], 64),
            (["--config", "/nonexistent/vestibule.toml", "--listen", "/nonexistent/s"], [:], 78),
            (["--config", "/nonexistent/vestibule.toml", "--check"], [:], 1), (["--version"], [:], 0),
            (["--help"], [:], 0),
        ] as [([String], [String: String], Int32)])
    func mistakes(arguments: [String], environment: [String: String], code: Int32) throws {
        let errors = try Pipe()
        var environment = environment
        environment["VESTIBULE_CONFIG"] = try RunningProgram.configurationFile()
        let program = try RunningProgram(arguments, environment: environment, descriptors: [nil, nil, errors.writing])
        #expect(program.exitCode() == code)
        let text = errors.text()
        #expect(text.count { $0 == "\n" } == (code == 0 ? 0 : 1), "\(text)")
        #expect(text.hasPrefix(code == 0 ? "" : RunningProgram.name))
    }

    @Test("a socket that cannot be made is an error of the system")
    func systemError() throws {
        let program = try RunningProgram(
            ["--listen", "/nonexistent/socket"], environment: ["VESTIBULE_CONFIG": RunningProgram.configurationFile()])
        #expect(program.exitCode() == 71)
    }
}

@Suite("Plain CGI (RFC 3875)", .serialized, .timeLimit(.minutes(1)))
struct CGITests {
    private func environment(_ method: String, length: Int) throws -> [String: String] {
        [
            "VESTIBULE_CONFIG": try RunningProgram.configurationFile(), "GATEWAY_INTERFACE": "CGI/1.1",
            "REQUEST_METHOD": method, "REQUEST_URI": RunningProgram.address,
            "CONTENT_LENGTH": length == 0 ? "" : "\(length)",
        ]
    }

    private func answer(_ environment: [String: String], _ arguments: [String] = [], input: Int32?) throws -> String {
        let output = try Pipe()
        let program = try RunningProgram(
            arguments, environment: environment, descriptors: [input, output.writing, nil])
        let text = output.text()
        #expect(program.exitCode() == 0)
        return text
    }

    @Test("one request by the environment, with /dev/null or nothing as its input")
    func withoutBody() throws {
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(null) }
        #expect(try answer(environment("GET", length: 0), input: null).hasPrefix("Status: "))
        #expect(try answer(environment("GET", length: 0), input: nil).hasPrefix("Status: "))
        #expect(try answer(environment("HEAD", length: 0), input: null).hasSuffix("\r\n\r\n"))
    }

    @Test("a body by a pipe that stays open, and by a connected socket")
    func withBody() throws {
        let input = try Pipe()
        write(input.writing, "hello", 5)
        #expect(try answer(environment("POST", length: 5), input: input.reading).hasPrefix("Status: "))

        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        write(ends[0], "hello", 5)
        #expect(try answer(environment("POST", length: 5), input: ends[1]).hasPrefix("Status: "))
        for end in ends + [input.reading, input.writing] { close(end) }
    }

    // RFC 3875 §4.2
    @Test("a body is as long as it was promised, broken when it is shorter, and waited for no longer than allowed")
    func promisedBody() throws {
        let input = try Pipe()
        write(input.writing, "hello, wor", 10)
        let source = ProcessInput(descriptor: input.reading, deadline: .now + .milliseconds(300))
        guard case .whole(let bytes) = source.body(promised: 5) else {
            Issue.record("no body")
            return
        }
        #expect(bytes == Array("hello".utf8))
        guard case .broken = source.body(promised: 6) else {
            Issue.record("more than there is")
            return
        }
        close(input.writing)
        guard case .broken = source.body(promised: 1) else {
            Issue.record("a byte after the end")
            return
        }
        close(input.reading)
    }

    @Test("a body over the limit is taken from the web server, and answered with 413")
    func longBody() throws {
        let input = try Pipe()
        let writer = Threads.start(1) { _ in
            let bytes = [UInt8](repeating: 1, count: 10_000_000)
            write(input.writing, bytes, bytes.count)
        }
        #expect(try answer(environment("POST", length: 10_000_000), input: input.reading).hasPrefix("Status: 413 "))
        writer.wait()
        for end in [input.reading, input.writing] { close(end) }
    }

    @Test("the command line is not read: a client writes it (RFC 3875 §4.4)")
    func arguments() throws {
        #expect(try answer(environment("GET", length: 0), ["--version"], input: nil).hasPrefix("Status: "))
        #expect(
            try answer(environment("GET", length: 0), ["--config", "/nonexistent"], input: nil).hasPrefix("Status: "))
    }
}

extension RawClient.Outcome {
    var isAnswer: Bool { if case .answer(let answer) = self { answer.status > 0 } else { false } }
}

extension RunningProgram {
    /// Seconds of processor time so far.
    var processorTime: Double {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 1024)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return 0 }
        let fields = String(decoding: buffer.map(UInt8.init(bitPattern:)), as: UTF8.self).split(separator: " ")
        return ((Double(fields[13]) ?? 0) + (Double(fields[14]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// A listening socket that the test hands down, as a supervisor does.
final class TestSocket {
    let path: String
    let descriptor: Int32
    private let folder: String

    init() throws {
        folder = try temporaryFolder()
        path = "\(folder)/socket"
        descriptor = try Listener.own(at: path).descriptor
    }

    deinit {
        close(descriptor)
        unlink(path)
        rmdir(folder)
    }
}

/// Clients that keep their connections for a while, as nginx does: only they close one.
struct Load {
    let path: String
    let clients: Int

    struct Tally: Sendable {
        var answers = 0
        var failures = 0
    }

    /// The tally of all clients from before the work until after it.
    func run(during work: () throws -> Void) rethrows -> Tally {
        let over = Flag()
        let total = Total()
        let threads = clients
        let path = path
        let group = Threads.start(threads) { _ in total.add(Self.client(path, until: over)) }
        defer {
            over.raise()
            group.wait()
        }
        try work()
        over.raise()
        group.wait()
        return total.tally
    }

    private static func client(_ path: String, until over: Flag) -> Tally {
        let request = Records.request("GET", RunningProgram.address)
        var tally = Tally()
        while !over.isRaised {
            // keepalive_time: a connection is used for a part of a second.
            guard let client = try? RawClient(path) else {
                tally.failures += 1
                continue
            }
            let end = ContinuousClock.now + .milliseconds(300)
            while ContinuousClock.now < end {
                guard client.exchange(request).isAnswer else {
                    tally.failures += 1
                    break
                }
                tally.answers += 1
                usleep(500)
            }
        }
        return tally
    }

    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        var isRaised: Bool { value.load(ordering: .relaxed) }
        func raise() { value.store(true, ordering: .relaxed) }
    }

    private final class Total: Sendable {
        private let value = Mutex(Tally())
        var tally: Tally { value.withLock { $0 } }
        func add(_ other: Tally) {
            value.withLock {
                $0.answers += other.answers
                $0.failures += other.failures
            }
        }
    }
}
