import CFastCGI
import Glibc
import HTTP
import Synchronization

/// A FastCGI program at work: workers that answer what comes in by one listener, until it is told to stop.
package final class Server: Sendable {
    /// Makes the endpoint of one worker, on that worker's thread.
    package typealias Factory = @Sendable (_ worker: Int) throws -> any Endpoint

    let limits: Limits
    let listener: Listener
    let poll: Poll
    let connections: Connections
    let reception: Reception
    private let observer: @Sendable (Event) -> Void
    private let source: Mutex<Source>
    private let current = Atomic<Int>(0)
    private let crew = Crew()

    struct Source: Sendable {
        var generation = 0
        /// What made the endpoints before the last reload, for a worker that has none yet.
        var before: Factory?
        var make: Factory
    }

    package init(
        listener: Listener, limits: Limits, observer: @escaping @Sendable (Event) -> Void, endpoint: @escaping Factory
    ) throws(SystemError) {
        var limits = limits
        limits.connections = DescriptorBudget.connections(limits.connections, workers: limits.workers)
        self.limits = limits
        self.listener = listener
        poll = try Poll()
        connections = Connections(poll: poll, listener: listener.descriptor, limits: limits)
        reception = Reception(limits: limits)
        self.observer = observer
        source = Mutex(Source(make: endpoint))
    }

    /// Returns when every worker has its endpoint and requests are being served; throws the first error of a worker.
    package func start() throws {
        _ = Self.library
        do {
            for index in 0..<limits.workers {
                try crew.start { [self] in try Worker(index: index, server: self).run }
            }
            // Apart from the workers, who may all be waiting for what only a deadline ends.
            try crew.start { [self] in watch }
            try crew.allReady()
        } catch {
            poll.finish()
            crew.join(within: limits.stopTimeout)
            listener.remove()
            throw error
        }
        poll.watchListener(listener.descriptor)
    }

    /// From its next request on, every worker has an endpoint made by `endpoint`; one that cannot be made changes nothing.
    package func replace(endpoint: @escaping Factory) {
        source.withLock { source in
            source.generation += 1
            source.before = source.make
            source.make = endpoint
            current.store(source.generation, ordering: .releasing)
        }
    }

    /// Stops accepting. Connections that the web server keeps are served until it lets go of them.
    package func stop() {
        // The path goes first: nobody new finds the way in, and who is in the backlog is served.
        listener.remove()
        connections.stop(acceptsBacklog: listener.isOwn)
        finishIfDrained()
    }

    /// After `stop`: waits for the last connection and the last worker; `false` when that took longer than allowed.
    package func wait() -> Bool {
        guard crew.join(within: limits.stopTimeout) else { return false }
        poll.close()
        listener.close()
        return true
    }
}

extension Server {
    private func watch() {
        while poll.nextTick() { connections.tick() }
    }

    var generation: Int { current.load(ordering: .acquiring) }

    var endpoints: Source { source.withLock { $0 } }

    func report(_ event: Event) { observer(event) }

    func finishIfDrained() {
        guard connections.isDrained, !(listener.isOwn && listener.hasBacklog) else { return }
        poll.finish()
    }

    /// libfcgi, made ready once a process. Its own waits on accepting and closing never come: it is let do neither.
    private static let library = FCGX_Init()
}
