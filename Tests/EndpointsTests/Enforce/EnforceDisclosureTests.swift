import HTTP
import OAuth
import Store
import Synchronization
import Testing

@testable import Endpoints

@Suite("What the enforcer counts as given out")
struct EnforceDisclosureTests {
    private final class Book: DisclosureBook {
        private let kept = Mutex<[Disclosure]>([])

        func note(_ disclosure: Disclosure, at now: Instant) { kept.withLock { $0.append(disclosure) } }

        var lines: [String] {
            kept.withLock { disclosures in
                disclosures.map {
                    "\($0.interaction) \($0.resourceType ?? "?") \($0.patient ?? "?") \($0.grant) \($0.account ?? "-")"
                }.sorted()
            }
        }
    }

    private func lines(
        _ answer: String = "{}", status: Int = 200, _ target: String, token: String = "good",
        method: Request.Method = .get
    ) throws -> [String] {
        let book = Book()
        var site = Site(LyingServer(answer, status: status), scopes: "patient/*.rs")
        site.book = book
        _ = try site.answer(method, target, token: token)
        return book.lines
    }

    private static let heart = #"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/kermit"}}"#
    private static let hidden = #"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/piggy"}}"#
    private static let ward = #"{"resourceType":"Organization","id":"w"}"#

    private static func bundle(_ resources: String...) -> String {
        let entries = resources.map { #"{"resource":\#($0),"search":{"mode":"match"}}"# }.joined(separator: ",")
        return #"{"resourceType":"Bundle","type":"searchset","entry":[\#(entries)]}"#
    }

    @Test("a read that was answered counts for the patient of the token, one that was not does not")
    func read() throws {
        #expect(try lines(Self.heart, "/fhir/Observation/o") == ["read Observation kermit g1 u"])
        #expect(try lines(Self.hidden, "/fhir/Condition/c").isEmpty)
        #expect(try lines("{}", status: 404, "/fhir/Observation/o").isEmpty)
        #expect(try lines("{}", status: 500, "/fhir/Observation/o").isEmpty)
    }

    @Test("a search counts the types that were shown, and no patient for what is nobody's")
    func search() throws {
        #expect(
            try lines(Self.bundle(Self.heart, Self.ward, Self.hidden), "/fhir/Observation")
                == ["search Observation kermit g1 u", "search Organization ? g1 u"])
        #expect(
            try lines(Self.bundle(Self.heart, Self.heart), "/fhir/Observation") == ["search Observation kermit g1 u"])
        #expect(try lines(Self.bundle(Self.hidden), "/fhir/Observation").isEmpty)
        #expect(try lines(Self.ward, "/fhir/Organization/w") == ["read Organization ? g1 u"])
    }

    @Test("what is handed on counts as it was asked for, and nobody is made up")
    func handOff() throws {
        #expect(try lines("{}", "/fhir/Patient/piggy", token: "system") == ["read Patient piggy g1 u"])
        #expect(try lines("{}", "/fhir/Observation/o", token: "system") == ["read Observation ? g1 u"])
        #expect(
            try lines("{}", "/fhir/Observation?patient=Patient/piggy", token: "system") == [
                "search Observation piggy g1 u"
            ])
        #expect(
            try lines("{}", "/fhir/Observation?patient=piggy,kermit", token: "system") == ["search Observation ? g1 u"])
        #expect(try lines("{}", "/fhir/Patient/piggy/$everything", token: "system") == ["operation ? piggy g1 u"])
        #expect(try lines("{}", "/fhir/ValueSet/$expand", token: "system").isEmpty)
        #expect(try lines("{}", "/fhir/Observation/o", token: "system", method: .delete).isEmpty)
        #expect(try lines("{}", "/fhir/metadata").isEmpty)
    }
}
