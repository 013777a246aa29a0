import HTTP
import JSON
import SMART
import Testing

@Suite("A Bundle without what may not be seen")
struct BundleFilterTests {
    static let own =
        #"{"resource":{"resourceType":"Observation","id":"a","subject":{"reference":"Patient/kermit"},"valueQuantity":{"value":1.10}},"search":{"mode":"match"}}"#
    static let other =
        #"{"resource":{"resourceType":"Observation","id":"b","subject":{"reference":"Patient/eboni"}},"search":{"mode":"match"}}"#
    static let otherPatient = #"{"resource":{"resourceType":"Patient","id":"eboni"},"search":{"mode":"include"}}"#
    static let outcome = #"{"resource":{"resourceType":"OperationOutcome","issue":[]},"search":{"mode":"outcome"}}"#
    static let selfLink =
        #"{"relation":"self","url":"https://ehr.example.org/fhir/Observation?patient=Patient%2Fkermit"}"#

    private func bundle(_ entries: [String], total: Int? = nil, links: [String] = [], more: String = "") -> String {
        var text = #"{"resourceType":"Bundle","type":"searchset""#
        if let total { text += #","total":\#(total)"# }
        if !links.isEmpty { text += #","link":[\#(links.joined(separator: ","))]"# }
        if !entries.isEmpty { text += #","entry":[\#(entries.joined(separator: ","))]"# }
        return text + more + "}"
    }

    private func filtered(
        _ text: String, _ scopes: String = "patient/*.rs", target: String? = "/Observation"
    ) throws -> String {
        var narrowing: SearchNarrowing?
        if let target {
            guard case .relay(.search(let found, _)) = try Case.table(scopes).decision(on: Case.request(.get, target))
            else { throw Case.Missing() }
            narrowing = found
        }
        let filter = BundleFilter(
            Visibility(Case.access(scopes), references: try Case.references()),
            links: FHIRLinkReader(base: try Case.base(), upstreamBase: "http://10.0.0.5:8080/hapi")
        ) { "page:\($0.text)" }
        return String(decoding: try filter.filtered(Array(text.utf8), .search(narrowing)).bytes, as: UTF8.self)
    }

    @Test("nothing to cut, nothing changed")
    func same() throws {
        let text = bundle([Self.own, Self.outcome], total: 1, links: [Self.selfLink])
        #expect(try filtered(text) == text)
        let spaced = "{ \"type\" : \"searchset\",\n \"resourceType\":\"Bundle\" , \"entry\" : [ \(Self.own) ] }\n"
        #expect(try filtered(spaced) == spaced)
    }

    // FHIR R4 json#2.6.2.1
    @Test("what is hidden goes, the total with it, and every other byte stays")
    func cut() throws {
        #expect(
            try filtered(bundle([Self.other, Self.own, Self.otherPatient], total: 2, links: [Self.selfLink]))
                == bundle([Self.own], links: [Self.selfLink]))
        #expect(try filtered(bundle([Self.other], total: 1)) == bundle([]))
        #expect(
            try filtered(bundle([Self.own, Self.otherPatient], total: 1, links: [Self.selfLink]))
                == bundle([Self.own], total: 1, links: [Self.selfLink]))
    }

    // FHIR R4 search#include
    @Test("what came along with a hidden match goes with it, unless a shown one leads to it or it leads to a shown one")
    func includes() throws {
        func doctor(_ id: String) -> String {
            #"{"resource":{"resourceType":"Practitioner","id":"\#(id)"},"search":{"mode":"include"}}"#
        }
        func role(_ id: String, of doctor: String) -> String {
            #"{"resource":{"resourceType":"PractitionerRole","id":"\#(id)","practitioner":{"reference":"Practitioner/\#(doctor)"}},"search":{"mode":"include"}}"#
        }
        func by(_ doctor: String, _ entry: String) -> String {
            entry.replacing(#""subject""#, with: #""performer":[{"reference":"Practitioner/\#(doctor)"}],"subject""#)
        }
        let scopes = "patient/*.rs"
        let (mine, theirs) = (by("d1", Self.own), by("d2", Self.other))
        #expect(
            try filtered(bundle([mine, theirs, doctor("d1"), doctor("d2")]), scopes) == bundle([mine, doctor("d1")]))
        // By way of an include, in whichever order, and against the direction of the reference.
        #expect(
            try filtered(
                bundle([role("r2", of: "d2"), role("r1", of: "d1"), mine, theirs, doctor("d1"), doctor("d2")]))
                == bundle([role("r1", of: "d1"), mine, doctor("d1")]))
        // Where nothing is hidden, nothing is asked of what came along.
        let all = bundle([mine, doctor("d1"), doctor("d9")])
        #expect(try filtered(all, scopes) == all)
        #expect(try filtered(bundle([theirs, doctor("d2")]), scopes) == bundle([]))
    }

