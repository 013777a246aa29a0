import Endpoints
import HTTP
import HTTPClient
import JOSE
import JSON
import OAuth
import SMART
import SQLStore
import Store
import Testing

@Suite("Consents that others tell of: Standard Webhooks, FHIR R4 subscription")
struct ConsentsEndpointTests {
    private static let key = [UInt8](repeating: 5, count: 32)

    private func consent(
        _ id: String = "17", version: Int = 1, status: String = "active", provision: String = #"{"type":"deny"}"#,
        patient: String = #""patient":{"reference":"Patient/p1"},"#
    ) -> String {
        """
        {"resourceType":"Consent","id":"\(id)","status":"\(status)",\(patient)"provision":\(provision),
         "meta":{"versionId":"\(version)","lastUpdated":"2027-01-15T08:00:0\(version)Z"},
         "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]}}
        """
    }

    private func bundle(_ entries: [String], next: String? = nil) -> String {
        let link = next.map { #","link":[{"relation":"next","url":"\#($0)"}]"# } ?? ""
        let list = entries.map { #"{"resource":\#($0)}"# }.joined(separator: ",")
        return #"{"resourceType":"Bundle","type":"searchset","entry":[\#(list)]\#(link)}"#
    }

    private func endpoint(
        _ house: TestHouse, _ server: LyingServer = LyingServer("{}", status: 500), takes: Bool = true
    ) throws -> ConsentsEndpoint {
        ConsentsEndpoint(
            fhirBase: house.urls.fhirBase, upstreamBase: "http://fhir.internal/r4", stores: try house.store(),
            fhirServer: server, webhookKey: takes ? Self.key : nil,
            notificationToken: takes ? SecretDigest(of: "let-me-in") : nil, clock: { house.instant })
    }

    private func webhook(_ body: String, _ house: TestHouse, key: [UInt8] = ConsentsEndpointTests.key) -> Request {
        let (id, time, bytes) = ("msg", String(house.instant.seconds), Array(body.utf8))
        let signature = Base64.encode(HMAC.sha256(key: key, message: Array("\(id).\(time).".utf8) + bytes))
        let fields = [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", "v1,\(signature)")]
        return Request(method: .post, path: "/oauth2/consents", fields: Fields(fields), body: bytes)
    }

    private func notice(
        _ rest: String = "", _ body: String = "", method: Request.Method = .post, token: String? = "let-me-in"
    ) -> Request {
        let fields = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        return Request(
            method: method, path: "/oauth2/consents/notify\(rest)", fields: Fields(fields), body: Array(body.utf8))
    }

    private func isDenied(_ house: TestHouse, _ patient: String = "p1") throws -> Bool {
        try house.store().denyRules(for: "app", about: patient, at: house.instant).denyAll(of: patient)
    }

    private func said(_ response: Response) throws -> String {
        let root = try JSONDocument(response.body).root
        return "\(response.status) \(root["status"]?.string ?? root["error"]?.string ?? "")"
    }

    @Test("a signed Consent is in force when it is answered, duplicates and older ones change nothing")
    func platform() throws {
        let house = try TestHouse()
        let endpoint = try endpoint(house)
        func send(_ body: String) throws -> String { try said(endpoint.respond(to: webhook(body, house))) }
        #expect(try send(consent(version: 2)) == "200 recorded")
        #expect(try isDenied(house))
        #expect(try send(consent(version: 2)) == "200 unchanged")
        #expect(try send(consent(version: 1, status: "inactive")) == "200 unchanged" && isDenied(house))
        #expect(try send(consent(version: 3, status: "inactive")) == "200 changed" && !isDenied(house))
    }

    @Test("what is not signed, or not to be used, is refused; of what was signed the trail knows")
    func refused() throws {
        let house = try TestHouse()
        let endpoint = try endpoint(house)
        let forged = webhook(consent(), house, key: [UInt8](repeating: 6, count: 32))
        #expect(try said(endpoint.respond(to: forged)) == "401 invalid_client")
        for body in [
            "no json", "[]", "{}", #"{"data":{"consent":"Patient/1"}}"#, consent(patient: ""),
            #"{"resourceType":"Patient","id":"1"}"#, #"{"data":{"consent":"https://else.example/Consent/1"}}"#,
            consent().replacing("lastUpdated", with: "since"),
        ] {
            #expect(try said(endpoint.respond(to: webhook(body, house))) == "400 invalid_request", "\(body)")
        }
        let rows = try house.store().auditRecords(after: 0, matching: AuditFilter(), limit: 99).map(\.columns)
            .filter { $0.act == "directive_record" }
        #expect(rows.count == 8 && rows.allSatisfy { $0.outcome == "refused" })
        #expect(try !isDenied(house))
        let get = Request(method: .get, path: "/oauth2/consents")
        #expect(endpoint.respond(to: get).status == 405)
    }

    @Test("an event names a Consent, which is fetched: what the event says of it counts for nothing")
    func event() throws {
        let house = try TestHouse()
        let server = LyingServer(consent("9"))
        let endpoint = try endpoint(house, server)
        let event = #"{"type":"x","data":{"consent":"https://h.example/fhir/Consent/9","status":"inactive"}}"#
        #expect(try said(endpoint.respond(to: webhook(event, house))) == "200 recorded")
        #expect(server.targets == ["/Consent/9"])
        #expect(try isDenied(house))
    }

    @Test("a notification is a hint: with the id in the address, in the body, or nowhere")
    func notifications() throws {
        for request in [notice("/Consent/17", method: .put), notice("", consent("17", status: "inactive"))] {
            let house = try TestHouse()
            let server = LyingServer(consent())
            let endpoint = try endpoint(house, server)
            #expect(try said(endpoint.respond(to: request)) == "200 recorded")
            #expect(server.targets == ["/Consent/17"])
            #expect(try isDenied(house))
        }
        let house = try TestHouse()
        let server = LyingServer([
            .success(.fhir(bundle([consent("1")], next: "http://fhir.internal/r4/Consent?page=2"))),
            .success(.fhir(bundle([consent("2", patient: #""patient":{"reference":"Patient/p2"},"#)]))),
        ])
        let endpoint = try endpoint(house, server)
        #expect(try said(endpoint.respond(to: notice())) == "200 changed")
        #expect(server.targets == ["/Consent?_sort=_lastUpdated&_count=100", "/Consent?page=2"])
        #expect(try isDenied(house) && isDenied(house, "p2"))
        #expect(try house.store().followedUntil()?.timestamp == "2027-01-15T08:00:01Z")
        // The next look begins a little before where this one ended.
        #expect(try said(endpoint.respond(to: notice())) == "200 unchanged")
        #expect(server.targets.last?.hasSuffix("&_lastUpdated=ge2027-01-15T07:58:01Z") == true)
    }

    @Test("without the secret nobody is heard, and without an answer the sender comes again")
    func notHeard() throws {
        let house = try TestHouse()
        let server = LyingServer(consent(), status: 502)
        let endpoint = try endpoint(house, server)
        for token in [nil, "", "wrong"] {
            #expect(endpoint.respond(to: notice("/Consent/17", token: token)).status == 401)
        }
        #expect(server.targets.isEmpty)
        #expect(endpoint.respond(to: notice("/Consent/17")).status == 503)
        #expect(endpoint.respond(to: notice()).status == 503)
        #expect(try house.store().followedUntil() == nil)
    }

    @Test("that a Consent is deleted lifts nothing")
    func deleted() throws {
        let house = try TestHouse()
        let server = LyingServer([.success(.fhir(consent())), .success(.fhir("{}", status: 410))])
        let endpoint = try endpoint(house, server)
        #expect(try said(endpoint.respond(to: notice("/Consent/17"))) == "200 recorded")
        #expect(try said(endpoint.respond(to: notice("/Consent/17"))) == "200 unchanged")
        #expect(try isDenied(house))
    }

    @Test("our own record that ended at the FHIR server ends here, and its echo is nothing new")
    func own() throws {
        let house = try TestHouse()
        let store = try house.store()
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request("app", ["scope": "launch/patient patient/Patient.rs"]))
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "allow"])
        let tokens = try house.redeem(try #require(try browser.answer["code"]))
        let record = try #require(try store.consents(ConsentFilter(account: "id-maja")).first)
        let resource = String(decoding: try #require(record.resource(appName: "App")), as: UTF8.self)
        let server = LyingServer([
            .success(.fhir(resource)), .success(.fhir(resource.replacing(#""active""#, with: #""inactive""#))),
        ])
        let endpoint = try endpoint(house, server)
        #expect(try said(endpoint.respond(to: notice("/Consent/\(record.resourceID)"))) == "200 unchanged")
        #expect(try house.isAlive(tokens["access_token"]))
        #expect(try said(endpoint.respond(to: notice("/Consent/\(record.resourceID)"))) == "200 withdrawn")
        #expect(try !house.isAlive(tokens["access_token"]) && store.consent(record.id)?.status == .inactive)
        #expect(try said(endpoint.respond(to: notice("/Consent/\(record.resourceID)"))) == "200 unchanged")
        #expect(try store.directives(DirectiveFilter()).isEmpty)
    }

    @Test("what is not switched on is not there")
    func absent() throws {
        let house = try TestHouse()
        let endpoint = try endpoint(house, takes: false)
        #expect(endpoint.respond(to: webhook(consent(), house)).status == 404)
        #expect(endpoint.respond(to: notice()).status == 404)
    }
}
