import CFastCGI
import Glibc

/// The path of a program's own socket, and which file it was when it was made.
struct SocketPath: Sendable {
    private let path: String
    private let file: stat

    /// A full backlog is an instant 502, so it is long; the kernel cuts it to `somaxconn`.
    private static let backlog: Int32 = 4096

    /// Makes the socket, binds it, opens it to the group and listens. Two programs that start at once do not meet here.
    static func bound(_ path: String) throws(SystemError) -> (SocketPath, descriptor: Int32) {
        var address = try address(path)
        let lock = try lockedFolder(of: path)
        defer { close(lock) }

        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("cannot create a socket") }
        do throws(SystemError) {
            try removeStale(path, &address)
            guard bind(descriptor, &address) == 0 else { throw SystemError("cannot bind \(path)") }
            guard chmod(path, 0o660) == 0 else { throw SystemError("cannot set the mode of \(path)") }
            guard listen(descriptor, backlog) == 0 else { throw SystemError("cannot listen on \(path)") }
            guard let file = file(path) else { throw SystemError("cannot find \(path) again") }
            return (SocketPath(path: path, file: file), descriptor)
        } catch {
            close(descriptor)
            throw error
        }
    }

    func remove() {
        guard let lock = try? Self.lockedFolder(of: path) else { return }
        defer { close(lock) }
        if isStillOurs { unlink(path) }
    }

    /// An inode's number is given away again at once: the time of its last change tells a successor's file from ours.
    private var isStillOurs: Bool {
        guard let found = Self.file(path) else { return false }
        return found.st_dev == file.st_dev && found.st_ino == file.st_ino
            && found.st_ctim.tv_sec == file.st_ctim.tv_sec && found.st_ctim.tv_nsec == file.st_ctim.tv_nsec
    }
}

extension SocketPath {
    /// A socket that nobody answers on is left over from a crash; anything else at this path is not ours to remove.
    private static func removeStale(_ path: String, _ address: inout sockaddr_un) throws(SystemError) {
        guard let file = file(path) else { return }
        guard file.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError(refusing: "cannot listen on \(path): there is a file that is not a socket")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw SystemError("cannot create a socket") }
        defer { close(probe) }
        let isRefused = connect(probe, &address) != 0 && errno == ECONNREFUSED
        guard isRefused else {
            throw SystemError(refusing: "cannot listen on \(path): another program listens there")
        }
        guard unlink(path) == 0 else { throw SystemError("cannot remove the stale socket \(path)") }
    }

    private static func address(_ path: String) throws(SystemError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else {
            throw SystemError(refusing: "a socket path has 1 to \(room - 1) bytes: \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    /// The lock ends with the descriptor.
    private static func lockedFolder(of path: String) throws(SystemError) -> Int32 {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("cannot open the folder of \(path)") }
        guard flock(descriptor, LOCK_EX) == 0 else {
            let error = SystemError("cannot lock the folder of \(path)")
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func file(_ path: String) -> stat? {
        var file = stat()
        return lstat(path, &file) == 0 ? file : nil
    }

    private static func bind(_ descriptor: Int32, _ address: inout sockaddr_un) -> Int32 {
        withSocketAddress(&address) { Glibc.bind(descriptor, $0, $1) }
    }

    private static func connect(_ descriptor: Int32, _ address: inout sockaddr_un) -> Int32 {
        withSocketAddress(&address) { Glibc.connect(descriptor, $0, $1) }
    }

    private static func withSocketAddress(
        _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
