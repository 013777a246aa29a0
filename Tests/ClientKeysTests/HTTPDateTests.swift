import OAuth
import Testing

@testable import ClientKeys

@Suite("RFC 9110 §5.6.7 Date/Time Formats")
struct HTTPDateTests {
    static let now = Instant(1_800_000_000)

    @Test(
        "all three spellings are read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Sun Nov 16 08:49:37 1994", 784_975_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Fri, 15 Jan 2027 08:00:00 GMT", 1_800_000_000), ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            // Two digits are the nearest such year that is no more than fifty years ahead.
            ("Friday, 15-Jan-27 08:00:00 GMT", 1_800_000_000), ("Saturday, 15-Jan-77 08:00:00 GMT", 3_377_923_200),
            ("Sunday, 15-Jan-78 08:00:00 GMT", 253_699_200), ("Thu, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ])
    func read(_ text: String, _ seconds: Int) {
        #expect(HTTPDate.parse(text, now: Self.now) == Instant(seconds))
    }

    @Test(
        "what is no date is none",
        arguments: [
            "", "0", "-1", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 19941 08:49:37 GMT", "1994-11-06T08:49:37Z", "784111777",
        ])
    func malformed(_ text: String) {
        #expect(HTTPDate.parse(text, now: Self.now) == nil)
    }
}
