import CFastCGI
import Glibc

/// Where the body of one request comes from.
protocol BodySource {
    /// Fills the buffer as far as bytes come; fewer bytes than asked for are the last.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int
    /// Whether the peer broke off before the end.
    var isBroken: Bool { get }
    /// Whether bytes may follow those that were promised, and must be taken as well.
    var runsToItsEnd: Bool { get }
}

/// FastCGI's STDIN stream (FastCGI §5.3).
struct StandardInput: BodySource {
    let stream: UnsafeMutablePointer<FCGX_Stream>
    let runsToItsEnd = true

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = Int32(clamping: buffer.count)
        return Int(FCGX_GetStr(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), count, stream))
    }

    var isBroken: Bool { FCGX_GetError(stream) != 0 }
}

/// What came of a body.
enum Body {
    case whole([UInt8])
    case longerThanPromised
    /// The client went away before its end.
    case broken
}

extension BodySource {
    /// Reads the promised bytes, then what is left: bytes left behind would be taken for the next request.
    func body(promised: Int) -> Body {
        var received = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: promised) { buffer, count in
            received = promised == 0 ? 0 : read(into: UnsafeMutableRawBufferPointer(buffer))
            count = received
        }
        guard received == promised else { return .broken }
        guard runsToItsEnd else { return .whole(bytes) }
        let surplus = drained()
        if isBroken { return .broken }
        return surplus == 0 ? .whole(bytes) : .longerThanPromised
    }

    /// Reads the body and throws it away: a web server that cannot get rid of it may not look at the answer.
    func discard(promised: Int) {
        _ = runsToItsEnd ? drained() : drained(limit: promised)
    }

    /// Reads to the end, or to the limit, and throws away; how many bytes that were.
    private func drained(limit: Int = .max) -> Int {
        withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { buffer in
            var total = 0
            while total < limit {
                let wanted = min(buffer.count, limit - total)
                let count = read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
                total += count
                if count < wanted { break }
            }
            return total
        }
    }
}
