import JOSE
import Testing

@Suite("RFC 7515 JSON Web Signatures")
struct JWSTests {
    private static let all = Set(SignatureAlgorithm.allCases)
    private static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    /// RFC 7515 Appendix A.2.1, Appendix A.3.1
    private static let appendixA: [(SignatureAlgorithm, String, String)] = [
        (
            .rs256, ExampleKeys.rsa,
            "eyJhbGciOiJSUzI1NiJ9." + payload
                + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
        ),
        (
            .es256, ExampleKeys.elliptic,
            "eyJhbGciOiJFUzI1NiJ9." + payload
                + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
    ]

    private func kind(of token: String, by key: JWK, allowing: Set<SignatureAlgorithm> = all) -> JOSEError.Kind? {
        do throws(JOSEError) {
            _ = try JWS(compact: token).verified(by: VerificationKey(key), allowing: allowing)
            return nil
        } catch {
            return error.kind
        }
    }

    private func token(_ header: String, _ payload: String = "{}", signature: [UInt8] = [1]) -> String {
        [Array(header.utf8), Array(payload.utf8), signature].map { Base64URL.encode($0) }.joined(separator: ".")
    }

    // RFC 7515 §5.2
    @Test("RFC 7515 Appendix A.2, Appendix A.3: the examples verify", arguments: appendixA)
    func appendices(algorithm: SignatureAlgorithm, key: String, token: String) throws {
        let verified = try JWS(compact: token).verified(by: VerificationKey(jwk(key)), allowing: [algorithm])
        #expect(verified.algorithm == algorithm)
        #expect(verified.header.alg == algorithm.rawValue && verified.header.kid == nil && verified.header.typ == nil)
        let claims = try JWTClaims(verified)
        #expect(claims.iss == "joe" && claims.exp == 1_300_819_380)
        #expect(claims["http://example.com/is_root"]?.bool == true)
        #expect(try JWS(compact: token).claimedIssuer == "joe")
    }

    // RFC 7515 §5.1, §5.2
    @Test("what is signed here verifies here", arguments: SignatureAlgorithm.allCases)
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm)
        let payload = Array(#"{"iss":"é"}"#.utf8)
        let token = try JWS.sign(payload: payload, kid: "k\"1", typ: "JWT", by: key, alg: algorithm)
        let verified = try JWS(compact: token).verified(by: VerificationKey(key.publicKey), allowing: [algorithm])
        #expect(verified.payload == payload)
        #expect(verified.header.kid == "k\"1" && verified.header.typ == "JWT" && verified.header.jku == nil)
        let bare = try JWS.sign(payload: [], kid: nil, typ: nil, by: key, alg: algorithm)
        let header = "{\"alg\":\"\(algorithm.rawValue)\"}"
        #expect(bare.hasPrefix(Base64URL.encode(header.utf8) + ".."))
        #expect(kind(of: bare, by: key.publicKey) == nil)
        let empty = try JWS(compact: bare).verified(by: VerificationKey(key.publicKey), allowing: [algorithm])
        #expect(throws: JOSEError.self) { try JWTClaims(empty) }
    }

