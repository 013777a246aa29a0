import Glibc
import Testing

@testable import FastCGI

@Suite("Listener", .serialized)
struct ListenerTests {
    private func error(_ path: String) -> String {
        do {
            _ = try Listener.own(at: path)
            return ""
        } catch {
            return error.description
        }
    }

    @Test("a socket of our own is for this user and group, whatever the umask")
    func mode() throws {
        let folder = try temporaryFolder()
        let path = "\(folder)/socket"
        let old = umask(0)
        defer { umask(old) }
        let listener = try Listener.own(at: path)
        var file = stat()
        #expect(lstat(path, &file) == 0 && file.st_mode == S_IFSOCK | 0o660)
        #expect(fcntl(listener.descriptor, F_GETFD) == FD_CLOEXEC)
        listener.remove()
        listener.close()
        #expect(rmdir(folder) == 0)
    }

    @Test("a socket that nobody answers on is replaced; one that somebody listens on is not")
    func stale() throws {
        let folder = try temporaryFolder()
        let path = "\(folder)/socket"
        let crashed = try Listener.own(at: path)
        #expect(error(path) == "cannot listen on \(path): another program listens there")
        crashed.close()
        let next = try Listener.own(at: path)
        // What is not ours any more is not ours to remove.
        crashed.remove()
        #expect(access(path, F_OK) == 0)
        next.remove()
        #expect(access(path, F_OK) != 0)
        next.close()
        #expect(rmdir(folder) == 0)
    }

    @Test("a program that starts twice at once listens once")
    func race() throws {
        let folder = try temporaryFolder()
        let path = "\(folder)/socket"
        let crashed = try Listener.own(at: path)
        crashed.close()
        let winners = Threads.run(8) { _ in try? Listener.own(at: path) }.compactMap { $0 }
        #expect(winners.count == 1)
        for winner in winners {
            winner.remove()
            winner.close()
        }
        #expect(rmdir(folder) == 0)
    }

    @Test("the reason of a refusal names the path and the error")
    func refusals() throws {
        let folder = try temporaryFolder()
        let file = "\(folder)/file"
        close(creat(file, 0o600))
        #expect(error(file) == "cannot listen on \(file): there is a file that is not a socket")
        unlink(file)
        #expect(error("\(folder)/none/socket").hasSuffix("none/socket: No such file or directory (errno 2)"))
        let long = "\(folder)/" + String(repeating: "x", count: 108)
        #expect(error(long) == "a socket path has 1 to 107 bytes: \(long)")
        #expect(!error("").isEmpty)
        #expect(rmdir(folder) == 0)
    }
}
