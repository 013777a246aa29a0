import HTTP
import JOSE
import SQL
import StoreTesting
import Testing

@Suite("RFC 6749 §3.1: a NUL is a mistake of the client, whatever the store makes of it")
struct NULFlowTests {
    private enum Engine: CaseIterable {
        case sqlite
        case postgreSQL

        static let allCases: [Engine] = Cluster.isWanted ? [.sqlite, .postgreSQL] : [.sqlite]

        func house() throws -> TestHouse {
            switch self {
            case .sqlite: try TestHouse()
            case .postgreSQL: try TestHouse(at: .postgreSQL(url: Cluster.shared.get().emptySchema()))
            }
        }
    }

    @Test("an authorization request with one is shown", arguments: Engine.allCases)
    private func authorize(_ engine: Engine) throws {
        let house = try engine.house()
        for name in ["client_id", "redirect_uri", "scope", "state", "nonce", "launch", "login_hint", "strange"] {
            let browser = TestBrowser(house)
            try browser.get(TestBrowser.request("app", [name: "app\0"]))
            #expect(browser.response.status == 400 && browser.page.contains("invalid_request"), "\(name)")
        }
        let browser = TestBrowser(house)
        try browser.get("\(TestHouse.authBase)/portal/sign-in?interaction=%00")
        #expect(browser.response.status == 400)
    }

    @Test("one in a form, in HTTP Basic, in JSON or in an assertion is refused", arguments: Engine.allCases)
    private func endpoints(_ engine: Engine) throws {
        let house = try engine.house()
        try house.addEHR()
        let refresh: [String: String?] = ["grant_type": "refresh_token", "refresh_token": "x", "token": "x"]
        for door in [TestHouse.Door.token, .introspection, .revocation, .launch] {
            for name in ["client_id", "token", "refresh_token", "user", "strange"] {
                let answer = try house.ask(door, refresh.merging([name: "a\0b"]) { $1 })
                #expect(answer.status == 400 && answer.error == "invalid_request", "\(door) \(name)")
            }
            for text in ["a%00b:x", "secretive:s%00"] {
                let basic = (name: "authorization", value: "Basic \(Base64.encode(Array(text.utf8)))")
                let answer = try house.ask(door, refresh, [basic])
                #expect(answer.status == 401 && answer.error == "invalid_client", "\(door) \(text)")
            }
            let assertion = try TestSigner().assertion(of: #"a\u0000b"#, at: house.instant)
            let signed = try house.ask(door, refresh.merging(TestSigner.parameters(assertion)) { $1 })
            #expect(signed.status == 401 && signed.error == "invalid_client", "\(door)")
        }
        for body in [
            #"{"user":"am\u0000ara","client":"app"}"#, #"{"user":"amara","client":"app\u0000"}"#,
            #"{"user":"amara","client":"app","__x":{"\u0000":1}}"#, #"{"client_id":"\u0000"}"#,
        ] {
            let request = Request(
                method: .post, path: "/oauth2/launch",
                fields: Fields([("content-type", "application/json"), TestHouse.ehr]), body: Array(body.utf8))
            let answer = try house.ask(.launch, request)
            #expect(answer.status == 400 && answer.error == "invalid_request", "\(body)")
        }
    }
}
