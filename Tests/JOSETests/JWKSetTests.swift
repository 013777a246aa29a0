import JOSE
import Testing

@Suite("RFC 7517 §5 JWK Sets")
struct JWKSetTests {
    @Test(
        "what is not a key set is refused",
        arguments: ["", "{", "[]", "{}", #"{"keys":{}}"#, #"{"keys":null}"#, "null", #"{"keys":[],"keys":[]}"#]
    )
    func malformed(text: String) {
        let error = #expect(throws: JOSEError.self) { try JWKSet(json: Array(text.utf8)) }
        #expect(error?.kind == .malformed)
    }

    @Test("an RSA key too weak is passed over, and the reason kept")
    func weak() throws {
        let weak = JWK(.rsa(n: [UInt8](repeating: 0xFF, count: 128), e: [1, 0, 1]))
        let text = "{\"keys\":[\(String(decoding: weak.bytes, as: UTF8.self))]}"
        let set = try JWKSet(json: Array(text.utf8))
        #expect(set.keys.isEmpty)
        #expect(set.skipped.map(\.reason) == ["an RSA key needs 2048 bits or more"])
    }

    @Test("a set is read as it was written, duplicates included")
    func roundTrip() throws {
        let keys = try SignatureAlgorithm.allCases.map { try TestKeys.key(for: $0).publicKey }
        let set = JWKSet(keys + keys)
        #expect(try JWKSet(json: set.bytes) == set)
        #expect(String(decoding: JWKSet([]).bytes, as: UTF8.self) == #"{"keys":[]}"#)
    }

    // SMART client-confidential-asymmetric#signature-verification
    @Test("exactly one key answers, or none is taken")
    func choice() throws {
        func key(_ algorithm: SignatureAlgorithm, kid: String?, alg: String? = nil, use: String? = "sig") throws -> JWK
        {
            var key = try TestKeys.key(for: algorithm).publicKey
            (key.kid, key.alg, key.use) = (kid, alg, use)
            return key
        }
        func kind(_ set: JWKSet, _ kid: String?, _ alg: SignatureAlgorithm) -> JOSEError.Kind? {
            do throws(JOSEError) {
                _ = try set.key(kid: kid, alg: alg)
                return nil
            } catch {
                return error.kind
            }
        }
        let set = JWKSet([
            try key(.rs384, kid: "a"), try key(.es384, kid: "a"), try key(.es256, kid: "b"),
            try key(.es256, kid: "c"), try key(.rs256, kid: "d", alg: "RS256"), try key(.rs256, kid: "d", use: "enc"),
            try key(.rs256, kid: "e"), try key(.rs384, kid: "e"), try key(.rs256, kid: "K"),
        ])
        // One name, two types: the right one by algorithm.
        #expect(try set.key(kid: "a", alg: .rs384).kty == "RSA")
        #expect(try set.key(kid: "a", alg: .es384).kty == "EC")
        #expect(kind(set, "a", .es256) == .keyNotFound)
        // Without a name only where there is no choice.
        #expect(try set.key(kid: nil, alg: .es384).kid == "a")
        #expect(kind(set, nil, .es256) == .ambiguousKey)
        #expect(kind(JWKSet([]), nil, .es256) == .keyNotFound)
        // The key's own word on its use counts.
        #expect(try set.key(kid: "d", alg: .rs256).alg == "RS256")
        #expect(kind(set, "d", .rs384) == .keyNotFound)
        // Twice the same name and type.
        #expect(kind(set, "e", .rs384) == .ambiguousKey)
        // Another name, however alike.
        #expect(kind(set, "x", .rs384) == .keyNotFound)
        #expect(kind(set, "", .rs384) == .keyNotFound)
        #expect(kind(set, "\u{212A}", .rs256) == .keyNotFound)
        #expect(try set.key(kid: "K", alg: .rs256).kid == "K")
    }
}
