import Glibc

/// Lets so many in at a time; the others wait. For work that costs much memory or a whole core, as hashing passwords does.
///
/// `@unchecked Sendable`: a semaphore is made to be shared.
package final class Turnstile: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    package init(places: Int) {
        sem_init(semaphore, 0, UInt32(places))
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    package func pass<Result>(_ work: () -> Result) -> Result {
        while sem_wait(semaphore) != 0 {}
        defer { sem_post(semaphore) }
        return work()
    }
}
