import Foundation

/// A server on a unix socket that accepts one connection after another and answers each request with the next of its bytes.
final class OnePeer: @unchecked Sendable {
    let path = NSTemporaryDirectory() + "peer-\(UUID().uuidString.prefix(8)).sock"
    private let listener: Int32
    private let lock = NSLock()
    private var heardRequests: [String] = []
    private var connectionCount = 0

    /// `nil` among the answers closes the connection instead.
    init(_ answers: [String?], keepsOpen: Bool = true) {
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) }
        }
        listen(listener, 16)
        Thread.detachNewThread { [self] in serve(answers, keepsOpen: keepsOpen) }
    }

    deinit { unlink(path) }

    var requests: [String] { lock.withLock { heardRequests } }
    var connections: Int { lock.withLock { connectionCount } }

    private func serve(_ answers: [String?], keepsOpen: Bool) {
        var rest = answers[...]
        while !rest.isEmpty {
            let connection = accept(listener, nil, nil)
            lock.withLock { connectionCount += 1 }
            while let answer = rest.first, let request = read(connection) {
                rest = rest.dropFirst()
                lock.withLock { heardRequests.append(request) }
                guard let answer else { break }
                _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                if !keepsOpen { break }
            }
            close(connection)
        }
        close(listener)
    }

    private func read(_ connection: Int32) -> String? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("\r\n\r\n") || text.hasPrefix("POST") && !text.hasSuffix("END") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return text
    }
}
