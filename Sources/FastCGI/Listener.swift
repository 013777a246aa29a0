import CFastCGI
import Glibc

/// The socket by which the web server reaches a program: handed down by whoever started it, or one of its own.
package struct Listener: Sendable {
    let descriptor: Int32
    private let own: SocketPath?

    var isOwn: Bool { own != nil }

    /// The socket a supervisor hands down: descriptor 0 (FastCGI §2.2), or systemd's descriptor 3; `nil` if there is none.
    package static func inherited() throws(SystemError) -> Listener? {
        if isListening(STDIN_FILENO) {
            // Descriptor 0 becomes /dev/null, so that nothing later takes its place unawares.
            let descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
            guard descriptor >= 0 else { throw SystemError("cannot take over the listening socket") }
            StandardDescriptors.replace(STDIN_FILENO)
            return Listener(inherited: descriptor)
        }
        guard let count = environment("LISTEN_FDS"), let process = environment("LISTEN_PID"), Int32(process) == getpid()
        else { return nil }
        guard count == "1", isListening(3) else {
            throw SystemError(refusing: "systemd handed down \(count) sockets, where one listening socket is expected")
        }
        _ = fcntl(3, F_SETFD, FD_CLOEXEC)
        return Listener(inherited: 3)
    }

    /// A Unix socket of our own, for this user and group: whoever can write to it speaks for the web server.
    package static func own(at path: String) throws(SystemError) -> Listener {
        let (socketPath, descriptor) = try SocketPath.bound(path)
        return Listener(descriptor: descriptor, own: socketPath)
    }

    private init(inherited descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        self.init(descriptor: descriptor, own: nil)
    }

    private init(descriptor: Int32, own: SocketPath?) {
        self.descriptor = descriptor
        self.own = own
    }
}

extension Listener {
    /// Whether someone waits to be accepted.
    var hasBacklog: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&waiting, 1, 0) > 0
    }

    /// Takes the path away, if it still leads to this socket.
    func remove() { own?.remove() }

    func close() { Glibc.close(descriptor) }

    private static func isListening(_ descriptor: Int32) -> Bool {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value == 1
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
