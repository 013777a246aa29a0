import HTTP
import JSON
import Testing

@Suite("Rows R2 and R3: versions and histories are looked at one by one")
struct EnforceVersionTests {
    private static func version(_ number: Int, of patient: String = "kermit", id: String = "o") -> String {
        #"{"resourceType":"Observation","id":"\#(id)","meta":{"versionId":"\#(number)"},"subject":{"reference":"Patient/\#(patient)"},"value":1.0\#(number)}"#
    }

    private static func entry(_ resource: String, _ method: String = "PUT") -> String {
        #"{"resource":\#(resource),"request":{"method":"\#(method)","url":"Observation/o"},"response":{"status":"200"}}"#
    }

    private static let deletion =
        #"{"request":{"method":"DELETE","url":"Observation/o"},"response":{"status":"204"}}"#

    private static func history(_ entries: [String], total: Int? = nil) -> String {
        let count = total.map { #""total":\#($0),"# } ?? ""
        return #"{"resourceType":"Bundle","type":"history",\#(count)"entry":[\#(entries.joined(separator: ","))]}"#
    }

    // FHIR R4 http#vread
    @Test("a version is shown for what it says itself")
    func versions() throws {
        let own = LyingServer(Self.version(2))
        let shown = try Site(own).answer(.get, "/fhir/Observation/o/_history/2")
        #expect(shown.status == 200 && shown.text == Self.version(2))
        #expect(own.targets == ["/Observation/o/_history/2"])
        for lie in [Self.version(2, of: "eboni"), Self.version(2, id: "other").replacing("kermit", with: "eboni")] {
            #expect(
                try [404, 502].contains(Site(LyingServer(lie)).answer(.get, "/fhir/Observation/o/_history/2").status))
        }
        #expect(try Site(LyingServer(Self.version(1))).answer(.get, "/fhir/Observation/o/_history/2").status == 502)
    }

    // FHIR R4 http#history
    @Test("of a history the versions that are ours stay, byte for byte, and no count tells of others")
    func histories() throws {
        let mixed = Self.history(
            [Self.entry(Self.version(3)), Self.deletion, Self.entry(Self.version(1, of: "eboni"))], total: 3)
        let response = try Site(LyingServer(mixed)).answer(.get, "/fhir/Observation/o/_history")
        #expect(response.text == Self.history([Self.entry(Self.version(3)), Self.deletion]))
        let whole = Self.history([Self.entry(Self.version(2)), Self.entry(Self.version(1))], total: 2)
        #expect(
            try Site(LyingServer(whole)).answer(.get, "/fhir/Observation/o/_history").text
                == whole.replacing(#""total":2,"#, with: ""))
    }

    @Test(
        "a history without anything of ours is none",
        arguments: [
            history([]), history([deletion]), history([entry(version(1, of: "eboni")), deletion]),
            history([entry(version(1, id: "other"))]),
        ])
    func hidden(_ answer: String) throws {
        #expect(try Site(LyingServer(answer)).answer(.get, "/fhir/Observation/o/_history").status == 404)
    }

    @Test("deletions of something else, and what is no history, are not passed on")
    func lies() throws {
        let foreign = Self.deletion.replacing("Observation/o", with: "Observation/eboni-1")
        let response = try Site(LyingServer(Self.history([Self.entry(Self.version(1)), foreign])))
            .answer(.get, "/fhir/Observation/o/_history")
        #expect(response.text == Self.history([Self.entry(Self.version(1))]))
        let search = Self.history([Self.entry(Self.version(1))]).replacing("history", with: "searchset")
        #expect(try Site(LyingServer(search)).answer(.get, "/fhir/Observation/o/_history").status == 502)
    }

    @Test("later pages of a history are checked as such")
    func pages() throws {
        let next = #""link":[{"relation":"next","url":"http://10.0.0.5/hapi/Observation/o/_history?page=2"}],"entry""#
        let server = LyingServer([
            .success(.fhir(Self.history([Self.entry(Self.version(3))]).replacing(#""entry""#, with: next))),
            .success(.fhir(Self.history([Self.entry(Self.version(2)), Self.entry(Self.version(1, of: "eboni"))]))),
        ])
        let first = try Site(server).answer(.get, "/fhir/Observation/o/_history?_count=1")
        let link = try #require(
            JSONDocument(first.body).root["link"]?.elements.first { _ in true }?["url"]?.string)
        let page = try Site(server).answer(.get, String(link.dropFirst("https://ehr.example.org".count)))
        #expect(page.text == Self.history([Self.entry(Self.version(2))]))
        #expect(server.targets == ["/Observation/o/_history?_count=1", "/Observation/o/_history?page=2"])
    }
}
