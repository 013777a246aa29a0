extension Instant {
    /// RFC 3339 §5.6, in UTC.
    package var timestamp: String {
        let (day, second) = (Self.floor(seconds, 86_400), seconds - Self.floor(seconds, 86_400) * 86_400)
        // Years begin in March, so that the leap day comes last; eras are 400 years.
        let shifted = day + 719_468
        let era = Self.floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
        let date = "\(Self.digits(year, 4))-\(Self.digits(civilMonth, 2))-\(Self.digits(dayOfMonth, 2))"
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.digits($0, 2) }.joined(separator: ":")
        return "\(date)T\(time)Z"
    }

    /// A date, which is its first second, or a date and time of RFC 3339 §5.6 in UTC; `nil` for what is neither.
    package init?(timestamp text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        guard bytes.count == 10 || bytes.count == 20, let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var second = 0
        if bytes.count == 20 {
            guard let hours = number(11..<13), let minutes = number(14..<16), let seconds = number(17..<19) else {
                return nil
            }
            second = hours * 3600 + minutes * 60 + seconds
        }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = Self.floor(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.init((era * 146_097 + dayOfEra - 719_468) * 86_400 + second)
        // What is no date, as 30 February, or is written in another way, does not come back as it was.
        guard timestamp == (bytes.count == 10 ? "\(text)T00:00:00Z" : text) else { return nil }
    }

    private static func floor(_ dividend: Int, _ divisor: Int) -> Int {
        dividend >= 0 ? dividend / divisor : -((divisor - 1 - dividend) / divisor)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
