/// Lengths of time as people say them, rounded up, so that "for up to" stays true.
enum TimeInWords {
    static func span(_ seconds: Int) -> String {
        switch max(1, seconds) {
        case let some where some < 60: count(some, "second")
        case let some where some < 3600: count(ceiling(some, 60), "minute")
        case let some where some < 86_400: count(ceiling(some, 3600), "hour")
        case let some where some < 28 * 86_400: count(ceiling(some, 86_400), "day")
        case let some: count(ceiling(some, 31 * 86_400), "month")
        }
    }

    private static func ceiling(_ value: Int, _ unit: Int) -> Int { (value + unit - 1) / unit }

    private static func count(_ number: Int, _ unit: String) -> String {
        let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        let spelled = words.indices.contains(number - 1) ? words[number - 1] : String(number)
        return "\(spelled) \(unit)\(number == 1 ? "" : "s")"
    }
}
