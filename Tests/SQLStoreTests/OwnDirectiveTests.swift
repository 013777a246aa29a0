import OAuth
import SMART
import SQL
import Store
import StoreTesting
import Testing

@testable import SQLStore

@Suite("Every store: what patients deny every app on our own page")
struct OwnDirectiveTests {
    private func rules(_ types: String..., of patient: String = "p1") -> [DenyRule] {
        types.map { DenyRule(patient: patient, $0) }
    }

    private func decide(
        _ store: SQLStore, _ rules: [DenyRule], after version: Int, of patient: String = "p1",
        by account: String = "id-maja"
    ) throws -> Bool {
        try store.decide(
            rules, of: patient, after: version, by: account, as: "own-\(patient)-\(version)", at: Sample.now + version)
    }

    private func own(_ store: SQLStore, _ patient: String = "p1") throws -> [ConsentDirective] {
        try store.directives(DirectiveFilter(patient: patient)).filter { $0.source == .page }
    }

    private func denied(_ store: SQLStore, to client: String = "app") throws -> Set<DenyRule> {
        Set(try store.denyRules(for: client, about: "p1", at: Sample.now).rules)
    }

    @Test("one a patient, from the first to the last, on the next use of everything", arguments: Backend.allCases)
    func life(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.begin(Sample.code())
        #expect(try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code"))) == .issued)
        func scopes() throws -> String? {
            try store.accessToken(Sample.digest("at-1"), at: Sample.now, policy: SessionPolicy())?.scopes.description
        }
        let before = try scopes()
        #expect(try decide(store, rules("Condition", "Goal"), after: 0))
        #expect(try denied(store) == Set(rules("Condition", "Goal")) && denied(store, to: "new").count == 2)
        #expect(try scopes()?.contains("patient/Condition") == false)
        #expect(try decide(store, rules("Goal"), after: 1))
        #expect(try denied(store) == Set(rules("Goal")) && scopes()?.contains("patient/Condition") == true)
        #expect(try decide(store, [DenyRule(patient: "p1")], after: 2) && scopes() == nil)
        #expect(try decide(store, [], after: 3) && scopes() == before)
        let ended = try #require(try own(store).first)
        #expect(try own(store).count == 1)
        #expect(ended.status == .inactive && ended.version == 4 && ended.rules.isEmpty && ended.id == "own-p1-0")
        #expect(ended.recordedAt == Sample.now && ended.changedAt == Sample.now + 3)
        #expect(try decide(store, rules("Goal"), after: 4) && own(store).first?.status == .active)
        // Another patient's is another one.
        #expect(try decide(store, rules("Goal", of: "p2"), after: 0, of: "p2") && own(store, "p2").count == 1)
    }

