import SQL

/// The connections by which workers read. On SQLite each worker has one of its own; on PostgreSQL all workers of a process
/// share a few, since every connection costs the server a process, and a read is over before anyone waits for long.
///
/// `@unchecked Sendable`: what changes is touched under `monitor` alone, a connection by whoever has taken it.
final class Readers: @unchecked Sendable {
    private let location: StoreLocation
    private let powers: Powers
    private let limit: Int
    private let monitor = Monitor()
    /// The one that was used last is taken first, so that those too many are never used and can go.
    private var idle: [(connection: any Connection, since: Int)] = []
    private var count = 0

    /// Seconds that one connection too many is kept.
    private let rest: Int
    /// Seconds that a worker waits for one.
    private let patience: Int

    init(of location: StoreLocation, for powers: Powers, limit: Int, rest: Int = 60, patience: Int = 5) {
        self.location = location
        self.powers = powers
        self.limit = limit
        self.rest = rest
        self.patience = patience
    }

    /// Not only when somebody waits for an answer.
    func openOne() throws(SQLError) {
        give(try take())
    }

    /// A reader that met a connection which died since its last use asks once more, on a new one.
    func read<Result>(_ ask: (any Connection) throws(SQLError) -> Result) throws(SQLError) -> Result {
        let connection = try take()
        defer { give(connection) }
        do {
            return try ask(connection)
        } catch {
            guard error.isDisconnected else { throw error }
        }
        return try ask(connection)
    }

    private func take() throws(SQLError) -> any Connection {
        monitor.lock()
        let end = Monitor.seconds() + patience
        while idle.isEmpty && count == limit {
            let isInTime = monitor.wait(until: end)
            if !isInTime && idle.isEmpty && count == limit {
                monitor.unlock()
                throw SQLError(.busy, "no connection became free in time")
            }
        }
        if let last = idle.popLast() {
            monitor.unlock()
            return last.connection
        }
        count += 1
        monitor.unlock()
        do {
            return try location.connection(.read, for: powers)
        } catch {
            monitor.lock()
            count -= 1
            monitor.wakeOne()
            monitor.unlock()
            throw error
        }
    }

    private func give(_ connection: any Connection) {
        let now = Monitor.seconds()
        var tooMany: (any Connection)?
        monitor.lock()
        if let oldest = idle.first, now - oldest.since > rest {
            tooMany = idle.removeFirst().connection
            count -= 1
        }
        idle.append((connection, now))
        monitor.wakeOne()
        monitor.unlock()
        // It says goodbye to the server here, not under the lock.
        withExtendedLifetime(tooMany) {}
    }
}
