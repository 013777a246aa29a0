import HTTP
import JSON
import SMART
import Testing

@Suite("Rows S2, O1, O2, O6 and R6: forms, what operations collect, documents and raw content")
struct EnforceOperationTests {
    private static func resource(_ type: String, _ id: String, _ patient: String, _ rest: String = "") -> String {
        #"{"resourceType":"\#(type)","id":"\#(id)","subject":{"reference":"Patient/\#(patient)"}\#(rest)}"#
    }

    private static func bundle(_ resources: [String], _ type: String = "searchset", _ links: String = "") -> String {
        let entries = resources.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        return #"{"resourceType":"Bundle","type":"\#(type)"\#(links),"entry":[\#(entries)]}"#
    }

    private static let kermit = #"{"resourceType":"Patient","id":"kermit"}"#
    private static let eboni = #"{"resourceType":"Patient","id":"eboni"}"#
    private static let group =
        #"{"resourceType":"Group","id":"g","member":[{"entity":{"reference":"Patient/kermit"}}]}"#

    // FHIR R4 http#search
    @Test("a search by POST goes out by POST, as the form that was decided on")
    func form() throws {
        let server = LyingServer(
            Self.bundle([Self.resource("Observation", "a", "kermit"), Self.resource("Observation", "b", "eboni")]))
        let form = [("Content-Type", "application/x-www-form-urlencoded")]
        let response = try Site(server).answer(
            .post, "/fhir/Observation/_search?_count=3", form, body: "code=a%7Cb&%5Fsort=-date")
        #expect(response.status == 200 && !response.text.contains("eboni"))
        let sent = try #require(server.requests.first)
        #expect(sent.method == "POST" && sent.target == "/Observation/_search")
        #expect(
            sent.body.map { String(decoding: $0, as: UTF8.self) }
                == "_count=3&code=a%7Cb&_sort=-date&patient=Patient%2Fkermit")
        #expect(server.fields[0]["Content-Type"] == "application/x-www-form-urlencoded")
    }

    // FHIR R4 patient-operation-everything
    @Test("everything of a patient is nothing of others: groups and their members do not come along")
    func everything() throws {
        let all = Self.bundle([
            Self.kermit, Self.resource("Observation", "a", "kermit"), Self.group, Self.eboni,
            Self.resource("Observation", "b", "eboni"), #"{"resourceType":"Practitioner","id":"p"}"#,
        ])
        let server = LyingServer(all)
        let response = try Site(server).answer(.get, "/fhir/Patient/kermit/$everything?_count=50")
        #expect(
            response.text
                == Self.bundle([
                    Self.kermit, Self.resource("Observation", "a", "kermit"),
                    #"{"resourceType":"Practitioner","id":"p"}"#,
                ]))
        #expect(server.targets == ["/Patient/kermit/$everything?_count=50"])
        let narrow = try Site(LyingServer(all), scopes: "patient/Patient.rs").answer(
            .get, "/fhir/Patient/kermit/$everything")
        #expect(narrow.text == Self.bundle([Self.kermit]))
    }

    @Test("its later pages are checked in the same way")
    func pages() throws {
        let links = #","link":[{"relation":"next","url":"http://10.0.0.5/hapi?_getpages=1&_getpagesoffset=2"}]"#
        let server = LyingServer([
            .success(.fhir(Self.bundle([Self.kermit], "searchset", links))),
            .success(.fhir(Self.bundle([Self.group, Self.kermit]))),
        ])
        let first = try Site(server).answer(.get, "/fhir/Patient/kermit/$everything")
        let link = try #require(JSONDocument(first.body).root["link"]?.elements.first { _ in true }?["url"]?.string)
        let page = try Site(server).answer(.get, String(link.dropFirst("https://ehr.example.org".count)))
        #expect(page.text == Self.bundle([Self.kermit]))
        #expect(server.targets.last == "/?_getpages=1&_getpagesoffset=2")
    }

    @Test("a document is given whole or not at all")
    func document() throws {
        let sound = Self.bundle([Self.resource("Composition", "c", "kermit"), Self.kermit], "document")
        #expect(try Site(LyingServer(sound)).answer(.get, "/fhir/Patient/kermit/$summary").text == sound)
        for lie in [Self.bundle([Self.kermit, Self.eboni], "document"), Self.bundle([Self.kermit]), "{}"] {
            #expect(try Site(LyingServer(lie)).answer(.get, "/fhir/Patient/kermit/$summary").status == 502)
        }
    }

    // FHIR R4 binary#security
    @Test(
        "raw content is handed on where it belongs to the patient",
        arguments: [
            (#","securityContext":{"reference":"Patient/kermit"}"#, 200),
            (#","securityContext":{"reference":"Patient/eboni"}"#, 404),
            ("", 404), (#","securityContext":{"reference":"Group/g"}"#, 404),
        ])
    func binary(_ context: String, _ status: Int) throws {
        let server = LyingServer([
            .success(.fhir(#"{"resourceType":"Binary","id":"b","contentType":"text/plain"\#(context)}"#)),
            .success(.fhir(Self.bundle([]))),
        ])
        let response = try Site(server).answer(.get, "/fhir/Binary/b")
        #expect(response.status == status)
        #expect(response.value(of: "X-FHIR-Target") == (status == 200 ? "/Binary/b" : nil))
    }

    @Test("what says that it is another's stays another's, whatever points to it")
    func binaryOfAnother() throws {
        let document = Self.resource(
            "DocumentReference", "d", "kermit", #","content":[{"attachment":{"url":"Binary/b"}}]"#)
        let binary = #"{"resourceType":"Binary","id":"b","securityContext":{"reference":"Patient/eboni"}}"#
        let server = LyingServer([.success(.fhir(binary)), .success(.fhir(Self.bundle([document])))])
        #expect(try Site(server).answer(.get, "/fhir/Binary/b").status == 404)
        #expect(server.targets == ["/Binary/b"])
    }

    @Test("or to a document of the patient that the token may see, on whichever page that stands")
    func binaryOfDocument() throws {
        func document(_ patient: String, _ url: String, _ status: String = "current") -> String {
            Self.resource(
                "DocumentReference", "d", patient,
                #","status":"\#(status)","content":[{"attachment":{"url":"\#(url)"}}]"#)
        }
        func status(_ document: String, scopes: String = "patient/*.rs") throws -> Int {
            let links =
                #","link":[{"relation":"next","url":"https://ehr.example.org/fhir/DocumentReference?_offset=1"}]"#
            let server = LyingServer([
                .success(.fhir("%PDF", [("Content-Type", "application/pdf")])),
                .success(.fhir(Self.bundle([], "searchset", links))),
                .success(.fhir(Self.bundle([document]))),
            ])
            let response = try Site(server, scopes: scopes).answer(.get, "/fhir/Binary/b")
            #expect(server.targets.dropFirst().allSatisfy { $0.hasPrefix("/DocumentReference?") })
            return response.status
        }
        #expect(try status(document("kermit", "Binary/b")) == 200)
        #expect(try status(document("kermit", "http://10.0.0.5/hapi/Binary/b")) == 200)
        #expect(try status(document("eboni", "Binary/b")) == 404)
        #expect(try status(document("kermit", "Binary/bb")) == 404)
        #expect(try status(document("kermit", "https://evil.example/Binary/b")) == 404)
        #expect(
            try status(
                document("kermit", "Binary/b"), scopes: "patient/Binary.r patient/DocumentReference.rs?status=final")
                == 404)
        #expect(try status(document("kermit", "Binary/b"), scopes: "patient/Binary.r") == 404)
    }

    // FHIR R4 binary#security
    @Test("where the site wants it, a document that may be read opens what it points to, and no other document does")
    func documentsOpenBinaries() throws {
        func status(
            _ context: String, _ document: String?, scopes: String = "patient/DocumentReference.rs", isOpen: Bool = true
        ) throws -> Int {
            let server = LyingServer([
                .success(.fhir(#"{"resourceType":"Binary","id":"b","contentType":"text/plain"\#(context)}"#)),
                .success(.fhir(Self.bundle(document.map { [$0] } ?? []))),
            ])
            return try Site(server, scopes: scopes)
                .answer(.get, "/fhir/Binary/b", site: SiteRules(documentsOpenBinaries: isOpen)).status
        }
        func document(_ patient: String = "kermit", status: String = "current") -> String {
            Self.resource(
                "DocumentReference", "d", patient,
                #","status":"\#(status)","content":[{"attachment":{"url":"Binary/b"}}]"#)
        }
        let own = #","securityContext":{"reference":"Patient/kermit"}"#
        let others = #","securityContext":{"reference":"Patient/eboni"}"#
        let current = "patient/DocumentReference.rs?status=current"
        #expect(try status("", document()) == 200 && status(own, document()) == 200)
        #expect(try status("", document(), isOpen: false) == 403)
        #expect(try status(own, nil) == 404, "what no document points to needs a scope for Binary")
        #expect(try status(others, document()) == 404 && status("", document("eboni")) == 404)
        #expect(try status("", document(), scopes: current) == 200)
        #expect(try status(own, document(status: "superseded"), scopes: current) == 404)
    }
}
