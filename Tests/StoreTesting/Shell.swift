import Foundation

/// The shell that holds the server: it is told words on a pipe and answers in words.
///
/// `@unchecked Sendable`: under `lock` once it runs.
final class Shell: @unchecked Sendable {
    private let process = Process()
    private let words = Pipe()
    private let answers = Pipe()
    private let lock = NSLock()

    init(_ command: [String]) throws {
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = words
        process.standardOutput = answers
        // Whoever else is started meanwhile must not hold the pipe open.
        _ = fcntl(words.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
    }

    func ask(_ word: String, expecting answer: String, folder: String) throws {
        try lock.withLock {
            try words.fileHandleForWriting.write(contentsOf: Data("\(word)\n".utf8))
            try expect(answer, folder: folder)
        }
    }

    func expect(_ answer: String, folder: String) throws {
        var line = ""
        while let byte = try answers.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte[0] != 10 {
            line.append(Character(UnicodeScalar(byte[0])))
        }
        guard line == answer else {
            let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
            throw Trouble("the PostgreSQL server says \(line) instead of \(answer): \(log.suffix(2000))")
        }
    }

    func end() {
        try? words.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
