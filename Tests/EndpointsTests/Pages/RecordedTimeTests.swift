import Testing

@testable import Endpoints

@Suite("FHIR R4 datatypes#dateTime")
struct RecordedTimeTests {
    @Test(
        "a moment in words, and its place among others",
        arguments: [
            ("2026", "2026", 1_767_225_600), ("2026-03", "Mar 2026", 1_772_323_200),
            ("2026-03-04", "4 Mar 2026", 1_772_582_400),
            ("2026-03-04T10:30:00Z", "4 Mar 2026, 10:30", 1_772_620_200),
            ("2026-03-04T10:30:00+01:00", "4 Mar 2026, 10:30", 1_772_616_600),
            ("2026-03-04T10:30:15.250-05:30", "4 Mar 2026, 10:30", 1_772_640_015),
            ("1969-12-31T23:59:60Z", "31 Dec 1969, 23:59", 0),
        ])
    func reading(_ text: String, _ words: String, _ seconds: Int) throws {
        let moment = try #require(RecordedTime(text))
        #expect(moment.words(in: .english) == words)
        #expect(moment.secondsSince1970 == seconds)
    }

    @Test(
        "what is no moment",
        arguments: [
            "", "T10:30:00Z", "2026-13-01", "2026-03T10:30:00Z", "2026-03-04T", "2026-03-04T10:30Z",
            "2026-03-04T24:00:00Z", "2026-03-04T10:60:00Z", "2026-03-04T1:30:00Z", "2026-03-04T10:30:00+1",
            "2026-03-04T10:30:00+15:00", "2026-03-04T10:30:00X", "2026-03-04T10:30:00.5xZ", "yesterday",
        ])
    func refusing(_ text: String) {
        #expect(RecordedTime(text) == nil)
    }
}
