import JOSE
import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: asymmetric clients and registrations")
struct ClientConformanceTests {
    private static let jwks = Array(#"{"keys":[{"kty":"RSA","kid":"1","n":"AQAB","e":"AQAB"}]}"#.utf8)

    @Test("each kind of client comes back as it was registered", arguments: Backend.allCases)
    func kinds(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let methods: [ClientAuthenticationMethod] = [
            .none, .secret([ClientSecret(digest: Sample.digest("s"))]),
            .secret([ClientSecret(digest: Sample.digest("t"), expiresAt: Sample.now + 9)], isTakenFromBody: true),
            .privateKey(ClientPublicKeys(.given(jwks: Self.jwks))),
            .privateKey(ClientPublicKeys(.uri("https://app.example/jwks"), algorithms: [.rs256, .es384])),
            .privateKey(ClientPublicKeys(.uri("https://app.example/jwks", mirror: "https://mirror.example/app"))),
            .privateKey(ClientPublicKeys(.file("/etc/keys/app.json", uri: "https://app.example/jwks"))),
        ]
        for (number, method) in methods.enumerated() {
            let client = ClientRegistration(
                id: "c\(number)", name: "C", authentication: method, grantTypes: [.clientCredentials],
                roles: [.ehr, .resourceServer], scopes: ScopeSet("system/*.rs __introspect"), isDisabled: number == 1,
                approval: number == 2 ? .pending : .approved, isVerified: number != 3,
                presentation: ClientPresentation(
                    organization: "C Health", clientURI: "https://c.example", contacts: ["mailto:a@c.example"]))
            try store.add(client, at: Sample.now)
            let found = try #require(try store.client(client.id))
            #expect(found.authentication == method)
            #expect(found.grantTypes == client.grantTypes && found.roles == client.roles)
            #expect(found.isDisabled == client.isDisabled && found.approval == client.approval)
            #expect(found.isVerified == client.isVerified)
            #expect(found.presentation == client.presentation)
            #expect(found.scopes == client.scopes)
        }
        let keys = ClientPublicKeys(.uri("https://new.example/jwks"), algorithms: [.es256])
        #expect(try store.setKeys(keys, client: "c3", at: Sample.now))
        #expect(try store.client("c3")?.authentication == .privateKey(keys))
        #expect(try !store.setKeys(keys, client: "c1", at: Sample.now))
    }

    @Test("an assertion's jti is new once a client", arguments: Backend.allCases)
    func assertions(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try store.remember(jti: Sample.digest("j"), of: "a", until: Sample.now + 60))
        #expect(try !store.remember(jti: Sample.digest("j"), of: "a", until: Sample.now + 60))
        #expect(try store.remember(jti: Sample.digest("j"), of: "b", until: Sample.now + 60))
        #expect(try store.purge(at: Sample.now + 60).total == 0)
        #expect(try store.purge(at: Sample.now + 61).total == 2)
        #expect(try store.remember(jti: Sample.digest("j"), of: "a", until: Sample.now + 60))
    }

