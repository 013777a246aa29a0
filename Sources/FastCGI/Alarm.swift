import Synchronization

/// The earliest moment at which some deadline must be looked at: the epoll's timer, set no more often than needed.
final class Alarm: Sendable {
    private let poll: Poll
    private let start = ContinuousClock.now
    /// Microseconds after `start`; `never` when nothing is set.
    private let moment = Atomic<Int64>(never)
    private let setting = Mutex<Void>(())

    private static let never = Int64.max

    init(poll: Poll) {
        self.poll = poll
    }

    /// Sees to it that the timer ends no later than this. Under load it nearly always does already.
    func set(for deadline: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (deadline - start).components
        let due = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        guard due < moment.load(ordering: .sequentiallyConsistent) else { return }
        setting.withLock { _ in
            guard due < moment.load(ordering: .sequentiallyConsistent) else { return }
            moment.store(due, ordering: .sequentiallyConsistent)
            poll.wakeUp(in: deadline - .now)
        }
    }

    /// The timer has ended. Whoever sets a deadline from here on sets the timer too, so look at the deadlines after this.
    func ring() {
        setting.withLock { _ in
            poll.takeTick()
            moment.store(Self.never, ordering: .sequentiallyConsistent)
        }
    }
}
