import HTTP
import SMART
import Testing

@Suite("Rows B1 to B3: batches and transactions (SMART scopes-and-launch-context#batches-and-transactions)")
struct BundleRowTests {
    private func decide(_ bundle: String, _ scopes: String = "patient/*.cruds", target: String = "/") throws -> String {
        try Case.table(scopes).decision(
            on: Case.request(.post, target, [("Content-Type", "application/fhir+json")], body: bundle)
        ).summary
    }

    private func bundle(_ type: String, _ entries: String...) -> String {
        #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries.joined(separator: ","))]}"#
    }

    private func entry(_ method: String, _ url: String, _ resource: String? = nil, _ rest: String = "") -> String {
        let body = resource.map { #""resource":\#($0),"# } ?? ""
        return #"{\#(body)"request":{"method":"\#(method)","url":"\#(url)"\#(rest)}}"#
    }

    private static let own = #"{"resourceType":"Observation","subject":{"reference":"Patient/kermit"}}"#
    private static let other = own.replacing("kermit", with: "eboni")

    // FHIR R4 http#transaction
    @Test("each entry of a batch is judged as if it had come by itself")
    func batch() throws {
        #expect(
            try decide(
                bundle(
                    "batch", entry("GET", "Patient/kermit"), entry("GET", "Patient/eboni"),
                    entry("GET", "Observation?code=x"),
                    entry("HEAD", "Observation/1"), entry("POST", "Observation", Self.own),
                    entry("POST", "Observation", Self.other),
                    entry("DELETE", "Observation/1"), entry("GET", "Patient/kermit/$everything"),
                    entry("GET", "ValueSet/$expand?url=x")))
                == #"batch ["read Patient/kermit", "404", "search Observation?code=x&patient=Patient%2Fkermit", "#
                + #""read Observation/1", "handOff /Observation", "403", "change d Observation/1", "#
                + #""collect /Patient/kermit/$everything", "403"]"#)
    }

    @Test(
        "an entry that can be read in two ways is none",
        arguments: [
            "/Patient/kermit", "https://ehr.example.org/fhir/Patient/kermit", "//evil/Patient/kermit",
            "../Patient/kermit",
            "Patient/kermit#x", "Patient//kermit", "Patient/kermit;x", "Patient%2Fkermit", "Patient/kermit?a=%",
            " Patient/kermit",
            "Observation?access_token=x", "Patient/kermit/../eboni", "patient/kermit",
        ])
    func addresses(_ url: String) throws {
        let decided = try decide(bundle("batch", entry("GET", url)))
        #expect(decided == #"batch ["400"]"# || decided == #"batch ["404"]"#)
    }

    @Test("what is odd in an entry is refused in its place, and only there")
    func odd() throws {
        for odd in [
            "{}", "null", "7", #"{"request":{"method":"GET"}}"#, #"{"request":{"url":"Patient/kermit"}}"#,
            entry("get", "Patient/kermit"), entry("OPTIONS", "Patient/kermit"), entry("POST", "Observation"),
            entry("POST", "Observation", "[]"),
            #"{"fullUrl":"Patient/kermit",\#(entry("POST", "Observation", Self.own).dropFirst())"#,
        ] {
            #expect(
                try decide(bundle("batch", odd, entry("GET", "Patient/kermit")))
                    == #"batch ["400", "read Patient/kermit"]"#)
        }
        for refused in [
            entry("PATCH", "Observation/1"), entry("POST", ""), entry("PUT", "Observation?code=x", Self.own),
            entry("GET", "?_page=good"), entry("POST", "Observation/$validate", Self.own),
            entry("GET", "Observation/$lastn"),
        ] { #expect(try decide(bundle("batch", refused)) == #"batch ["403"]"#) }
        let named = #"{"fullUrl":"urn:uuid:1",\#(entry("POST", "Observation", Self.own).dropFirst())"#
        #expect(try decide(bundle("batch", named)) == #"batch ["handOff /Observation"]"#)
    }

    @Test("a transaction with one entry that is refused is refused")
    func transaction() throws {
        let sound = entry("PUT", "Observation/1", Self.own.replacing(#","subject""#, with: #","id":"1","subject""#))
        #expect(
            try decide(bundle("transaction", sound, entry("GET", "Observation?code=x"), entry("GET", "Patient/kermit")))
                == #"transaction ["change u Observation/1", "search Observation?code=x&patient=Patient%2Fkermit", "read Patient/kermit"]"#
        )
        for bad in [
            entry("POST", "Observation", Self.other), entry("GET", "Observation?patient=eboni"),
            entry("DELETE", "Patient/kermit"),
            entry("GET", "Observation/1/_history"), entry("GET", "Patient/kermit/$everything"),
            entry("GET", "Binary/b"),
            entry("POST", "Observation/_search"), entry("GET", "Observation/1/_history/1"),
            entry("GET", "Practitioner/_history"),
        ] { #expect(try decide(bundle("transaction", sound, bad)) == "403") }
        guard
            case .deny(let refusal) = try Case.table("patient/*.cruds").decision(
                on: Case.request(
                    .post, "/", [("Content-Type", "application/json")],
                    body: bundle("transaction", sound, entry("POST", "Observation", Self.other))))
        else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.text.hasPrefix("Entry 2: "))
    }

    @Test("a subject that is to be created in the same transaction proves nothing")
    func placeholders() throws {
        let body = Self.own.replacing("Patient/kermit", with: "urn:uuid:1")
        let patient =
            #"{"fullUrl":"urn:uuid:1",\#(entry("PUT", "Patient/kermit", #"{"resourceType":"Patient","id":"kermit"}"#).dropFirst())"#
        #expect(try decide(bundle("transaction", patient, entry("POST", "Observation", body))) == "403")
    }

    @Test("other Bundles, none at all, and too many entries are refused")
    func others() throws {
        for type in ["message", "document", "collection", "searchset", "history", "Batch", ""] {
            #expect(try decide(bundle(type, entry("GET", "Patient/kermit"))) == "403")
        }
        for body in [
            "{}", "", "[]", Self.own, bundle("batch"), #"{"resourceType":"Bundle","type":"batch"}"#,
            #"{"resourceType":"Bundle","type":"batch","entry":{}}"#,
            #"{"resourceType":"Bundle","type":"batch","type":"transaction","entry":[]}"#,
        ] { #expect(try decide(body) == "400") }
        let many = Array(repeating: entry("GET", "Patient/kermit"), count: 201).joined(separator: ",")
        #expect(try decide(bundle("batch", many)) == "413")
        #expect(try decide(bundle("batch", entry("GET", "Patient/kermit")), target: "/?x=y") == "403")
    }

    @Test("who may do everything has it handed on, who may only read everything has it taken apart")
    func unlimited() throws {
        let batch = bundle("batch", entry("GET", "Patient/eboni"), entry("POST", "Observation", Self.other))
        #expect(try decide(batch, "system/*.cruds") == "handOff /")
        for refused in [entry("DELETE", "Observation/1?_cascade=delete"), entry("POST", "Patient/$match")] {
            #expect(try decide(bundle("batch", refused), "system/*.cruds") == #"batch ["403"]"#)
            #expect(try decide(bundle("transaction", refused), "system/*.cruds") == "403")
        }
        #expect(try decide(bundle("message", entry("GET", "Patient/1")), "system/*.cruds") == "403")
        #expect(try decide(bundle("batch", entry("PATCH", "Observation/1")), "system/*.cruds") == "handOff /")
        #expect(try decide(batch, "system/*.rs") == #"batch ["handOff /Patient/eboni", "403"]"#)
        #expect(try decide(batch, "launch openid") == #"batch ["403", "403"]"#)
    }
}
