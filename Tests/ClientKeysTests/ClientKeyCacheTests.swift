import HTTPClient
import JOSE
import OAuth
import Testing

@testable import ClientKeys

@Suite("SMART client-confidential-asymmetric#signature-verification: keys at a jwks_uri")
struct ClientKeyCacheTests {
    private let hosts = WrittenHosts()
    private let uri = RegisteredKeys.uri("https://app.example/jwks")

    // Requirement 184
    @Test("the set is fetched as the guide says, from the URL that is registered or its mirror")
    func fetched() throws {
        hosts.answer(Keys.answer(Keys.set(0, 1)))
        let cache = hosts.cache()
        #expect(try cache.keys(uri).set.keys.map(\.kid) == ["0", "1"])
        #expect(hosts.lastURL == "https://app.example/jwks")
        #expect(hosts.fields == ["Accept": "application/json"])
        _ = try cache.keys(.uri("https://app.example/jwks", mirror: "https://mirror.example/a"))
        #expect(hosts.lastURL == "https://mirror.example/a")
    }

    // Requirement 185
    // SMART client-confidential-asymmetric#signature-verification
    @Test(
        "a set is kept as long as its host allows, and not a second longer",
        arguments: [
            ("max-age=60", 59, 1), ("max-age=60", 60, 2), ("max-age=600", 599, 1), ("max-age=600", 600, 2),
            ("max-age=31536000", 86_399, 1), ("max-age=31536000", 86_400, 2), ("no-store", 0, 2), ("no-cache", 0, 2),
            ("max-age=0", 0, 2), ("no-store, max-age=60", 0, 2), ("s-maxage=600", 2, 1), ("s-maxage=600", 3, 2),
        ])
    func kept(_ control: String, _ seconds: Int, _ fetches: Int) throws {
        hosts.answer(Keys.answer(Keys.set(0), ("Cache-Control", control)))
        let cache = hosts.cache()
        _ = try cache.keys(uri)
        hosts.clock.pass(seconds)
        _ = try cache.keys(uri)
        #expect(hosts.count == fetches)
    }

    // RFC 9111 §4.2.2, RFC 9110 §15.4
    @Test(
        "a set behind redirects is kept as long as each of them allows, and where one says nothing not at all",
        arguments: [
            (["max-age=60"], 59, 1), (["max-age=60"], 60, 2), (["max-age=6000"], 599, 1), (["max-age=6000"], 600, 2),
            ([nil], 0, 2), (["private"], 0, 2), (["no-store"], 0, 2), (["no-cache"], 0, 2), (["max-age=0"], 0, 2),
            (["max-age=60", nil], 0, 2), ([nil, "max-age=60"], 0, 2), (["max-age=600", "max-age=30"], 29, 1),
            (["max-age=600", "max-age=30"], 30, 2), (["max-age=30", "max-age=600"], 30, 2),
        ] as [([String?], Int, Int)])
    func redirected(_ controls: [String?], _ seconds: Int, _ fetches: Int) throws {
        hosts.answer(Keys.answer(Keys.set(0), by: controls))
        let cache = hosts.cache()
        #expect(try cache.keys(uri).set.keys.count == 1)
        hosts.clock.pass(seconds)
        _ = try cache.keys(uri)
        #expect(hosts.count == fetches)
        // The ETag belongs to the other URL.
        #expect(hosts.fields["If-None-Match"] == nil)
    }

    @Test("a 304 from where a redirect leads is no word about the set that is known")
    func redirectedNotModified() throws {
        hosts.answer(
            Keys.answer(Keys.set(0), ("Cache-Control", "max-age=0"), ("ETag", "\"v1\"")),
            InboundAnswer(status: 304, redirects: [InboundAnswer(status: 302)]))
        let cache = hosts.cache()
        _ = try cache.keys(uri)
        #expect(try refusal { try cache.keys(uri) }.description.hasSuffix("answered with status 304"))
    }

