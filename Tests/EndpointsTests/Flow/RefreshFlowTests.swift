import Endpoints
import HTTP
import OAuth
import SMART
import Testing

@Suite("RFC 9700 §4.14.2 one line of refresh tokens, whatever is sent again")
struct RefreshFlowTests {
    private let house: TestHouse
    private let first: TestAnswer
    private var token: String? { first["refresh_token"] }

    init() throws {
        house = try TestHouse()
        try house.addClient("another", by: .none)
        first = try house.redeem(house.code())
    }

    @Test(
        "within a minute the same token gives the same next one, and another access token",
        arguments: [0, 1, 59, 60])
    func retry(_ after: Int) throws {
        let lost = try house.refresh(token)
        house.advance(after)
        let again = try house.refresh(token)
        #expect(again.status == 200)
        #expect(again["refresh_token"] != nil && again["refresh_token"] == lost["refresh_token"])
        #expect(again["refresh_token"] != token)
        #expect(again["access_token"] != lost["access_token"])
        #expect(again["scope"] == lost["scope"] && again["patient"] == "p1" && again["id_token"] != nil)
        // Nobody is cut off: who got the first answer after all goes on with it, too.
        for token in [lost["access_token"], again["access_token"], first["access_token"]] {
            #expect(try house.isAlive(token))
        }
        #expect(try house.refresh(again["refresh_token"]).status == 200)
    }

