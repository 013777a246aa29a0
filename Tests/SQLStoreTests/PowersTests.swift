import Foundation
import OAuth
import SQL
import SQLStore
import Store
import Testing

@Suite("SECURITY.md's powers")
struct PowersTests {
    @Test("a program cannot touch what is not its business", arguments: Backend.allCases)
    func guarded(_ backend: Backend) throws {
        let harness = try backend.harness()
        try harness.store().begin(Sample.code())
        let introspect = try harness.store(.introspect)
        #expect(try introspect.accessToken(Sample.digest("x"), at: Sample.now) == nil)
        #expect(throws: StoreError.self) { try introspect.activeKey("RS256") }
        #expect(throws: StoreError.self) { try introspect.code(Sample.digest("code")) }
        #expect(throws: StoreError.self) { try introspect.end(grant: "grant-1", reason: .codeReplay, at: Sample.now) }
        let portal = try harness.store(.portal)
        #expect(try portal.account(named: "amara") != nil)
        #expect(throws: StoreError.self) { try portal.code(Sample.digest("code")) }
        #expect(throws: StoreError.self) { try portal.add(Sample.client("new"), at: Sample.now) }
        let jwks = try harness.store(.jwks)
        #expect(try jwks.publishedKeys(at: Sample.now).isEmpty)
        #expect(throws: StoreError.self) { try jwks.client("app") }
    }

    @Test("each program can do all of its own work", arguments: Backend.allCases)
    func sufficient(_ backend: Backend) throws {
        let harness = try backend.harness()
        let administration = try harness.store()
        try administration.add(Sample.client(), at: Sample.now)
        try administration.add(Sample.account(), at: Sample.now)
        let authorize = try harness.store(.authorize)
        let portal = try harness.store(.portal)
        let token = try harness.store(.token)
        let user = try #require(try portal.account(named: "amara")).user
        #expect(try portal.beginAttempt(named: "amara", at: Sample.now) == 0)
        let session = Session(id: Sample.digest("s"), user: user, authenticatedAt: Sample.now, lastSeenAt: Sample.now)
        try portal.begin(session, of: "amara", replacing: nil, policy: SessionPolicy())
        try portal.add(Sample.launch(), at: Sample.now)
        #expect(try authorize.begin(Sample.interaction(launch: Sample.launch(), browser: nil)) == .begun)
        #expect(try authorize.bind(Sample.digest("i"), to: Sample.digest("b"), session: nil))
        try authorize.touch(Sample.digest("s"), at: Sample.now + 61)
        try portal.choose(patient: "p", account: user.id, in: Sample.digest("i"), at: Sample.now)
        #expect(try portal.decide(Sample.consent(), in: Sample.digest("i")))
        #expect(try authorize.issue(Sample.code(consent: "consent-1"), finishing: Sample.digest("i"), at: Sample.now))
        #expect(try token.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        #expect(try token.client("app") != nil)
        #expect(try token.isRegisteredOrigin("https://app.example"))
        #expect(try token.activeKey("RS256") == nil)
        for powers in [Powers.introspect, .enforce] {
            #expect(try harness.store(powers).accessToken(Sample.digest("at-1"), at: Sample.now) != nil)
        }
        #expect(try harness.store(.enforce).isRegisteredOrigin("https://app.example"))
        for powers in [Powers.authorize, .token, .portal, .register] {
            #expect(try harness.store(powers).purge(at: Sample.now).total == 0)
        }
    }

    @Test("a role's name is a name, whatever is in it")
    func quoting() {
        let grants = Powers.jwks.grants(for: "a\"b'c")
        #expect(grants.contains("GRANT SELECT ON \"public\".keys, \"public\".schema_version TO \"a\"\"b'c\";"))
        #expect(!grants.contains("INSERT"))
    }
}

@Suite("SECURITY.md's table")
struct PowersTableTests {
    @Test("each row is what the code allows", arguments: Powers.allCases.filter { $0 != .administration })
    func row(_ powers: Powers) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../SECURITY.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| \(powers.rawValue) |") })
        let cells = row.split(separator: "|").map { cell in
            Set(cell.split(separator: " ").map(String.init)).subtracting(["–"])
        }
        let tables = try #require(powers.tables)
        #expect(cells[1] == Set(tables.filter { $0.value == .read }.keys))
        #expect(cells[2] == Set(tables.filter { $0.value == .append }.keys))
        #expect(cells[3] == Set(tables.filter { $0.value == .write }.keys))
    }
}