    @Test("where nothing is said, a set serves those who come in the same moment")
    func moment() throws {
        hosts.answer(Keys.answer(Keys.set(0)))
        let cache = hosts.cache()
        for _ in 0..<5 { _ = try cache.keys(uri) }
        #expect(hosts.count == 1)
        hosts.clock.pass(3)
        _ = try cache.keys(uri)
        #expect(hosts.count == 2)
    }

    // RFC 9111 §4.3.4
    @Test("a set with an ETag is asked after, and a 304 says that it is the set and for how long")
    func revalidated() throws {
        hosts.answer(
            Keys.answer(Keys.set(0), ("Cache-Control", "max-age=60"), ("ETag", "W/\"v1\"")),
            Keys.answer([], status: 304), Keys.answer([], ("cache-control", "max-age=5"), status: 304),
            Keys.answer(Keys.set(1), ("Cache-Control", "no-cache"), ("ETag", "\"v2\"")), Keys.answer([], status: 304))
        let cache = hosts.cache()
        let first = try cache.keys(uri)
        for (seconds, count) in [(60, 2), (59, 2), (1, 3), (4, 3)] {
            hosts.clock.pass(seconds)
            #expect(try cache.keys(uri) === first)
            #expect(hosts.count == count)
            if count > 1 { #expect(hosts.fields["If-None-Match"] == "W/\"v1\"") }
        }
        hosts.clock.pass(1)
        let second = try cache.keys(uri)
        #expect(second !== first && second.set.keys.map(\.kid) == ["1"])
        #expect(try cache.keys(uri) === second)
        #expect(hosts.count == 5 && hosts.fields["If-None-Match"] == "\"v2\"")
    }

    // RFC 9110 §8.8.3
    @Test(
        "what is no ETag is not sent back, and what may not be kept is not asked after",
        arguments: [
            ("max-age=0", "v1"), ("max-age=0", "\"a\"b\""), ("max-age=0", "\""), ("max-age=0", "\"é\""),
            ("max-age=0", "W/"),
            ("max-age=0", "\"\(String(repeating: "x", count: 300))\""), ("no-store", "\"v1\""),
        ])
    func noValidator(_ control: String, _ etag: String) throws {
        hosts.answer(Keys.answer(Keys.set(0), ("Cache-Control", control), ("ETag", etag)))
        let cache = hosts.cache()
        _ = try cache.keys(uri)
        _ = try cache.keys(uri)
        #expect(hosts.count == 2 && hosts.fields["If-None-Match"] == nil)
    }

    @Test("a 304 that nobody asked for is no set")
    func strangeStatus() throws {
        hosts.answer(Keys.answer([], status: 304))
        #expect(try refusal { try hosts.cache().keys(uri) }.description.hasSuffix("answered with status 304"))
    }

    // Requirement 186
    @Test("an unknown key has the set fetched anew, once a minute")
    func refetched() throws {
        hosts.answer(
            Keys.answer(Keys.set(0), ("Cache-Control", "max-age=6000"), ("ETag", "\"v1\"")),
            Keys.answer(Keys.set(0, 1), ("Cache-Control", "max-age=6000")))
        let cache = hosts.cache()
        let known = try cache.keys(uri)
        let newer = try #require(try cache.newerKeys(uri, than: known))
        #expect(newer.set.keys.count == 2 && hosts.count == 2)
        // A cache on the way is told to ask the host itself.
        #expect(hosts.fields["Cache-Control"] == "no-cache" && hosts.fields["If-None-Match"] == "\"v1\"")
        // Who still has the old set gets the new one, and nobody is asked for that.
        #expect(try cache.newerKeys(uri, than: known) === newer)
        #expect(try cache.keys(uri) === newer)
        for _ in 0..<10 { #expect(try cache.newerKeys(uri, than: newer) == nil) }
        hosts.clock.pass(59)
        #expect(try cache.newerKeys(uri, than: newer) == nil)
        #expect(hosts.count == 2)
        hosts.clock.pass(1)
        _ = try cache.newerKeys(uri, than: newer)
        #expect(hosts.count == 3)
        // Another client's URL has a minute of its own.
        let other = RegisteredKeys.uri("https://other.example/jwks")
        _ = try cache.newerKeys(other, than: try cache.keys(other))
        #expect(hosts.count == 5)
    }

    @Test("a set that has not changed is no newer one")
    func unchanged() throws {
        hosts.answer(
            Keys.answer(Keys.set(0), ("Cache-Control", "max-age=60"), ("ETag", "\"v1\"")), Keys.answer([], status: 304))
        let cache = hosts.cache()
        let known = try cache.keys(uri)
        #expect(try cache.newerKeys(uri, than: known) == nil)
        #expect(try cache.keys(uri) === known)
        #expect(hosts.count == 2)
    }

    @Test("a host that is down does not spoil a set that is still good, and nobody uses one that is not")
    func down() throws {
        hosts.answer(
            .success(Keys.answer(Keys.set(0), ("Cache-Control", "max-age=60, stale-if-error=600"))),
            .failure(FetchError(.timedOut)))
        let cache = hosts.cache()
        let known = try cache.keys(uri)
        #expect(try refusal { try cache.newerKeys(uri, than: known) }.description.contains("did not answer in time"))
        #expect(try cache.keys(uri) === known)
        hosts.clock.pass(60)
        _ = try refusal { try cache.keys(uri) }
        #expect(hosts.count == 3)
    }

    @Test("after a failure nobody is asked for a moment")
    func pause() throws {
        hosts.answer(.failure(FetchError(.unreachable)), .success(Keys.answer(Keys.set(0))))
        let cache = hosts.cache()
        let first = try refusal { try cache.keys(uri) }
        #expect(
            first.description
                == "the key set at the client's jwks_uri could not be fetched: its host accepts no connection")
        hosts.clock.pass(4)
        #expect(try refusal { try cache.keys(uri) }.description == "\(first.description); tried 4 s ago")
        #expect(hosts.count == 1)
        hosts.clock.pass(1)
        _ = try cache.keys(uri)
        #expect(hosts.count == 2)
    }

    @Test("what is wrong with an answer is said, and nothing of what it said")
    func unusable() throws {
        let many = "{\"keys\":[\((0...50).map { _ in "{\"marker\":1}" }.joined(separator: ","))]}"
        let cases: [(InboundAnswer, String)] = [
            (Keys.answer([], status: 404), "it answered with status 404"),
            (Keys.answer(Keys.set(0), status: 500), "it answered with status 500"),
            (Keys.answer(Keys.set(0), status: 206), "it answered with status 206"),
            (
                Keys.answer(Array("<html>marker".utf8), ("Content-Type", "text/html; charset=utf-8")),
                "which comes as text/html, cannot be used: the key set is not JSON"
            ),
            (
                Keys.answer(Array(Keys.set(0).dropLast())),
                "cannot be used: the key set is not JSON: the text ends early"
            ),
            (Keys.answer([]), "the key set is not JSON"),
            (
                Keys.answer(Array("[]".utf8), ("Content-Type", "application/jwk-set+json")),
                "a JSON object with an array keys"
            ),
            (Keys.answer(Array(#"{"keys":[{"kty":"EC","d":"marker"}]}"#.utf8)), "private member d"),
            (Keys.answer(Array(many.utf8)), "has more than 50 keys"),
        ]
        for (answer, expected) in cases {
            let hosts = WrittenHosts()
            hosts.answer(answer)
            let description = try refusal { try hosts.cache().keys(uri) }.description
            #expect(description.hasPrefix("the key set at the client's jwks_uri"))
            #expect(description.contains(expected))
            #expect(!description.contains("marker"))
        }
    }

    @Test("so many sets are kept and no more, and the longest unused goes first")
    func bounded() throws {
        hosts.answer(Keys.answer(Keys.set(0), ("Cache-Control", "max-age=600")))
        let cache = hosts.cache {
            $0.clients = 3
            $0.places = 2
        }
        func use(_ number: Int) throws { _ = try cache.keys(.uri("https://\(number).example/jwks")) }
        for number in 0..<3 { try use(number) }
        try use(0)
        try use(3)
        #expect(hosts.count == 4 && cache.load.kept == 3)
        for number in [0, 2, 3] { try use(number) }
        #expect(hosts.count == 4)
        try use(1)
        #expect(hosts.count == 5)
        for number in 10..<1_000 { try use(number) }
        #expect(cache.load.kept == 3)
    }

    @Test("a set that was given once is read once")
    func given() throws {
        let cache = hosts.cache()
        let registered = RegisteredKeys.given(jwks: Keys.set(0))
        let keys = try cache.keys(registered)
        #expect(try cache.keys(registered) === keys)
        #expect(try cache.keys(.given(jwks: Keys.set(1))).set.keys.map(\.kid) == ["1"])
        #expect(try cache.newerKeys(registered, than: keys) == nil)
        #expect(
            try refusal { try cache.keys(.given(jwks: [])) }.description
                .hasPrefix("the key set registered for the client cannot be used"))
        #expect(hosts.count == 0)
    }

    @Test("a key that was used is kept ready, under its exact name")
    func prepared() throws {
        var key = Keys.signing[0].publicKey
        key.kid = "K"
        let keys = PreparedKeys(JWKSet([key]))
        for _ in 0..<2 {
            #expect(try keys.key(kid: "K", algorithm: .es384).jwk == key)
            for (kid, algorithm) in [("\u{212A}", SignatureAlgorithm.es384), ("K", .rs384), ("", .es384)] {
                let error = #expect(throws: JOSEError.self) { try keys.key(kid: kid, algorithm: algorithm) }
                #expect(error?.kind == .keyNotFound)
            }
        }
    }
}

