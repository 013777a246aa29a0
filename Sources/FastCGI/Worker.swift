import CFastCGI
import Glibc
import HTTP

/// One thread of a program: it takes whatever is ready, answers it, and gives it back.
final class Worker {
    private let index: Int
    private let server: Server
    private let request: UnsafeMutablePointer<FCGX_Request>
    private var endpoint: any Endpoint
    private var generation: Int
    private var opening: Opening
    private let peeked: UnsafeMutableRawBufferPointer

    /// Makes the first worker's endpoint, on the thread that is going to use it, so that a program that cannot work does
    /// not start. The others make theirs before their first request: workers that are never needed cost a stack, no more.
    init(index: Int, server: Server) throws {
        self.index = index
        self.server = server
        if index == 0 {
            let source = server.endpoints
            endpoint = try source.make(index)
            generation = source.generation
        } else {
            endpoint = Unready()
            generation = Unready.generation
        }
        opening = Opening(limits: server.limits)
        request = .allocate(capacity: 1)
        // Without a listener of its own: libfcgi never accepts, our epoll does.
        FCGX_InitRequest(request, -1, 0)
        // All parameters, and room for the headers of their records.
        peeked = .allocate(byteCount: server.limits.parameterBytes + 16_384, alignment: 8)
    }

    deinit {
        request.deallocate()
        peeked.deallocate()
    }

    /// Until all is done.
    func run() {
        while true {
            switch server.poll.next() {
            case .done:
                return
            case .listener:
                accept()
                server.finishIfDrained()
            case .connection(let connection, let isEnding):
                serve(connection, isEnding: isEnding)
            }
        }
    }
}

extension Worker {
    /// Takes one connection, lets the next worker take the next, and serves the one taken.
    private func accept() {
        guard server.connections.admit() else { return }
        let descriptor = accept4(server.listener.descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        guard descriptor >= 0 else {
            switch errno {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: server.connections.turnedAway(retryAfter: .milliseconds(50))
            default: server.connections.turnedAway(retryAfter: nil)
            }
            return
        }
        let connection = server.connections.entered(descriptor)
        server.poll.watchListenerAgain(server.listener.descriptor)
        Self.limit(descriptor, SO_RCVTIMEO, server.limits.receiveTimeout)
        Self.limit(descriptor, SO_SNDTIMEO, server.limits.sendTimeout)
        serve(connection, isEnding: false)
    }

    private func serve(_ connection: Connection, isEnding: Bool) {
        while true {
            let count = recv(
                connection.descriptor, peeked.baseAddress, peeked.count, Int32(MSG_PEEK | MSG_DONTWAIT))
            if count < 0, errno == EAGAIN { return server.connections.waits(connection) }
            guard count > 0 else { return close(connection) }
            switch opening.verdict(on: UnsafeRawBufferPointer(rebasing: peeked[..<count])) {
            case .complete:
                return answer(connection)
            case .incomplete:
                guard !isEnding, count < peeked.count else { return close(connection) }
                return server.connections.waitsForRest(connection)
            case .stale(let bytes):
                guard recv(connection.descriptor, peeked.baseAddress, bytes, 0) == bytes else {
                    return close(connection)
                }
            case .refused(let reason):
                server.report(.refused(reason))
                return close(connection)
            }
        }
    }

    private func close(_ connection: Connection) {
        server.connections.close(connection)
        server.finishIfDrained()
    }
}

extension Worker {
    private func answer(_ connection: Connection) {
        var connection = connection
        let reading = server.connections.readings[index]
        reading.begin(connection.descriptor, until: server.connections.opened(&connection))
        // In this order: FCGX_Accept_r begins with FCGX_Finish_r, which closes what is not to be kept.
        request.pointee.keepConnection = 1
        request.pointee.ipcFd = connection.descriptor
        // Spares the wait for the peer's last word, should libfcgi close the connection.
        request.pointee.detached = 1
        guard FCGX_Accept_r(request) == 0, let input = request.pointee.in, let output = request.pointee.out else {
            reading.end()
            server.connections.forget(connection)
            return server.finishIfDrained()
        }
        let start = ContinuousClock.now
        let isKept = request.pointee.keepConnection != 0
        let parameters = Parameters(request.pointee.envp, limits: server.limits, countsAll: true)
        let id = parameters.requestID
        renewEndpoint()

        let response = server.reception.answer(
            to: parameters, id: id, body: StandardInput(stream: input),
            received: reading.end, by: &endpoint)
        reading.end()
        if let response {
            write(response, to: output, isHead: parameters[.method] == "HEAD")
        }
        let isSound = finish(hasAnswered: response != nil)
        if isKept, isSound {
            server.connections.waits(connection)
        } else {
            close(connection)
        }
        report(response, to: parameters, id: id, since: start)
    }

    /// Before the first request, and after a reload: a new endpoint, or the old one where the new one cannot be made.
    private func renewEndpoint() {
        guard server.generation != generation else { return }
        let source = server.endpoints
        do {
            endpoint = try source.make(index)
            generation = source.generation
        } catch {
            server.report(.keptOldEndpoint(worker: index, error))
            if generation == Unready.generation {
                // Nothing to keep: what the others keep, or another try at the next request.
                guard let old = try? source.before?(index) else { return }
                endpoint = old
            }
            generation = source.generation
        }
    }

    /// A client that is gone is no error: what cannot be written is not written.
    private func write(_ response: Response, to stream: UnsafeMutablePointer<FCGX_Stream>, isHead: Bool) {
        put(response.head, stream)
        if !isHead { put(response.body, stream) }
    }

    private func put(_ bytes: [UInt8], _ stream: UnsafeMutablePointer<FCGX_Stream>) {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Int32(clamping: buffer.count - offset)
                let start = buffer.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
                guard FCGX_PutStr(start, count, stream) == count else { return }
                offset += Int(count)
            }
        }
    }

    /// FCGX_Finish_r, but for the closing: a descriptor is closed in one place. `true` when the connection can be used again.
    private func finish(hasAnswered: Bool) -> Bool {
        var isSound = false
        if hasAnswered {
            let closed = FCGX_FClose(request.pointee.err) == 0 && FCGX_FClose(request.pointee.out) == 0
            isSound = closed && FCGX_GetError(request.pointee.in) == 0
        }
        FCGX_Free(request, 0)
        request.pointee.ipcFd = -1
        return isSound
    }

    private func report(
        _ response: Response?, to parameters: Parameters, id: String, since start: ContinuousClock.Instant
    ) {
        let path = String((parameters[.uri] ?? parameters[.scriptName] ?? "").prefix { $0 != "?" })
        guard let response else { return server.report(.abandoned(id: id, path: path)) }
        server.report(
            .answered(
                Exchange(
                    id: id, method: parameters[.method] ?? "", path: path, response: response,
                    duration: .now - start)))
    }

    private static func limit(_ descriptor: Int32, _ option: Int32, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}

/// What a worker has before its first request, and as long as its endpoint cannot be made.
private struct Unready: Endpoint {
    static let generation = -1

    func respond(to request: Request) -> Response {
        .plain(503, "This service cannot answer just now. Quote \(request.shortID) when you ask for help.")
    }
}
