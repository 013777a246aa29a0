import Glibc
import SQL
import Store

/// The writer of a process: verbs that come at the same time share one transaction and one wait for the disk.
///
/// There is no thread of its own. Whoever finds nobody committing takes the whole queue and commits it; those who come
/// meanwhile make the next batch. A verb returns when its rows are durable. Each verb has a savepoint, so that one which
/// fails undoes nothing of its neighbours.
///
/// `@unchecked Sendable`: `queue` and `isCommitting` are touched under `monitor` alone, the connection by whoever commits.
final class GroupCommit: @unchecked Sendable {
    private final class Job: @unchecked Sendable {
        let run: (any Connection) throws(SQLError) -> Void
        var isDone = false
        var error: SQLError?

        init(_ run: @escaping (any Connection) throws(SQLError) -> Void) {
            self.run = run
        }
    }

    private final class Box<Value>: @unchecked Sendable {
        var value: Value?
    }

    private let connection: any Connection
    private let monitor = Monitor()
    private var queue: [Job] = []
    private var isCommitting = false

    init(_ connection: any Connection) {
        self.connection = connection
    }

    func perform<Result: Sendable>(
        _ verb: @escaping @Sendable (any Connection) throws(SQLError) -> Result
    ) throws(StoreError) -> Result {
        let box = Box<Result>()
        let job = Job { connection throws(SQLError) in box.value = try verb(connection) }
        monitor.lock()
        queue.append(job)
        while !job.isDone {
            guard !isCommitting else {
                monitor.wait()
                continue
            }
            isCommitting = true
            let batch = queue
            queue = []
            monitor.unlock()
            commit(batch)
            monitor.lock()
            for job in batch { job.isDone = true }
            isCommitting = false
            monitor.wakeAll()
        }
        monitor.unlock()
        if let error = job.error { throw StoreError(error) }
        guard let value = box.value else { throw .failed("a verb gave no result") }
        return value
    }

    private func commit(_ batch: [Job]) {
        do {
            try connection.begin()
            for job in batch { try runInSavepoint(job) }
            try connection.commit()
        } catch {
            try? connection.rollback()
            for job in batch where job.error == nil { job.error = error }
        }
    }

    private func runInSavepoint(_ job: Job) throws(SQLError) {
        try connection.execute("SAVEPOINT verb")
        do {
            try job.run(connection)
        } catch {
            job.error = error
            try connection.execute("ROLLBACK TO verb")
        }
        try connection.execute("RELEASE verb")
    }
}

/// A lock and the place to wait at it.
///
/// `@unchecked Sendable`: that is what it is for.
private final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    func wait() { pthread_cond_wait(condition, mutex) }
    func wakeAll() { pthread_cond_broadcast(condition) }
}