@Suite("SMART client-confidential-asymmetric#signature-verification: proving an assertion")
struct ClientKeySourceTests {
    private let hosts = WrittenHosts()
    private let uri = RegisteredKeys.uri("https://app.example/jwks")

    @Test("with the keys at hand, and with newer ones where its key is not among them")
    func proven() throws {
        hosts.answer(
            Keys.answer(Keys.set(0), ("Cache-Control", "max-age=600")),
            Keys.answer(Keys.set(0, 1), ("Cache-Control", "max-age=600")))
        let cache = hosts.cache()
        let now = hosts.clock.wall
        #expect(try cache.verified(Keys.assertion(0, at: now), with: uri).jti == "one")
        #expect(hosts.count == 1)
        #expect(try cache.verified(Keys.assertion(1, at: now), with: uri).clientID == "app")
        #expect(hosts.count == 2)
        _ = try cache.verified(Keys.assertion(1, at: now), with: uri)
        #expect(hosts.count == 2)
    }

    // Requirement 188
    @Test("whatever goes wrong is invalid_client")
    func refused() throws {
        hosts.answer(
            .success(Keys.answer(Keys.set(0), ("Cache-Control", "max-age=600"))), .failure(FetchError(.untrusted)),
            .failure(FetchError(.unavailable)))
        let cache = hosts.cache()
        let unknown = try Keys.assertion(1, at: hosts.clock.wall)
        func error() throws -> OAuthError {
            try #require(throws: OAuthError.self) { try cache.verified(unknown, with: uri) }
        }
        let first = try error()
        #expect(first.code == .invalidClient && first.description.contains("certificate is not trusted"))
        // Now it is too early to ask again.
        let second = try error()
        #expect(second.code == .invalidClient && second.description.contains("no ES384 key with the kid of the token"))
        hosts.clock.pass(600)
        let third = try error()
        #expect(third.code == .invalidClient && third.detail?.contains("libcurl") == true)
    }

    @Test("a wrong signature is no reason to fetch")
    func wrongSignature() throws {
        var key = Keys.signing[1].publicKey
        key.kid = "0"
        hosts.answer(Keys.answer(JWKSet([key]).bytes, ("Cache-Control", "max-age=600")))
        let cache = hosts.cache()
        for _ in 0..<3 {
            #expect(throws: OAuthError.self) {
                try cache.verified(Keys.assertion(0, at: hosts.clock.wall), with: uri)
            }
        }
        #expect(hosts.count == 1)
    }
}
