import JOSE
import Testing

@Suite("RFC 7517 §4 JSON Web Keys")
struct JWKTests {
    // RFC 7638 §3.3
    @Test("RFC 7638 §3.1: the example's thumbprint")
    func thumbprint() throws {
        let key = try jwk(
            #"""
            {"kty": "RSA",
             "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
             "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
            """#)
        #expect(key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        #expect(key.kid == "2011-04-29" && key.alg == "RS256" && key.use == nil && key.kty == "RSA")
    }

    @Test("a key is written as it was read, members in a fixed order")
    func writing() throws {
        let text = #"""
            {"kty":"EC","use":"sig","alg":"ES256","kid":"a\"b","crv":"P-256",
            """#
            + #""x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
        #expect(String(decoding: try jwk(text).bytes, as: UTF8.self) == text)
        let rsa = try jwk(ExampleKeys.rsa)
        #expect(try jwk(String(decoding: rsa.bytes, as: UTF8.self)) == rsa)
    }

    // RFC 7518 §6.2.2, §6.3.2, §6.4
    @Test(
        "a private key is refused, with a reason that says so",
        arguments: [
            #"{"kty":"RSA","n":"AQ","e":"AQAB","d":"AQ"}"#, #"{"kty":"RSA","n":"AQ","e":"AQAB","qi":"AQ"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ","d":"AQ"}"#, #"{"kty":"oct","k":"AQ"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"AQ","d":"AQ"}"#, #"{"kty":"RSA","oth":[]}"#, #"{"d":null}"#,
            #"{"kty":"AKP","priv":"AQ"}"#,
        ]
    )
    func privateMembers(text: String) throws {
        let error = try #require(throws: JOSEError.self) { try jwk(text) }
        #expect(error.kind == .unusableKey)
        #expect(error.reason.contains("private member"))
        let set = "{\"keys\":[\(ExampleKeys.elliptic),\(text)]}"
        #expect(throws: error) { try JWKSet(json: Array(set.utf8)) }
    }

    // RFC 7518 §2, §6.1, §6.2.1, §6.2.1.1
    @Test(
        "a key that is not written well is refused",
        arguments: [
            "[]", "null", "\"RSA\"", "{}", #"{"kty":1}"#, #"{"kty":"rsa","n":"AQ","e":"AQAB"}"#, #"{"kty":"oct"}"#,
            #"{"kty":"OKP","crv":"Ed25519","x":"AQ"}"#, #"{"kty":"RSA"}"#, #"{"kty":"RSA","n":"AQ"}"#,
            #"{"kty":"RSA","e":"AQAB"}"#, #"{"kty":"RSA","n":"","e":"AQAB"}"#, #"{"kty":"RSA","n":"AQ==","e":"AQAB"}"#,
            #"{"kty":"RSA","n":"AAE","e":"AQAB"}"#, #"{"kty":"RSA","n":1,"e":"AQAB"}"#,
            #"{"kty":"RSA","n":"AQ","e":"AQAB","kid":1}"#, #"{"kty":"RSA","n":"AQ","e":"AQAB","alg":null}"#,
            #"{"kty":"RSA","n":"AQ","e":"AQAB","use":["sig"]}"#,
            #"{"kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}"#,
            #"{"kty":"EC","crv":"P-521","x":"AQ","y":"AQ"}"#, #"{"kty":"EC","crv":"secp256k1","x":"AQ","y":"AQ"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AQ","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
            #"{"kty":"EC","crv":"P-384","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        ]
    )
    func malformed(text: String) throws {
        #expect(throws: JOSEError.self) { try jwk(text) }
        let set = try JWKSet(json: Array("{\"keys\":[\(text),\(ExampleKeys.elliptic)]}".utf8))
        #expect(set.keys.map(\.kty) == ["EC"])
        #expect(set.skipped.count == 1)
    }
}
