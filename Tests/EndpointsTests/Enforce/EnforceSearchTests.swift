import HTTP
import JSON
import Testing

@Suite("Rows S1 and S6: a search is narrowed, fetched and filtered")
struct EnforceSearchTests {
    private static let own =
        #"{"resource":{"resourceType":"Observation","id":"a","subject":{"reference":"Patient/kermit"},"value":1.10},"search":{"mode":"match"}}"#
    private static let other =
        #"{"resource":{"resourceType":"Observation","id":"b","subject":{"reference":"Patient/eboni"}},"search":{"mode":"match"}}"#

    private static func bundle(_ entries: String, _ links: String = "") -> String {
        #"{"resourceType":"Bundle","type":"searchset","link":[\#(links)],"entry":[\#(entries)]}"#
    }

    private static let paged = bundle(
        own, #"{"relation":"next","url":"https://ehr.example.org/fhir/Observation?patient=Patient/kermit&_offset=1"}"#)

    private func next(_ response: Response) throws -> String {
        let root = try JSONDocument(response.body).root
        let url = try #require(root["link"]?.elements.first { $0["relation"]?.equals("next") == true }?["url"]?.string)
        #expect(url.hasPrefix("https://ehr.example.org/fhir?_page="))
        return String(url.dropFirst("https://ehr.example.org".count))
    }

    // FHIR R4 search#errors
    @Test("a server that passes over our parameter gives nothing of another patient away")
    func ignored() throws {
        let server = LyingServer(Self.bundle("\(Self.own),\(Self.other)"))
        let response = try Site(server).answer(.get, "/fhir/Observation?code=x")
        #expect(response.status == 200)
        #expect(response.text == #"{"resourceType":"Bundle","type":"searchset","entry":[\#(Self.own)]}"#)
        #expect(server.targets == ["/Observation?code=x&patient=Patient%2Fkermit"])
        #expect(server.fields[0]["Prefer"] == "handling=strict")
    }

    @Test(
        "a search that the server refuses is refused without its words",
        arguments: [
            (400, 400, "invalid"), (422, 400, "invalid"), (404, 404, "not-found"), (500, 503, "transient"),
            (302, 502, "transient"),
        ])
    func refused(_ status: Int, _ expected: Int, _ issue: String) throws {
        let body = #"{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Patient eboni"}]}"#
        let response = try Site(LyingServer(body, status: status)).answer(.get, "/fhir/Observation")
        #expect(response.status == expected)
        #expect(response.issue == issue)
        #expect(!response.text.contains("eboni"))
    }

    @Test(
        "an answer that is no search answer is never passed on",
        arguments: [
            #"{"resourceType":"OperationOutcome"}"#, "<html/>", "", #"{"resourceType":"Bundle","type":"searchset""#,
        ])
    func lies(_ body: String) throws {
        #expect(try Site(LyingServer(body)).answer(.get, "/fhir/Observation").status == 502)
    }

    @Test("pages of which nothing is left are passed over, so that they do not tell what was in them")
    func emptied() throws {
        let next =
            #"{"relation":"next","url":"http://10.0.0.5/hapi?_getpages=x"},{"relation":"last","url":"http://10.0.0.5/hapi?_getpages=y"}"#
        let coded = Self.own.replacing(#""id":"a""#, with: #""id":"a","code":{"coding":[{"code":"b"}]}"#)
        let server = LyingServer([
            .success(.fhir(Self.bundle(Self.own, next))), .success(.fhir(Self.bundle(Self.own, next))),
            .success(.fhir(Self.bundle(coded))),
        ])
        let scopes = "patient/Observation.rs?category=a patient/Observation.rs?code=b"
        let response = try Site(server, scopes: scopes).answer(.get, "/fhir/Observation?_count=1")
        #expect(response.text == Self.bundle(coded).replacing(#""link":[],"#, with: ""))
        #expect(
            server.targets == ["/Observation?_count=200&patient=Patient%2Fkermit", "/?_getpages=x", "/?_getpages=x"])
        let endless = LyingServer(Self.bundle(Self.own, next))
        let given = try Site(endless, scopes: scopes).answer(.get, "/fhir/Observation")
        #expect(given.text.contains("next") && !given.text.contains("last") && endless.targets.count == 11)
    }

    @Test("a page link works for its grant, and its page is filtered again")
    func pages() throws {
        let server = LyingServer([
            .success(.fhir(Self.paged)), .success(.fhir(Self.bundle("\(Self.other),\(Self.own)"))),
        ])
        let site = Site(server)
        let link = try next(site.answer(.get, "/fhir/Observation"))
        let page = try site.answer(.get, link)
        #expect(page.status == 200)
        #expect(!page.text.contains("eboni") && page.text.contains("1.10"))
        #expect(server.targets[1] == "/Observation?patient=Patient%2Fkermit&_offset=1")
    }

    @Test("a page link of another grant, expired, changed or made up is none")
    func forged() throws {
        let server = LyingServer(Self.paged)
        var site = Site(server)
        let link = try next(site.answer(.get, "/fhir/Observation"))
        #expect(try site.answer(.get, link, token: "other-grant").status == 404)
        #expect(try site.answer(.get, link, token: nil).status == 401)
        #expect(try site.answer(.get, link, token: "narrow").status == 403)
        for change in [
            "\(link)A", String(link.dropLast()), link.replacing("_page=", with: "_page=A"), "/fhir?_page=AAAA",
        ] {
            #expect(try site.answer(.get, change).status == 404)
        }
        #expect(try site.answer(.get, "\(link)&_count=1").status == 400)
        site.now += 3_599
        site.store.tokens["good"] = site.store.tokens["good"].map { $0.living(until: 9_000) }
        #expect(try site.answer(.get, link).status == 200)
        site.now += 1
        #expect(try site.answer(.get, link).status == 404)
    }

    @Test("a link changed in any byte is refused")
    func everyByte() throws {
        let site = Site(LyingServer(Self.paged))
        let link = Array(try next(site.answer(.get, "/fhir/Observation")).utf8)
        for index in "/fhir?_page=".utf8.count..<link.count {
            var changed = link
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(try site.answer(.get, String(decoding: changed, as: UTF8.self)).status == 404)
        }
    }

    @Test("a token without restriction is handed on, its condition and version beside it")
    func handOff() throws {
        let server = LyingServer("")
        let site = Site(server)
        let search = try site.answer(.get, "/fhir/Observation?_include=%2A&a=b%20c", token: "system")
        #expect(search.value(of: "X-Accel-Redirect") == "@fhir_upstream")
        #expect(search.value(of: "X-FHIR-Target") == "/Observation?_include=%2A&a=b%20c")
        #expect(search.value(of: "X-FHIR-Base") == Site.base)
        #expect(search.value(of: "X-FHIR-CORS") == nil && search.value(of: "Cache-Control") == nil)
        let update = try site.answer(.put, "/fhir/Observation/1", token: "system", [("If-Match", "W/\"2\"\r\nX: y")])
        #expect(update.value(of: "X-FHIR-If-Match") == "W/\"2\"")
        #expect(server.targets.isEmpty)
    }

    @Test("a method nobody knows is refused")
    func method() throws {
        #expect(try Site(LyingServer("")).answer(nil, "/fhir/Observation").status == 403)
    }
}