    @Test("who saw another version changes nothing", arguments: Backend.allCases)
    func stale(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try decide(store, rules("Condition"), after: 0))
        #expect(try !decide(store, rules("Goal"), after: 0) && !decide(store, rules("Goal"), after: 2))
        #expect(try !decide(store, [], after: 0))
        #expect(try denied(store) == Set(rules("Condition")) && own(store).first?.version == 1)
        // Staff can end it too; then the page has seen another version.
        let id = try #require(try own(store).first?.id)
        #expect(try store.withdraw(directive: id, reason: "the patient asked at the desk", at: Sample.now))
        #expect(try denied(store).isEmpty && !decide(store, rules("Goal"), after: 1))
        #expect(try decide(store, rules("Goal"), after: 2) && own(store).first?.statement == nil)
    }

    @Test("of many windows that save at once, one does", arguments: Backend.allCases)
    func race(_ backend: Backend) throws {
        let harness = try backend.harness()
        let databases = try (0..<3).map { _ in try harness.database(.portal) }
        for version in 0..<4 {
            let done = try atOnce(9) { number in
                try databases[number % 3].store().decide(
                    [DenyRule(patient: "p1", number.isMultiple(of: 2) ? "Goal" : "Condition")], of: "p1",
                    after: version,
                    by: "id-maja", as: "own-\(number)", at: Sample.now)
            }
            #expect(done.filter { $0 }.count == 1)
        }
        let store = try harness.store()
        #expect(try own(store).count == 1 && own(store).first?.version == 4 && denied(store).count == 1)
        #expect(try AuditStoreTests.verdict(store).isEmpty)
    }

    @Test("each is an act of the person, in the trail and for the patient to read", arguments: Backend.allCases)
    func trail(_ backend: Backend) throws {
        let store = try backend.harness().store()
        try store.add(Sample.account("maja", access: .none), at: Sample.now)
        #expect(try decide(store, rules("Condition"), after: 0))
        #expect(try decide(store, rules("Goal"), after: 1, by: "id-rosa") && decide(store, [], after: 2))
        let rows = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).map(\.columns)
            .filter { $0.act.hasPrefix("directive") }
        #expect(rows.map(\.act) == ["directive_record", "directive_change", "directive_withdraw"])
        #expect(rows.map(\.account) == ["id-maja", "id-rosa", "id-maja"])
        #expect(rows.allSatisfy { $0.patient == "p1" && $0.client == nil && $0.details.contains(#""source":"page""#) })
        let told = try store.acts(on: "p1", since: Instant(0))
        #expect(told.map(\.act) == [.directiveWithdraw, .directiveChange, .directiveRecord])
        #expect(told.first?.personName == "Dr. maja" && told[1].personName == nil)
    }

    @Test("what was there before the step is there after it, and what refers to it too", arguments: Backend.allCases)
    func migration(_ backend: Backend) throws {
        let harness = try backend.emptyHarness()
        let connection = try harness.location.connection(.migrate(create: true), for: .administration)
        // The schema that knew no page.
        #expect(try Schema.migrations.first(16).migrate(connection) == (0, 16))
        let base = Harness.base.description
        for (id, origin, source) in [("d1", nil, "paper"), ("d2", "Consent/7", "fhir")] as [(String, String?, String)] {
            try connection.run(
                """
                INSERT INTO consent_directives (id, fhir_base, patient, status, version, source, origin, statement,
                    recorded_at, changed_at)
                VALUES ($1, $2, 'p1', 'active', 2, $3, $4, 'said so', 5, 6)
                """, id, base, source, origin)
            for version in 1...2 {
                try connection.run(
                    """
                    INSERT INTO consent_directive_versions (directive, version, fhir_base, status, changed_at)
                    VALUES ($1, $2, $3, 'active', 5)
                    """, id, version, base)
                try connection.run(
                    """
                    INSERT INTO consent_rules (directive, version, position, fhir_base, patient, client, denied, in_force)
                    VALUES ($1, $2, 0, $3, 'p1', '', 'patient/Goal.cruds', $4)
                    """, id, version, base, version == 2 ? 1 : 0)
            }
        }
        let before = try Self.rows(connection)
        _ = try Schema.migrations.migrate(connection)
        #expect(try Self.rows(connection) == before && before.count == 2)
        #expect(throws: SQLError.self) { try connection.run("DELETE FROM consent_directives") }
        #expect(throws: SQLError.self) {
            try connection.run("UPDATE consent_directives SET source = 'hearsay' WHERE id = 'd1'")
        }
        #expect(throws: SQLError.self) {
            try connection.run("UPDATE consent_directives SET origin = 'Consent/7' WHERE id = 'd1'")
        }
        let store = try harness.store()
        #expect(try denied(store) == Set(rules("Goal")))
        #expect(try decide(store, rules("Condition"), after: 0))
        #expect(try denied(store) == Set(rules("Condition", "Goal")) && store.directives(DirectiveFilter()).count == 3)
    }

    private static func rows(_ connection: any Connection) throws(SQLError) -> [String] {
        try connection.rows(
            """
            SELECT id, fhir_base, patient, status, version, source, coalesce(origin, '-'), statement, recorded_at, changed_at
            FROM consent_directives ORDER BY id
            """
        ) { row in
            (0..<10).map { [4, 8, 9].contains($0) ? String(row.int($0)) : row.text($0) }.joined(separator: "|")
        }
    }
}
