import HTTP
import JSON
import OAuth
import SMART
import Testing

@Suite("SMART app-launch#launch-app-ehr-launch: what an EHR says")
struct LaunchRequestTests {
    private func read(_ form: String) throws -> LaunchRequest {
        try LaunchRequest(.form(Form(form)))
    }

    private func read(json: String) throws -> LaunchRequest {
        try LaunchRequest(.json(JSONDocument(Array(json.utf8))))
    }

    @Test("a form and a JSON object say the same")
    func both() throws {
        let form = try read(
            """
            user=Amara&client=app&launch_url=https%3A%2F%2Fapp.example%2Flaunch&patient=p1&encounter=e1&intent=order\
            &need_patient_banner=false&smart_style_url=https%3A%2F%2Fehr.example%2Fstyle.json&tenant=north\
            &fhirContext=%5B%7B%22reference%22%3A%22ImagingStudy%2F1%22%7D%5D
            """)
        let json = try read(
            json: """
                {"user":"Amara","client":"app","launch_url":"https://app.example/launch","patient":"p1","encounter":"e1",
                "intent":"order","need_patient_banner":false,"smart_style_url":"https://ehr.example/style.json",
                "tenant":"north","fhirContext":[{"reference":"ImagingStudy/1"}],"whatever":[1]}
                """)
        for request in [form, json] {
            #expect(request.user == .username("amara") && request.app == "app")
            #expect(request.launchURL == "https://app.example/launch")
            #expect(
                request.context
                    == LaunchContext(
                        patient: "p1", encounter: "e1",
                        fhirContext: FHIRContext(json: #"[{"reference":"ImagingStudy/1"}]"#),
                        intent: "order", needPatientBanner: false, smartStyleURL: "https://ehr.example/style.json",
                        tenant: "north"))
        }
    }

    // SMART scopes-and-launch-context#extensibility, Requirement 125
    @Test("a site's own context comes along in JSON, and what has no such name does not")
    func extensions() throws {
        let context = try read(
            json: #"{"user":"a","client":"b","__ward":{"bed":4.10},"https://h.example/x":[1],"ward":"7"}"#
        ).context
        #expect(
            String(decoding: context.json, as: UTF8.self) == #"{"__ward":{"bed":4.10},"https://h.example/x":[1]}"#)
    }

