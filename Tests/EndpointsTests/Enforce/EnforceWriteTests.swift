import HTTP
import HTTPClient
import JSON
import Testing

@Suite("Rows W1 to W5: a change depends on what the resource is")
struct EnforceWriteTests {
    private static let own =
        #"{"resourceType":"Observation","id":"o","meta":{"versionId":"3"},"subject":{"reference":"Patient/kermit"}}"#
    private static let json = [("Content-Type", "application/fhir+json")]
    private static let patch = [("Content-Type", "application/json-patch+json")]
    private static let mend = #"[{"op":"replace","path":"/status","value":"final"}]"#

    private func answer(
        _ method: Request.Method, _ stored: LyingServer, _ fields: [(String, String)] = [], body: String = "",
        scopes: String = "patient/*.cruds", isVersioned: Bool = true
    ) throws -> Response {
        try Site(stored, scopes: scopes).answer(
            method, "/fhir/Observation/o", fields, body: body, isVersioned: isVersioned)
    }

    // FHIR R4 http#concurrency
    @Test("what was looked at is what is changed: the version goes along")
    func versions() throws {
        for (method, fields, body) in [
            (.put, Self.json, Self.own), (.patch, Self.patch, Self.mend), (.delete, [], ""),
        ] as [(Request.Method, [(String, String)], String)] {
            let server = LyingServer(Self.own, [("ETag", #"W/"3""#)])
            let response = try answer(method, server, fields, body: body)
            #expect(response.value(of: "X-Accel-Redirect") == "@fhir_upstream")
            #expect(response.value(of: "X-FHIR-Target") == "/Observation/o")
            #expect(response.value(of: "X-FHIR-If-Match") == #"W/"3""#)
            #expect(server.targets == ["/Observation/o"])
            // Where no field tells, the resource does.
            #expect(
                try answer(method, LyingServer(Self.own), fields, body: body).value(of: "X-FHIR-If-Match") == #"W/"3""#)
        }
    }

    @Test("a client that knows an older version is told so")
    func stale() throws {
        for (tag, status) in [(#"W/"3""#, 200), (#""3""#, 200), (#"W/"2""#, 412)] {
            let response = try answer(.delete, LyingServer(Self.own), [("If-Match", tag)])
            #expect(response.status == status)
            #expect(status == 200 || response.issue == "conflict")
        }
    }

    @Test("without versions nothing is changed, unless the site says that there are none")
    func unversioned() throws {
        let stored = Self.own.replacing(#""meta":{"versionId":"3"},"#, with: "")
        #expect(try answer(.delete, LyingServer(stored)).status == 501)
        let response = try answer(.delete, LyingServer(stored), isVersioned: false)
        #expect(response.value(of: "X-FHIR-Target") == "/Observation/o")
        #expect(response.value(of: "X-FHIR-If-Match") == nil)
    }

    @Test("what is hidden, absent or deleted is the same, and nothing is sent on")
    func hidden() throws {
        for server in [
            LyingServer(Self.own.replacing("kermit", with: "eboni")), LyingServer("{}", status: 404),
            LyingServer("{}", status: 410),
        ] {
            let response = try answer(.delete, server)
            #expect(response.status == 404 && response.issue == "not-found")
            #expect(response.value(of: "X-Accel-Redirect") == nil)
            #expect(try answer(.put, server, Self.json, body: Self.own).status == 404)
            #expect(try answer(.patch, server, Self.patch, body: Self.mend).status == 404)
        }
    }

    @Test("who may read may not therefore change: the letter of the change decides what is seen")
    func letters() throws {
        let scopes = "patient/Observation.rs patient/Observation.u?category=a"
        #expect(try answer(.patch, LyingServer(Self.own), Self.patch, body: Self.mend, scopes: scopes).status == 404)
        let labelled = Self.own.replacing(#""subject""#, with: #""category":[{"coding":[{"code":"a"}]}],"subject""#)
        let response = try answer(.patch, LyingServer(labelled), Self.patch, body: Self.mend, scopes: scopes)
        #expect(response.value(of: "X-FHIR-Target") == "/Observation/o")
    }

    // FHIR R4 security-labels
    @Test("labels stay as they are, in whatever order they are written")
    func labels() throws {
        func with(_ meta: String) -> String { Self.own.replacing(#"{"versionId":"3"}"#, with: meta) }
        let stored = with(#"{"versionId":"3","tag":[{"system":"s","code":"t"}],"security":[{"code":"R"}]}"#)
        for (meta, status) in [
            (#"{"security":[{"code":"R"}],"tag":[{"code":"t","system":"s"}]}"#, 200),
            (#"{"tag":[{"code":"t","system":"s"}]}"#, 403), (#"{"security":[{"code":"R"}]}"#, 403), ("{}", 403),
            (#"{"security":[{"code":"N"}],"tag":[{"code":"t","system":"s"}]}"#, 403),
        ] { #expect(try answer(.put, LyingServer(stored), Self.json, body: with(meta)).status == status) }
    }

    @Test("a patient's links to other records stay as they are")
    func patientLinks() throws {
        let patient = #"{"resourceType":"Patient","id":"kermit","meta":{"versionId":"1"}}"#
        let linked = patient.replacing("}}", with: #"},"link":[{"other":{"reference":"RelatedPerson/r"}}]}"#)
        func update(_ body: String, of stored: String) throws -> Int {
            try Site(LyingServer(stored), scopes: "patient/*.cruds")
                .answer(.put, "/fhir/Patient/kermit", Self.json, body: body).status
        }
        #expect(try update(patient, of: patient) == 200)
        #expect(try update(linked, of: linked) == 200)
        #expect(try update(linked, of: patient) == 403)
        #expect(try update(patient, of: linked) == 403)
    }

    // FHIR R4 http#ccreate
    @Test("what the condition of a create finds is given if it may be seen, and one is made where there is none")
    func conditionalCreate() throws {
        let condition = Self.json + [("If-None-Exist", "identifier=a")]
        func created(_ entries: String...) throws -> Response {
            let list = entries.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
            let server = LyingServer(#"{"resourceType":"Bundle","type":"searchset","entry":[\#(list)]}"#)
            let response = try Site(server, scopes: "patient/*.cruds").answer(
                .post, "/fhir/Observation", condition, body: Self.own)
            #expect(server.targets == ["/Observation?identifier=a&patient=Patient%2Fkermit"])
            return response
        }
        let found = try created(Self.own)
        #expect(found.status == 200 && found.text == Self.own)
        #expect(found.value(of: "Location") == "https://ehr.example.org/fhir/Observation/o/_history/3")
        let hidden = try created(Self.own.replacing("kermit", with: "eboni"))
        #expect(hidden.value(of: "X-FHIR-If-None-Exist") == "identifier=a&patient=Patient%2Fkermit")
        #expect(try created(Self.own, Self.own.replacing(#""id":"o""#, with: #""id":"p""#)).status == 412)
    }

    @Test("an update keeps what a document points to, and adds nothing of it")
    func documents() throws {
        let stored =
            #"{"resourceType":"DocumentReference","id":"d","meta":{"versionId":"1"},"subject":{"reference":"Patient/kermit"},"content":[{"attachment":{"url":"Binary/b"}}]}"#
        func status(_ body: String) throws -> Int {
            try Site(LyingServer(stored), scopes: "patient/*.cruds").answer(
                .put, "/fhir/DocumentReference/d", Self.json, body: body
            ).status
        }
        #expect(try status(stored) == 200)
        #expect(try status(stored.replacing("Binary/b", with: "Binary/other")) == 403)
        #expect(try status(stored.replacing(#","content":[{"attachment":{"url":"Binary/b"}}]"#, with: "")) == 200)
    }

    @Test("who may change and not read is told that it was done, and no more")
    func blind() throws {
        var site = Site(LyingServer(Self.own), scopes: "patient/Observation.u")
        #expect(try site.answer(.patch, "/fhir/Observation/o", Self.patch, body: Self.mend).status == 403)
        site.writer = LyingServer(Self.own, [("ETag", #"W/"4""#)])
        let done = try site.answer(.patch, "/fhir/Observation/o", Self.patch, body: Self.mend)
        #expect(done.status == 200 && done.body.isEmpty && done.value(of: "ETag") == #"W/"4""#)
        #expect(
            site.writer?.fields[0]["If-Match"] == #"W/"3""#
                && site.writer?.fields[0]["Content-Type"] == "application/json-patch+json")
        #expect(site.writer?.requests[0].body == Array(Self.mend.utf8))
        site.writer = LyingServer(#"{"diagnostics":"final is not amended"}"#, status: 422)
        let refused = try site.answer(.patch, "/fhir/Observation/o", Self.patch, body: Self.mend)
        #expect(refused.status == 422 && !refused.text.contains("amended"))
    }

    @Test("equipment that nobody has is seen, and not changed")
    func equipment() throws {
        let spare = #"{"resourceType":"Device","id":"d","meta":{"versionId":"1"}}"#
        func status(_ stored: String) throws -> Int {
            try Site(LyingServer(stored), scopes: "patient/*.cruds").answer(.delete, "/fhir/Device/d").status
        }
        #expect(try status(spare) == 403)
        #expect(try status(spare.replacing("}}", with: #"},"patient":{"reference":"Patient/kermit"}}"#)) == 200)
        #expect(try status(spare.replacing("}}", with: #"},"patient":{"reference":"Patient/eboni"}}"#)) == 404)
    }

    @Test("a server that answers nonsense has nothing changed through us")
    func lies() throws {
        for server in [LyingServer("<html/>"), LyingServer("{}"), LyingServer(Self.own, status: 500)] {
            #expect(try [502, 503].contains(answer(.delete, server).status))
        }
        #expect(try answer(.delete, LyingServer([.failure(.timedOut)])).status == 503)
    }

    // FHIR R4 http#create
    @Test("what is created is handed on when its body was looked at, and nobody else's body is read")
    func create() throws {
        let server = LyingServer("{}")
        let site = Site(server, scopes: "patient/*.cruds")
        let created = try site.answer(.post, "/fhir/Observation", Self.json, body: Self.own)
        #expect(created.value(of: "X-FHIR-Target") == "/Observation")
        let other = Self.own.replacing("kermit", with: "eboni")
        let refused = try site.answer(.post, "/fhir/Observation", Self.json, body: other)
        #expect(refused.status == 403 && refused.issue == "forbidden")
        #expect(try site.answer(.post, "/fhir/Observation", Self.json).status == 400)
        #expect(try site.answer(.post, "/fhir/Observation", token: "system", Self.json, body: "x").status == 200)
        #expect(server.targets.isEmpty)
    }
}
