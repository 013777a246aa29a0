/// A moment as FHIR writes it: a date of any precision, or a time of a day with its zone (FHIR R4 datatypes#dateTime).
package struct RecordedTime: Sendable, Equatable {
    package let date: CalendarDate
    /// Hours and minutes as they were written, in the zone of whoever wrote them.
    package let time: String?
    /// For putting moments in order: a date alone counts from its beginning in UTC.
    package let secondsSince1970: Int

    /// `nil` for what is no moment.
    package init?(_ text: String) {
        let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first, let date = CalendarDate(String(first)) else { return nil }
        self.date = date
        let day = date.daysSince1970 * 86_400
        guard halves.count == 2 else {
            time = nil
            secondsSince1970 = day
            return
        }
        guard date.day != nil, let (clock, seconds) = Self.read(halves[1]) else { return nil }
        time = clock
        secondsSince1970 = day + seconds
    }

    /// `10:30:00.5+01:00`: the clock to show, and the seconds since midnight in UTC.
    private static func read(_ text: Substring) -> (clock: String, seconds: Int)? {
        let zoneStart = text.firstIndex { $0 == "Z" || $0 == "+" || $0 == "-" }
        let parts = text[..<(zoneStart ?? text.endIndex)].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let zone = zone(zoneStart.map { text[$0...] } ?? "Z"),
            let hours = number(parts[0], below: 24), let minutes = number(parts[1], below: 60),
            let seconds = number(parts[2].prefix(2), below: 61),
            parts[2].dropFirst(2).allSatisfy({ $0 == "." || $0.isNumber })
        else { return nil }
        return ("\(parts[0]):\(parts[1])", hours * 3600 + minutes * 60 + seconds - zone)
    }

    private static func zone(_ text: Substring) -> Int? {
        if text == "Z" { return 0 }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = number(parts[0], below: 15), let minutes = number(parts[1], below: 60)
        else {
            return nil
        }
        return (text.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func number(_ text: Substring, below limit: Int) -> Int? {
        guard text.utf8.count == 2, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text),
            number < limit
        else { return nil }
        return number
    }
}
