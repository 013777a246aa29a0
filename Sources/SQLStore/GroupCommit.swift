import HTTP
import OAuth
import SQL
import Store

/// The writer of a process: verbs that come at the same time share one transaction and one wait for the disk.
///
/// There is no thread of its own. Whoever finds nobody committing takes the whole queue and commits it; those who come
/// meanwhile make the next batch. A verb returns when its rows are durable. Each verb of several has a savepoint, so that
/// one which fails undoes nothing of its neighbours.
///
/// What was undone is done again: all of it when the connection broke before the commit was asked for, one by one when
/// another's writer was in the way of the batch. What may have been committed never is.
///
/// `@unchecked Sendable`: `queue` and `isCommitting` are touched under `monitor` alone, the connection by whoever commits.
final class GroupCommit: @unchecked Sendable {
    private final class Job: @unchecked Sendable {
        private let verb: (any Connection) throws(SQLError) -> Void
        /// The request of the thread that waits for the verb, whoever runs it.
        private let origin = RequestOrigin.current
        var isDone = false
        var error: SQLError?
        /// What the verb did, to be kept with it.
        var acts: [AuditEntry] = []

        init(_ verb: @escaping (any Connection) throws(SQLError) -> Void) {
            self.verb = verb
        }

        func run(_ connection: any Connection, by author: AuditAuthor) throws(SQLError) {
            acts = []
            let recording = RecordingConnection(connection, author: author, origin: origin)
            try verb(recording)
            acts = recording.entries
        }
    }

    private final class Box<Value>: @unchecked Sendable {
        var value: Value?
    }

    private let connection: any Connection
    private let author: AuditAuthor
    private let monitor = Monitor()
    private var queue: [Job] = []
    private var isCommitting = false

    private static let attempts = 4

    init(_ connection: any Connection, author: AuditAuthor) {
        self.connection = connection
        self.author = author
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
        for attempt in 1...Self.attempts {
            for job in batch { job.error = nil }
            do {
                try runTogether(batch)
                return
            } catch {
                try? connection.rollback()
                guard error.isTransient, attempt < Self.attempts else {
                    for job in batch where job.error == nil { job.error = error }
                    return
                }
                if error.kind == .conflict, batch.count > 1 {
                    for job in batch { commit([job]) }
                    return
                }
            }
        }
    }

    private func runTogether(_ batch: [Job]) throws(SQLError) {
        try connection.begin()
        if batch.count == 1 {
            for job in batch { try job.run(connection, by: author) }
        } else {
            for (number, job) in batch.enumerated() { try runInSavepoint(job, isFirst: number == 0) }
        }
        // With what they tell of, and last, so that nothing waits for the chain that others wait for.
        try AuditTrail.append(batch.flatMap { $0.error == nil ? $0.acts : [] }, on: connection)
        try connection.commit()
    }

    private func runInSavepoint(_ job: Job, isFirst: Bool) throws(SQLError) {
        try connection.execute(isFirst ? "SAVEPOINT verb" : "RELEASE verb; SAVEPOINT verb")
        do {
            try job.run(connection, by: author)
        } catch {
            // This is not about the verb: the whole transaction is over.
            if error.isTransient { throw error }
            job.error = error
            try connection.execute("ROLLBACK TO verb")
        }
    }
}
