import Glibc
import Synchronization

/// What one worker is reading, and until when: a request whose bytes trickle in must not keep its worker.
final class Reading: Sendable {
    private let alarm: Alarm
    private let timeout: Duration
    private let current = Mutex<(descriptor: Int32, deadline: ContinuousClock.Instant)?>(nil)

    init(alarm: Alarm, timeout: Duration) {
        self.alarm = alarm
        self.timeout = timeout
    }

    /// From now on the rest of the request has until `deadline`, or as long as a whole one.
    func begin(_ descriptor: Int32, until deadline: ContinuousClock.Instant?) {
        let deadline = deadline ?? .now + timeout
        current.withLock { $0 = (descriptor, deadline) }
        alarm.set(for: deadline)
    }

    /// The request is complete: an endpoint takes the time it needs. Before the descriptor is closed, always.
    func end() {
        current.withLock { $0 = nil }
    }

    /// Shuts down what is late; when to look again, if there is something to look at.
    func expire(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        current.withLock { reading in
            guard let (descriptor, deadline) = reading else { return nil }
            guard deadline <= now else { return deadline }
            shutdown(descriptor, Int32(SHUT_RDWR))
            reading = nil
            return nil
        }
    }
}