    @Test("null is nothing, and the moment of the sign-in is a number in the past")
    func nullAndTime() throws {
        let request = try read(json: #"{"user":"a","client":"b","patient":null,"fhirContext":null,"auth_time":17}"#)
        #expect(request.context == LaunchContext() && request.authenticatedAt == Instant(17))
        #expect(try read("user=a&client=b&auth_time=17").authenticatedAt == Instant(17))
        #expect(throws: OAuthError.self) { try read("user=a&client=b&auth_time=soon") }
    }

    @Test("little is enough")
    func least() throws {
        for request in [try read("user=amara&client=app"), try read(json: #"{"user":"amara","client":"app"}"#)] {
            #expect(request.launchURL == nil)
            #expect(request.context == LaunchContext())
        }
    }

    @Test(
        "a user is a name here, or the resource that stands for the person",
        arguments: [
            ("amara", LaunchRequest.Who.username("amara")), ("  Amara ", .username("amara")),
            ("amara@h.example", .username("amara@h.example")),
        ])
    func names(_ user: String, _ who: LaunchRequest.Who) throws {
        #expect(try LaunchRequest(.form(Form([("user", user), ("client", "app")]))).user == who)
    }

    @Test("a resource is named by its type and id", arguments: FHIRUser.Kind.allCases)
    func resources(_ kind: FHIRUser.Kind) throws {
        let user = "\(kind.rawValue)/7"
        #expect(
            try LaunchRequest(.form(Form([("user", user), ("client", "app")]))).user
                == .resource(try #require(FHIRUser(user))))
    }

    @Test(
        "what is missing or written otherwise is named",
        arguments: [
            ("user", nil), ("user", "Device/1"), ("user", "Practitioner//1"),
            ("user", "https://h.example/fhir/Practitioner/1"),
            ("user", "a b"), ("user", " "), ("client", nil), ("patient", "p/1"),
            ("patient", String(repeating: "x", count: 65)),
            ("encounter", "e 1"), ("need_patient_banner", "yes"), ("need_patient_banner", "1"),
            ("smart_style_url", "http://ehr.example/style.json"), ("smart_style_url", "/style.json"),
            ("smart_style_url", "javascript:alert(1)"), ("fhirContext", "ImagingStudy/1"), ("fhirContext", "[]"),
            ("fhirContext", "{}"), ("fhirContext", "[{}]"), ("fhirContext", #"[{"reference":"Patient/1"}]"#),
            ("fhirContext", #"["ImagingStudy/1"]"#), ("intent", String(repeating: "x", count: 2049)),
            ("tenant", String(repeating: "x", count: 2049)), ("launch_url", String(repeating: "x", count: 2049)),
        ] as [(String, String?)])
    func refused(_ name: String, _ value: String?) throws {
        var members = ["user": "amara", "client": "app"]
        members[name] = value
        let error = try #require(throws: OAuthError.self) {
            try LaunchRequest(.form(Form(members.map { (name: $0.key, value: $0.value) })))
        }
        #expect(error.code == .invalidRequest)
        #expect(error.description.contains(name))
        // What was sent is repeated nowhere.
        if let value, value.utf8.count > 3 { #expect(!error.description.contains(value)) }
    }

    @Test(
        "in JSON each member has its type",
        arguments: [
            #""user":1"#, #""client":["app"]"#, #""patient":1"#, #""patient":"""#, #""encounter":{}"#,
            #""intent":true"#,
            #""need_patient_banner":"true""#, #""need_patient_banner":1"#, #""smart_style_url":0"#, #""tenant":7"#,
            #""launch_url":[]"#, #""fhirContext":"[]""#, #""fhirContext":{"reference":"ImagingStudy/1"}"#,
        ])
    func types(_ member: String) throws {
        let others = ["user", "client"].filter { !member.hasPrefix("\"\($0)\"") }.map { "\"\($0)\":\"x\"" }
        let error = try #require(throws: OAuthError.self) {
            try read(json: "{\((others + [member]).joined(separator: ","))}")
        }
        #expect(error.code == .invalidRequest)
    }

    // MARK: Against what is known

    private func prepared(
        _ form: String = "user=amara&client=app&patient=p1&encounter=e1",
        client: ClientRegistration? = Fixture.client(),
        user: User? = Fixture.user(), denied: DenyRules = .none, vouched: Bool = true
    ) throws -> (launch: Launch, link: LaunchLink) {
        try read(form).prepared(
            for: client, user: user, denied: denied, handle: Secret(received: "vst_lh_x"),
            iss: "https://h.example/fhir",
            styleURL: "https://h.example/style.json", lifetime: 300, vouched: vouched, at: Fixture.now)
    }

    @Test("the launch is for this app, this user and this moment; what the EHR left out has a default")
    func launch() throws {
        let (launch, link) = try prepared()
        #expect(
            launch
                == Launch(
                    handle: SecretDigest(of: "vst_lh_x"), clientID: "app", account: "u1",
                    context: LaunchContext(
                        patient: "p1", encounter: "e1", needPatientBanner: true,
                        smartStyleURL: "https://h.example/style.json"),
                    expiresAt: Fixture.now + 300, vouchedAt: Fixture.now))
        #expect(link.url == "https://app.example/launch?iss=https%3A%2F%2Fh.example%2Ffhir&launch=vst_lh_x")
        #expect(try prepared(vouched: false).launch.vouchedAt == nil)
        let said = try prepared(
            "user=a&client=app&need_patient_banner=false&smart_style_url=https%3A%2F%2Fe.example%2Fs")
        #expect(said.launch.context.needPatientBanner == false)
        #expect(said.launch.context.smartStyleURL == "https://e.example/s")
    }

    // SMART app-launch#register-app-with-ehr
    @Test("only a launch URL that was registered, the first if none is named")
    func launchURLs() throws {
        var client = Fixture.client()
        client.launchURLs = ["https://app.example/launch?x=1", "https://app.example/other"]
        #expect(try prepared(client: client).link.url.hasPrefix("https://app.example/launch?x=1&iss="))
        let other = "user=a&client=app&launch_url=https%3A%2F%2Fapp.example%2Fother"
        #expect(try prepared(other, client: client).link.url.hasPrefix("https://app.example/other?iss="))
        for strange in ["https%3A%2F%2Fapp.example%2Fother%2F", "https%3A%2F%2Fevil.example%2F"] {
            let error = try #require(throws: OAuthError.self) {
                try prepared("user=a&client=app&launch_url=\(strange)", client: client)
            }
            #expect(error.code == .invalidRequest)
            #expect(error.description == "launch_url is not registered for this app")
        }
        client.launchURLs = []
        #expect(throws: OAuthError.self) { try prepared(client: client) }
    }

    @Test("an app that may not, a user who is not there, a patient out of reach: each is said")
    func impossible() throws {
        var pending = Fixture.client()
        pending.approval = .pending
        let cases: [(String, ClientRegistration?, User?, String)] = [
            ("patient=p1", nil, Fixture.user(), "no such app"),
            ("patient=p1", Fixture.client(disabled: true), Fixture.user(), "disabled"),
            ("patient=p1", pending, Fixture.user(), "approval"),
            ("patient=p1", Fixture.client(), nil, "no such user"),
            ("patient=p1", Fixture.client(), Fixture.user(disabled: true), "disabled"),
            ("patient=p1", Fixture.client(), Fixture.user(access: .none), "no access"),
            ("patient=p1", Fixture.client(), Fixture.user(access: .patients(["p2"])), "no access"),
            ("patient=p1", Fixture.client(), Fixture.user(fhirUser: "Patient/p2"), "no access"),
            ("encounter=e1", Fixture.client(), Fixture.user(), "encounter"),
        ]
        for (context, client, user, word) in cases {
            let error = try #require(throws: OAuthError.self) {
                try prepared("user=amara&client=app&\(context)", client: client, user: user)
            }
            #expect(error.code == .invalidRequest)
            #expect(error.description.contains(word))
            #expect(!error.description.contains("p1"))
        }
        // Without a patient nobody's rights are in question.
        _ = try prepared("user=amara&client=app", user: Fixture.user(access: .none))
    }

    @Test("what a patient denies the app whole is refused at once, and nobody hears it who may not open the record")
    func denied() throws {
        var app = Fixture.client()
        app.scopes = ScopeSet("openid launch patient/Observation.rs patient/Goal.rs")
        let cases: [(String, ScopeSet, Bool)] = [
            ("p1", ScopeSet("patient/*.cruds"), true), ("p1", ScopeSet("patient/Observation.rs patient/Goal.rs"), true),
            ("p1", ScopeSet("patient/Observation.rs"), false), ("p1", ScopeSet("patient/Condition.rs"), false),
            ("p1", ScopeSet("patient/Goal.rs patient/Observation.rs?category=laboratory"), false),
            ("p2", ScopeSet("patient/*.cruds"), false),
        ]
        for (patient, scopes, isRefused) in cases {
            let denied = DenyRules(scopes.clinical.map { DenyRule(patient: patient, denying: $0) })
            guard isRefused else {
                _ = try prepared(client: app, denied: denied)
                continue
            }
            let error = try #require(throws: OAuthError.self) { try prepared(client: app, denied: denied) }
            #expect(error.code == .accessDenied && !error.description.contains("p1"))
            let stranger = try #require(throws: OAuthError.self) {
                try prepared(client: app, user: Fixture.user(access: .none), denied: denied)
            }
            #expect(stranger.description.contains("no access"))
            _ = try prepared("user=amara&client=app", client: app, denied: denied)
        }
    }
}
