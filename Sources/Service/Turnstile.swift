import Glibc
import Synchronization

/// Lets so many in at a time and so many more wait; who comes then is turned away. For work that costs much memory or a
/// whole core, as hashing passwords does: a crowd at the turnstile must not hold every worker.
///
/// `@unchecked Sendable`: a semaphore is made to be shared.
package final class Turnstile: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    private let capacity: Int
    private let inside = Atomic<Int>(0)

    package init(places: Int, waiting: Int = 20) {
        capacity = places + waiting
        sem_init(semaphore, 0, UInt32(places))
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// - Returns: `nil` when too many wait already; then the work was not done.
    package func pass<Result>(_ work: () -> Result) -> Result? {
        defer { inside.subtract(1, ordering: .relaxed) }
        guard inside.add(1, ordering: .relaxed).newValue <= capacity else { return nil }
        while sem_wait(semaphore) != 0 {}
        defer { sem_post(semaphore) }
        return work()
    }
}
