import Glibc
import HTTP

/// Plain CGI (RFC 3875): one process, one request, for web servers that know no FastCGI.
package enum CGI {
    /// Whether a web server started this process for one request.
    package static var isRequested: Bool { getenv("REQUEST_METHOD") != nil }

    /// Answers the one request of this process.
    package static func serve(
        limits: Limits, observer: (Event) -> Void, endpoint: any Endpoint
    ) {
        var endpoint = endpoint
        let start = ContinuousClock.now
        let parameters = Parameters(environ, limits: limits, countsAll: false)
        let id = parameters.requestID
        let path = String((parameters[.uri] ?? parameters[.scriptName] ?? "").prefix { $0 != "?" })
        let input = ProcessInput(deadline: start + limits.receiveTimeout)
        let response = Reception(limits: limits).answer(
            to: parameters, id: id, body: input, received: {}, by: &endpoint)
        guard let response else { return observer(.abandoned(id: id, path: path)) }
        write(response.head)
        let method = parameters[.method] ?? ""
        if method != "HEAD" { write(response.body) }
        observer(
            .answered(Exchange(id: id, method: method, path: path, response: response, duration: .now - start)))
    }

    /// A web server that has gone away is no error.
    private static func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(STDOUT_FILENO, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                offset += count
            }
        }
    }
}

/// Standard input of a CGI program: nothing is read beyond the promised length (RFC 3875 §4.2).
struct ProcessInput: BodySource {
    var descriptor = STDIN_FILENO
    let deadline: ContinuousClock.Instant
    let runsToItsEnd = false
    let isBroken = false

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var received = 0
        while received < buffer.count {
            let (seconds, attoseconds) = max(deadline - .now, .zero).components
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
            guard Glibc.poll(&waiting, 1, milliseconds) > 0 else { break }
            let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: received), buffer.count - received)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            received += count
        }
        return received
    }
}
