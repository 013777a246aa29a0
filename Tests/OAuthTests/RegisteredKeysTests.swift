import JOSE
import JSON
import OAuth
import Testing

@Suite("SMART client-confidential-asymmetric#registering-a-client-communicating-public-keys: registering keys")
struct RegisteredKeysTests {
    private func key(_ changes: [String: String?] = [:], of algorithm: SignatureAlgorithm = .es384) throws -> String {
        let key = try AssertionDraft.key(algorithm).publicKey
        var members: [String: String] = ["kid": "\"one\""]
        for member in try JSONDocument(key.bytes).root.members where member.name != "kid" {
            members[member.name] = String(decoding: member.value.bytes, as: UTF8.self)
        }
        for (name, value) in changes { members[name] = value }
        return "{\(members.map { "\"\($0)\":\($1)" }.sorted().joined(separator: ","))}"
    }

    private func refusal(_ keys: String...) throws -> String {
        try #require(throws: RegisteredKeys.Refusal.self) {
            try RegisteredKeys(registeringJWKS: Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8))
        }.description
    }

    @Test("a set is kept with its public members alone")
    func kept() throws {
        let text = try "{\"x\":1,\"keys\":[\(key(["x5c": "[]", "key_ops": "[\"verify\"]"])),\(key(of: .rs384))]}"
        guard case .given(let jwks) = try RegisteredKeys(registeringJWKS: Array(text.utf8)) else {
            Issue.record("a pasted set is kept as one")
            return
        }
        let set = try JWKSet(json: jwks)
        #expect(set.keys.map(\.kty) == ["EC", "RSA"] && set.keys.allSatisfy { $0.kid == "one" })
        #expect(!String(decoding: jwks, as: UTF8.self).contains("x5c"))
    }

    @Test("a key for encryption may stand beside the others")
    func encryption() throws {
        let text = try "{\"keys\":[\(key()),\(key(["kid": "\"two\"", "use": "\"enc\""]))]}"
        _ = try RegisteredKeys(registeringJWKS: Array(text.utf8))
        #expect(try refusal(key(["use": "\"enc\""])) == "the set has no key to sign ES384 or RS384 with")
    }

    // Requirements 54, 55
    // RFC 7591 §2
    @Test("what is wrong with a key is said")
    func refused() throws {
        #expect(try refusal() == "the set has no key to sign ES384 or RS384 with")
        #expect(try refusal(key(["kid": nil])) == "key 1 of the set: it has no kid")
        #expect(try refusal(key(), key(["kid": "\"\""], of: .rs384)) == "key 2 of the set: it has no kid")
        let long = "\"\(String(repeating: "k", count: 256))\""
        #expect(try refusal(key(["kid": long])) == "key 1 of the set: its kid is longer than 255 bytes")
        #expect(try refusal(key(), key()) == "key 2 of the set: an earlier EC key has the same kid")
        #expect(try refusal(key(), key(of: .es256)) == "key 2 of the set: an earlier EC key has the same kid")
        #expect(try refusal(key(["kty": nil])).contains("no kty"))
        #expect(try refusal(key(["kty": "\"oct\""])).contains("key type is not supported"))
        #expect(try refusal(key(["crv": "\"P-521\""])).contains("curve is not supported"))
        #expect(try refusal(key(["d": "\"AQ\""])).contains("private member d"))
        #expect(try refusal(key(of: .es256)) == "the set has no key to sign ES384 or RS384 with")
        let weak = JWK(.rsa(n: [UInt8](repeating: 0xFF, count: 128), e: [1, 0, 1]), kid: "one")
        #expect(try refusal(String(decoding: weak.bytes, as: UTF8.self)).contains("2048 bits"))
        let zero = [UInt8](repeating: 0, count: 48)
        let off = JWK(.elliptic(.p384, x: zero, y: zero), kid: "one")
        #expect(try refusal(String(decoding: off.bytes, as: UTF8.self)).contains("key 1 of the set: the numbers"))
        let many = try (0...50).map { try key(["kid": "\"\($0)\""]) }
        #expect(try refusal(many.joined(separator: ",")) == "the set has more than 50 keys")
    }

    @Test("what is no set is refused", arguments: ["", "{", "[]", "{}", "<html>", #"{"keys":{}}"#])
    func noSet(_ text: String) {
        #expect(throws: RegisteredKeys.Refusal.self) { try RegisteredKeys(registeringJWKS: Array(text.utf8)) }
    }

    @Test("a set may be for the algorithms of the registration")
    func otherAlgorithms() throws {
        let text = try "{\"keys\":[\(key(of: .es256))]}"
        _ = try RegisteredKeys(registeringJWKS: Array(text.utf8), algorithms: [.es256, .rs256])
    }

    @Test(
        "a jwks_uri is https, without user and fragment",
        arguments: [
            ("https://app.example/jwks", false, true), ("https://app.example:8443/a/jwks.json?v=1", false, true),
            ("http://app.example/jwks", false, false), ("http://app.example/jwks", true, false),
            ("http://127.0.0.1:8080/jwks", false, false), ("http://127.0.0.1:8080/jwks", true, true),
            ("https://user@app.example/jwks", false, false), ("https://app.example/jwks#a", false, false),
            ("https://app.example/jwks#", false, false), ("app.example/jwks", false, false), ("", false, false),
            ("https://app.example/a b", false, false), ("file:///etc/passwd", true, false),
        ])
    func uri(_ text: String, _ allowsLoopback: Bool, _ isAccepted: Bool) {
        let registered = try? RegisteredKeys(registeringURI: text, allowsLoopback: allowsLoopback)
        #expect((registered != nil) == isAccepted)
        #expect(registered?.uri == (isAccepted ? text : nil))
    }
}
