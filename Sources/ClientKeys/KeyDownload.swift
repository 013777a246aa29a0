import HTTPClient
import JOSE
import OAuth

/// One request for the set at a URL, and what its answer means.
struct KeyDownload {
    let url: String
    /// What is known already, if it is worth asking whether it still holds.
    let known: KeptKeys?
    /// Asks any cache on the way to pass the question on.
    let isForced: Bool

    /// What came, and how long it may be used; `nil` when it may not be kept.
    typealias Outcome = (keys: PreparedKeys, kept: KeptKeys?)

    // SMART client-confidential-asymmetric#signature-verification
    var fields: [(name: String, value: String)] {
        var fields = [(name: "Accept", value: "application/json")]
        if let etag = known?.etag { fields.append(("If-None-Match", etag)) }
        if isForced { fields.append(("Cache-Control", "no-cache")) }
        return fields
    }

    /// - Parameters:
    ///   - delay: how long the answer took.
    ///   - wall: the time of day at which it came, and `now` the same for measuring.
    func outcome(
        of answer: InboundAnswer, delay: Duration, wall: Instant, now: ContinuousClock.Instant,
        limits: ClientKeyLimits
    ) throws(ClientKeysError) -> Outcome {
        let keys: PreparedKeys
        var answer = answer
        switch answer.status {
        case 200:
            keys = try PreparedKeys(json: answer.body, called: Self.name(of: answer))
        case 304:
            guard let known, known.etag != nil, answer.redirects.isEmpty else { throw .status(304) }
            keys = known.keys
            answer = InboundAnswer(status: 304, fields: known.fields(updatedBy: answer))
        default:
            throw .status(answer.status)
        }
        let seconds = Int(delay.components.seconds) + (delay.components.attoseconds > 0 ? 1 : 0)
        let freshness = Freshness(answer, delay: seconds, receivedAt: wall)
        // RFC 9111 §4.2.2, RFC 9110 §15.4: a redirect is kept where it says so; then it bounds what it led to.
        let hops = answer.redirects.map { Freshness($0, delay: seconds, receivedAt: wall) }
        guard freshness.lifetime != .noStore, hops.allSatisfy({ $0.lifetime != .noStore && $0.lifetime != .unstated })
        else { return (keys, nil) }
        // Also what is stale at once is worth keeping: to ask whether it still is the set.
        let remaining = ([freshness] + hops).map { $0.remaining(window: limits.window, longest: limits.longest) }.min()
        // The ETag is the other URL's.
        let fields = hops.isEmpty ? answer.fields : answer.fields.filter { $0.name.lowercased() != "etag" }
        return (keys, KeptKeys(keys, freshUntil: now + (remaining ?? .zero), fields: fields))
    }

    /// Names what is no JSON by its media type: a page to log in at is the usual case.
    private static func name(of answer: InboundAnswer) -> String {
        let type = (answer.value(of: "Content-Type") ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
        return type.isEmpty || type.hasSuffix("json") || type.utf8.count > 60
            ? "the key set at the client's jwks_uri" : "the key set at the client's jwks_uri, which comes as \(type),"
    }
}
