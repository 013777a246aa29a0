import JOSE
import OAuth
import SMART
import Testing

@Suite("RFC 6749 §6 refreshing")
struct RefreshTokenTests {
    private static let policy = SessionPolicy(idle: 900, absolute: 43_200)

    private func token(
        expires: Int = 86_400, use: RefreshToken.Use? = nil, ended: Bool = false, user: User = Fixture.user(),
        isInSession: Bool = false, session: OnlineSession? = nil, requested: String? = nil
    ) -> RefreshToken {
        let name = isInSession ? SecretDigest(of: "s") : nil
        return RefreshToken(
            digest: SecretDigest(of: "r"),
            authorization: Fixture.authorization(user: user, session: name, requestedScope: requested),
            expiresAt: Fixture.now + expires, use: use, isEnded: ended, session: session)
    }

    private func used(_ before: Int, successorSpent: Bool = false) -> RefreshToken.Use {
        RefreshToken.Use(at: Fixture.now + -before, isSuccessorSpent: successorSpent)
    }

    /// What comes of it in a word, with the scopes; `now` by default.
    private func refreshed(
        _ token: RefreshToken, by client: ClientRegistration = Fixture.client(), scope: String? = nil, after: Int = 0
    ) throws(OAuthError) -> String {
        let request = RefreshRequest(refreshToken: Secret(received: "r"), scope: scope)
        let outcome = try token.refreshed(
            by: Fixture.proven(client), with: request, policy: Self.policy, at: Fixture.now + after)
        switch outcome {
        case .fresh(let scopes): return "fresh: \(scopes)"
        case .retried(let scopes): return "retried: \(scopes)"
        case .replayed: return "replayed"
        }
    }

    // SMART app-launch#refresh-access-token
    @Test(
        "without a scope the grant, with one no more than the grant",
        arguments: [
            (String?.none, "openid fhirUser patient/*.rs"), ("openid", "openid"),
            ("patient/*.rs openid", "patient/*.rs openid"),
            ("patient/Observation.rs", "patient/Observation.rs"),
        ])
    func scopes(_ asked: String?, _ granted: String) throws {
        #expect(try refreshed(token(), scope: asked) == "fresh: \(granted)")
        #expect(try refreshed(token(use: used(1)), scope: asked) == "retried: \(granted)")
    }

    @Test(
        "a wider scope is invalid_scope",
        arguments: ["patient/*.cruds", "openid user/*.rs", "nonsense", "openid nonsense"])
    func wider(_ asked: String) throws {
        for token in [token(), token(use: used(1))] {
            let error = try #require(throws: OAuthError.self) { try refreshed(token, scope: asked) }
            #expect(error.code == .invalidScope)
        }
    }

    // RFC 6749 §6
    @Test(
        "what was asked for at the authorization and not granted is left out, and nothing else is",
        arguments: [
            (requested, "openid fhirUser patient/*.rs"), ("patient/*.cruds", "patient/*.rs"),
            ("openid user/*.rs", "openid"), ("nonsense fhirUser", "fhirUser"),
            ("launch/patient patient/Patient.r", "patient/Patient.r"), ("user/*.rs", nil), ("nonsense", nil),
            ("openid user/*.cruds", nil), ("openid other", nil), ("openid patient/Patient.c", nil), (" ", nil),
        ] as [(String, String?)])
    func repeated(_ asked: String, _ granted: String?) throws {
        for use in [nil, used(1)] {
            let token = token(use: use, requested: Self.requested)
            guard let granted else {
                let error = try #require(throws: OAuthError.self) { try refreshed(token, scope: asked) }
                #expect(error.code == .invalidScope)
                continue
            }
            #expect(try refreshed(token, scope: asked).hasSuffix(": \(granted)"))
        }
    }

    private static let requested = "openid fhirUser launch/patient patient/*.cruds user/*.rs nonsense"

