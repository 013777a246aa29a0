import Testing

@testable import Endpoints

@Suite("FHIR R4 datatypes#date, for people")
struct CalendarDateTests {
    @Test(
        "a date is written with its month in letters, to the precision it has",
        arguments: [
            ("1961-03-04", "4 Mar 1961"), ("1961-03", "Mar 1961"), ("1961", "1961"), ("2024-02-29", "29 Feb 2024"),
        ]
    )
    func words(text: String, words: String) throws {
        #expect(try #require(CalendarDate(text)).words(in: .english) == words)
    }

    @Test(
        "what is no date is none",
        arguments: [
            "", "61", "1961-", "1961-3-4", "1961-13", "1961-00", "1961-02-29", "1961-04-31", "0000", "1961-03-04T00:00",
            "-961", "1961-03-04-05", "1961-03-0a", "١٩٦١",
        ]
    )
    func none(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test(
        "an age is in days, then months, then years",
        arguments: [
            ("2026-07-14", "0 days"), ("2026-07-13", "1 day"), ("2026-06-15", "29 days"), ("2026-06-14", "1 month"),
            ("2024-07-15", "23 months"), ("2024-07-14", "2 years"), ("1961-07-14", "65 years"),
            ("1961-07-15", "64 years"),
            ("2024-02-29", "2 years"), ("1925-12-31", "100 years"),
        ]
    )
    func ages(birth: String, age: String) throws {
        let today = try #require(CalendarDate("2026-07-14"))
        #expect(try #require(CalendarDate(birth)).age(on: today)?.words(in: .english) == age)
    }

    @Test(
        "a date that leaves two ages gives both, and a date to come gives none",
        arguments: [
            ("1961", "64 or 65 years"), ("1961-07", "64 or 65 years"), ("1961-03", "65 years"),
            ("2024", "1 or 2 years"),
            ("2025", "under 19 months"), ("2026", "under 7 months"), ("2026-05", "1 or 2 months"),
            ("2026-06", "under 2 months"), ("2026-07", "under 1 month"),
            ("2026-07-15", nil), ("2027", nil),
        ]
    )
    func imprecise(birth: String, age: String?) throws {
        let today = try #require(CalendarDate("2026-07-14"))
        #expect(try #require(CalendarDate(birth)).age(on: today)?.words(in: .english) == age)
    }

    @Test(
        "a moment gives its day in UTC",
        arguments: [
            (0, "1970-01-01"), (86_399, "1970-01-01"), (86_400, "1970-01-02"), (-1, "1969-12-31"),
            (951_782_400, "2000-02-29"), (951_868_800, "2000-03-01"), (1_735_689_599, "2024-12-31"),
            (1_735_689_600, "2025-01-01"), (4_107_542_400, "2100-03-01"),
        ]
    )
    func moments(seconds: Int, date: String) {
        #expect(CalendarDate(secondsSince1970: seconds) == CalendarDate(date))
    }
}

@Suite("Patient summary")
struct PatientSummaryTests {
    private let today = CalendarDate(secondsSince1970: 1_784_000_000)

    @Test("the dead have no age, and a text that is no date stands as it is")
    func birth() {
        func words(_ date: String?, isDeceased: Bool = false) -> String {
            PatientSummary(id: "1", name: "A", birthDate: date, isDeceased: isDeceased).birthWords(
                on: today, in: .english)
        }
        #expect(words("1961-03-04") == "4 Mar 1961 (65 years)")
        #expect(words("1961-03-04", isDeceased: true) == "4 Mar 1961")
        #expect(words("about 1960") == "about 1960")
        #expect(words(nil) == "Not recorded")
    }

    @Test(
        "a code of Patient.gender becomes a word, the site's own word stays",
        arguments: [
            ("male", "Male"), ("female", "Female"), ("other", "Other"), ("unknown", "Unknown"), ("divers", "divers"),
            (nil, "Not recorded"),
        ]
    )
    func sex(code: String?, word: String) {
        #expect(PatientSummary(id: "1", name: "A", sex: code).sexWords(in: .english) == word)
    }

    @Test("a patient without a name can still be chosen")
    func nameless() {
        #expect(PatientSummary(id: "1", name: "").displayName(in: .english) == "Name not recorded")
    }
}

@Suite("Lengths of time in words")
struct TimeInWordsTests {
    @Test(
        "they are rounded up, so that “for up to” stays true",
        arguments: [
            (0, "one second"), (1, "one second"), (59, "59 seconds"), (60, "one minute"), (61, "two minutes"),
            (3600, "one hour"), (86_400, "one day"), (14 * 86_400, "14 days"), (30 * 86_400, "one month"),
            (90 * 86_400, "three months"), (92 * 86_400, "three months"), (365 * 86_400, "12 months"),
        ]
    )
    func words(seconds: Int, words: String) {
        #expect(TimeInWords.span(seconds) == words)
    }
}
