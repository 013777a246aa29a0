import HTTPClient
import OAuth
import Testing

@testable import ClientKeys

@Suite("RFC 9111 §4.2 Freshness")
struct FreshnessTests {
    /// Fri, 15 Jan 2027 08:00:00 GMT
    static let now = Instant(1_800_000_000)

    private func freshness(_ lines: String, delay: Int = 0) -> Freshness {
        let fields = lines.split(separator: "|").map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map { String($0.drop { $0 == " " }) }
            return (name: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
        return Freshness(InboundAnswer(status: 200, fields: fields), delay: delay, receivedAt: Self.now)
    }

    // RFC 9110 §5.6.1: some are lists with empty members and quoted commas
    // RFC 9111 §4.2.2: Last-Modified is no reason to guess
    @Test(
        "how long an answer is good follows from its fields",
        arguments: [
            ("", .unstated), ("Cache-Control: public", .unstated), ("Cache-Control: private", .unstated),
            ("Cache-Control: must-revalidate", .unstated), ("Cache-Control:", .unstated),
            ("Pragma: no-cache", .unstated),
            ("Last-Modified: Fri, 01 Jan 2027 08:00:00 GMT", .unstated),
            // RFC 9111 §5.2.2.1, §1.2.2
            ("Cache-Control: max-age=60", .stated(60)), ("cache-control: MAX-AGE=60", .stated(60)),
            ("Cache-Control: public, max-age=60, must-revalidate", .stated(60)),
            ("Cache-Control: public | Cache-Control: max-age=60", .stated(60)),
            ("Cache-Control: max-age=\"60\"", .stated(60)),
            ("Cache-Control:,, ,max-age=60 ,", .stated(60)), ("Cache-Control: max-age=0", .stated(0)),
            ("Cache-Control: max-age=99999999999999999999", .stated(2_147_483_648)),
            ("Cache-Control: private=\"a, max-age=5\", max-age=60", .stated(60)),
            ("Cache-Control: x=\"a\\\", max-age=5\", max-age=60", .stated(60)),
            ("Cache-Control: max-age=60, max-age=60", .stated(60)),
            // RFC 9111 §4.2.1: what is invalid or says two things is stale
            ("Cache-Control: max-age=60, max-age=30", .stated(0)),
            ("Cache-Control: max-age=30 | Cache-Control: max-age=60", .stated(0)),
            ("Cache-Control: max-age", .stated(0)), ("Cache-Control: max-age=", .stated(0)),
            ("Cache-Control: max-age=-1", .stated(0)), ("Cache-Control: max-age=+60", .stated(0)),
            ("Cache-Control: max-age=60.5", .stated(0)), ("Cache-Control: max-age=1e3", .stated(0)),
            ("Cache-Control: max-age=60s", .stated(0)),
            // RFC 9111 §5.2.2.10: s-maxage is not for a private cache
            ("Cache-Control: s-maxage=600", .unstated), ("Cache-Control: s-maxage=600, max-age=60", .stated(60)),
            ("Cache-Control: s-maxage=0, max-age=60", .stated(60)),
            // RFC 9111 §5.2.2.5, §5.2.2.4
            ("Cache-Control: no-store", .noStore), ("Cache-Control: no-store, max-age=60", .noStore),
            ("Cache-Control: max-age=60, No-Store", .noStore), ("Cache-Control: must-understand, no-store", .noStore),
            ("Cache-Control: no-cache", .stated(0)), ("Cache-Control: no-cache, max-age=60", .stated(0)),
            ("Cache-Control: no-cache=\"Set-Cookie\", max-age=60", .stated(0)),
            ("Cache-Control: no-stores, max-age=60", .stated(60)),
            // Stale answers are never used, so permission to use them means nothing.
            ("Cache-Control: max-age=60, stale-while-revalidate=600, stale-if-error=600", .stated(60)),
            ("Cache-Control: max-age=60, immutable", .stated(60)),
            // RFC 9111 §5.3
            ("Expires: Fri, 15 Jan 2027 08:10:00 GMT", .stated(600)),
            ("Expires: Fri, 15 Jan 2027 07:00:00 GMT", .stated(0)),
            ("Expires: Fri, 15 Jan 2027 08:10:00 GMT | Date: Fri, 15 Jan 2027 08:05:00 GMT", .stated(300)),
            ("Expires: Fri, 15 Jan 2027 08:10:00 GMT | Date: Fri, 15 Jan 2027 07:55:00 GMT", .stated(900)),
            ("Expires: 0", .stated(0)), ("Expires: never", .stated(0)),
            ("Expires: Fri, 15 Jan 2027 08:10:00 GMT | Expires: Fri, 15 Jan 2027 08:20:00 GMT", .stated(0)),
            ("Expires: Fri, 15 Jan 2027 08:10:00 GMT | Cache-Control: max-age=60", .stated(60)),
            ("Expires: Fri, 15 Jan 2027 08:10:00 GMT | Cache-Control: s-maxage=60", .stated(600)),
            ("Expires: Fri, 15 Jan 2027 08:10:00 GMT | Cache-Control: no-store", .noStore),
            // RFC 9111 §4.1
            ("Vary: * | Cache-Control: max-age=60", .stated(0)),
            ("Vary: Accept | Cache-Control: max-age=60", .stated(60)),
        ] as [(String, Freshness.Lifetime)])
    func lifetime(_ lines: String, _ expected: Freshness.Lifetime) {
        #expect(freshness(lines).lifetime == expected)
    }

    @Test(
        "RFC 9111 §4.2.3, §5.1: how old an answer is when it comes",
        arguments: [
            ("", 0, 0), ("", 2, 2), ("Age: 30", 0, 30), ("Age: 30", 2, 32), ("Age: 30, 60", 0, 30),
            ("Age: 30 | Age: 60", 0, 30),
            ("Age: -1", 0, 0), ("Age: 1.5", 0, 0), ("Age: old", 1, 1), ("Age: 99999999999999999999", 0, 2_147_483_648),
            ("Date: Fri, 15 Jan 2027 07:59:00 GMT", 0, 60), ("Date: Fri, 15 Jan 2027 08:01:00 GMT", 0, 0),
            ("Date: Fri, 15 Jan 2027 07:59:00 GMT | Age: 30", 2, 60),
            ("Date: Fri, 15 Jan 2027 07:59:00 GMT | Age: 90", 2, 92),
            ("Date: yesterday", 0, 0),
        ])
    func age(_ lines: String, _ delay: Int, _ expected: Int) {
        #expect(freshness(lines, delay: delay).age == expected)
    }

    @Test(
        "what remains is the lifetime less the age, a day at most, and a moment where nothing is said",
        arguments: [
            ("Cache-Control: max-age=60", 60), ("Cache-Control: max-age=60 | Age: 59", 1),
            ("Cache-Control: max-age=60 | Age: 60", 0), ("Cache-Control: max-age=60 | Age: 600", 0),
            ("Cache-Control: max-age=31536000", 86_400), ("Cache-Control: no-store", 0), ("Cache-Control: no-cache", 0),
            ("", 3), ("Age: 600", 3), ("Expires: Fri, 15 Jan 2027 08:10:00 GMT | Age: 30", 570),
        ])
    func remaining(_ lines: String, _ expected: Int) {
        #expect(freshness(lines).remaining(window: .seconds(3), longest: .seconds(86_400)) == .seconds(expected))
    }
}
