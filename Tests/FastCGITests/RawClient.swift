import Glibc

/// A web server's side of one FastCGI connection, which can also say what no web server would.
final class RawClient {
    let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw Refused(code: errno) }
    }

    deinit { close(descriptor) }

    struct Refused: Error {
        let code: Int32
    }

    struct Answer: Equatable {
        var text = ""
        var status: Int { Int(text.dropFirst("Status: ".count).prefix(3)) ?? 0 }
        var body: String { text.firstRange(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "" }
    }

    enum Outcome: Equatable {
        case answer(Answer)
        /// The program closed the connection before END_REQUEST.
        case closed
        /// Nothing came within the time.
        case silent
    }

    /// `false` when the program has closed the connection.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    func outcome(within milliseconds: Int32 = 5000) -> Outcome {
        var answer = Answer()
        while true {
            guard let header = receive(8, within: milliseconds) else { return .silent }
            guard header.count == 8 else { return .closed }
            let length = Int(header[4]) << 8 | Int(header[5])
            guard let content = receive(length + Int(header[6]), within: milliseconds) else { return .silent }
            guard content.count == length + Int(header[6]) else { return .closed }
            switch header[1] {
            case 6: answer.text += String(decoding: content.prefix(length), as: UTF8.self)
            case 3: return .answer(answer)
            default: continue
            }
        }
    }

    /// One request and its answer.
    func exchange(_ bytes: [UInt8], within milliseconds: Int32 = 5000) -> Outcome {
        send(bytes) ? outcome(within: milliseconds) : .closed
    }

    /// Whether the program closes this connection.
    func isClosed(within milliseconds: Int32) -> Bool {
        receive(1, within: milliseconds)?.isEmpty ?? false
    }

    /// No more will be sent.
    func finishSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Fewer bytes at the end of the stream; `nil` when the time is over.
    private func receive(_ count: Int, within milliseconds: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, milliseconds) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(descriptor, &buffer, buffer.count, 0)
            guard got > 0 else { return bytes }
            bytes += buffer.prefix(got)
        }
        return bytes
    }
}