    // RFC 6749 §6
    @Test("an app may repeat the scope of its request, whatever the person unticked; more than that is invalid_scope")
    func repeatedScope() throws {
        let scope = "openid launch/patient offline_access patient/Patient.rs patient/Goal.rs system/*.rs"
        let browser = TestBrowser(house)
        try browser.get(TestBrowser.request("app", ["scope": scope]))
        try browser.signIn("maja")
        try browser.submit("/portal/consent", ["decision": "allow"], unticking: ["patient/Goal"])
        let tokens = try house.redeem(try #require(try browser.answer["code"]))
        let granted = "openid launch/patient offline_access patient/Patient.rs"
        #expect(tokens["scope"] == granted)

        #expect(try house.refresh(tokens["refresh_token"], ["scope": "\(scope) user/*.rs"]).error == "invalid_scope")
        #expect(try house.refresh(tokens["refresh_token"], ["scope": "patient/Goal.rs"]).error == "invalid_scope")
        let next = try house.refresh(tokens["refresh_token"], ["scope": scope])
        #expect(next.status == 200 && next["scope"] == granted)
        let token = try #require(next["access_token"])
        let active = try house.store().accessToken(
            SecretDigest(of: token), at: house.instant, policy: SessionPolicy())
        #expect(active?.scopes.description == granted)
        #expect(try house.refresh(next["refresh_token"], ["scope": "openid patient/Goal.rs"])["scope"] == "openid")
    }

    @Test("a minute and a second later it is a replay, and the whole line ends")
    func late() throws {
        let second = try house.refresh(token)
        house.advance(61)
        let replay = try house.refresh(token)
        #expect(replay.status == 400 && replay.error == "invalid_grant")
        for answer in [first, second] { #expect(try !house.isAlive(answer["access_token"])) }
        #expect(try house.refresh(second["refresh_token"]).error == "invalid_grant")
    }

    @Test("once the next one was used, the first is a replay in the same second")
    func successorSpent() throws {
        let second = try house.refresh(token)
        let third = try house.refresh(second["refresh_token"])
        #expect(third.status == 200)
        let replay = try house.refresh(token)
        #expect(replay.error == "invalid_grant")
        #expect(replay.description == "the refresh token is unknown, expired, revoked or already used")
        for answer in [first, second, third] { #expect(try !house.isAlive(answer["access_token"])) }
        #expect(try house.refresh(third["refresh_token"]).error == "invalid_grant")
    }

    @Test("a retry of a retry is a retry, and the minute begins with the first use")
    func manyRetries() throws {
        let second = try house.refresh(token)
        for _ in 0..<3 {
            house.advance(20)
            #expect(try house.refresh(token)["refresh_token"] == second["refresh_token"])
        }
        house.advance(1)
        #expect(try house.refresh(token).error == "invalid_grant")
    }

    // SMART app-launch#refresh-access-token
    @Test("a retry may narrow, the line keeps the whole grant, and nothing widens")
    func narrowing() throws {
        let whole = try house.refresh(token)
        let narrow = try house.refresh(token, ["scope": "patient/Observation.rs"])
        #expect(narrow.status == 200 && narrow["scope"] == "patient/Observation.rs")
        #expect(narrow["refresh_token"] == whole["refresh_token"])
        #expect(narrow["id_token"] == nil)
        #expect(try house.refresh(token, ["scope": "user/*.rs"]).error == "invalid_scope")
        #expect(try house.refresh(whole["refresh_token"])["scope"] == first["scope"])
    }

    @Test(
        "another client's retry is refused and ends nothing, its client_id or none sent",
        arguments: ["another", "trusted"])
    func anotherClient(_ client: String) throws {
        let second = try house.refresh(token)
        for after in [0, 61] {
            house.advance(after)
            let answer = try house.refresh(token, ["client_id": client])
            #expect(answer.status == 400 && answer.error == "invalid_grant")
        }
        #expect(try house.isAlive(second["access_token"]))
        #expect(try house.refresh(second["refresh_token"]).status == 200)
    }

    @Test("a public client may leave out its client_id, for the first time and for a retry")
    func withoutID() throws {
        let second = try house.refresh(token, ["client_id": nil])
        #expect(second.status == 200)
        #expect(try house.refresh(token, ["client_id": nil])["refresh_token"] == second["refresh_token"])
        let unknown = try house.refresh("vst_rt_nobodys", ["client_id": nil])
        // Requirement 169
        #expect(unknown.status == 400 && unknown.error == "invalid_grant")
    }

    @Test("what was withdrawn is not given again")
    func withdrawn() throws {
        let second = try house.refresh(token)
        _ = try house.store().endGrants(of: "id-maja", to: "app", reason: .withdrawn, at: house.instant)
        for token in [token, second["refresh_token"]] {
            #expect(try house.refresh(token).error == "invalid_grant")
        }
        #expect(try !house.isAlive(second["access_token"]))
    }

    // Requirements 170 and 216
    @Test("a patient who is taken from the user is taken from the user's apps: refresh, introspection and code")
    func accessWithdrawn() throws {
        try house.addEHR()
        try house.addClient(
            "server", by: .secret([ClientSecret(digest: SecretDigest(of: "s"))]), roles: [.resourceServer])
        func launched() throws -> String {
            let handle = try #require(try house.prepare("trusted", for: "bela", ["patient": "p1"])["launch"])
            let browser = TestBrowser(house)
            try browser.get(
                TestBrowser.request("trusted", ["launch": handle, "scope": "launch offline_access user/*.rs"]))
            return try #require(try browser.answer["code"])
        }
        func active(_ token: String?, _ fields: [(name: String, value: String)]) throws -> Bool? {
            try house.ask(.introspection, ["token": token], fields).flag("active")
        }
        let server = [TestHouse.basic("server", "s")]
        let tokens = try house.redeem(launched(), for: "trusted")
        let own = [(name: "authorization", value: "Bearer \(try #require(tokens["access_token"]))")]
        let code = try launched()
        let store = try house.store()
        for (access, isAllowed) in [(UserAccess.patients(["p2"]), false), (.none, false), (.patients(["p1"]), true)] {
            #expect(try store.setAccess(access, account: "bela", at: house.instant))
            #expect(try active(tokens["access_token"], server) == isAllowed)
            #expect(try active(tokens["refresh_token"], own) == (isAllowed ? true : nil))
            let redeemed = try house.redeem(code, for: "trusted")
            #expect(redeemed.error == (isAllowed ? nil : "invalid_grant"))
            let refreshed = try house.refresh(tokens["refresh_token"], ["client_id": "trusted"])
            #expect(refreshed.error == (isAllowed ? nil : "invalid_grant"))
        }
    }

    @Test("a client that is no longer registered for refreshing does not refresh, one that never was has nothing to")
    func grantType() throws {
        try house.addClient("brief", by: .none, for: [.authorizationCode])
        let answer = try house.redeem(house.code(of: TestBrowser(house), for: "brief"), for: "brief")
        #expect(answer.status == 200 && answer["refresh_token"] == nil)
        let store = try house.store()
        let client = try #require(try store.client("app"))
        var changed = client
        changed.grantTypes = [.authorizationCode]
        #expect(try store.replace(client, with: changed, at: house.instant))
        let refused = try house.refresh(token)
        #expect(refused.status == 400 && refused.error == "unauthorized_client")
    }

    @Test("a registration that shrank shrinks the next answer; what comes back later counts again")
    func shrunk() throws {
        let store = try house.store()
        let client = try #require(try store.client("app"))
        var smaller = client
        smaller.scopes = ScopeSet("openid launch/patient offline_access patient/Observation.rs")
        #expect(try store.replace(client, with: smaller, at: house.instant))
        let small = try house.refresh(token)
        #expect(small["scope"] == "openid launch/patient offline_access patient/Observation.rs")
        #expect(try store.replace(smaller, with: client, at: house.instant))
        #expect(try house.refresh(small["refresh_token"])["scope"] == first["scope"])
    }
}
