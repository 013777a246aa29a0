/// A date as FHIR writes it: a year, a month or a day (FHIR R4 datatypes#date).
package struct CalendarDate: Sendable, Equatable {
    package let year: Int
    package let month: Int?
    package let day: Int?

    /// Reads `1961`, `1961-03` and `1961-03-04`; `nil` for what is no date.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isWellFormed = zip(parts, [4, 2, 2]).allSatisfy { part, length in
            part.utf8.count == length && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        guard (1...3).contains(parts.count), isWellFormed, let year = Int(parts[0]), year > 0 else { return nil }
        let month = parts.count > 1 ? Int(parts[1]) : nil
        let day = parts.count > 2 ? Int(parts[2]) : nil
        if let month, !(1...12).contains(month) { return nil }
        if let month, let day, !(1...Self.length(ofMonth: month, in: year)).contains(day) { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day of a moment, in UTC.
    package init(secondsSince1970 seconds: Int) {
        var rest = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400 + Self.epoch
        var year = max(1, rest * 400 / 146_097)
        while Self.days(before: year + 1) < rest { year += 1 }
        rest -= Self.days(before: year)
        var month = 1
        while month < 12, rest > Self.length(ofMonth: month, in: year) {
            rest -= Self.length(ofMonth: month, in: year)
            month += 1
        }
        self.year = year
        self.month = month
        self.day = rest
    }

    /// Its first day, for putting dates in order.
    package var daysSince1970: Int { earliest.ordinal - Self.epoch }

    /// The age of somebody born on this date: days for a newborn, months up to two years, then years. Where the date
    /// leaves two ages it says both. `nil` for a date to come.
    func age(on today: CalendarDate) -> Age? {
        let today = today.earliest
        guard earliest.ordinal <= today.ordinal else { return nil }
        let low = max(0, Self.completedMonths(from: latest, to: today))
        let high = Self.completedMonths(from: earliest, to: today)
        if high >= 24 { return .years(low / 12, or: low / 12 == high / 12 ? nil : high / 12) }
        if low >= 1, high <= low + 1 { return .months(low, orOneMore: high > low) }
        guard day == nil else { return .days(today.ordinal - earliest.ordinal) }
        return .under(months: high + 1)
    }
}

extension CalendarDate {
    private typealias Day = (year: Int, month: Int, day: Int, ordinal: Int)

    private static let epoch = days(before: 1970) + 1

    private var earliest: Day { Self.whole(year, month ?? 1, day ?? 1) }

    private var latest: Day {
        let month = month ?? 12
        return Self.whole(year, month, day ?? Self.length(ofMonth: month, in: year))
    }

    private static func whole(_ year: Int, _ month: Int, _ day: Int) -> Day {
        let earlier = (1..<month).reduce(0) { $0 + length(ofMonth: $1, in: year) }
        return (year, month, day, days(before: year) + earlier + day)
    }

    private static func completedMonths(from birth: Day, to today: Day) -> Int {
        (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day ? 1 : 0)
    }

    private static func days(before year: Int) -> Int {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