    // FHIR R4 bundle-definitions#Bundle.entry.search.mode
    @Test(
        "an entry that cannot be judged goes",
        arguments: [
            "{}", "null", "7", #"{"resource":null}"#, #"{"resource":{}}"#, #"{"resource":{"resourceType":"Nonsense"}}"#,
            #"{"fullUrl":"x","response":{"status":"200"}}"#,
            #"{"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"match"}}"#,
            #"{"resource":{"resourceType":"OperationOutcome","contained":[]},"search":{"mode":"outcome"}}"#,
            #"{"resource":{"resourceType":"Patient","id":"eboni"},"search":{"mode":"outcome"}}"#,
            #"{"resource":{"resourceType":"Bundle","entry":[]}}"#, #"{"resource":[{"resourceType":"Practitioner"}]}"#,
        ])
    func unjudged(_ entry: String) throws {
        #expect(try filtered(bundle([Self.own, entry])) == bundle([Self.own]))
    }

    @Test("a total stays where the server searched among ours alone, and nowhere else: its absence would tell")
    func total() throws {
        let unheld = #"{"relation":"self","url":"https://ehr.example.org/fhir/Observation"}"#
        func has(_ text: String, _ scopes: String = "patient/*.rs", target: String? = "/Observation") throws -> Bool {
            try filtered(text, scopes, target: target).contains("total")
        }
        #expect(try has(bundle([Self.own], total: 600, links: [Self.selfLink])))
        #expect(try !has(bundle([Self.own], total: 600, links: [unheld])))
        #expect(try !has(bundle([Self.own], total: 600)))
        #expect(try !has(bundle([Self.own], total: 1, links: [unheld])))
        #expect(try !has(bundle([Self.own], total: 600, links: [Self.selfLink]), target: nil))
        // The constraints were not sent, so the server counted more than they allow.
        let scopes = "patient/Observation.rs?category=a patient/Observation.rs?code=b"
        let entry = Self.own.replacing(#""id":"a""#, with: #""id":"a","code":{"coding":[{"code":"b"}]}"#)
        #expect(try !has(bundle([entry], total: 600, links: [Self.selfLink]), scopes))
    }

    @Test("a count alone is passed on where our parameters were held")
    func countOnly() throws {
        let target = "/Observation?_summary=count"
        let text = bundle([], total: 600, links: [Self.selfLink])
        #expect(try filtered(text, target: target) == text)
        #expect(throws: FHIRRefusal.unusableAnswer) { try filtered(bundle([], total: 600), target: target) }
    }

    @Test("links to pages become ours, links elsewhere go")
    func links() throws {
        func link(_ relation: String, _ url: String) -> String { #"{"relation":"\#(relation)","url":"\#(url)"}"# }
        let links = [
            link("self", "http://10.0.0.5:8080/hapi/Observation?patient=Patient/kermit"),
            link("next", "https://ehr.example.org/fhir/Observation?_offset=2"),
            link("previous", "http://10.0.0.5:8080/hapi?_getpages=x&n=1"),
            link("first", "https://evil.example/fhir/Observation"),
            link("last", "https://ehr.example.org/fhir/../admin"),
            link("next", "https://ehr.example.org/fhirs/Observation"),
            link("alternate", "https://ehr.example.org.evil/fhir"), #"{"relation":"next"}"#, "7",
        ]
        #expect(
            try filtered(bundle([Self.own], links: links))
                == bundle(
                    [Self.own],
                    links: [
                        link("self", "https://ehr.example.org/fhir/Observation?patient=Patient%2Fkermit"),
                        link("next", "page:/Observation?_offset=2"),
                        link("previous", "page:/?_getpages=x&n=1"),
                    ]))
        #expect(try filtered(bundle([Self.own], links: ["7"])) == bundle([Self.own]))
    }

    @Test("the FHIR server's own address is not given out with an entry")
    func fullURL() throws {
        func entry(_ base: String) -> String {
            Self.own.replacing(
                #"{"resource":"#, with: #"{"fullUrl":"\#(base)/Observation/a","resource":"#, maxReplacements: 1)
        }
        #expect(
            try filtered(bundle([entry("http://10.0.0.5:8080/hapi")]))
                == bundle([entry("https://ehr.example.org/fhir")]))
        #expect(try filtered(bundle([entry("https://other")])) == bundle([Self.own]))
        #expect(try filtered(bundle([entry("Eboni Brekke")])) == bundle([Self.own]))
        let named = Self.own.replacing(
            #"{"resource":"#, with: #"{"fullUrl":"urn:uuid:1","resource":"#, maxReplacements: 1)
        #expect(try filtered(bundle([named])) == bundle([named]))
    }

    // FHIR R4 bundle-definitions#Bundle.entry.search.mode
    @Test("of an entry that stays, what nobody has looked at goes")
    func trimmed() throws {
        for more in [
            #""response":{"status":"200","outcome":{"resourceType":"Patient","id":"eboni"}}"#,
            #""request":{"method":"GET","url":"x"}"#,
            #""link":[{"relation":"x","url":"eboni"}]"#, #""extension":[{"valueString":"eboni"}]"#,
            #""fullUrl":{"x":"eboni"}"#,
        ] {
            let entry = Self.own.replacing(#"{"resource":"#, with: #"{\#(more),"resource":"#, maxReplacements: 1)
            #expect(try filtered(bundle([entry])) == bundle([Self.own]))
        }
        let scored = Self.own.replacing(#""mode":"match""#, with: #""mode":"match","score":0.50"#)
        #expect(
            try filtered(bundle([scored.replacing(#""score":0.50"#, with: #""score":0.50,"extension":[{}]"#)]))
                == bundle([scored]))
    }

    @Test("what a server says of a search stays where it searched among ours alone: it can tell of what it found")
    func outcomes() throws {
        let sent = bundle([Self.own, Self.outcome], links: [Self.selfLink])
        #expect(try filtered(sent) == sent)
        #expect(try filtered(bundle([Self.own, Self.outcome])) == bundle([Self.own]))
        let scopes = "patient/Observation.rs?category=a patient/Observation.rs?code=b"
        let entry = Self.own.replacing(#""id":"a""#, with: #""id":"a","code":{"coding":[{"code":"b"}]}"#)
        #expect(
            try filtered(bundle([entry, Self.outcome], links: [Self.selfLink]), scopes)
                == bundle([entry], links: [Self.selfLink]))
    }

    @Test("members that no search answer has go")
    func members() throws {
        #expect(
            try filtered(bundle([Self.own], more: #","signature":{"data":"x"},"extension":[],"_total":{}"#))
                == bundle([Self.own]))
    }

    @Test("a Provenance stays beside what it is about, wherever it stands")
    func provenance() throws {
        func provenance(_ targets: String) -> String {
            #"{"resource":{"resourceType":"Provenance","id":"p","target":[\#(targets)]},"search":{"mode":"include"}}"#
        }
        let one = provenance(#"{"reference":"Observation/a"}"#)
        let two = provenance(#"{"reference":"Observation/a"},{"reference":"Observation/b"}"#)
        #expect(try filtered(bundle([one, Self.own])) == bundle([one, Self.own]))
        #expect(try filtered(bundle([two, Self.own, Self.other])) == bundle([Self.own]))
    }

    @Test(
        "what is no search answer is not passed on",
        arguments: [
            "", "<html></html>", #"{"resourceType":"OperationOutcome"}"#, #"{"resourceType":"Bundle"}"#,
            #"{"resourceType":"Bundle","type":"history"}"#, #"{"resourceType":"Bundle","type":"searchset","entry":{}}"#,
            #"{"resourceType":"Bundle","type":"searchset","entry":[],"entry":[]}"#,
            #"{"resourceType":"Bundle","type":"searchset","link":7}"#, #"[{"resourceType":"Bundle"}]"#,
        ])
    func unusable(_ text: String) {
        #expect(throws: FHIRRefusal.unusableAnswer) { try filtered(text) }
    }

    @Test("a Bundle cut at every byte is never passed on")
    func everyByte() throws {
        let text = Array(bundle([Self.own, Self.other], total: 2, links: [Self.selfLink]).utf8)
        for end in text.indices {
            #expect(throws: FHIRRefusal.unusableAnswer) {
                try filtered(String(decoding: text[..<end], as: UTF8.self))
            }
        }
    }

    @Test("a long Bundle is cut as a short one is")
    func long() throws {
        func entries(_ base: String) -> [String] {
            (0..<1500).map { number in
                let patient = number % 3 == 0 ? "eboni" : "kermit"
                return
                    #"{"fullUrl":"\#(base)/Observation/\#(number)","resource":{"resourceType":"Observation","id":"\#(number)","#
                    + #""subject":{"reference":"Patient/\#(patient)"},"note":[{"text":"\#(String(repeating: "x", count: 200))"}],"#
                    + #""valueQuantity":{"value":1.\#(number)0}}}"#
            }
        }
        let provenance =
            #"{"resource":{"resourceType":"Provenance","id":"p","target":[{"reference":"Observation/\#(1)"}]},"search":{"mode":"include"}}"#
        let hidden = provenance.replacing("Observation/1", with: "Observation/3")
        let links = [Self.selfLink, #"{"relation":"next","url":"http://10.0.0.5:8080/hapi?_getpages=x"}"#]
        let sent = bundle(entries("http://10.0.0.5:8080/hapi") + [provenance, hidden], total: 1500, links: links)
        #expect(sent.utf8.count > 256 * 1024)
        let shown = entries("https://ehr.example.org/fhir").enumerated().filter { $0.offset % 3 != 0 }.map(\.element)
        #expect(
            try filtered(sent)
                == bundle(
                    shown + [provenance],
                    links: [Self.selfLink, #"{"relation":"next","url":"page:/?_getpages=x"}"#]))
        #expect(throws: FHIRRefusal.unusableAnswer) { try filtered(String(sent.dropLast(2))) }
        let twice = sent.replacing(#""id":"1499""#, with: #""id":"1499","id":"2""#)
        #expect(throws: FHIRRefusal.unusableAnswer) { try filtered(twice) }
    }
}
