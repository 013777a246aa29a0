import HTTP
import JOSE
import OAuth
import SMART
import Testing

@Suite("The webhook of an app's owner: Standard Webhooks")
struct OwnerWebhookTests {
    private static let house = [UInt8](repeating: 7, count: 32)

    @Test(
        "it is https, and on this machine http where that is allowed",
        arguments: [
            ("https://app.example/hooks?site=1", true, true), ("https://10.0.0.1/hooks", true, true),
            ("http://127.0.0.1:8080/hooks", false, true), ("http://localhost/hooks", false, true),
            ("http://app.example/hooks", false, false), ("ftp://app.example/", false, false),
            ("https://user:word@app.example/", false, false), ("https://app.example/#part", false, false),
            ("/hooks", false, false), ("", false, false),
            ("https://app.example/\(String(repeating: "x", count: 2000))", false, false),
        ])
    func urls(_ url: String, _ isPossible: Bool, _ isPossibleInDemo: Bool) {
        for (allowsLoopback, expected) in [(false, isPossible), (true, isPossibleInDemo)] {
            let registered = try? OwnerWebhook.registrable(url, allowsLoopback: allowsLoopback)
            #expect(registered == (expected ? url : nil))
        }
    }

    // The value is that of: printf 'vestibule owner webhook\napp\ns1' | openssl dgst -sha256 -mac HMAC -macopt hexkey:07…07
    @Test("a key follows from the key of the house, the app and the salt, and from nothing less")
    func keys() {
        func key(_ client: String = "app", _ salt: String = "s1", _ house: [UInt8] = Self.house) -> [UInt8] {
            OwnerWebhook(url: "https://app.example/", salt: salt).key(of: client, under: house)
        }
        #expect(key().hexadecimal == "491a65dfd0dbeff6ad462e2de8e7655c4411d73616baa629a1c93532958e641d")
        #expect(OwnerWebhook(url: "https://moved.example/", salt: "s1").key(of: "app", under: Self.house) == key())
        let others = [key("app2"), key("app", "s2"), key("app", "s1", [UInt8](repeating: 8, count: 32))]
        #expect(Set(others + [key()]).count == 4)
    }

    @Test("the one before signs beside the new one until its moment")
    func rotation() {
        let now = Fixture.now
        let old = OwnerWebhook(url: "https://app.example/", salt: "s1")
        let new = OwnerWebhook(url: old.url, salt: "s2", earlier: .init(salt: "s1", until: now + 60))
        let keys = [new, old].map { $0.key(of: "app", under: Self.house) }
        #expect(new.keys(of: "app", under: Self.house, at: now + 59) == keys)
        #expect(new.keys(of: "app", under: Self.house, at: now + 60) == [keys[0]])
        #expect(old.keys(of: "app", under: Self.house, at: now) == [keys[1]])
    }

    @Test("an event under two keys is good for whoever checks with either")
    func twoSignatures() throws {
        let (new, old) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
        let consent = Consent(
            id: "c", account: "a", clientID: "app", patient: "p1", requested: ScopeSet("openid"),
            allowed: ScopeSet("openid"), decidedAt: Fixture.now)
        let event = ConsentEvent(consent, issuer: Fixture.base, for: .owner)
        let fields = Fields(event.fields(under: [new, old], at: Fixture.now))
        for key in [new, old] {
            #expect(try SignedWebhook(fields, body: event.body, under: key, at: Fixture.now).id == event.id)
        }
        #expect(throws: OAuthError.self) {
            try SignedWebhook(fields, body: event.body, under: [UInt8](repeating: 3, count: 32), at: Fixture.now)
        }
    }
}
