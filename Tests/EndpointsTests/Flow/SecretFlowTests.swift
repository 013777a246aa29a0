import HTTP
import JOSE
import OAuth
import SMART
import Testing

@Suite("RFC 6749 §2.3.1 an app with a secret")
struct SecretFlowTests {
    /// Letters that the two spellings of Basic write differently.
    private static let secret = "s%2e:c+re/t"
    private let house: TestHouse

    init() throws {
        house = try TestHouse()
        let secrets = [ClientSecret(digest: SecretDigest(of: Self.secret))]
        try house.addClient("basic", by: .secret(secrets))
        try house.addClient("post", by: .secret(secrets, isTakenFromBody: true))
    }

    private func basic(_ client: String, _ secret: String) -> (name: String, value: String) {
        ("authorization", "Basic \(Base64.encode(Array("\(client):\(secret)".utf8)))")
    }

    private func redeem(
        _ client: String, _ changes: [String: String?] = [:], _ fields: [(name: String, value: String)] = []
    ) throws -> TestAnswer {
        try house.redeem(house.code(of: TestBrowser(house), for: client), for: client, changes, fields)
    }

    @Test(
        "HTTP Basic, percent-encoded and raw, with the client_id in the body or without", arguments: ["basic", "post"])
    func spellings(_ client: String) throws {
        let encoded = PercentEncoding.encode(Self.secret)
        #expect(encoded != Self.secret)
        for secret in [Self.secret, encoded] {
            for id in [client, nil] {
                #expect(try redeem(client, ["client_id": id], [basic(client, secret)]).status == 200)
            }
        }
        let other = try redeem(client, ["client_id": "app"], [basic(client, Self.secret)])
        #expect(other.status == 400 && other.error == "invalid_request")
        let wrong = try redeem(client, [:], [basic(client, "wrong")])
        #expect(wrong.status == 401 && wrong.error == "invalid_client")
        #expect(wrong.response.value(of: "www-authenticate")?.hasPrefix("Basic ") == true)
        #expect(try redeem(client).status == 401)
    }

    @Test("a secret in the body counts where it is registered, and nowhere else")
    func body() throws {
        #expect(try redeem("post", ["client_secret": Self.secret]).status == 200)
        #expect(try redeem("post", ["client_secret": "wrong"]).error == "invalid_client")
        #expect(try redeem("post", ["client_id": nil, "client_secret": Self.secret]).error == "invalid_client")
        let basic = try redeem("basic", ["client_secret": Self.secret])
        #expect(basic.status == 401 && basic.error == "invalid_client")
        #expect(basic.description.contains("client_secret_basic"))
        let open = try redeem("app", ["client_secret": Self.secret])
        #expect(open.status == 401 && open.description.contains("public"))
        let twice = try redeem("post", ["client_secret": Self.secret], [self.basic("post", Self.secret)])
        #expect(twice.status == 400 && twice.error == "invalid_request")
    }

    @Test("two secrets overlap while one is rotated, in the header and in the body", arguments: [false, true])
    func overlap(_ inBody: Bool) throws {
        let client = inBody ? "post" : "basic"
        func status(_ secret: String) throws -> Int {
            try redeem(
                client, inBody ? ["client_secret": secret] : [:], inBody ? [] : [basic(client, secret)]
            ).status
        }
        let store = try house.store()
        #expect(
            try store.rotateSecret(
                to: SecretDigest(of: "new"), client: client, overlapEnd: house.instant + 60, at: house.instant))
        #expect(try status(Self.secret) == 200 && status("new") == 200)
        // Three at a time are one too many: the one on its way out goes at once.
        #expect(
            try store.rotateSecret(
                to: SecretDigest(of: "newest"), client: client, overlapEnd: house.instant + 60, at: house.instant))
        #expect(try status(Self.secret) == 401)
        #expect(try status("new") == 200 && status("newest") == 200)
        house.advance(60)
        #expect(try status("new") == 401 && status("newest") == 200)
    }

    @Test("each endpoint asks for the same secret")
    func everywhere() throws {
        let field = [basic("basic", Self.secret)]
        let tokens = try redeem("basic", [:], field)
        #expect(try house.ask(.introspection, ["token": tokens["access_token"]], field).flag("active") == true)
        #expect(try house.refresh(tokens["refresh_token"], ["client_id": nil]).error == "invalid_client")
        #expect(try house.refresh(tokens["refresh_token"], ["client_id": nil], field).status == 200)
        #expect(try house.ask(.revocation, ["token": tokens["refresh_token"]]).status == 401)
        #expect(try house.ask(.revocation, ["token": tokens["refresh_token"], "client_id": "basic"]).status == 401)
        #expect(try house.ask(.revocation, ["token": tokens["refresh_token"]], field).status == 200)
    }
}
