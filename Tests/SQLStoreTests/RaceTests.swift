import Foundation
import OAuth
import SQLStore
import Store
import Testing

@Suite("Every store: exactly once")
struct RaceTests {
    @Test("of many that spend one code, in two databases' writers at once, one wins", arguments: Backend.allCases)
    func oneCode(_ backend: Backend) async throws {
        let harness = try backend.harness()
        try harness.store().begin(Sample.code())
        // Two writers on one file are what two processes are.
        let databases = [try harness.database(), try harness.database()]
        let outcomes = try await withThrowingTaskGroup(of: IssueOutcome.self) { group in
            for number in 0..<24 {
                let database = databases[number % 2]
                group.addTask {
                    try database.store().issue(Sample.tokens("\(number)"), spending: .code(Sample.digest("code")))
                }
            }
            return try await group.reduce(into: [IssueOutcome]()) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == .issued }.count == 1)
        #expect(outcomes.count == 24)
    }

    @Test("of many that use one launch handle, one begins", arguments: Backend.allCases)
    func oneLaunch(_ backend: Backend) async throws {
        let harness = try backend.harness()
        let database = try harness.database()
        try database.store().add(Sample.launch(), at: Sample.now)
        let starts = try await withThrowingTaskGroup(of: InteractionStart.self) { group in
            for number in 0..<24 {
                group.addTask {
                    try database.store().begin(Sample.interaction("i\(number)", launch: Sample.launch()))
                }
            }
            return try await group.reduce(into: [InteractionStart]()) { $0.append($1) }
        }
        #expect(starts.filter { $0 == .begun }.count == 1)
    }

    @Test("of many guesses at once, no more are looked at than one after the other", arguments: Backend.allCases)
    func guesses(_ backend: Backend) async throws {
        let harness = try backend.harness()
        let database = try harness.database()
        let waits = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask { try database.store().beginAttempt(named: "amara", at: Sample.now) }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(waits.filter { $0 == 0 }.count == 3)
        #expect(FileManager.default.fileExists(atPath: harness.path))
    }

    @Test("in a shared commit, one verb that fails undoes nothing of its neighbours", arguments: Backend.allCases)
    func savepoints(_ backend: Backend) async throws {
        let harness = try backend.harness()
        let database = try harness.database()
        try database.store().add(Sample.client("taken"), at: Sample.now)
        let added = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    do {
                        try database.store().add(
                            Sample.client(number.isMultiple(of: 2) ? "taken" : "client-\(number)"), at: Sample.now)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(added == 20)
        #expect(try database.store().clients().count == 21)
    }
}

@Suite("SECURITY.md's powers")
struct PowersTests {
    @Test("a program cannot touch what is not its business")
    func guarded() throws {
        let harness = try Backend.sqlite.harness()
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

    @Test("each program can do all of its own work")
    func sufficient() throws {
        let harness = try Backend.sqlite.harness()
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
        #expect(try authorize.bind(Sample.digest("i"), to: Sample.digest("b")))
        try authorize.touch(Sample.digest("s"), at: Sample.now + 61)
        try portal.choose(patient: "p", account: user.id, in: Sample.digest("i"))
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
        #expect(try authorize.purge(at: Sample.now).total == 0)
        #expect(try token.purge(at: Sample.now).total == 0)
    }

    @Test("a database of another schema, a missing one and one that is none are refused with a clear line")
    func wrongDatabases() throws {
        let harness = try Backend.sqlite.harness()
        #expect(throws: StoreError.self) {
            try Database(path: harness.path + ".none", fhirBase: Harness.base, powers: .token)
        }
        #expect(!FileManager.default.fileExists(atPath: harness.path + ".none"))
        let junk = harness.path + ".junk"
        try Data(repeating: 65, count: 5000).write(to: URL(fileURLWithPath: junk))
        #expect(throws: StoreError.self) { try Database(path: junk, fhirBase: Harness.base, powers: .token) }
        let empty = harness.path + ".empty"
        try Data().write(to: URL(fileURLWithPath: empty))
        #expect(throws: StoreError.self) { try Database(path: empty, fhirBase: Harness.base, powers: .token) }
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
        #expect(cells[2] == Set(tables.filter { $0.value == .write }.keys))
    }
}