    @Test("a registration that shrank shrinks what a refresh gives, and nothing is left of it to nothing")
    func shrunk() throws {
        let smaller = Fixture.client(scope: "openid patient/Observation.rs")
        #expect(try refreshed(token(), by: smaller) == "fresh: openid patient/Observation.rs")
        let nothing = try #require(throws: OAuthError.self) {
            try refreshed(token(), by: Fixture.client(scope: "user/Patient.c"))
        }
        #expect(nothing.code == .invalidGrant)
    }

    @Test("another client, too late, ended, disabled: invalid_grant, and no replay though the token was spent")
    func refused() throws {
        let cases: [(RefreshToken, ClientRegistration, Int)] = [
            (token(), Fixture.client(id: "other"), 0),
            (token(use: used(600)), Fixture.client(id: "other"), 0),
            (token(expires: 60), Fixture.client(), 60),
            (token(expires: 10, use: used(20)), Fixture.client(), 10),
            (token(ended: true), Fixture.client(), 0),
            (token(use: used(600), ended: true), Fixture.client(), 0),
            (token(user: Fixture.user(disabled: true)), Fixture.client(), 0),
            (token(use: used(1), user: Fixture.user(disabled: true)), Fixture.client(), 0),
        ]
        for (token, client, after) in cases {
            let error = try #require(throws: OAuthError.self) { try refreshed(token, by: client, after: after) }
            #expect(error.code == .invalidGrant)
            #expect(error.description == RefreshToken.refusal)
        }
    }

    // RFC 9700 §4.14.2
    @Test(
        "a spent token is a retry for sixty seconds while its successor waits, and a replay otherwise",
        arguments: [
            (0, false, "retried: openid fhirUser patient/*.rs"), (60, false, "retried: openid fhirUser patient/*.rs"),
            (61, false, "replayed"), (0, true, "replayed"), (60, true, "replayed"), (86_000, false, "replayed"),
        ])
    func retry(_ secondsAgo: Int, _ successorSpent: Bool, _ outcome: String) throws {
        #expect(try refreshed(token(use: used(secondsAgo, successorSpent: successorSpent))) == outcome)
    }

    // SMART scopes-and-launch-context#scopes-for-requesting-a-refresh-token
    @Test(
        "a grant with online_access is refreshed while its session lives",
        arguments: [
            // Last seen before now, the end after now.
            (0, 1, true), (899, 1, true), (900, 1, false), (0, 0, false), (899, 0, false),
        ])
    func online(_ seenBefore: Int, _ endsAfter: Int, _ isAlive: Bool) throws {
        let session = OnlineSession(
            id: SecretDigest(of: "s"), lastSeenAt: Fixture.now + -seenBefore, expiresAt: Fixture.now + endsAfter)
        let token = token(isInSession: true, session: session)
        #expect(token.isActive(at: Fixture.now, policy: Self.policy) == isAlive)
        #expect(session.isAlive(at: Fixture.now, Self.policy) == isAlive)
        guard !isAlive else {
            #expect(try refreshed(token) == "fresh: openid fhirUser patient/*.rs")
            return
        }
        let error = try #require(throws: OAuthError.self) { try refreshed(token) }
        #expect(error.code == .invalidGrant)
        #expect(error.description.contains("no longer signed in"))
    }

    @Test("a session that is gone is a session that has ended; a grant that never had one needs none")
    func sessionGone() throws {
        let gone = token(isInSession: true)
        #expect(throws: OAuthError.self) { try refreshed(gone) }
        #expect(!gone.isActive(at: Fixture.now, policy: Self.policy))
        #expect(token().isActive(at: Fixture.now, policy: Self.policy))
    }

    // RFC 7662 §2.2
    @Test("active is a token that would be taken now: not spent, not ended, in its time, its person enabled")
    func active() {
        let inactive = [
            token(use: used(1)), token(ended: true), token(expires: 0), token(user: Fixture.user(disabled: true)),
        ]
        for token in inactive { #expect(!token.isActive(at: Fixture.now, policy: Self.policy)) }
    }

    // Requirements 170 and 216
    @Test(
        "a patient who was taken from the user is not refreshed and not active; a patient user always has the own one",
        arguments: [
            (.all, "Practitioner/p1", true), (.patients(["pat-1", "pat-2"]), "Practitioner/p1", true),
            (.patients(["pat-2"]), "Practitioner/p1", false), (.none, "Practitioner/p1", false),
            (.none, "Patient/pat-1", true), (.all, "Patient/pat-2", false),
        ] as [(UserAccess, String, Bool)])
    func access(_ access: UserAccess, _ fhirUser: String, _ isAllowed: Bool) throws {
        let user = Fixture.user(fhirUser: fhirUser, access: access)
        #expect(token(user: user).isActive(at: Fixture.now, policy: Self.policy) == isAllowed)
        for use in [nil, used(1)] {
            guard !isAllowed else {
                #expect(try refreshed(token(use: use, user: user)).hasSuffix(": openid fhirUser patient/*.rs"))
                continue
            }
            let error = try #require(throws: OAuthError.self) { try refreshed(token(use: use, user: user)) }
            #expect(error.code == .invalidGrant && error.detail == "patient not allowed")
        }
    }

    @Test("a session is touched once a minute", arguments: [(59, false), (60, true)])
    func touch(_ after: Int, _ wants: Bool) {
        let session = OnlineSession(
            id: SecretDigest(of: "s"), lastSeenAt: Fixture.now, expiresAt: Fixture.now + 43_200)
        #expect(session.wantsTouch(at: Fixture.now + after) == wants)
    }

    @Test("the successor follows from the token and the key, and from nothing else")
    func successor() {
        let token = Secret(received: "vst_rt_x")
        let key = [UInt8](repeating: 1, count: 32)
        #expect(
            RefreshToken.successor(of: token, under: key).text == RefreshToken.successor(of: token, under: key).text)
        let others = [
            RefreshToken.successor(of: token, under: [UInt8](repeating: 2, count: 32)),
            RefreshToken.successor(of: Secret(received: "vst_rt_y"), under: key), token,
        ]
        for other in others { #expect(RefreshToken.successor(of: token, under: key).text != other.text) }
        #expect(RefreshToken.successor(of: token, under: key).text.hasPrefix("vst_rt_"))
    }
}
