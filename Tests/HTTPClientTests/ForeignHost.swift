import Foundation
import Synchronization

/// A server on loopback that somebody else runs: each connection is answered on a thread of its own, as the test says.
final class ForeignHost: Sendable {
    let port: UInt16
    private let listener: Int32
    private let heard = Mutex<[String]>([])

    /// One connection, its request already read.
    struct Visitor {
        fileprivate let connection: Int32
        let request: String

        /// `false` when the other side has hung up.
        @discardableResult
        func send(_ text: String) -> Bool {
            send(Array(text.utf8))
        }

        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Carries bytes both ways between this connection and a port, until one side ends.
        func tunnel(to port: UInt16) {
            guard let other = ForeignHost.connect(to: port) else { return }
            defer { close(other) }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                var ready = [
                    pollfd(fd: connection, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: other, events: Int16(POLLIN), revents: 0),
                ]
                guard poll(&ready, 2, 5_000) > 0 else { return }
                for (index, (from, to)) in [(connection, other), (other, connection)].enumerated()
                where ready[index].revents != 0 {
                    let count = recv(from, &buffer, buffer.count, 0)
                    guard count > 0, Glibc.send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
                }
            }
        }
    }

    /// It stays until the tests end: a fetch may be under way when the test has no more use for it.
    init(_ answer: @escaping @Sendable (Visitor) -> Void) {
        (listener, port) = Self.bound()
        listen(listener, 64)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [self] in
                    defer { close(connection) }
                    guard let request = Self.read(connection) else { return }
                    heard.withLock { $0.append(request) }
                    answer(Visitor(connection: connection, request: request))
                }
            }
        }
    }

    /// Answers everybody alike.
    convenience init(_ answer: String) {
        self.init { $0.send(answer) }
    }

    var url: String { "http://127.0.0.1:\(port)/jwks" }
    var requests: [String] { heard.withLock { $0 } }

    /// A port on which nobody listens.
    static var deadPort: UInt16 {
        let (socket, port) = bound()
        close(socket)
        return port
    }

    static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    private static func bound() -> (socket: Int32, port: UInt16) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(socket, $0, size)
                _ = getsockname(socket, $0, &size)
            }
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    private static func connect(to port: UInt16) -> Int32? {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code == 0 { return connection }
        close(connection)
        return nil
    }

    private static func read(_ connection: Int32) -> String? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return text
    }
}
