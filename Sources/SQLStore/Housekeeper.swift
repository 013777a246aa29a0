import Glibc
import OAuth
import Store
import Synchronization

/// Deletes what has expired, now and then, in the program's own writer, for as long as the program lives.
package enum Housekeeper {
    /// How many rows went, or why none could.
    package typealias Report = @Sendable (_ deleted: Int, _ error: String?) -> Void

    /// The end of the audit trail, for a log that is kept elsewhere.
    package typealias Anchored = @Sendable (_ anchor: String) -> Void

    private static let hasBegun = Atomic<Bool>(false)

    /// Begins a thread that sleeps, purges and reports; under plain CGI the process is gone before it wakes.
    ///
    /// Once a process: a reload begins no second one.
    package static func begin(
        _ database: Database, every seconds: UInt32, clock: @escaping @Sendable () -> Instant,
        report: @escaping Report, anchored: Anchored? = nil
    ) {
        guard hasBegun.exchange(true, ordering: .relaxed) == false else { return }
        let round = Round(database: database, seconds: seconds, clock: clock, report: report, anchored: anchored)
        _ = BackgroundThread.begin { round.run() }
    }

    private final class Round: Sendable {
        private let database: Database
        private let seconds: UInt32
        private let clock: @Sendable () -> Instant
        private let report: Report
        private let anchored: Anchored?

        init(
            database: Database, seconds: UInt32, clock: @escaping @Sendable () -> Instant, report: @escaping Report,
            anchored: Anchored?
        ) {
            self.database = database
            self.seconds = seconds
            self.clock = clock
            self.report = report
            self.anchored = anchored
        }

        func run() {
            while true {
                // Two programs that were started together do not wait for each other every time.
                sleep(seconds + UInt32.random(in: 0...seconds / 10))
                do {
                    let store = try database.store()
                    if let anchored { anchored(try store.auditHead().text) }
                    report(try store.purge(at: clock()).total, nil)
                } catch {
                    report(0, error.description)
                }
            }
        }
    }
}
