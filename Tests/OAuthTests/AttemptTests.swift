import OAuth
import Testing

@Suite("How long guessers wait (RFC 6585 §4)")
struct AttemptTests {
    private static let browser = SecretDigest(of: "b")

    @Test("the first guesses are free, then each wait doubles up to the longest")
    func delays() throws {
        let known = try #require(
            Attempt.signIn("amara", from: "a", knownBrowser: Self.browser).first)
        #expect((0...14).map(known.delay) == [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
        let client = try #require(Attempt.client("app", from: "a").first)
        #expect((9...21).map(client.delay) == [0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
        #expect(client.delay(after: .max) == 300)
    }

    @Test("what is counted: by name, client and address, and never by what a stranger can use up alone")
    func keys() {
        let address = Attempt.signIn("amara", from: "192.0.2.1", knownBrowser: nil)
        #expect(address.map(\.free) == [2, 20] && address.map(\.longest) == [900, 300])
        // At the own desk only the own mistakes count, whatever the world guesses at that name.
        let desk = Attempt.signIn("amara", from: "192.0.2.1", knownBrowser: Self.browser)
        #expect(desk.count == 1 && !address.contains { $0.key == desk[0].key })
        #expect(Attempt.client("app", from: "192.0.2.1").map(\.free) == [10, 50])
        // What signs guesses nothing: many services behind one address are not one another's trouble.
        #expect(Attempt.assertion(of: "app", from: "192.0.2.1").map(\.free) == [60, 1000])
        #expect(Attempt.assertion(of: "app", from: "192.0.2.1").map(\.longest) == [60, 60])
        #expect(Attempt.token(from: "192.0.2.1").map(\.free) == [30])
        #expect(Attempt.registration(from: "192.0.2.1").map(\.free) == [20])
        #expect(Attempt.registration(from: "192.0.2.1").map(\.longest) == [3600])
    }

    @Test("a day is remembered what people guess and what registers, an hour what clients send")
    func memory() {
        let days = [
            Attempt.signIn("amara", from: "a", knownBrowser: nil),
            Attempt.signIn("amara", from: "a", knownBrowser: Self.browser), Attempt.registration(from: "a"),
        ]
        let hours = [
            Attempt.client("app", from: "a"), Attempt.assertion(of: "app", from: "a"), Attempt.token(from: "a"),
        ]
        #expect(days.flatMap { $0 }.allSatisfy { $0.memory == 86_400 })
        #expect(hours.flatMap { $0 }.allSatisfy { $0.memory == 3600 })
        // A wait outlasts the memory of nothing.
        #expect((days + hours).flatMap { $0 }.allSatisfy { $0.longest <= $0.memory })
    }

    @Test("each is counted by itself, however its words are divided")
    func distinct() {
        let groups = [
            Attempt.signIn("amara", from: "1", knownBrowser: nil), Attempt.signIn("bela", from: "1", knownBrowser: nil),
            Attempt.signIn("amara", from: "12", knownBrowser: Self.browser),
            Attempt.signIn("amara", from: "1", knownBrowser: SecretDigest(of: "c")),
            Attempt.client("app", from: "12"), Attempt.client("app1", from: "2"), Attempt.token(from: "1"),
            Attempt.assertion(of: "app", from: "12"), Attempt.assertion(of: "app1", from: "2"),
            Attempt.registration(from: "1"),
        ]
        let keys = groups.flatMap { $0 }.map(\.key)
        #expect(Set(keys).count == keys.count)
        // The same name from elsewhere shares the name's count, and another client from here the address's.
        #expect(
            Attempt.signIn("amara", from: "1", knownBrowser: nil)[1]
                == Attempt.signIn("amara", from: "2", knownBrowser: nil)[1])
        #expect(Attempt.client("app", from: "1")[1] == Attempt.client("other", from: "1")[1])
    }

    // RFC 6585 §4
    @Test(
        "who has to wait is told what is wrong, as ever, and how long",
        arguments: [
            OAuthError.invalidClient("unknown client", detail: "wrong secret"), .invalidGrant("the code is unknown"),
            OAuthError(.invalidToken, "the token is unknown"),
        ])
    func throttled(_ refusal: OAuthError) {
        let error = refusal.throttled(for: 8)
        #expect(error.code == refusal.code && error.retryAfter == 8 && error.status == 429)
        #expect(error.description == "\(refusal.description); too many failed attempts, try again in 8 s")
        #expect(error.detail == (refusal.detail == nil ? "throttled" : "throttled: wrong secret"))
        #expect(refusal.throttled(for: 0) == refusal)
    }

    // RFC 6749 §5.2
    @Test(
        "the status of each refusal",
        arguments: [
            (OAuthError.Code.invalidClient, 401), (.invalidToken, 401), (.insufficientScope, 403),
            (.serverError, 500), (.temporarilyUnavailable, 503), (.invalidRequest, 400), (.invalidGrant, 400),
            (.unauthorizedClient, 400), (.invalidScope, 400), (.unsupportedGrantType, 400),
            (.unsupportedTokenType, 400),
            (.invalidRedirectURI, 400), (.invalidClientMetadata, 400),
        ])
    func status(_ code: OAuthError.Code, _ status: Int) {
        #expect(OAuthError(code, "").status == status)
    }
}
