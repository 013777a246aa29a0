import CFastCGI
import Glibc
import Synchronization

/// The threads of a program: they start together, and their end can be waited for.
final class Crew: Sendable {
    private let state = Mutex(State())
    /// Counts threads that are prepared, or have failed to be.
    private let arrivals = eventfd(0, Int32(EFD_CLOEXEC | EFD_SEMAPHORE))
    /// Written by the last thread to leave.
    private let departure = eventfd(0, Int32(EFD_CLOEXEC))

    private struct State {
        var threads: [pthread_t] = []
        var working = 0
        var failure: (any Error)?
    }

    deinit {
        close(arrivals)
        close(departure)
    }

    /// Starts a thread that prepares its work, says so, and then does it.
    func start(_ prepare: @escaping @Sendable () throws -> () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 2 << 20)
        defer { pthread_attr_destroy(&attributes) }

        state.withLock { $0.working += 1 }
        let task = Unmanaged.passRetained(Task(crew: self, prepare: prepare))
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, Task.main, task.toOpaque())
        guard code == 0 else {
            task.release()
            state.withLock { $0.working -= 1 }
            throw SystemError("cannot start a thread", code: code)
        }
        state.withLock { $0.threads.append(thread) }
    }

    /// Returns when every thread is prepared; throws what the first to fail threw.
    func allReady() throws {
        for _ in 0..<state.withLock({ $0.threads.count }) {
            var one: eventfd_t = 0
            while eventfd_read(arrivals, &one) != 0, errno == EINTR {}
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// `false` when one of them is still at work after that time.
    @discardableResult
    func join(within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while state.withLock({ $0.working > 0 }) {
            let left = deadline - .now
            guard left > .zero else { return false }
            let (seconds, attoseconds) = left.components
            var waiting = pollfd(fd: departure, events: Int16(POLLIN), revents: 0)
            _ = Glibc.poll(&waiting, 1, Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
        }
        for thread in state.withLock({ $0.threads }) { pthread_join(thread, nil) }
        return true
    }
}

extension Crew {
    private final class Task: Sendable {
        let crew: Crew
        let prepare: @Sendable () throws -> () -> Void

        init(crew: Crew, prepare: @escaping @Sendable () throws -> () -> Void) {
            self.crew = crew
            self.prepare = prepare
        }

        static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            guard let context else { return nil }
            blockSignals()
            Unmanaged<Task>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }

        /// libfcgi takes an interrupted read for a broken request; a fault is no interruption.
        private static func blockSignals() {
            var signals = sigset_t()
            sigfillset(&signals)
            for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
            pthread_sigmask(SIG_BLOCK, &signals, nil)
        }

        func run() {
            work()
            crew.state.withLock { state in
                state.working -= 1
                if state.working == 0 { eventfd_write(crew.departure, 1) }
            }
        }

        /// The worker, and with it the endpoint, ends before the crew counts it out.
        private func work() {
            do {
                let work = try prepare()
                eventfd_write(crew.arrivals, 1)
                work()
            } catch {
                crew.state.withLock { $0.failure = $0.failure ?? error }
                eventfd_write(crew.arrivals, 1)
            }
        }
    }
}
