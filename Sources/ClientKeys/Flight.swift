import Glibc

/// One fetch that is under way, and the place where others wait for what it brings.
///
/// `@unchecked Sendable`: `landing` is touched under the mutex alone.
final class Flight: @unchecked Sendable {
    typealias Landing = Result<PreparedKeys, ClientKeysError>

    /// Whether its host was slow or down the last time: then it takes one of the places for such.
    let isSlow: Bool
    let began: ContinuousClock.Instant

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var landing: Landing?

    init(isSlow: Bool, at now: ContinuousClock.Instant) {
        self.isSlow = isSlow
        began = now
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Waiting must not depend on somebody setting the clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Wakes all who wait, and serves those who are still on their way to waiting.
    func land(_ landing: Landing) {
        pthread_mutex_lock(mutex)
        self.landing = landing
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// - Returns: `nil` when nothing came in that time.
    func wait(atMost patience: Duration) -> Landing? {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = patience.components
        end.tv_sec += Int(seconds)
        end.tv_nsec += Int(attoseconds / 1_000_000_000)
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while landing == nil, pthread_cond_timedwait(condition, mutex, &end) == 0 {}
        return landing
    }
}
