import Glibc

/// How long one statement may take.
package struct Patience: Sendable {
    /// For what answers a request.
    package static let request = Patience(seconds: 5)
    /// For a migration: as long as it takes.
    package static let endless = Patience(seconds: 0)

    private let seconds: Int

    /// The server gives up first; we do when it says nothing at all.
    private static let grace = 2

    var statementTimeout: String { "SET statement_timeout = '\(seconds)s'" }

    func deadline() -> Deadline {
        Deadline(end: seconds == 0 ? nil : Deadline.now() + (seconds + Self.grace) * 1000)
    }

    struct Deadline {
        /// Milliseconds of the monotonic clock.
        fileprivate let end: Int?

        /// What poll takes: -1 has no end.
        func milliseconds() -> Int32 { end.map { Int32(max(0, $0 - Self.now())) } ?? -1 }

        fileprivate static func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
        }
    }
}
