import HTTPClient
import JOSE
import OAuth
import Synchronization
import Testing

@testable import ClientKeys

/// Keys and what a host of them answers.
enum Keys {
    static let signing: [SigningKey] = (0..<2).compactMap { _ in try? SigningKey.generate(for: .es384) }

    /// The set of the keys of these numbers, each named by its number.
    static func set(_ numbers: Int...) -> [UInt8] {
        JWKSet(
            numbers.map { number in
                var key = signing[number].publicKey
                key.kid = "\(number)"
                return key
            }
        ).bytes
    }

    static func answer(_ body: [UInt8], _ fields: (name: String, value: String)..., status: Int = 200) -> InboundAnswer
    {
        InboundAnswer(status: status, fields: fields, body: body)
    }

    /// A set that is good for ten minutes, at the end of redirects with these Cache-Control fields.
    static func answer(_ body: [UInt8], by redirects: [String?]) -> InboundAnswer {
        InboundAnswer(
            status: 200, fields: [("Cache-Control", "max-age=600"), ("ETag", "\"v1\"")], body: body,
            redirects: redirects.map { control in
                InboundAnswer(status: 302, fields: control.map { [(name: "Cache-Control", value: $0)] } ?? [])
            })
    }

    /// An assertion of the client `app`, signed with the key of this number.
    static func assertion(_ number: Int, at now: Instant) throws -> CheckedAssertion {
        let claims =
            #"{"iss":"app","sub":"app","aud":"https://h.example/token","exp":\#(now.seconds + 60),"jti":"one"}"#
        let text = try JWS.sign(
            payload: Array(claims.utf8), kid: "\(number)", typ: "JWT", by: signing[number], alg: .es384)
        return try ClientAssertion(text).checked(
            for: "app", keys: .uri("https://app.example/jwks"), audiences: ["https://h.example/token"], at: now)
    }
}

/// Two clocks that go when the test says so.
final class TestClock: Sendable {
    private let start = ContinuousClock.now
    private let passed = Mutex(Duration.zero)

    var steady: ContinuousClock.Instant { start + passed.withLock { $0 } }
    var wall: Instant { Instant(1_800_000_000 + Int(passed.withLock { $0 }.components.seconds)) }

    func pass(_ seconds: Int) {
        passed.withLock { $0 += .seconds(seconds) }
    }
}

/// Hosts that answer what the test has written down, and remember what they were asked.
final class WrittenHosts: Sendable {
    typealias Answer = Result<InboundAnswer, FetchError>

    private struct State {
        var answers: [Answer] = []
        var requests: [(url: String, fields: [(name: String, value: String)])] = []
    }

    let clock = TestClock()
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.requests.count } }

    /// The fields of the last request.
    var fields: [String: String] {
        state.withLock { state in
            Dictionary(uniqueKeysWithValues: state.requests.last?.fields.map { ($0.name, $0.value) } ?? [])
        }
    }

    var lastURL: String? { state.withLock { $0.requests.last?.url } }

    /// Each answer is given once; the last one, again and again.
    func answer(_ answers: Answer...) {
        state.withLock { $0.answers = answers }
    }

    func answer(_ answers: InboundAnswer...) {
        state.withLock { $0.answers = answers.map { .success($0) } }
    }

    func cache(_ change: (inout ClientKeyLimits) -> Void = { _ in }) -> ClientKeyCache {
        var limits = ClientKeyLimits(workers: 48)
        change(&limits)
        return ClientKeyCache(limits: limits, wall: { [clock] in clock.wall }, steady: { [clock] in clock.steady }) {
            [self] (url, fields) throws(FetchError) in
            let answer: Answer = state.withLock { state in
                state.requests.append((url, fields))
                return state.answers.count > 1
                    ? state.answers.removeFirst() : state.answers.first ?? .failure(FetchError(.unreachable))
            }
            return try answer.get()
        }
    }
}

/// Why there are no keys; fails the test when there are.
func refusal(_ body: () throws -> PreparedKeys?) throws -> ClientKeysError {
    try #require(throws: ClientKeysError.self) { try body() }
}
