/// One connection of the web server, as the epoll carries it: a descriptor, and a number that no other has had lately.
struct Connection: Equatable, Sendable {
    let descriptor: Int32
    private let serial: UInt32
    /// Whether it is in the ledger with a deadline: it is new, or half a request is there.
    var isTimed: Bool
    /// Whether the epoll knows it.
    var isWatched: Bool

    /// Serials begin at 1, so that a token below 2³² is the program's own.
    init(descriptor: Int32, serial: UInt32) {
        self.descriptor = descriptor
        self.serial = max(1, serial & 0x7FFF_FFFF)
        isTimed = true
        isWatched = false
    }

    init?(token: UInt64) {
        guard token >> 32 != 0 else { return nil }
        descriptor = Int32(truncatingIfNeeded: token)
        serial = UInt32(truncatingIfNeeded: token >> 32) & 0x7FFF_FFFF
        isTimed = token >> 63 == 1
        isWatched = true
    }

    var token: UInt64 {
        (isTimed ? 1 << 63 : 0) | UInt64(serial) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    /// The same for a connection with and without a deadline.
    var identity: UInt64 { token & ~(1 << 63) }
}
