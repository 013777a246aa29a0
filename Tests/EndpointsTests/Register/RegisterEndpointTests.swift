import Endpoints
import Foundation
import HTTP
import JOSE
import JSON
import OAuth
import SMART
import SQLStore
import Service
import Store
import Synchronization
import Testing

/// The register endpoint on a real store with its own powers, at a clock that a test moves.
private final class RegisterHouse: Sendable {
    static let ceiling = "openid launch/patient offline_access patient/*.rs user/*.rs system/*.rs"
    private static let path = "/oauth2/register"

    let urls: ServerURLs
    private let folder: URL
    private let database: Database
    private let administration: Database
    private let mode: Configuration.Registration.Mode
    private let policy: RegistrationPolicy
    private let now = Atomic<Int>(1_800_000_000)

    init(_ mode: Configuration.Registration.Mode, approvesPatientApps: Bool = false) throws {
        let base = try #require(FHIRBase("https://h.example/fhir"))
        urls = ServerURLs(fhirBase: base, authBase: "https://h.example")
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("vestibule-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("test.db").path
        _ = try Database.migrate(path: path, create: true)
        database = try Database(path: path, fhirBase: base, powers: .register)
        administration = try Database(path: path, fhirBase: base, powers: .administration)
        self.mode = mode
        policy = RegistrationPolicy(ceiling: ScopeSet(Self.ceiling), approvesPatientApps: approvesPatientApps)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var instant: Instant { Instant(now.load(ordering: .relaxed)) }
    func advance(_ seconds: Int) { now.add(seconds, ordering: .relaxed) }
    func administrator() throws -> SQLStore { try administration.store() }

    func token(uses: Int = 1) throws -> String {
        try administrator().add(
            InitialAccessToken(
                digest: SecretDigest(of: "vst_ia_test"), label: "test", uses: uses, expiresAt: instant + 3600),
            at: instant)
        return "vst_ia_test"
    }

    func send(
        _ method: Request.Method, _ path: String = RegisterHouse.path, token: String? = nil, body: String = "",
        type: String? = "application/json", address: String = "192.0.2.1"
    ) throws -> Response {
        var fields: [(name: String, value: String)] = type.map { [("content-type", $0)] } ?? []
        if let token { fields.append(("authorization", "Bearer \(token)")) }
        let endpoint = RegisterEndpoint(
            urls: urls, mode: mode, policy: policy, stores: try database.store(), clock: { self.instant })
        return endpoint.respond(
            to: Request(
                method: method, path: path, fields: Fields(fields), body: Array(body.utf8), remoteAddress: address))
    }

    /// A registration that has to succeed.
    func registered(_ body: String = app, token: String? = nil) throws -> Registered {
        let response = try send(.post, token: token, body: body)
        #expect(response.status == 201)
        let root = try JSONDocument(response.body).root
        return Registered(
            id: try #require(root["client_id"]?.string), token: try #require(root["registration_access_token"]?.string),
            path: try #require(root["registration_client_uri"]?.string.flatMap { AbsoluteURL($0)?.path }), json: root)
    }

    struct Registered {
        let id: String
        let token: String
        let path: String
        let json: JSONValue
    }

    static let app = """
        {"redirect_uris":["https://app.example/cb"],"client_name":"Growth Chart","scope":"openid patient/*.rs"}
        """

    static func update(_ id: String, _ scope: String = "openid patient/*.rs") -> String {
        """
        {"client_id":"\(id)","redirect_uris":["https://app.example/cb"],"client_name":"Growth Chart","scope":"\(scope)"}
        """
    }
}

private func error(_ response: Response) -> String? {
    (try? JSONDocument(response.body))?.root["error"]?.string
}

private func logged(_ response: Response) -> String {
    response.remarks.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
}

@Suite("RFC 7591 §3 Client Registration Endpoint")
struct RegisterEndpointTests {
    @Test(
        "where registration is off there is nothing", arguments: [Request.Method.get, .post, .put, .delete, .options])
    func off(_ method: Request.Method) throws {
        let house = try RegisterHouse(.off)
        for path in ["/oauth2/register", "/oauth2/register/x"] {
            let response = try house.send(method, path, token: "x", body: RegisterHouse.app)
            #expect(response.status == 404 && error(response) == "registration_not_supported")
        }
        #expect(try house.administrator().clients().isEmpty)
    }

    @Test("an app is registered, told everything once, and can do nothing yet")
    func registration() throws {
        let house = try RegisterHouse(.open)
        let response = try house.send(.post, body: RegisterHouse.app)
        #expect(response.status == 201)
        #expect(response.value(of: "Content-Type") == "application/json")
        #expect(response.value(of: "Cache-Control") == "no-store" && response.value(of: "Pragma") == "no-cache")
        let told = try JSONDocument(response.body).root
        let id = try #require(told["client_id"]?.string)
        let secret = try #require(told["client_secret"]?.string)
        let management = try #require(told["registration_access_token"]?.string)
        #expect(told["client_id_issued_at"]?.integer == house.instant.seconds)
        #expect(told["client_secret_expires_at"]?.integer == 0)
        #expect(told["registration_client_uri"]?.string == "https://h.example/oauth2/register/\(id)")
        #expect(secret.hasPrefix("vst_cs_") && management.hasPrefix("vst_ra_"))

        let client = try #require(try house.administrator().client(id))
        #expect(client.authentication == .secret([ClientSecret(digest: SecretDigest(of: secret))]))
        #expect(client.approval == .pending && !client.isUsable && client.refusal != nil)
        #expect(try !house.administrator().isRegisteredOrigin("https://app.example"))
        let log = logged(response)
        #expect(log.contains("client_registered") && log.contains(id))
        #expect(!log.contains(secret) && !log.contains(management))
    }

    @Test("an app for patients may begin at once where the site says so")
    func approved() throws {
        let house = try RegisterHouse(.open, approvesPatientApps: true)
        let app = try house.registered()
        #expect(app.json["approval"]?.string == "approved")
        #expect(try house.administrator().client(app.id)?.isUsable == true)
        #expect(try house.administrator().client(app.id)?.isVerified == false)
        let wide = try house.registered(RegisterHouse.app.replacing("patient/", with: "user/"))
        #expect(wide.json["approval"]?.string == "pending")
    }

    @Test("each registration has an id, a secret and a token of its own")
    func fresh() throws {
        let house = try RegisterHouse(.open)
        let both = [try house.registered(), try house.registered()]
        for member in ["client_id", "client_secret", "registration_access_token"] {
            #expect(Set(both.compactMap { $0.json[member]?.string }).count == 2)
        }
    }

    @Test("what is wrong is refused in the words of RFC 7591 §3.1, §3.2.2, and nothing is kept")
    func refusals() throws {
        let house = try RegisterHouse(.open)
        for (body, type, code) in [
            ("{}", "application/json", "invalid_redirect_uri"),
            (#"{"redirect_uris":["http://x.example/"]}"#, "application/json", "invalid_redirect_uri"),
            (
                #"{"redirect_uris":["https://x.example/"],"scope":"nothing"}"#, "application/json",
                "invalid_client_metadata"
            ),
            (#"{"software_statement":"a.b.c"}"#, "application/json; charset=utf-8", "invalid_software_statement"),
            ("redirect_uris=x", "application/x-www-form-urlencoded", "invalid_request"),
            (RegisterHouse.app, "text/plain", "invalid_request"), (RegisterHouse.app, nil, "invalid_request"),
            ("[]", "application/json", "invalid_request"), ("", "application/json", "invalid_request"),
        ] as [(String, String?, String)] {
            let response = try house.send(.post, body: body, type: type)
            #expect(response.status == 400 && error(response) == code)
            #expect(response.value(of: "Cache-Control") == "no-store")
        }
        #expect(try house.administrator().clients().isEmpty)
    }

    @Test("it takes POST alone", arguments: [Request.Method.get, .put, .delete, .options, .patch])
    func methods(_ method: Request.Method) throws {
        let response = try RegisterHouse(.open).send(method)
        #expect(response.status == 405 && response.value(of: "Allow") == "POST")
        #expect(response.value(of: "Access-Control-Allow-Origin") == nil)
    }

    @Test("RFC 6585 §4: an address that registers much waits, good or bad, and nobody else does")
    func throttle() throws {
        let house = try RegisterHouse(.open)
        for number in 0..<21 {
            let response = try house.send(.post, body: number % 2 == 0 ? RegisterHouse.app : "{}")
            #expect(response.status == (number % 2 == 0 ? 201 : 400))
        }
        let response = try house.send(.post, body: RegisterHouse.app)
        #expect(response.status == 429 && error(response) == "temporarily_unavailable")
        let wait = try #require(response.value(of: "Retry-After").flatMap { Int($0) })
        #expect(wait > 0)
        #expect(try house.send(.post, body: RegisterHouse.app, address: "192.0.2.2").status == 201)
        house.advance(wait)
        #expect(try house.send(.post, body: RegisterHouse.app).status == 201)
    }
}

@Suite("RFC 7591 §3: initial access tokens")
struct InitialAccessTokenTests {
    @Test("a token lets as many register as it has uses, and only those that succeed count")
    func uses() throws {
        let house = try RegisterHouse(.token)
        let token = try house.token(uses: 2)
        _ = try house.registered(token: token)
        #expect(try house.send(.post, token: token, body: "{}").status == 400)
        _ = try house.registered(token: token)
        let response = try house.send(.post, token: token, body: RegisterHouse.app)
        #expect(response.status == 401 && error(response) == "invalid_token")
    }

    @Test("RFC 6750 §3.1: without a good token nothing is looked at")
    func challenge() throws {
        let house = try RegisterHouse(.token)
        let none = try house.send(.post, body: "{}")
        #expect(none.status == 401 && error(none) == "invalid_token")
        #expect(none.value(of: "WWW-Authenticate") == #"Bearer realm="https://h.example/fhir""#)
        let token = try house.token()
        let wrong = try house.send(.post, token: "vst_ia_wrong", body: "{}")
        #expect(wrong.status == 401)
        #expect(
            wrong.value(of: "WWW-Authenticate") == #"Bearer realm="https://h.example/fhir", error="invalid_token""#)
        #expect(!logged(wrong).contains("vst_ia_wrong"))
        house.advance(3600)
        #expect(try house.send(.post, token: token, body: RegisterHouse.app).status == 401)
        #expect(try house.administrator().clients().isEmpty)
    }

    @Test("a token lets register and vouches for who brings it; it approves nothing")
    func approval() throws {
        let house = try RegisterHouse(.token)
        let app = try house.registered(token: house.token())
        #expect(app.json["approval"]?.string == "pending")
        #expect(try house.administrator().client(app.id)?.isVerified == true)
    }

    @Test("whoever tries many tokens waits")
    func guesses() throws {
        let house = try RegisterHouse(.token)
        let token = try house.token()
        var answers: [Response] = []
        for number in 0..<40 { answers.append(try house.send(.post, token: "guess-\(number)", body: "{}")) }
        #expect(answers.first?.status == 401 && answers.last?.status == 429)
        #expect(answers.allSatisfy { error($0) == "invalid_token" })
        _ = try house.registered(token: token)
    }
}

@Suite("RFC 7592 §2 Client Configuration Endpoint")
struct ClientConfigurationTests {
    @Test("RFC 7592 §2.1: a client reads its registration, without its secret")
    func read() throws {
        let house = try RegisterHouse(.open)
        let app = try house.registered()
        house.advance(100)
        let response = try house.send(.get, app.path, token: app.token)
        #expect(response.status == 200 && response.value(of: "Cache-Control") == "no-store")
        let told = try JSONDocument(response.body).root
        for name in [
            "client_id", "client_id_issued_at", "registration_access_token", "registration_client_uri", "client_name",
            "redirect_uris", "scope", "grant_types", "approval",
        ] {
            #expect(told[name].map { Array($0.bytes) } == app.json[name].map { Array($0.bytes) })
        }
        #expect(told["client_secret"] == nil)
        #expect(!logged(response).contains(app.token))
    }

    @Test("RFC 7592 §2.2: a client replaces its registration")
    func update() throws {
        let house = try RegisterHouse(.open)
        let app = try house.registered()
        _ = try house.administrator().decide(.approved, client: app.id, at: house.instant)
        let narrower = try house.send(
            .put, app.path, token: app.token, body: RegisterHouse.update(app.id, "openid patient/Patient.rs"))
        #expect(narrower.status == 200)
        let told = try JSONDocument(narrower.body).root
        #expect(told["scope"]?.string == "openid patient/Patient.rs" && told["approval"]?.string == "approved")
        #expect(told["registration_access_token"]?.string == app.token)
        #expect(told["client_id_issued_at"]?.integer == 1_800_000_000)

        let wider = try house.send(
            .put, app.path, token: app.token, body: RegisterHouse.update(app.id, "openid user/*.rs"))
        #expect(try JSONDocument(wider.body).root["approval"]?.string == "pending")
        #expect(try house.administrator().client(app.id)?.isUsable == false)
        #expect(logged(wider).contains("client_updated"))
    }

    @Test("what is wrong with an update is said, and nothing changes")
    func refusedUpdate() throws {
        let house = try RegisterHouse(.open)
        let app = try house.registered()
        for (body, code) in [
            (RegisterHouse.app, "invalid_request"), (RegisterHouse.update("other"), "invalid_request"),
            (RegisterHouse.update(app.id, "nothing"), "invalid_client_metadata"),
            (#"{"client_id":"\#(app.id)"}"#, "invalid_redirect_uri"), ("", "invalid_request"),
        ] {
            let response = try house.send(.put, app.path, token: app.token, body: body)
            #expect(response.status == 400 && error(response) == code)
        }
        let form = try house.send(
            .put, app.path, token: app.token, body: RegisterHouse.update(app.id), type: "text/plain")
        #expect(form.status == 400)
        #expect(try house.send(.get, app.path, token: app.token).body == withoutSecret(app.json))
    }

    private func withoutSecret(_ json: JSONValue) throws -> [UInt8] {
        let document = try JSONDocument(Array(json.bytes))
        var cut = JSONCut(document)
        for name in ["client_secret", "client_secret_expires_at"] { cut.remove(try #require(document.root[name])) }
        return cut.bytes
    }

    @Test("what an administrator refused stays refused")
    func rejected() throws {
        let house = try RegisterHouse(.open, approvesPatientApps: true)
        let app = try house.registered()
        _ = try house.administrator().decide(.rejected, client: app.id, at: house.instant)
        let response = try house.send(.put, app.path, token: app.token, body: RegisterHouse.update(app.id))
        #expect(response.status == 200)
        #expect(try JSONDocument(response.body).root["approval"]?.string == "rejected")
        #expect(try house.administrator().client(app.id)?.approval == .rejected)
    }

    @Test("RFC 7592 §2.3: a client deletes its registration, and its token is worth nothing more")
    func delete() throws {
        let house = try RegisterHouse(.open)
        let app = try house.registered()
        let response = try house.send(.delete, app.path, token: app.token, type: nil)
        #expect(response.status == 204 && response.body.isEmpty && response.value(of: "Cache-Control") == "no-store")
        #expect(try house.administrator().client(app.id) == nil)
        for method in [Request.Method.get, .put, .delete] {
            #expect(
                try house.send(method, app.path, token: app.token, body: RegisterHouse.update(app.id)).status == 401)
        }
    }

    @Test("a wrong token, another client's and an unknown client are one and the same refusal")
    func refusals() throws {
        let house = try RegisterHouse(.open)
        let (app, other) = (try house.registered(), try house.registered())
        let store = try house.administrator()
        try store.add(
            ClientRegistration(id: "added", name: "Added", authentication: .none, scopes: ScopeSet("openid")),
            at: house.instant)
        var answers: [String] = []
        for method in [Request.Method.get, .put, .delete] {
            for (path, token) in [
                (app.path, other.token), (app.path, "vst_ra_wrong"), ("/oauth2/register/nobody", app.token),
                ("/oauth2/register/added", app.token), ("/oauth2/register/", app.token),
                ("/oauth2/register/\(app.id)/x", app.token), ("/oauth2/register/\(app.id)%20", app.token),
            ] {
                let response = try house.send(method, path, token: token, body: "{}")
                #expect(response.status == 401)
                answers.append(
                    String(decoding: response.body, as: UTF8.self) + (response.value(of: "WWW-Authenticate") ?? ""))
            }
        }
        #expect(Set(answers).count == 1)
        let none = try house.send(.get, app.path)
        #expect(none.status == 401 && none.value(of: "WWW-Authenticate") == #"Bearer realm="https://h.example/fhir""#)
        #expect(try store.client(app.id) != nil)
    }

    @Test("it takes what RFC 7592 has and nothing else", arguments: [Request.Method.post, .patch, .options])
    func methods(_ method: Request.Method) throws {
        let house = try RegisterHouse(.open)
        let app = try house.registered()
        let response = try house.send(method, app.path, token: app.token, body: RegisterHouse.update(app.id))
        #expect(response.status == 405 && response.value(of: "Allow") == "GET, PUT, DELETE")
    }
}
