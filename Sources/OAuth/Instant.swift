/// A point in time in whole seconds since 1970-01-01T00:00:00Z (RFC 7519 §2: NumericDate).
package struct Instant: Sendable, Hashable, Comparable {
    package let seconds: Int

    package init(_ seconds: Int) {
        self.seconds = seconds
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
    package static func + (instant: Instant, seconds: Int) -> Instant { Instant(instant.seconds + seconds) }
    package static func - (left: Instant, right: Instant) -> Int { left.seconds - right.seconds }
}
