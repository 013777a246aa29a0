import Glibc

/// A program that a test runs: what it is given on its input, and what it says.
final class ChildProcess {
    private let process: pid_t
    private let input: Int32
    private let output: Int32

    struct Failure: Error {
        let command: [String]
    }

    init(_ command: [String]) throws {
        var (reading, writing): ([Int32], [Int32]) = ([0, 0], [0, 0])
        pipe(&reading)
        pipe(&writing)
        for descriptor in reading + writing { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, reading[0], 0)
        posix_spawn_file_actions_adddup2(&actions, writing[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        let arguments = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process = pid_t()
        let code = posix_spawnp(&process, command[0], &actions, nil, arguments, environ)
        close(reading[0])
        close(writing[1])
        (input, output) = (reading[1], writing[0])
        guard code == 0 else {
            close(input)
            close(output)
            throw Failure(command: command)
        }
        self.process = process
    }

    deinit {
        close(input)
        close(output)
    }

    /// The first line that it says.
    func line() -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.append(byte) }
        return String(decoding: text, as: UTF8.self)
    }

    func end() {
        // It has the signal mask of the thread that started it, which may keep any other signal away.
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Runs a program to its end, which must be a good one.
    static func run(_ command: [String]) throws {
        let child = try ChildProcess(command)
        var status: Int32 = 0
        while waitpid(child.process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw Failure(command: command) }
    }
}
