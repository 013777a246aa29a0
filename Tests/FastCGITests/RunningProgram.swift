import Glibc
import Testing

/// A program of the house as a process of its own. Any program will do: the tests ask only that it answers.
final class RunningProgram {
    /// Which program is tested, and the configuration it can start with.
    static let name = "vestibule-discovery"
    static let configuration = """
        [server]
        base = "https://smart.example"
        [fhir]
        base = "https://smart.example/fhir"
        relay = "/nonexistent/relay.sock"
        [store]
        database = "/nonexistent/store.db"
        [secrets]
        directory = "/nonexistent"

        """
    static let address = "/.well-known/smart-configuration"

    let process: pid_t
    private var status: Int32?

    /// The program beside this test in the folder of products.
    static var path: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count - 1))
        let products = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return products.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/\(name)"
    }

    /// `descriptors` are what the program gets as 0, 1, 2 and so on; `nil` is a closed one. `shell` is done before it starts.
    init(
        _ arguments: [String], environment: [String: String] = [:], descriptors: [Int32?] = [nil, nil, nil],
        shell: String? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() {
            if let source {
                // A duplicate from a high place first: dup2 onto itself would keep close-on-exec.
                posix_spawn_file_actions_adddup2(&actions, source, 100 + Int32(target))
            }
        }
        for (target, source) in descriptors.enumerated() {
            if source == nil {
                posix_spawn_file_actions_addclose(&actions, Int32(target))
            } else {
                posix_spawn_file_actions_adddup2(&actions, 100 + Int32(target), Int32(target))
                posix_spawn_file_actions_addclose(&actions, 100 + Int32(target))
            }
        }
        var command = [Self.path] + arguments
        if let shell { command = ["/bin/sh", "-c", "\(shell); exec \"$0\" \"$@\""] + command }
        let strings = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (strings + variables).forEach { free($0) } }
        var process = pid_t()
        try #require(posix_spawn(&process, command[0], &actions, nil, strings, variables) == 0)
        self.process = process
    }

    /// A program on a socket of its own, ready to answer.
    static func listening(at path: String, shell: String? = nil) throws -> RunningProgram {
        let program = try RunningProgram(
            ["--listen", path], environment: ["VESTIBULE_CONFIG": configurationFile()], shell: shell
        )
        for _ in 0..<500 {
            if (try? RawClient(path)) != nil { return program }
            usleep(10_000)
        }
        Issue.record("the program does not listen")
        return program
    }

    /// A program on a socket that the test holds.
    static func inheriting(_ listener: Int32, errors: Int32? = nil) throws -> RunningProgram {
        try RunningProgram(
            [], environment: ["VESTIBULE_CONFIG": configurationFile()], descriptors: [listener, nil, errors])
    }

    /// The configuration as a file, in the folder of products.
    static func configurationFile() throws -> String {
        let file = "\(path).test.toml"
        // Written aside and moved, for tests that run beside each other.
        let aside = "\(file).\(pthread_self())"
        let stream = try #require(fopen(aside, "w"))
        fputs(configuration, stream)
        fclose(stream)
        try #require(rename(aside, file) == 0)
        return file
    }

    func signal(_ number: Int32) { kill(process, number) }

    /// The exit code, or `nil` when the program has not ended of itself in time.
    func exitCode(within seconds: Int = 10) -> Int32? {
        for _ in 0..<seconds * 100 {
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process {
                self.status = status
                return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
            }
            usleep(10_000)
        }
        return nil
    }

    deinit {
        guard status == nil else { return }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }
}

/// Both ends of a pipe.
struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Everything up to the end; the writing end of this process is closed first.
    func text() -> String {
        close(writing)
        defer { close(reading) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(reading, &buffer, buffer.count), count > 0 { bytes += buffer.prefix(count) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
