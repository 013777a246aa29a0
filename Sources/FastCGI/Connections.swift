import Glibc
import Synchronization

/// Every open connection: how many there are, and which of them must be heard of by a certain time.
///
/// A connection belongs to the epoll while it waits and to one worker while it is answered. Only that worker closes it;
/// a deadline merely shuts it down, so that its reader finds the end, and no descriptor is ever closed twice. A kept
/// connection that goes from request to request does not come by here.
final class Connections: Sendable {
    private let poll: Poll
    private let listener: Int32
    private let limits: Limits
    private let ledger = Mutex(Ledger())
    private let alarm: Alarm
    /// What each worker is reading.
    let readings: [Reading]

    init(poll: Poll, listener: Int32, limits: Limits) {
        self.poll = poll
        self.listener = listener
        self.limits = limits
        let alarm = Alarm(poll: poll)
        self.alarm = alarm
        readings = (0..<limits.workers).map { _ in Reading(alarm: alarm, timeout: limits.receiveTimeout) }
    }
}

private struct Ledger {
    /// Open connections, and those being accepted.
    var count = 0
    var lastSerial: UInt32 = 0
    var timed: [UInt64: Timed] = [:]
    /// Set while the listener is not watched: there are too many connections, or no descriptor is left.
    var isListenerParked = false
    var retryListener: ContinuousClock.Instant?
    var isStopping = false

    struct Timed {
        var connection: Connection
        /// When it is shut down.
        var deadline: ContinuousClock.Instant
        /// When half a request is looked at again; `nil` while the epoll has it.
        var nextLook: ContinuousClock.Instant?
        var patience = Duration.zero
    }
}

// A connection's way.
extension Connections {
    /// Makes room for one more, or parks the listener until a connection ends.
    func admit() -> Bool {
        ledger.withLock { ledger in
            guard ledger.count < limits.connections else {
                ledger.isListenerParked = true
                return false
            }
            ledger.count += 1
            return true
        }
    }

    /// A connection that has said nothing yet has as long as a whole request has.
    func entered(_ descriptor: Int32) -> Connection {
        let deadline = ContinuousClock.now + limits.receiveTimeout
        let connection = ledger.withLock { ledger in
            ledger.lastSerial &+= 1
            let connection = Connection(descriptor: descriptor, serial: ledger.lastSerial)
            ledger.timed[connection.identity] = Ledger.Timed(connection: connection, deadline: deadline)
            return connection
        }
        alarm.set(for: deadline)
        return connection
    }

    /// Nothing came of an admission. `delay` keeps the listener unwatched, where trying again at once would spin.
    func turnedAway(retryAfter delay: Duration?) {
        let retry = delay.map { ContinuousClock.now + $0 }
        ledger.withLock { ledger in
            ledger.count -= 1
            ledger.isListenerParked = ledger.isListenerParked || retry != nil
            ledger.retryListener = retry ?? ledger.retryListener
        }
        if let retry { alarm.set(for: retry) } else { poll.watchListenerAgain(listener) }
    }

    /// Its request has opened: what remains of its deadline, if it had one.
    func opened(_ connection: inout Connection) -> ContinuousClock.Instant? {
        guard connection.isTimed else { return nil }
        connection.isTimed = false
        return ledger.withLock { $0.timed.removeValue(forKey: connection.identity) }?.deadline
    }

    /// To the epoll until its peer speaks or closes it: a kept connection is the peer's to close (FastCGI §3.5).
    func waits(_ connection: Connection) {
        poll.watch(connection)
    }

    /// Half a request is there, and would be reported at once: it is looked at again after 1, 2, 4 … 64 ms.
    func waitsForRest(_ connection: Connection) {
        var connection = connection
        let now = ContinuousClock.now
        connection.isTimed = true
        let look = ledger.withLock { [connection] ledger in
            var timed =
                ledger.timed[connection.identity]
                ?? Ledger.Timed(connection: connection, deadline: now + limits.receiveTimeout)
            timed.connection = connection
            timed.patience = min(max(timed.patience * 2, .milliseconds(1)), .milliseconds(64))
            let look = min(now + timed.patience, timed.deadline)
            timed.nextLook = look
            ledger.timed[connection.identity] = timed
            return look
        }
        alarm.set(for: look)
    }

    func close(_ connection: Connection) {
        leave(connection)
        Glibc.close(connection.descriptor)
        resumeListener()
    }

    /// Takes a connection out of the books whose descriptor libfcgi has closed.
    func forget(_ connection: Connection) {
        leave(connection)
        resumeListener()
    }

    private func leave(_ connection: Connection) {
        ledger.withLock { ledger in
            ledger.count -= 1
            if connection.isTimed { ledger.timed[connection.identity] = nil }
        }
    }
}

// The program's way.
extension Connections {
    var count: Int { ledger.withLock { $0.count } }

    /// On the timer: shuts down what is late, looks again at what is unfinished, and sets the timer anew.
    func tick() {
        alarm.ring()
        let now = ContinuousClock.now
        var next: ContinuousClock.Instant?
        func wait(until moment: ContinuousClock.Instant) { next = min(moment, next ?? moment) }

        for reading in readings { reading.expire(at: now).map(wait) }
        ledger.withLock { ledger in
            for (identity, var timed) in ledger.timed {
                if timed.deadline <= now {
                    shutdown(timed.connection.descriptor, Int32(SHUT_RDWR))
                } else {
                    wait(until: timed.deadline)
                }
                if let look = timed.nextLook {
                    if look <= now { lookAgain(&timed) } else { wait(until: look) }
                }
                ledger.timed[identity] = timed
            }
            if let retry = ledger.retryListener, retry > now { wait(until: retry) }
        }
        resumeListener(at: now)
        if let next { alarm.set(for: next) }
    }

    /// From now on only those are accepted who wait in the backlog of a socket that nobody else has.
    func stop(acceptsBacklog: Bool) {
        ledger.withLock { $0.isStopping = true }
        if !acceptsBacklog { poll.forgetListener(listener) }
    }

    /// Whether a stopping program has let every connection go.
    var isDrained: Bool {
        ledger.withLock { $0.isStopping && $0.count == 0 }
    }

    private func lookAgain(_ timed: inout Ledger.Timed) {
        timed.nextLook = nil
        poll.watch(timed.connection)
    }

    /// A connection has ended, or it is time to try again: there may be room for another.
    private func resumeListener(at now: ContinuousClock.Instant? = nil) {
        let resumes = ledger.withLock { ledger in
            guard ledger.isListenerParked else { return false }
            if let now, let retry = ledger.retryListener, retry > now { return false }
            if now != nil, ledger.retryListener == nil { return false }
            ledger.isListenerParked = false
            ledger.retryListener = nil
            return true
        }
        if resumes { poll.watchListenerAgain(listener) }
    }
}
