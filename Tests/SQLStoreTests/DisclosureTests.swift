import OAuth
import Store
import StoreTesting
import Testing

@testable import SQLStore

@Suite("The accounting of disclosures")
struct DisclosureTests {
    private static let day = Sample.now.seconds / 86_400 * 86_400

    private func disclosure(
        _ type: String? = "Observation", grant: String = "grant-1", patient: String? = "p1",
        _ interaction: Disclosure.Interaction = .search
    ) -> Disclosure {
        Disclosure(
            grant: grant, client: "app", account: "id-amara", patient: patient, resourceType: type,
            interaction: interaction)
    }

    @Test("counts add up, by grant, patient, day, type and kind", arguments: Backend.allCases)
    func counts(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.begin(Sample.code())
        let enforce = try harness.store(.enforce)
        let first = Instant(Self.day + 100)
        try enforce.add([DisclosureCount(disclosure(), reads: 2, first: first + 50, last: first + 60)])
        try enforce.add([
            DisclosureCount(disclosure(), reads: 3, first: first, last: first + 55),
            DisclosureCount(disclosure("Condition", .read), reads: 1, first: first, last: first),
            DisclosureCount(disclosure(nil, patient: nil, .operation), reads: 9, first: first, last: first + 99),
            DisclosureCount(disclosure(patient: "p2"), reads: 5, first: first, last: first),
        ])
        try enforce.add([DisclosureCount(disclosure(), reads: 1, first: first + 86_400, last: first + 86_400)])
        let portal = try harness.store(.portal)
        let found = try portal.disclosures(of: "p1", since: first)
        #expect(found.map(\.count.reads) == [1, 5, 1])
        #expect(found.map(\.count.disclosure.resourceType) == ["Observation", "Observation", "Condition"])
        #expect(found[1].count.first == first && found[1].count.last == first + 60)
        #expect(found.allSatisfy { $0.clientName == "App app" && $0.personName == "Dr. amara" })
        #expect(try portal.disclosures(of: "p1", since: first + 86_400).count == 1)
        #expect(try portal.disclosures(of: "nobody", since: first).isEmpty)
        #expect(try store.reads(underGrantsOf: "id-amara") == ["grant-1": ReadCount(reads: 21, last: first + 86_400)])
        // Who is gone leaves what was read.
        #expect(try store.delete(client: "app", at: Sample.now))
        #expect(try portal.disclosures(of: "p1", since: first).map(\.clientName) == [nil, nil, nil])
        #expect(throws: StoreError.self) {
            try portal.add([DisclosureCount(disclosure(), reads: 1, first: first, last: first)])
        }
    }

    @Test("whose records a person opened last: the latest first, each once", arguments: Backend.allCases)
    func recent(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        for (index, patient) in ["p1", "p2", "p3", "p1"].enumerated() {
            try store.record(
                AuditEvent(.codeIssue, account: "id-amara", client: "app", patient: patient), at: Sample.now + index)
        }
        try store.record(AuditEvent(.launchCreate, account: "id-amara", patient: "p4"), at: Sample.now + 9)
        try store.record(AuditEvent(.consentDeny, account: "id-amara", patient: "p5"), at: Sample.now + 10)
        try store.record(AuditEvent(.codeIssue, account: "id-bela", patient: "p6"), at: Sample.now + 11)
        try store.record(AuditEvent(.codeIssue, account: "id-amara"), at: Sample.now + 12)
        let portal = try harness.store(.portal)
        #expect(try portal.recentPatients(of: "id-amara", limit: 9) == ["p4", "p1", "p3", "p2"])
        #expect(try portal.recentPatients(of: "id-amara", limit: 2) == ["p4", "p1"])
        #expect(try portal.recentPatients(of: "id-maja", limit: 9).isEmpty)
    }

    @Test("a patient is told who was let in, and of no token", arguments: Backend.allCases)
    func acts(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        try store.begin(Sample.code())
        _ = try store.issue(Sample.tokens("1"), spending: .code(Sample.digest("code")))
        try store.record(AuditEvent(.breakGlassBegin, account: "id-amara", patient: "p1"), at: Sample.now + 5)
        try store.record(AuditEvent(.breakGlassBegin, .refused, account: "id-amara", patient: "p1"), at: Sample.now + 6)
        let acts = try harness.store(.portal).acts(on: "p1", since: Sample.now)
        #expect(acts.map(\.act) == [.breakGlassBegin, .codeIssue])
        #expect(acts.map(\.personName) == ["Dr. amara", "Dr. amara"] && acts.last?.clientName == "App app")
        #expect(try store.acts(on: "p1", since: Sample.now + 1).count == 1)
    }

    @Test(
        "a ledger loses nothing of many threads, keeps what cannot be stored, and stores the rest when it goes",
        arguments: Backend.allCases)
    func ledger(_ backend: Backend) throws {
        let harness = try backend.harness()
        let store = try harness.store()
        let disclosure = disclosure()
        func reads() throws -> Int {
            try store.disclosures(of: "p1", since: Instant(0)).map(\.count.reads).reduce(0, +)
        }
        do {
            let ledger = try DisclosureLedger.begin(harness.database(.enforce), every: 3600) { _ in }
            _ = try atOnce(8) { _ in for _ in 0..<50 { ledger.note(disclosure, at: Sample.now) } }
            #expect(try reads() == 0)
            ledger.flush()
            ledger.flush()
            #expect(try reads() == 400)
            ledger.note(disclosure, at: Sample.now + 9)
        }
        #expect(try reads() == 401)
        #expect(try store.disclosures(of: "p1", since: Instant(0)).first?.count.last == Sample.now + 9)

        // The portal may not write them.
        let refused = try DisclosureLedger.begin(harness.database(.portal), every: 3600) { error in
            #expect(!error.isEmpty)
        }
        refused.note(disclosure, at: Sample.now)
        refused.flush()
        #expect(try reads() == 401)
    }
}