    @Test("no bit of any part can be changed", arguments: SignatureAlgorithm.allCases)
    func changedBits(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm)
        let publicKey = try VerificationKey(key.publicKey)
        let payload = Array(#"{"sub":"x"}"#.utf8)
        let token = try JWS.sign(payload: payload, kid: "1", typ: nil, by: key, alg: algorithm)
        let parts = token.split(separator: ".").map { Base64URL.decode(String($0)) ?? [] }
        #expect(parts.count == 3)
        for (index, part) in parts.enumerated() {
            for bit in stride(from: 0, to: part.count * 8, by: index == 2 ? 37 : 1) {
                var changed = parts
                changed[index] = flipping(bit: bit, of: part)
                let forged = changed.map { Base64URL.encode($0) }.joined(separator: ".")
                #expect(throws: JOSEError.self) {
                    try JWS(compact: forged).verified(by: publicKey, allowing: [algorithm])
                }
            }
        }
    }

    @Test("a token cut at any byte never verifies")
    func cutAtEveryByte() throws {
        for (algorithm, key, token) in Self.appendixA {
            let key = try VerificationKey(jwk(key))
            for end in token.utf8.indices {
                let cut = String(token[..<end])
                #expect(throws: JOSEError.self) { try JWS(compact: cut).verified(by: key, allowing: [algorithm]) }
            }
        }
    }

    @Test("RFC 8725 §3.1: the token does not choose the algorithm")
    func algorithms() throws {
        let rsa = try TestKeys.key(for: .rs256)
        let token = try JWS.sign(payload: Array("{}".utf8), kid: nil, typ: nil, by: rsa, alg: .rs256)
        #expect(kind(of: token, by: rsa.publicKey, allowing: [.rs256]) == nil)
        #expect(kind(of: token, by: rsa.publicKey, allowing: [.rs384, .es384]) == .unsupported)
        #expect(kind(of: token, by: rsa.publicKey, allowing: []) == .unsupported)
        #expect(kind(of: token, by: try TestKeys.key(for: .es384).publicKey) == .unusableKey)
        #expect(kind(of: token, by: try TestKeys.key(for: .rs384).publicKey) == .notAuthentic)
    }

    // RFC 7518 §3.1
    @Test(
        "RFC 8725 §2.1: none, HMAC and unknown algorithms are refused, whatever the signature",
        arguments: ["none", "None", "NONE", "", "HS256", "HS384", "HS512", "PS256", "RS512", "ES512", "EdDSA", "rs256"]
    )
    func refusedAlgorithms(alg: String) throws {
        let key = try TestKeys.key(for: .rs256).publicKey
        let header = "{\"alg\":\"\(alg)\"}"
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode("{}".utf8)
        // Keyed with the public key, as its writer may have believed us to check it.
        let mac = HMAC.sha256(key: key.bytes, message: input)
        #expect(kind(of: input + "." + Base64URL.encode(mac), by: key) == .unsupported)
        #expect(kind(of: input + ".", by: key) == .unsupported)
    }

    @Test("a token relabelled with another algorithm of the same key is refused")
    func relabelled() throws {
        let rsa = try TestKeys.key(for: .rs256)
        for (made, claimed) in [(SignatureAlgorithm.rs256, "RS384"), (.rs384, "RS256")] {
            let input = Base64URL.encode("{\"alg\":\"\(claimed)\"}".utf8) + "." + Base64URL.encode("{}".utf8)
            let signature = try rsa.sign(Array(input.utf8), with: made)
            #expect(kind(of: input + "." + Base64URL.encode(signature), by: rsa.publicKey) == .notAuthentic)
        }
    }

    // RFC 7515 §4.1, §4.1.11; RFC 7797 §3
    @Test(
        "a header that is not sound is refused before anything else",
        arguments: [
            ("", .malformed), ("[]", .malformed), ("null", .malformed), ("{", .malformed), ("{}", .malformed),
            (#"{"alg":1}"#, .malformed), (#"{"alg":null}"#, .malformed), (#"{"alg":"RS256","alg":"none"}"#, .malformed),
            (#"{"alg":"RS256","\u0061lg":"none"}"#, .malformed), (#"{"alg":"RS256","kid":1}"#, .malformed),
            (#"{"alg":"RS256","typ":[]}"#, .malformed), (#"{"alg":"RS256","jku":{}}"#, .malformed),
            (#"{"alg":"RS256","crit":["exp"]}"#, .unsupported), (#"{"alg":"RS256","crit":[]}"#, .unsupported),
            (#"{"alg":"RS256","b64":false,"crit":["b64"]}"#, .unsupported),
            (#"{"alg":"RS256","b64":true}"#, .unsupported),
            ("{\"alg\":\"RS256\"}\u{FEFF}", .malformed), ("\u{FEFF}{\"alg\":\"RS256\"}", .malformed),
        ] as [(String, JOSEError.Kind)]
    )
    func headers(header: String, expected: JOSEError.Kind) {
        let error = #expect(throws: JOSEError.self) { try JWS(compact: token(header)) }
        #expect(error?.kind == expected)
    }

    @Test("keys that a token brings along are not used")
    func embeddedKey() throws {
        let attacker = try TestKeys.key(for: .es256)
        let brought = String(decoding: attacker.publicKey.bytes, as: UTF8.self)
        let header = "{\"alg\":\"ES256\",\"jku\":\"https://evil.example\",\"jwk\":\(brought)}"
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode("{}".utf8)
        let signature = try attacker.sign(Array(input.utf8), with: .es256)
        let token = input + "." + Base64URL.encode(signature)
        #expect(try JWS(compact: token).header.jku == "https://evil.example")
        #expect(kind(of: token, by: try jwk(ExampleKeys.elliptic)) == .notAuthentic)
    }

    // RFC 7515 §7.1
    @Test("another spelling of the same token is refused")
    func spellings() throws {
        let (algorithm, key, token) = Self.appendixA[1]
        let parts = token.split(separator: ".").map(String.init)
        let forms = [
            token + "=", token + "==", token + ".", "." + token, token + "\n", " " + token, token + ".e30",
            parts[0] + "." + parts[1], parts[0], "", ".", "..", "...", parts[0] + "=." + parts[1] + "." + parts[2],
            parts[0] + "." + parts[1] + "=." + parts[2], parts[0] + "\n." + parts[1] + "." + parts[2],
            // The last letter holds bits that belong to no byte.
            token.dropLast() + "R", token.replacing("-", with: "+"),
        ]
        for form in forms {
            #expect(throws: JOSEError.self) {
                try JWS(compact: String(form)).verified(by: VerificationKey(jwk(key)), allowing: [algorithm])
            }
        }
        let long = token + String(repeating: "A", count: JWS.sizeLimit)
        #expect(throws: JOSEError(.malformed, "the token is too long")) { try JWS(compact: long) }
    }

    @Test("no refusal repeats what was sent")
    func quietReasons() throws {
        let key = try TestKeys.key(for: .rs256).publicKey
        let tokens = [
            token(#"{"alg":"marker"}"#), token(#"{"alg":"RS256","crit":["marker"]}"#), "marker", "marker.marker.marker",
        ]
        for text in tokens {
            let error = #expect(throws: JOSEError.self) {
                try JWS(compact: text).verified(by: VerificationKey(key), allowing: Self.all)
            }
            #expect(error?.reason.contains("marker") == false)
        }
    }
}
