import HTTP
import OAuth
import SQL
import Store
import StoreTesting
import Testing

@testable import SQLStore

@Suite("The audit trail, in the store")
struct AuditStoreTests {
    static func verdict(_ store: SQLStore, anchors: [AuditAnchor] = []) throws -> [AuditChain.Fault] {
        var chain = AuditChain(after: try store.auditStart(), anchors: anchors)
        for record in try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100_000) { chain.add(record) }
        return chain.verdict()
    }

    private func filled(_ harness: Harness, rows: Int = 7) throws -> SQLStore {
        let store = try harness.store()
        for number in 1...rows {
            try store.record(
                AuditEvent(
                    .tokenRefresh, account: "a\(number)", client: "app", patient: "p", grant: "g", consent: "c",
                    details: [.init(.count, number)]), at: Sample.now + number)
        }
        return store
    }

    @Test("an act stands there with who did it, and where it came from", arguments: Backend.allCases)
    func circumstances(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store(.token)
        try RequestOrigin.$current.withValue(RequestOrigin(id: "0123", address: "192.0.2.7")) {
            try store.record(AuditEvent(.signIn, .refused, details: [.init(.reason, "wrong")]), at: Sample.now)
        }
        let record = try #require(try harness.store().auditRecords(after: 0, matching: AuditFilter(), limit: 9).first)
        #expect(record.columns.request == "0123" && record.columns.address == "192.0.2.7")
        #expect(record.columns.program == "vestibule-token" && record.columns.outcome == "refused")
        #expect(record.columns.details == #"{"reason":"wrong"}"#)
        #expect(try store.auditHead() == record.anchor)
    }

    @Test("a verb that fails leaves no row and no gap among its neighbours", arguments: Backend.allCases)
    func undone(_ backend: Backend) throws {
        let harness = try backend.harness()
        let databases = try (0..<3).map { _ in try harness.database() }
        let kept = try atOnce(60) { number in
            RequestOrigin.$current.withValue(RequestOrigin(id: "\(number)", address: "")) {
                do {
                    try databases[number % 3].write { connection throws(SQLError) in
                        try SQLStore.record(AuditEvent(.signIn, account: "\(number)"), at: Sample.now, on: connection)
                        if number.isMultiple(of: 3) { try connection.run("SELECT no_such_column") }
                    }
                    return true
                } catch {
                    return false
                }
            }
        }
        #expect(kept == (0..<60).map { !$0.isMultiple(of: 3) })
        let store = try harness.store()
        let records = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100)
        #expect(records.map(\.sequence) == Array(1...40))
        #expect(
            Set(records.compactMap(\.columns.account))
                == Set((0..<60).filter { !$0.isMultiple(of: 3) }.map(String.init)))
        // The request is the one whose verb it was, whoever committed it.
        #expect(records.allSatisfy { $0.columns.account == $0.columns.request })
        #expect(try Self.verdict(store).isEmpty)
    }

    @Test("the engine changes and deletes no row, for nobody", arguments: Backend.allCases)
    func appendOnly(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try filled(harness)
        for powers in [Powers.administration, .token, .portal] {
            let database = try harness.database(powers)
            for sql in [
                "UPDATE audit_events SET account = 'x' WHERE sequence = 3",
                "DELETE FROM audit_events WHERE sequence = 3",
                "DELETE FROM audit_events", "DELETE FROM audit_cuts", "UPDATE audit_cuts SET cut_at = 1",
            ] {
                if try store.auditStart() == .origin, sql.contains("audit_cuts"), powers == .administration { continue }
                #expect(throws: StoreError.self) {
                    try database.write { connection throws(SQLError) in _ = try connection.run(sql) }
                }
            }
        }
        #expect(try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100).count == 7)
        #expect(throws: StoreError.self) {
            try harness.store(.enforce).record(AuditEvent(.signIn), at: Sample.now)
        }
    }

    @Test("older rows are cut at an anchor, and the rest verifies", arguments: Backend.allCases)
    func cut(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try filled(harness)
        let before = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100)
        func cut(_ anchor: AuditAnchor) throws -> Int? {
            try store.cutAudit(through: anchor, disclosuresBefore: Sample.now, at: Sample.now + 50)
        }
        for wrong in [.origin, before[6].anchor, AuditAnchor(sequence: 3, hash: before[3].hash)] {
            #expect(try cut(wrong) == nil)
        }
        #expect(try cut(before[2].anchor) == 3)
        #expect(try store.auditStart() == before[2].anchor)
        let rest = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 100)
        #expect(rest.map(\.sequence) == Array(4...8) && rest.last?.columns.act == "audit_cut")
        #expect(try Self.verdict(store, anchors: [before[2].anchor, before[6].anchor]).isEmpty)
        // What is left is as safe as before.
        #expect(throws: StoreError.self) {
            try store.write { connection throws(SQLError) in _ = try connection.run("DELETE FROM audit_events") }
        }
        #expect(throws: StoreError.self) {
            try store.write { connection throws(SQLError) in _ = try connection.run("DELETE FROM audit_cuts") }
        }
        #expect(try cut(before[6].anchor) == 4)
        #expect(try Self.verdict(store).isEmpty)
    }

    @Test("rows are found by what they are about", arguments: Backend.allCases)
    func filters(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try filled(harness)
        try store.record(AuditEvent(.signOut, account: "b", client: "other", patient: "q"), at: Sample.now + 100)
        func count(_ change: (inout AuditFilter) -> Void) throws -> Int {
            var filter = AuditFilter()
            change(&filter)
            return try store.auditRecords(after: 0, matching: filter, limit: 100).count
        }
        #expect(try count { _ in } == 8)
        #expect(try count { $0.account = "a2" } == 1)
        #expect(try count { $0.client = "app" } == 7)
        #expect(try count { $0.patient = "q" } == 1)
        #expect(try count { $0.grant = "g" } == 7)
        #expect(try count { $0.act = "sign_out" } == 1)
        #expect(try count { ($0.since, $0.until) = (Sample.now + 2, Sample.now + 4) } == 2)
        #expect(try store.auditRecords(after: 3, matching: AuditFilter(), limit: 2).map(\.sequence) == [4, 5])
    }
}

