import HTTP

extension CalendarDate {
    /// "4 Mar 1961", "Mar 1961" or "1961": the month in letters, so that nobody takes it for the day.
    package func words(in language: Language) -> String {
        guard let month else { return String(year) }
        let name = Self.months(language)[month - 1]
        guard let day else { return "\(name) \(year)" }
        return language.say(en: "\(day) \(name) \(year)", es: "\(day) \(name) \(year)", de: "\(day). \(name) \(year)")
    }

    private static func months(_ language: Language) -> [String] {
        language.say(
            en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
            es: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
            de: ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."])
    }
}

extension RecordedTime {
    /// "4 Mar 2026, 10:30"
    package func words(in language: Language) -> String {
        time.map { "\(date.words(in: language)), \($0)" } ?? date.words(in: language)
    }
}

/// An age as it is told: where the date leaves two, both.
enum Age: Equatable {
    case days(Int)
    case months(Int, orOneMore: Bool)
    case years(Int, or: Int?)
    case under(months: Int)

    func words(in language: Language) -> String {
        switch self {
        case .days(1): language.say(en: "1 day", es: "1 día", de: "1 Tag")
        case .days(let days): language.say(en: "\(days) days", es: "\(days) días", de: "\(days) Tage")
        case .months(1, orOneMore: false): language.say(en: "1 month", es: "1 mes", de: "1 Monat")
        case .months(let months, orOneMore: false):
            language.say(en: "\(months) months", es: "\(months) meses", de: "\(months) Monate")
        case .months(let months, orOneMore: true):
            language.say(
                en: "\(months) or \(months + 1) months", es: "\(months) o \(months + 1) meses",
                de: "\(months) oder \(months + 1) Monate")
        case .years(let years, or: nil): language.say(en: "\(years) years", es: "\(years) años", de: "\(years) Jahre")
        case .years(let years, or: let other?):
            language.say(
                en: "\(years) or \(other) years", es: "\(years) \(Self.or(before: other)) \(other) años",
                de: "\(years) oder \(other) Jahre")
        case .under(months: 1):
            language.say(en: "under 1 month", es: "menos de 1 mes", de: "unter 1 Monat")
        case .under(months: let months):
            language.say(
                en: "under \(months) months", es: "menos de \(months) meses", de: "unter \(months) Monaten")
        }
    }

    /// Spanish: “u” before a number that begins with an o.
    private static func or(before number: Int) -> String {
        number == 8 || number == 11 || (80...89).contains(number) ? "u" : "o"
    }
}

/// Lengths of time as people say them, rounded up, so that "for up to" stays true.
enum TimeInWords {
    static func span(_ seconds: Int, in language: Language = .english) -> String {
        let (number, unit) = measure(max(1, seconds))
        let one = number == 1
        switch language {
        case .english, .mirrored:
            let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
            let names = ["second", "minute", "hour", "day", "month"]
            return "\(spelled(number, words)) \(names[unit])\(one ? "" : "s")"
        case .spanish:
            let words = ["dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
            let singular = ["un segundo", "un minuto", "una hora", "un día", "un mes"]
            let plural = ["segundos", "minutos", "horas", "días", "meses"]
            return one ? singular[unit] : "\(spelled(number, [""] + words)) \(plural[unit])"
        case .german:
            // For "bis zu" and "in den nächsten": the dative.
            let words = ["zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
            let singular = ["einer Sekunde", "einer Minute", "einer Stunde", "einem Tag", "einem Monat"]
            let plural = ["Sekunden", "Minuten", "Stunden", "Tagen", "Monaten"]
            return one ? singular[unit] : "\(spelled(number, [""] + words)) \(plural[unit])"
        }
    }

    private static func measure(_ seconds: Int) -> (number: Int, unit: Int) {
        switch seconds {
        case ..<60: (seconds, 0)
        case ..<3600: (ceiling(seconds, 60), 1)
        case ..<86_400: (ceiling(seconds, 3600), 2)
        case ..<(28 * 86_400): (ceiling(seconds, 86_400), 3)
        default: (ceiling(seconds, 31 * 86_400), 4)
        }
    }

    private static func ceiling(_ value: Int, _ unit: Int) -> Int { (value + unit - 1) / unit }

    private static func spelled(_ number: Int, _ words: [String]) -> String {
        words.indices.contains(number - 1) ? words[number - 1] : String(number)
    }
}
