import OAuth

/// A date as HTTP writes it, in all three spellings (RFC 9110 §5.6.7).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Parameter now: tells the century where a spelling leaves it out.
    static func parse(_ text: String, now: Instant) -> Instant? {
        let parts = text.split { " ,-".contains($0) }.map(String.init)
        switch (parts.count, parts.last) {
        case (6, "GMT"):
            // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
            guard let number = digits(parts[3], in: 0...9999) else { return nil }
            let year = parts[3].utf8.count == 2 ? century(of: number, now: now) : number
            return instant(year: year, month: parts[2], day: parts[1], time: parts[4])
        case (5, _):
            // Sun Nov  6 08:49:37 1994
            guard let year = digits(parts[4], in: 0...9999) else { return nil }
            return instant(year: year, month: parts[1], day: parts[2], time: parts[3])
        default: return nil
        }
    }

    private static func instant(year: Int, month: String, day: String, time: String) -> Instant? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let month = months.firstIndex(of: month), let day = digits(day, in: 1...31), clock.count == 3,
            let hour = digits(clock[0], in: 0...23), let minute = digits(clock[1], in: 0...59),
            // A leap second may be written.
            let second = digits(clock[2], in: 0...60)
        else { return nil }
        return Instant(
            days(year: year, month: month + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// More than fifty years ahead is the century before.
    private static func century(of year: Int, now: Instant) -> Int {
        let current = 1970 + now.seconds / 31_556_952
        let guess = current - current % 100 + year
        return guess > current + 50 ? guess - 100 : guess
    }

    /// Days since 1970-01-01, in a calendar whose years begin in March so that the leap day is the last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }

    private static func digits(_ text: String, in range: ClosedRange<Int>) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(text), range.contains(number)
        else { return nil }
        return number
    }
}
