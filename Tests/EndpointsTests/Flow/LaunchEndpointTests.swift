import HTTP
import OAuth
import SMART
import Testing

@Suite("SMART app-launch#launch-app-ehr-launch: an EHR prepares a launch")
struct LaunchEndpointTests {
    private let house: TestHouse

    init() throws {
        house = try TestHouse()
        try house.addEHR()
    }

    private func json(_ text: String, _ fields: [(name: String, value: String)]? = nil) throws -> TestAnswer {
        try house.ask(
            .launch,
            Request(
                method: .post, path: "/oauth2/launch",
                fields: Fields([("content-type", "application/json; charset=utf-8")] + (fields ?? [TestHouse.ehr])),
                body: Array(text.utf8), remoteAddress: "192.0.2.1"))
    }

    private func launch(_ answer: TestAnswer) throws -> Launch {
        let handle = try #require(answer["launch"])
        return try #require(try house.store().launch(SecretDigest(of: handle)))
    }

    @Test("the answer has the handle, the link to open, and how long it is good")
    func answer() throws {
        let answer = try house.prepare("app", for: "amara", ["patient": "p1"])
        #expect(answer.status == 201)
        #expect(answer.members == ["launch", "launch_url", "iss", "expires_in"])
        let handle = try #require(answer["launch"])
        #expect(handle.hasPrefix("vst_lh_") && handle.utf8.count == 50)
        #expect(
            answer["launch_url"] == "https://app.example/launch?iss=https%3A%2F%2Fh.example%2Ffhir&launch=\(handle)")
        #expect(answer["iss"] == "https://h.example/fhir" && answer.number("expires_in") == 300)
        #expect(answer.response.value(of: "cache-control") == "no-store")
        // No handle, no patient and no user in the log.
        let log = answer.response.remarks.map { "\($0.name)=\($0.value)" }
        #expect(log == ["event=launch_prepared", "client=ehr", "app=app"])
        #expect(try house.prepare("app", for: "amara", ["patient": "p1"])["launch"] != handle)
    }

    @Test("everything that the EHR says reaches the app, from a form and from JSON")
    func everything() throws {
        let context: [String: String?] = [
            "patient": "p1", "encounter": "e9", "intent": "reconcile", "need_patient_banner": "false",
            "smart_style_url": "https://ehr.example/style.json", "tenant": "north",
            "fhirContext": #"[{"reference":"ImagingStudy/7"},{"identifier":{"value":"a"},"type":"Device"}]"#,
            "launch_url": "https://trusted.example/launch",
        ]
        let form = try house.prepare("trusted", for: "amara", context)
        let object = try json(
            """
            {"user":"amara","client":"trusted","patient":"p1","encounter":"e9","intent":"reconcile",
            "need_patient_banner":false,"smart_style_url":"https://ehr.example/style.json","tenant":"north",
            "fhirContext":[{"reference":"ImagingStudy/7"},{"identifier":{"value":"a"},"type":"Device"}],
            "launch_url":"https://trusted.example/launch"}
            """)
        for answer in [form, object] {
            #expect(answer.status == 201)
            let browser = TestBrowser(house, keepsCookies: false)
            try browser.get(
                TestBrowser.request("trusted", ["launch": answer["launch"], "scope": "launch patient/*.rs"]))
            let tokens = try house.redeem(try #require(try browser.answer["code"]), for: "trusted")
            for (name, value) in ["patient": "p1", "encounter": "e9", "intent": "reconcile", "tenant": "north"] {
                #expect(tokens[name] == value)
            }
            #expect(tokens.flag("need_patient_banner") == false)
            #expect(tokens["smart_style_url"] == "https://ehr.example/style.json")
            #expect(
                tokens.text.contains(
                    #""fhirContext":[{"reference":"ImagingStudy/7"},{"identifier":{"value":"a"},"type":"Device"}]"#))
        }
    }

    @Test("what the EHR leaves out has a default: a banner, and our own style")
    func defaults() throws {
        let context = try launch(house.prepare("app", for: "amara", ["patient": "p1"])).context
        #expect(
            context == LaunchContext(patient: "p1", needPatientBanner: true, smartStyleURL: TestHouse.style))
        let nobody = try launch(house.prepare("app", for: "amara"))
        #expect(nobody.context.patient == nil)
        #expect(nobody.vouchedAt == house.instant && nobody.expiresAt == house.instant + 300)
    }

    @Test(
        "a user is found by name, or by the FHIR resource that stands for the person",
        arguments: [
            ("amara", "id-amara"), (" AMARA", "id-amara"), ("Practitioner/amara", "id-amara"),
            ("Patient/p1", "id-maja"),
        ])
    func users(_ user: String, _ account: String) throws {
        #expect(try launch(house.prepare("app", for: user)).account == account)
    }

    @Test("a resource that stands for two people stands for nobody")
    func twoPeople() throws {
        try house.addUser("amara2", "Practitioner/amara", access: .all)
        #expect(try house.prepare("app", for: "Practitioner/amara").error == "invalid_request")
        #expect(try house.prepare("app", for: "amara2").status == 201)
    }

    @Test(
        "what cannot be launched is invalid_request, and no handle is made",
        arguments: [
            (["user": nil], "user"), (["user": "nobody"], "no such user"),
            (["user": "Practitioner/nobody"], "no such user"),
            (["user": "practitioner/amara"], "user"), (["client": nil], "client"),
            (["client": "nobody"], "no such app"),
            (["user": "bela", "patient": "p2"], "no access"),
            (["user": "maja", "patient": "p2"], "no access"), (["encounter": "e1", "patient": nil], "encounter"),
            (["patient": "p/1"], "patient"), (["fhirContext": "[]"], "fhirContext"),
            (["fhirContext": "x"], "fhirContext"),
            (["fhirContext": #"[{"reference":"Patient/p2"}]"#], "fhirContext"),
            (["launch_url": "https://app.example/launch/"], "launch_url"),
            (["launch_url": "https://evil.example/launch"], "launch_url"),
            (["need_patient_banner": "no"], "true or false"),
            (["smart_style_url": "http://ehr.example/s"], "smart_style_url"),
        ] as [([String: String?], String)])
    func refused(_ changes: [String: String?], _ word: String) throws {
        var parameters: [String: String?] = ["user": "amara", "client": "app", "patient": "p1"]
        parameters.merge(changes) { $1 }
        let answer = try house.ask(.launch, parameters, [TestHouse.ehr])
        #expect(answer.status == 400 && answer.error == "invalid_request")
        #expect(answer.description.contains(word), "\(answer.description)")
        #expect(answer["launch"] == nil)
        #expect(
            try house.store().purge(at: house.instant + 1_000_000).counts.first { $0.table == "launches" }?.rows == 0)
    }

    @Test("a disabled app, one that waits for approval, a disabled user")
    func disabled() throws {
        let store = try house.store()
        _ = try store.setDisabled(true, client: "app", at: house.instant)
        #expect(try house.prepare("app", for: "amara").description.contains("disabled"))
        _ = try store.setDisabled(false, client: "app", at: house.instant)
        _ = try store.decide(.pending, client: "app", at: house.instant)
        #expect(try house.prepare("app", for: "amara").description.contains("approval"))
        _ = try store.setDisabled(true, account: "amara", at: house.instant)
        #expect(try house.prepare("trusted", for: "amara").description.contains("disabled"))
    }

    // RFC 6749 §2.3
    @Test("who is no EHR prepares nothing, be it ever so well proven")
    func callers() throws {
        let signer = try TestSigner()
        try house.addClient("signed", by: signer.method)
        try house.addClient("signedehr", by: signer.method, for: [], roles: [.ehr], scopes: "")
        try house.addClient("openehr", by: .none, for: [], roles: [.ehr], scopes: "")
        let launch: [String: String?] = ["user": "amara", "client": "app"]
        func signed(_ client: String) throws -> [String: String?] {
            TestSigner.parameters(try signer.assertion(of: client, at: house.instant)).merging(["client": "app"]) { $1 }
        }
        let strangers = [
            try house.ask(.launch, launch, [TestHouse.basic("secretive", "s3cret")]),
            try house.ask(.launch, launch.merging(["client_id": "app"]) { $1 }),
            try house.ask(.launch, launch.merging(["client_id": "openehr"]) { $1 }),
            try house.ask(.launch, launch.merging(signed("signed")) { $1 }),
        ]
        for answer in strangers {
            #expect(answer.status == 400 && answer.error == "unauthorized_client")
            #expect(answer.description.contains("EHR"))
        }
        let unproven = [
            try house.ask(.launch, launch), try house.ask(.launch, launch, [TestHouse.basic("ehr", "wrong")]),
            try house.ask(.launch, launch.merging(["client_id": "ehr"]) { $1 }),
            try house.ask(.launch, launch, [("authorization", "Bearer vst_at_x")]),
            try json(#"{"user":"amara","client":"app"}"#, []),
            try json(#"{"user":"amara","client":"app","client_id":"ehr"}"#, []),
        ]
        for answer in unproven { #expect(answer.status == 401 && answer.error == "invalid_client") }
        #expect(try house.ask(.launch, launch.merging(signed("signedehr")) { $1 }).status == 201)
    }

    @Test("an EHR that signs may put its assertion into the JSON")
    func assertionInJSON() throws {
        let signer = try TestSigner()
        try house.addClient("signedehr", by: signer.method, for: [], roles: [.ehr], scopes: "")
        let assertion = try signer.assertion(of: "signedehr", at: house.instant)
        let body = """
            {"user":"amara","client":"app","client_assertion":"\(assertion)","client_assertion_type":"\(ClientAssertion.type)"}
            """
        #expect(try json(body, []).status == 201)
        #expect(try json(body, []).description.contains("jti"))
    }

    @Test("a body that is neither, a parameter twice, one in the URL, another method")
    func notARequest() throws {
        for text in ["", "{", "[]", #""user""#, #"{"user":"amara","client":"app"}x"#] {
            let answer = try json(text)
            #expect(answer.status == 400 && answer.error == "invalid_request")
        }
        let twice = TestHouse.post(
            [("user", "amara"), ("client", "app"), ("patient", "p1"), ("patient", "p2")], fields: [TestHouse.ehr])
        #expect(try house.ask(.launch, twice).error == "invalid_request")
        var text = TestHouse.post([("user", "amara"), ("client", "app")], fields: [TestHouse.ehr])
        text.query = "tenant=x"
        #expect(try house.ask(.launch, text).error == "invalid_request")
        var object = text
        object.fields = Fields([("content-type", "application/json"), TestHouse.ehr])
        object.body = Array(#"{"user":"amara","client":"app"}"#.utf8)
        #expect(try house.ask(.launch, object).error == "invalid_request")
        let xml = Request(
            method: .post, path: "/oauth2/launch",
            fields: Fields([("content-type", "application/xml"), TestHouse.ehr]),
            body: Array("<launch/>".utf8))
        #expect(try house.ask(.launch, xml).status == 400)
        for method in [Request.Method.get, .put, .options, .delete] {
            let answer = try house.ask(.launch, Request(method: method, path: "/oauth2/launch"))
            #expect(answer.status == 405 && answer.error == "invalid_request")
            #expect(answer.response.value(of: "allow") == "POST")
        }
    }

    @Test("no web page calls this: there is no preflight to answer and no origin to allow")
    func noCORS() throws {
        let origin = ("origin", "https://app.example")
        let preflight = Request(
            method: .options, path: "/oauth2/launch",
            fields: Fields([origin, ("access-control-request-method", "POST")]))
        let answers = [
            try house.ask(.launch, preflight),
            try house.ask(.launch, ["user": "amara", "client": "app"], [TestHouse.ehr, origin]),
        ]
        for answer in answers { #expect(answer.response.value(of: "access-control-allow-origin") == nil) }
    }
}
