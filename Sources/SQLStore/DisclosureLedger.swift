import Glibc
import OAuth
import Store

/// Counts what was given out in the memory of the process, and stores the counts every few seconds and at the end: reading a
/// record costs no write.
///
/// Its thread ends when nobody else has the ledger any more, as after a reload.
///
/// `@unchecked Sendable`: `counts` is touched under `monitor` alone.
package final class DisclosureLedger: DisclosureBook, @unchecked Sendable {
    package typealias Report = @Sendable (_ error: String) -> Void

    private struct Key: Hashable {
        let disclosure: Disclosure
        let day: Int
    }

    private struct Tally {
        var reads = 0
        var first: Instant
        var last: Instant
    }

    private let store: SQLStore
    private let report: Report
    private let monitor = Monitor()
    private var counts: [Key: Tally] = [:]

    private init(_ store: SQLStore, report: @escaping Report) {
        self.store = store
        self.report = report
    }

    deinit { flush() }

    /// A ledger that stores what it has every `seconds`.
    package static func begin(
        _ database: Database, every seconds: UInt32 = 5, report: @escaping Report
    ) throws(StoreError) -> DisclosureLedger {
        let ledger = DisclosureLedger(try database.store(), report: report)
        let round = Round(ledger: ledger, seconds: seconds)
        guard BackgroundThread.begin({ round.run() }) else {
            throw .failed("no thread for the counts of disclosures")
        }
        return ledger
    }

    package func note(_ disclosure: Disclosure, at now: Instant) {
        add(Tally(reads: 1, first: now, last: now), to: Key(disclosure: disclosure, day: now.seconds / 86_400))
    }

    /// Stores what there is; what cannot be stored now stays for the next time.
    package func flush() {
        monitor.lock()
        let taken = counts
        counts = [:]
        monitor.unlock()
        guard !taken.isEmpty else { return }
        do {
            try store.add(
                taken.map { key, tally in
                    DisclosureCount(key.disclosure, reads: tally.reads, first: tally.first, last: tally.last)
                })
        } catch {
            for (key, tally) in taken { add(tally, to: key) }
            report(error.description)
        }
    }

    private func add(_ more: Tally, to key: Key) {
        monitor.lock()
        var tally = counts[key] ?? Tally(first: more.first, last: more.last)
        tally.reads += more.reads
        tally.first = min(tally.first, more.first)
        tally.last = max(tally.last, more.last)
        counts[key] = tally
        monitor.unlock()
    }

    private final class Round: @unchecked Sendable {
        private weak var ledger: DisclosureLedger?
        private let seconds: UInt32

        init(ledger: DisclosureLedger, seconds: UInt32) {
            self.ledger = ledger
            self.seconds = seconds
        }

        func run() {
            while true {
                sleep(seconds)
                guard let ledger else { return }
                ledger.flush()
            }
        }
    }
}
