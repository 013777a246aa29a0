import HTTP
import JOSE
import OAuth
import SMART
import Testing

@Suite("Standard Webhooks: whose message it is")
struct SignedWebhookTests {
    private let key = [UInt8](repeating: 7, count: 32)
    private let body = Array(#"{"type":"consent.changed"}"#.utf8)
    private let now = Fixture.now

    private func signature(_ time: String, id: String = "msg_1", key: [UInt8]? = nil) -> String {
        "v1,\(Base64.encode(HMAC.sha256(key: key ?? self.key, message: Array("\(id).\(time).".utf8) + body)))"
    }

    private func read(
        _ id: String? = "msg_1", _ time: String?, _ signature: String?, body: [UInt8]? = nil
    ) throws(OAuthError) -> SignedWebhook {
        let fields = [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)]
        return try SignedWebhook(
            Fields(fields.compactMap { name, value in value.map { (name, $0) } }), body: body ?? self.body, under: key,
            at: now)
    }

    @Test("signed under our key, within five minutes")
    func good() throws {
        for offset in [0, 300, -300] {
            let time = String(now.seconds + offset)
            let message = try read("msg_1", time, signature(time))
            #expect(message.id == "msg_1" && message.sentAt.seconds == now.seconds + offset)
        }
        // While a key is changed there are two signatures.
        let time = String(now.seconds)
        let other = signature(time, key: [UInt8](repeating: 8, count: 32))
        let both = "v2,x \(other) \(signature(time))"
        #expect(try read("msg_1", time, both).id == "msg_1")
    }

    @Test("our own events are such messages")
    func own() throws {
        let base = try #require(FHIRBase("https://h.example/fhir"))
        let consent = Consent(
            id: "c", account: "a", clientID: "app", patient: "p", requested: ScopeSet("patient/*.rs"),
            allowed: ScopeSet("patient/*.rs"), decidedAt: now)
        let event = ConsentEvent(consent, issuer: base)
        let message = try SignedWebhook(
            Fields(event.fields(under: [key], at: now)), body: event.body, under: key, at: now)
        #expect(message.id == event.id)
    }

    @Test("anything else is refused, and says what is wrong")
    func bad() throws {
        let time = String(now.seconds)
        let good = signature(time)
        func expect(_ words: String, _ attempt: () throws(OAuthError) -> SignedWebhook) {
            do throws(OAuthError) {
                _ = try attempt()
                Issue.record("taken, and not refused for \(words)")
            } catch {
                #expect(error.code == .invalidClient && error.description.contains(words), "\(error.description)")
            }
        }
        expect("webhook-id") { () throws(OAuthError) in try read(nil, time, good) }
        expect("webhook-id") { () throws(OAuthError) in try read("a b", time, good) }
        expect("timestamp") { () throws(OAuthError) in try read("msg_1", nil, good) }
        expect("timestamp") { () throws(OAuthError) in try read("msg_1", "now", good) }
        expect("signature") { () throws(OAuthError) in try read("msg_1", time, nil) }
        for wrong in ["", "v1,", "v1,AAAA", String(good.dropFirst(3)), "v1a,\(good.dropFirst(3))", "\(good)x"] {
            expect("signature") { () throws(OAuthError) in try read("msg_1", time, wrong) }
        }
        expect("signature") { () throws(OAuthError) in try read("msg_2", time, good) }
        expect("signature") { () throws(OAuthError) in try read("msg_1", "\(now.seconds + 1)", good) }
        expect("signature") { () throws(OAuthError) in try read("msg_1", time, good, body: Array("{}".utf8)) }
        for offset in [-301, 301] {
            let time = String(now.seconds + offset)
            expect("five minutes") { () throws(OAuthError) in try read("msg_1", time, signature(time)) }
        }
    }
}