    @Test("guesses wait by what they guess at, all keys or none", arguments: Backend.allCases)
    func attempts(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let here = Attempt.client("app", from: "192.0.2.1")
        let there = Attempt.client("app", from: "192.0.2.2")
        for _ in 0..<10 { #expect(try store.begin(here, at: Sample.now) == 0) }
        #expect(try store.begin(here, at: Sample.now) == 0)
        #expect(try store.begin(here, at: Sample.now) == 2)
        #expect(try store.delay(of: here, at: Sample.now + 1) == 1)
        for _ in 0..<11 { #expect(try store.begin(there, at: Sample.now) == 0) }
        try store.forget(here)
        #expect(try store.begin(here, at: Sample.now) == 0)
        // After an hour they are forgotten by themselves, and counted anew.
        let later = Sample.now + 3600
        #expect(try (0..<12).map { _ in try store.begin(there, at: later) } == Array(repeating: 0, count: 11) + [2])
    }

    @Test("a browser that somebody has signed in with is known for that person alone", arguments: Backend.allCases)
    func browsers(_ backend: Backend) throws {
        let store = try backend.harness().store()
        for name in ["amara", "bela"] { try store.add(Sample.account(name), at: Sample.now) }
        let session = Session(
            id: Sample.digest("s"), user: try Sample.account().user, authenticatedAt: Sample.now,
            lastSeenAt: Sample.now)
        try store.begin(
            session, of: "amara", with: Sample.digest("b"), replacing: nil, policy: SessionPolicy())
        #expect(try store.knows(browser: Sample.digest("b"), of: "amara", at: Sample.now))
        #expect(try !store.knows(browser: Sample.digest("b"), of: "bela", at: Sample.now))
        #expect(try !store.knows(browser: Sample.digest("c"), of: "amara", at: Sample.now))
        #expect(try !store.knows(browser: Sample.digest("b"), of: "amara", at: Sample.now + 180 * 86_400))
        #expect(try store.setPassword(try Sample.account().password, account: "amara", at: Sample.now))
        #expect(try !store.knows(browser: Sample.digest("b"), of: "amara", at: Sample.now))
    }
}

@Suite("Every store: grants that live in sessions, launches and backends")
struct GrantConformanceTests {
    private static let policy = SessionPolicy(idle: 900, absolute: 43_200)

    /// A grant with online_access, in a session that began with it.
    private func online(_ store: SQLStore) throws {
        try store.add(Sample.client(), at: Sample.now)
        try store.add(Sample.account(), at: Sample.now)
        #expect(try store.begin(Sample.interaction()) == .begun)
        let user = try Sample.account().user
        let session = Session(
            id: Sample.digest("s"), user: user, authenticatedAt: Sample.now, lastSeenAt: Sample.now)
        let code = AuthorizationCode(
            digest: Sample.digest("code"),
            authorization: Authorization(
                grant: "grant-1", clientID: "app", user: user, scopes: ScopeSet("online_access patient/*.rs"),
                context: LaunchContext(patient: "p1"), basis: .trustedApp, nonce: nil, authenticatedAt: Sample.now,
                session: session.id),
            redirectURI: "https://app.example/cb", codeChallenge: try #require(CodeChallenge(Sample.challenge)),
            expiresAt: Sample.now + 60)
        #expect(
            try store.issue(
                code, finishing: Sample.interaction(), beginning: session, policy: Self.policy, at: Sample.now))
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
    }

    @Test("what lives in a session is good while that is, and ends with it", arguments: Backend.allCases)
    func session(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try online(store)
        func token(_ after: Int) throws -> ActiveToken? {
            try store.accessToken(Sample.digest("at-1"), at: Sample.now + after, policy: Self.policy)
        }
        #expect(try token(0)?.session?.lastSeenAt == Sample.now)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.session?.expiresAt == Sample.now + 43_200)
        #expect(try token(899) != nil)
        let short = SessionPolicy(idle: 100, absolute: 43_200)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now + 100, policy: short) == nil)
        try store.touch(grant: "grant-1", session: Sample.digest("s"), at: Sample.now + 90, policy: short)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now + 189, policy: short) != nil)
        // A dead session is not woken.
        try store.touch(grant: "grant-1", session: Sample.digest("s"), at: Sample.now + 190, policy: short)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now + 190, policy: short) == nil)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.session?.lastSeenAt == Sample.now + 90)
        #expect(try store.grants(of: "id-amara", at: Sample.now + 190).first?.lastUsedAt == Sample.now + 190)

        try store.end(session: Sample.digest("s"), at: Sample.now + 1)
        #expect(try token(1) == nil)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.isEnded == true)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.session == nil)
    }

    @Test("a person's app that is no longer online is no connected app", arguments: Backend.allCases)
    func connectedOnline(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try online(store)
        func count(_ after: Int, idle: Int = 900) throws -> Int {
            let policy = SessionPolicy(idle: idle, absolute: 43_200)
            return try store.grants(of: "id-amara", at: Sample.now + after, policy: policy).count
        }
        #expect(try count(0) == 1 && count(899) == 1 && count(900) == 0)
        #expect(try count(9_999, idle: 50_000) == 1)
        #expect(try count(10_000, idle: 50_000) == 0)
        try store.end(session: Sample.digest("s"))
        #expect(try count(0) == 0)
    }

    @Test("a backend's token has no person, and dies with its client", arguments: Backend.allCases)
    func backend(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.client("robot"), at: Sample.now)
        let grant = BackendGrant(id: "g", clientID: "robot", scopes: ScopeSet("system/Patient.rs"))
        try store.issue(Sample.tokens("1", grant: "g", refresh: false), beginning: grant)
        let token = try #require(try store.accessToken(Sample.digest("at-1"), at: Sample.now))
        #expect(token.user == nil && token.clientID == "robot" && token.context == LaunchContext())
        #expect(try store.setDisabled(true, client: "robot", at: Sample.now))
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now) == nil)
    }

    @Test("whose a token is; one access token ends alone", arguments: Backend.allCases)
    func owners(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        #expect(
            try store.owner(of: Sample.digest("at-1"))
                == TokenOwner(grant: "grant-1", clientID: "app", kind: .accessToken))
        #expect(try store.owner(of: Sample.digest("rt-1"))?.kind == .refreshToken)
        #expect(try store.owner(of: Sample.digest("code")) == nil)
        try store.end(accessToken: Sample.digest("at-1"), at: Sample.now)
        #expect(try store.owner(of: Sample.digest("at-1")) == nil)
        #expect(try store.refreshToken(Sample.digest("rt-1"))?.isEnded == false)
    }

    @Test("a person's living grants, and their end app by app", arguments: Backend.allCases)
    func connected(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        let grants = try store.grants(of: "id-amara", at: Sample.now)
        #expect(grants.map(\.clientName) == ["App app"])
        #expect(grants.first?.patient == "p1" && grants.first?.since == Sample.now)
        #expect(try store.grants(of: "id-bela", at: Sample.now).isEmpty)
        #expect(try store.endGrants(of: "id-bela", to: "app", reason: .withdrawn, at: Sample.now) == 0)
        #expect(try store.endGrants(of: "id-amara", to: "app", reason: .withdrawn, at: Sample.now) == 1)
        #expect(try store.grants(of: "id-amara", at: Sample.now).isEmpty)
        #expect(try store.accessToken(Sample.digest("at-1"), at: Sample.now) == nil)
    }

    @Test(
        "a vouched launch, its visit and its form's value come back; each value is good once",
        arguments: Backend.allCases)
    func vouched(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let launch = Launch(
            handle: Sample.digest("handle"), clientID: "app", account: "id-amara", context: LaunchContext(),
            expiresAt: Sample.now + 300, vouchedAt: Sample.now)
        try store.add(launch, at: Sample.now)
        #expect(try store.launch(Sample.digest("handle")) == launch)
        let interaction = try Sample.interaction(launch: launch, browser: nil)
        #expect(try store.begin(interaction) == .begun)
        func found() throws -> Interaction { try #require(try store.interaction(Sample.digest("i"), at: Sample.now)) }
        #expect(try found().isVouchedFor)
        #expect(try !store.spend(form: Sample.digest("f"), in: interaction.id))
        try store.show(form: Sample.digest("f"), in: interaction.id)
        try store.show(form: Sample.digest("g"), in: interaction.id)
        #expect(try !store.spend(form: Sample.digest("f"), in: interaction.id))
        #expect(try store.spend(form: Sample.digest("g"), in: interaction.id))
        #expect(try !store.spend(form: Sample.digest("g"), in: interaction.id))

        try store.choose(patient: "p9", account: "id-amara", in: interaction.id, at: Sample.now)
        try store.choose(encounter: .picked("e9"), account: "id-amara", in: interaction.id)
        try store.choose(encounter: .without, account: "id-amara", in: interaction.id)
        #expect(try found().progress?.encounter == .picked("e9"))
        #expect(try found().progress?.patient == "p9")
        // Another person chooses anew.
        try store.choose(encounter: .without, account: "id-bela", in: interaction.id)
        #expect(try found().progress == .init(account: "id-bela", patient: nil, encounter: .without))

        #expect(try !store.end(launch: launch.handle, broughtBy: "app", at: Sample.now))
        try store.add(Sample.client(), at: Sample.now)
        try store.add(Sample.account(), at: Sample.now)
        #expect(
            try store.issue(
                Sample.code(), finishing: interaction, beginning: nil, policy: Self.policy, at: Sample.now))
        #expect(try !store.end(launch: launch.handle, broughtBy: "app", at: Sample.now))
        #expect(try store.end(launch: launch.handle, broughtBy: "thief", at: Sample.now))
        #expect(try store.code(Sample.digest("code"))?.isEnded == true)
    }

    @Test("a handle that another client brings stops what has not come to a code yet", arguments: Backend.allCases)
    func leaked(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let launch = Launch(
            handle: Sample.digest("handle"), clientID: "app", account: "id-amara", context: LaunchContext(),
            expiresAt: Sample.now + 300)
        try store.add(launch, at: Sample.now)
        let interaction = try Sample.interaction(launch: launch, browser: nil)
        #expect(try store.begin(interaction) == .begun)
        #expect(try !store.end(launch: launch.handle, broughtBy: "app", at: Sample.now))
        #expect(try store.interaction(interaction.id, at: Sample.now) != nil)
        #expect(try store.end(launch: launch.handle, broughtBy: "thief", at: Sample.now))
        #expect(try store.interaction(interaction.id, at: Sample.now) == nil)
        #expect(try !store.end(launch: launch.handle, broughtBy: "thief", at: Sample.now))
    }

    @Test("a handle that another client brings first is good for nobody any more", arguments: Backend.allCases)
    func leakedUnused(_ backend: Backend) throws {
        let store = try backend.harness().store()
        let launch = Sample.launch()
        try store.add(launch, at: Sample.now)
        #expect(try !store.end(launch: launch.handle, broughtBy: "app", at: Sample.now))
        #expect(try store.launch(launch.handle) == launch)
        #expect(try store.end(launch: launch.handle, broughtBy: "thief", at: Sample.now))
        #expect(try store.launch(launch.handle) == nil)
        #expect(try store.begin(Sample.interaction(launch: launch)) == .launchAlreadySpent)
        #expect(try !store.end(launch: launch.handle, broughtBy: "thief", at: Sample.now))
    }

    @Test(
        "a grant goes along to the session that follows, if that is the same person's and the old one lived",
        arguments: Backend.allCases)
    func handedOver(_ backend: Backend) throws {
        for (name, after, isAlive) in [("amara", 899, true), ("amara", 900, false), ("bela", 1, false)] {
            let store = try backend.harness().store()
            try online(store)
            try store.add(Sample.account("bela"), at: Sample.now)
            let next = Session(
                id: Sample.digest("next"), user: try Sample.account(name).user, authenticatedAt: Sample.now + after,
                lastSeenAt: Sample.now + after)
            try store.begin(next, of: name, with: nil, replacing: Sample.digest("s"), policy: Self.policy)
            let refresh = try #require(try store.refreshToken(Sample.digest("rt-1")))
            #expect(refresh.isEnded == !isAlive)
            #expect(refresh.session?.id == (isAlive ? next.id : nil))
        }
    }
}
