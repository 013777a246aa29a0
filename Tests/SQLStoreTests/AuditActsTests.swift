import OAuth
import Store
import StoreTesting
import Testing

@testable import SQLStore

@Suite("What is done stands in the trail, with the one who did it")
struct AuditActsTests {
    private func trail(_ store: SQLStore) throws -> [String] {
        try store.auditRecords(after: 0, matching: AuditFilter(), limit: 1000).map { record in
            let columns = record.columns
            return [
                columns.act, columns.outcome == "refused" ? "refused" : nil, columns.account, columns.client,
                columns.patient, columns.grant,
            ].compactMap { $0 }.joined(separator: " ")
        }
    }

    @Test("a code, its tokens, and a replay with what it ended", arguments: Backend.allCases)
    func tokens(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.begin(Sample.code())
        let token = try harness.store(.token)
        #expect(try token.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        #expect(try token.issue(Sample.tokens("2"), spending: .refreshToken(Sample.digest("rt-1"))) == .issued)
        #expect(try token.issue(Sample.tokens("3"), spending: .refreshToken(Sample.digest("rt-1"))) == .overtaken)
        #expect(try token.issue(Sample.tokens("4"), spending: .code(Sample.digest("code"))) == .alreadySpent)
        try harness.store(.revoke).end(accessToken: Sample.digest("at-1"), at: Sample.now)
        try harness.store(.revoke).end(accessToken: Sample.digest("at-1"), at: Sample.now)
        let under = "id-amara app p1 grant-1"
        #expect(
            try trail(store) == [
                "client_add app", "user_add id-amara", "code_issue \(under)", "token_issue \(under)",
                "token_refresh \(under)", "code_replay refused \(under)", "grant_end \(under)", "token_revoke \(under)",
            ])
        #expect(try AuditStoreTests.verdict(store).isEmpty)
    }

    @Test("what an administrator changes, and what ends with it", arguments: Backend.allCases)
    func administration(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.begin(Sample.code())
        let session = Session(
            id: Sample.digest("s"), user: try Sample.account().user, authenticatedAt: Sample.now, lastSeenAt: Sample.now
        )
        let portal = try harness.store(.portal)
        try portal.begin(session, of: "amara", replacing: nil, policy: SessionPolicy())
        try portal.end(session: session.id, at: Sample.now)
        try portal.end(session: session.id, at: Sample.now)
        #expect(try store.setAccess(.none, account: "amara", at: Sample.now))
        #expect(try store.setDisabled(true, account: "amara", at: Sample.now))
        #expect(try !store.setDisabled(true, account: "nobody", at: Sample.now))
        #expect(try store.setDisabled(false, account: "amara", at: Sample.now))
        #expect(try store.setDisabled(true, client: "app", at: Sample.now))
        #expect(try !store.setDisabled(true, client: "none", at: Sample.now))
        #expect(try store.decide(.rejected, client: "app", at: Sample.now))
        #expect(try store.delete(client: "app", at: Sample.now))
        #expect(try !store.delete(client: "app", at: Sample.now))
        #expect(
            try trail(store).dropFirst(3) == [
                "sign_in id-amara", "sign_out id-amara", "user_access id-amara", "user_disable id-amara",
                "grant_end id-amara app p1 grant-1", "user_enable id-amara", "client_disable app", "client_reject app",
                "client_delete app",
            ])
    }

    @Test("a launch is made, spent and brought by another app", arguments: Backend.allCases)
    func launches(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.add(Sample.launch(), at: Sample.now)
        let authorize = try harness.store(.authorize)
        #expect(try authorize.begin(Sample.interaction(launch: Sample.launch())) == .begun)
        #expect(try authorize.begin(Sample.interaction("again", launch: Sample.launch())) == .launchAlreadySpent)
        #expect(try !authorize.end(launch: Sample.digest("handle"), broughtBy: "app", at: Sample.now))
        #expect(try authorize.end(launch: Sample.digest("handle"), broughtBy: "thief", at: Sample.now))
        // A guess is no act.
        #expect(try !authorize.end(launch: Sample.digest("guess"), broughtBy: "thief", at: Sample.now))
        #expect(
            try trail(store) == [
                "launch_create id-amara app p1", "launch_spend id-amara app p1", "launch_replay refused id-amara app",
                "launch_replay refused id-amara thief",
            ])
    }

    @Test("a client that proves nothing leaves a row with each attempt that counts", arguments: Backend.allCases)
    func refusedClients(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        let attempts = Attempt.client("app", from: "192.0.2.1")
        let refusal = AuditEvent(
            .clientAuthentication, .refused, client: "app", details: [.init(.reason, "wrong_secret")])
        let free = attempts.map(\.free).min() ?? 0
        for powers in [Powers.token, .introspect, .revoke, .launch] {
            #expect(try harness.store(powers).begin(attempts, recording: refusal, at: Sample.now) == 0)
        }
        for _ in 4...free { #expect(try store.begin(attempts, recording: refusal, at: Sample.now) == 0) }
        // From here on it waits, and what waits leaves nothing.
        #expect(try store.begin(attempts, recording: refusal, at: Sample.now) > 0)
        let rows = try trail(store)
        #expect(rows.count == free + 1 && Set(rows) == ["client_authentication refused app"])
    }

    @Test("a session that ran out is in the trail when it goes", arguments: Backend.allCases)
    func expiredSessions(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.add(Sample.account(), at: Sample.now)
        let session = Session(
            id: Sample.digest("s"), user: try Sample.account().user, authenticatedAt: Sample.now,
            lastSeenAt: Sample.now + 60)
        let policy = SessionPolicy()
        let portal = try harness.store(.portal)
        try portal.begin(session, of: "amara", replacing: nil, policy: policy)
        let end = Sample.now + policy.absolute + 1
        // Who may not write to the trail leaves sessions to the others.
        #expect(try harness.store(.enforce).purge(at: end).total == 0)
        #expect(try portal.purge(at: Sample.now + policy.absolute).total == 0)
        #expect(try portal.purge(at: end).total == 1)
        #expect(try trail(store).last == "session_expire id-amara")
        let details = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 9).suffix(1).map(
            \.columns.details)
        #expect(details == [#"{"until":\#((Sample.now + 60).seconds)}"#])
    }

    @Test(
        "many at once, in several processes: every act that was acknowledged has its row", arguments: Backend.allCases)
    func races(_ backend: Backend) throws {
        let harness = try backend.harness()
        let databases = try (0..<4).map { _ in try harness.database() }
        let rows = try atOnce(40) { number in
            let store = try databases[number % 4].store()
            for round in 0..<5 { try store.add(Sample.client("c\(number)-\(round)"), at: Sample.now) }
            return 5
        }
        let store = try harness.store()
        #expect(try trail(store).count == rows.reduce(0, +))
        #expect(try AuditStoreTests.verdict(store).isEmpty)
    }
}
