import HTTPClient
import OAuth

/// How long an answer may be used (RFC 9111 §4.2), by a cache that is private and never serves what is stale.
///
/// `s-maxage`, `public` and `proxy-revalidate` speak to shared caches; `must-revalidate` forbids what is not done here;
/// `stale-while-revalidate` and `stale-if-error` allow what SMART client-confidential-asymmetric#signature-verification
/// forbids. Nothing is guessed (RFC 9111 §4.2.2).
struct Freshness: Equatable {
    enum Lifetime: Equatable {
        /// Not to be kept at all (RFC 9111 §5.2.2.5).
        case noStore
        /// The host says nothing.
        case unstated
        /// In seconds; zero is for use after asking again alone.
        case stated(Int)
    }

    let lifetime: Lifetime
    /// How old the answer was when it came, in seconds (RFC 9111 §4.2.3: corrected_initial_age).
    let age: Int

    /// - Parameters:
    ///   - delay: how many seconds passed between the request and its answer.
    ///   - received: when the answer came.
    init(_ answer: InboundAnswer, delay: Int, receivedAt received: Instant) {
        let date = answer.value(of: "Date").flatMap { HTTPDate.parse($0, now: received) }
        lifetime = Self.lifetime(of: answer, date: date ?? received, now: received)
        let apparentAge = max(0, received - (date ?? received))
        // RFC 9111 §5.1: the first counts, and one that is no number is passed over.
        let value = answer.value(of: "Age").map { String($0.prefix { $0 != "," && $0 != " " }) }
        age = max(apparentAge, (value.flatMap(DeltaSeconds.parse) ?? 0) + delay)
    }

    /// How long the answer may still be used from when it came.
    func remaining(window: Duration, longest: Duration) -> Duration {
        switch lifetime {
        case .noStore: .zero
        case .unstated: window
        case .stated(let seconds): min(max(.zero, .seconds(seconds - age)), longest)
        }
    }

    // RFC 9111 §4.2.1, §5.2.2.4: no-cache counts also where it names fields
    private static func lifetime(of answer: InboundAnswer, date: Instant, now: Instant) -> Lifetime {
        let control = CacheControl(answer.values(of: "Cache-Control"))
        if control.has("no-store") { return .noStore }
        if control.has("no-cache") { return .stated(0) }
        // RFC 9111 §4.1: such an answer fits no other request.
        if answer.values(of: "Vary").contains(where: { $0.contains("*") }) { return .stated(0) }
        if let seconds = control.seconds("max-age") { return .stated(seconds) }
        let expires = answer.values(of: "Expires")
        guard let first = expires.first else { return .unstated }
        // RFC 9111 §5.3: what is no date, as "0", is past.
        guard expires.allSatisfy({ $0 == first }), let end = HTTPDate.parse(first, now: now) else { return .stated(0) }
        return .stated(max(0, end - date))
    }
}
