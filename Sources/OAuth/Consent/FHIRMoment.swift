/// A dateTime or instant of FHIR: a year, a month, a day, or a second with its place in the world (FHIR R4 datatypes#dateTime).
struct FHIRMoment: Equatable {
    /// Its first second anywhere on earth.
    let first: Instant
    /// The first second that it is over everywhere.
    let end: Instant

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        if bytes.count > 10 {
            guard bytes.count >= 20, bytes.allSatisfy({ $0 < 0x80 }), let second = Self.second(text) else { return nil }
            (first, end) = (second, second + 1)
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.first?.utf8.count == 4, let year = Int(parts[0]), year > 0, parts.count <= 3 else { return nil }
        let month = parts.count > 1 ? Int(parts[1]) : 1
        guard let month else { return nil }
        let start = Instant(timestamp: parts.count == 3 ? text : Self.day(year, month))
        let end: Instant? =
            switch parts.count {
            case 1: Instant(timestamp: Self.day(year + 1, 1))
            case 2: Instant(timestamp: month == 12 ? Self.day(year + 1, 1) : Self.day(year, month + 1))
            default: start.map { $0 + 86_400 }
            }
        guard let start, let end else { return nil }
        // A day begins first in Kiribati, and is over last on Baker Island.
        first = Instant(start.seconds - 14 * 3600)
        self.end = end + 12 * 3600
    }

    private static func day(_ year: Int, _ month: Int) -> String {
        let digits = String(year)
        return
            "\(String(repeating: "0", count: max(0, 4 - digits.utf8.count)))\(digits)-\(month < 10 ? "0" : "")\(month)-01"
    }

    /// `2026-01-31T12:30:00.5+01:00`
    private static func second(_ text: String) -> Instant? {
        guard let whole = Instant(timestamp: "\(text.prefix(19))Z") else { return nil }
        var rest = text.dropFirst(19)
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(1 + digits.count)
        }
        if rest == "Z" { return whole }
        let zone = Array(rest.utf8)
        guard zone.count == 6, zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
            zone[3] == UInt8(ascii: ":"),
            let hours = Int(String(decoding: zone[1...2], as: UTF8.self)),
            let minutes = Int(
                String(decoding: zone[4...5], as: UTF8.self)), (0...14).contains(hours), (0..<60).contains(minutes)
        else { return nil }
        let offset = (hours * 60 + minutes) * 60
        return Instant(whole.seconds + (zone[0] == UInt8(ascii: "+") ? -offset : offset))
    }
}