@Suite("Who edits the trail behind our back")
struct AuditTamperingTests {
    private struct Tampering: Sendable, CustomTestStringConvertible {
        let sql: [String]
        let faults: [AuditChain.Fault]
        var testDescription: String { sql.joined(separator: "; ") }

        init(_ sql: String..., finds faults: AuditChain.Fault...) {
            self.sql = sql
            self.faults = faults
        }
    }

    private static let columns = [
        "previous = hash", "fhir_base = 'x'", "at = at + 1", "event = 'sign_in'", "outcome = 'refused'",
        "program = 'x'",
        "unix_user = 'root'", "account = 'x'", "account = NULL", "client = 'x'", "patient = 'x'", "patient = NULL",
        "grant_id = 'x'", "consent = 'x'", "request = 'x'", "address = 'x'", "details = '{}'", "hash = previous",
    ]

    private static let swap = """
        INSERT INTO audit_events SELECT 1000 + sequence, previous, fhir_base, at, event, outcome, program, unix_user, account,
            client, patient, grant_id, consent, request, address, details, hash FROM audit_events WHERE sequence IN (2, 5);
        DELETE FROM audit_events WHERE sequence IN (2, 5);
        UPDATE audit_events SET sequence = 5 WHERE sequence = 1002; UPDATE audit_events SET sequence = 2 WHERE sequence = 1005
        """

    private static let table: [Tampering] =
        columns.map { Tampering("UPDATE audit_events SET \($0) WHERE sequence = 4", finds: .edited(4)) } + [
            Tampering("DELETE FROM audit_events WHERE sequence = 1", finds: .deleted(1...1)),
            Tampering("DELETE FROM audit_events WHERE sequence IN (3, 4)", finds: .deleted(3...4)),
            Tampering("DELETE FROM audit_events WHERE sequence = 7", finds: .cutOff(after: 6, anchor: 7)),
            Tampering("DELETE FROM audit_events", finds: .cutOff(after: 0, anchor: 7)),
            Tampering(swap, finds: .moved(2, from: 5), .moved(5, from: 2)),
            Tampering(
                "UPDATE audit_events SET sequence = 9 WHERE sequence = 3", finds: .deleted(3...3), .deleted(8...8),
                .moved(9, from: 3)),
            Tampering(
                """
                INSERT INTO audit_events SELECT 8, hash, fhir_base, at, event, outcome, program, unix_user, account, client,
                    patient, grant_id, consent, request, address, details, hash FROM audit_events WHERE sequence = 7
                """, finds: .edited(8)),
        ]

    @Test("each is named, by row", arguments: Backend.allCases, Array(table.indices))
    func named(_ backend: Backend, _ number: Int) throws {
        let tampering = Self.table[number]
        let harness = try backend.harness()
        let store = try harness.store()
        for row in 1...7 {
            try store.record(
                AuditEvent(
                    .tokenRefresh, account: "a\(row)", client: "app", patient: "p", grant: "g", consent: "c",
                    details: [.init(.count, row)]), at: Sample.now + row)
        }
        let anchor = try store.auditHead()
        #expect(try AuditStoreTests.verdict(store, anchors: [anchor]).isEmpty)
        // Whoever owns the tables can take the triggers away.
        let owner = try harness.location.connection(.migrate(create: false), for: .administration)
        switch backend {
        case .sqlite:
            for name in ["audit_events_are_kept", "audit_events_are_cut"] { try owner.execute("DROP TRIGGER \(name)") }
        case .postgreSQL: try owner.execute("ALTER TABLE audit_events DISABLE TRIGGER USER")
        }
        for sql in tampering.sql { try owner.execute(sql) }
        #expect(try AuditStoreTests.verdict(store, anchors: [anchor]) == tampering.faults)
    }
}
