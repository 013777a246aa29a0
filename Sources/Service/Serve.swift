import FastCGI
import Glibc
import HTTP

/// Runs one program: reads its command line and configuration, serves until it is told to stop, and never returns.
///
/// `program` is called with the configuration, at the start and on each SIGHUP, and returns what makes a worker's
/// endpoint; that is called once a worker, on the worker's own thread. `bodyLimit` bounds what an endpoint is given as a
/// body.
package func serve(
    _ name: String, about: String, workers: Int, bodyLimit: Int,
    program: @escaping @Sendable (Configuration) throws -> @Sendable (_ worker: Int) throws -> any Endpoint
) -> Never {
    confineProcess()
    StandardDescriptors.ensureOpen()
    var limits = Limits()
    limits.workers = workers
    limits.bodyLimit = bodyLimit
    let house = House(name: name, about: about, limits: limits, program: program)
    do {
        exit(try house.run(Invocation(CommandLine.arguments)).rawValue)
    } catch {
        complain("\(name): \(error)")
        exit(ExitCode(error).rawValue)
    }
}

/// One line for a person, where the log has not begun.
func complain(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Says whether all that a program loads is in order.
func check(_ name: String, _ invocation: Invocation, load: () throws -> Void) -> ExitCode {
    do {
        try load()
        print("\(name): \(invocation.configurationPath) is in order")
        return .success
    } catch {
        complain("\(name): \(error)")
        return .checkFailed
    }
}

/// One program and the ways it can run.
private struct House {
    let name: String
    let about: String
    let limits: Limits
    let program: @Sendable (Configuration) throws -> Server.Factory

    func run(_ invocation: Invocation) throws -> ExitCode {
        switch invocation.task {
        case .help:
            print(Invocation.usage(name, about: about))
        case .version:
            print("\(name) \(version)")
        case .check:
            return check(name, invocation) { _ = try factory(invocation)(0) }
        case .serve:
            try serve(invocation)
        }
        return .success
    }

    private func serve(_ invocation: Invocation) throws {
        let log = Log(program: name)
        if let path = invocation.listenPath {
            try serve(invocation, log) { try Listener.own(at: path) }
        } else if let listener = try Listener.inherited() {
            try serve(invocation, log) { listener }
        } else if CGI.isRequested {
            try CGI.serve(limits: limits, observer: log.write, endpoint: factory(invocation)(0))
            Farewell.run()
        } else {
            throw UsageError("nothing to serve: give it --listen PATH, or a listening socket as descriptor 0")
        }
    }

    private func serve(_ invocation: Invocation, _ log: Log, on listener: () throws -> Listener) throws {
        // Before the program starts a thread of its own; and a path of ours is made when all else is in order.
        let signals = Signals()
        let factory = try factory(invocation)
        let server = try Server(
            listener: listener(), limits: limits, observer: log.write, endpoint: factory)
        try server.start()
        log.write(.info, "started")
        while signals.next() == .reload { reload(server, invocation, log) }
        log.write(.info, "stopping")
        server.stop()
        let isInTime = server.wait()
        Farewell.run()
        guard isInTime else {
            log.write(.warning, "stopped late")
            // A worker is still at work: what runs at exit must not pull its libraries away.
            _exit(ExitCode.success.rawValue)
        }
        log.write(.info, "stopped")
    }

    /// A configuration with a mistake changes nothing.
    private func reload(_ server: Server, _ invocation: Invocation, _ log: Log) {
        do {
            server.replace(endpoint: try factory(invocation))
            log.write(.info, "reloaded")
        } catch {
            log.write(.error, "reload failed", [("error", .text("\(error)"))])
        }
    }

    private func factory(_ invocation: Invocation) throws -> Server.Factory {
        try program(Configuration.load(path: invocation.configurationPath))
    }
}
