import JSON
import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Every store: Consents that others keep, once and in any order")
struct DirectiveIntakeTests {
    private func reading(
        _ id: String = "17", version: Int, of patient: String = "p1", status: String = "active",
        denies: String = #""type":"deny""#
    ) throws -> ConsentReading {
        let json = """
            {"resourceType":"Consent","id":"\(id)","status":"\(status)","patient":{"reference":"Patient/\(patient)"},
             "meta":{"versionId":"\(version)","lastUpdated":"2026-11-27T10:00:0\(version)Z"},
             "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
             "provision":{\(denies)}}
            """
        return try ConsentReading(
            JSONDocument(Array(json.utf8)).root, references: FHIRReferenceReader(base: Harness.base),
            isClient: { $0 == "app" })
    }

    private func isDenied(_ store: SQLStore, _ patient: String = "p1", client: String = "app") throws -> Bool {
        try store.denyRules(for: client, about: patient, at: Sample.now).denyAll(of: patient)
    }

    private func take(_ reading: ConsentReading, _ store: SQLStore) throws -> DirectiveChange {
        try store.take(reading, from: .fhir, as: "d-\(reading.origin.version ?? "")", at: Sample.now)
    }

    @Test("each state is taken once, and an older one never takes the place of a newer", arguments: Backend.allCases)
    func order(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try take(reading(version: 2), store) == .recorded)
        #expect(try isDenied(store))
        #expect(try take(reading(version: 2), store) == .unchanged)
        #expect(try take(reading(version: 1, status: "inactive"), store) == .unchanged)
        #expect(try isDenied(store))
        #expect(try take(reading(version: 3, status: "inactive"), store) == .changed)
        #expect(try !isDenied(store))
        #expect(try take(reading(version: 2), store) == .unchanged)
        #expect(try !isDenied(store))
        #expect(try take(reading(version: 4), store) == .changed && isDenied(store))
        let directive = try #require(try store.directive("d-2"))
        #expect(directive.version == 3 && directive.origin?.version == "4" && directive.source == .fhir)
        #expect(try store.directives(DirectiveFilter()).count == 1)
    }

    @Test("a withdrawal that comes before what it withdraws is remembered", arguments: Backend.allCases)
    func reordered(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try take(reading(version: 2, status: "inactive"), store) == .recorded)
        #expect(try take(reading(version: 1), store) == .unchanged)
        #expect(try !isDenied(store))
    }

    @Test("what a server does not number is taken again only where it says something else", arguments: Backend.allCases)
    func unnumbered(_ backend: Backend) throws {
        func reading(_ provision: String) throws -> ConsentReading {
            let json = """
                {"resourceType":"Consent","id":"8","status":"active","patient":{"reference":"Patient/p1"},
                 "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
                 "provision":{"type":"\(provision)"}}
                """
            return try ConsentReading(
                JSONDocument(Array(json.utf8)).root, references: FHIRReferenceReader(base: Harness.base),
                isClient: { _ in false })
        }
        let store = try backend.harness().store()
        #expect(try take(reading("deny"), store) == .recorded && take(reading("deny"), store) == .unchanged)
        #expect(try take(reading("permit"), store) == .changed && take(reading("permit"), store) == .unchanged)
        #expect(try !isDenied(store))
    }

    @Test("a new state replaces all rules of the one before, its patient too", arguments: Backend.allCases)
    func replaced(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try take(reading(version: 1), store) == .recorded)
        let actor = #""type":"deny","actor":[{"reference":{"identifier":{"value":"app"}}}]"#
        #expect(try take(reading(version: 2, of: "p2", denies: actor), store) == .changed)
        #expect(try !isDenied(store) && isDenied(store, "p2") && !isDenied(store, "p2", client: "other"))
    }

    @Test("what is in force and not understood denies everything, and says why", arguments: Backend.allCases)
    func unclear(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try take(reading(version: 1, denies: #""type":"perhaps""#), store) == .recorded)
        #expect(try isDenied(store, client: "any"))
        #expect(try store.directive("d-1")?.statement?.contains("not understood") == true)
        let acts = try store.auditRecords(after: 0, matching: AuditFilter(), limit: 9).map(\.columns.act)
        #expect(acts == ["directive_record"])
    }

    @Test("how far the FHIR server was followed never goes back", arguments: Backend.allCases)
    func followed(_ backend: Backend) throws {
        let store = try backend.harness().store()
        #expect(try store.followedUntil() == nil)
        for (until, expected) in [(100, 100), (90, 100), (120, 120)] {
            try store.follow(until: Instant(until))
            #expect(try store.followedUntil() == Instant(expected))
        }
    }

    @Test("both programs that take them can, and no more", arguments: Backend.allCases)
    func powers(_ backend: Backend) throws {
        let harness = try backend.harness()
        try harness.store().begin(Sample.code())
        for (powers, version) in [(Powers.consents, 1), (.courier, 2)] {
            let store = try harness.store(powers)
            #expect(try take(reading(version: version), store) != .unchanged)
            try store.follow(until: Instant(version))
            #expect(try store.client("app") != nil)
            #expect(throws: StoreError.self) { try store.activeKey("RS256") }
            #expect(throws: StoreError.self) {
                try store.accessToken(Sample.digest("x"), at: Sample.now, policy: SessionPolicy())
            }
        }
    }
}
