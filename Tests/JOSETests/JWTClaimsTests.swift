import Testing

@testable import JOSE

@Suite("RFC 7519 §4 JWT Claims")
struct JWTClaimsTests {
    private func claims(_ text: String) throws -> JWTClaims {
        try JWTClaims(payload: Array(text.utf8))
    }

    @Test("registered claims are read, others are at hand")
    func reading() throws {
        let claims = try claims(
            #"{"iss":"a","sub":"b","aud":"c","exp":3,"nbf":1.9,"iat":2e0,"jti":"d","nonce":"n","fhirUser":null}"#)
        #expect(claims.iss == "a" && claims.sub == "b" && claims.aud == ["c"] && claims.jti == "d")
        #expect(claims.exp == 3 && claims.nbf == 1 && claims.iat == 2)
        #expect(claims["nonce"]?.equals("n") == true && claims["fhirUser"]?.isNull == true && claims["x"] == nil)
        let empty = try self.claims("{}")
        #expect(empty.iss == nil && empty.sub == nil && empty.aud.isEmpty && empty.exp == nil && empty.jti == nil)
    }

    @Test(
        "RFC 7519 §4.1.3: an audience is one or several, by exact spelling",
        arguments: [
            (#""https://a/token""#, true), (#"["https://b","https://a/token"]"#, true), ("[]", false),
            (#""https://a/token/""#, false), (#""https://A/token""#, false), (#"["https://b"]"#, false),
        ]
    )
    func audience(aud: String, isMeant: Bool) throws {
        #expect(try claims("{\"aud\":\(aud)}").isMeant(for: "https://a/token") == isMeant)
    }

    @Test(
        "RFC 7519 §2: a NumericDate is a number of seconds, with a fraction or without",
        arguments: [
            ("0", 0), ("1300819380", 1_300_819_380), ("1300819380.999", 1_300_819_380), ("1.3e9", 1_300_000_000),
            ("253402300799", 253_402_300_799), ("253402300799.9", 253_402_300_799), ("253402300800", nil),
            ("-1", nil), ("-0.5", nil), ("9223372036854775807", nil), ("9223372036854775808", nil), ("1e400", nil),
            ("\"1300819380\"", nil), ("null", nil), ("true", nil), ("[1]", nil),
        ] as [(String, Int?)]
    )
    func numericDate(text: String, seconds: Int?) throws {
        for name in ["exp", "nbf", "iat"] {
            let claims = try? claims("{\"\(name)\":\(text)}")
            #expect((claims != nil) == (seconds != nil))
            #expect((claims?.exp ?? claims?.nbf ?? claims?.iat) == seconds)
        }
    }

    @Test(
        "claims of another type are refused",
        arguments: [
            "", "[]", "null", "\"x\"", "{", #"{"iss":1}"#, #"{"sub":null}"#, #"{"jti":[]}"#, #"{"aud":1}"#,
            #"{"aud":null}"#, #"{"aud":{}}"#, #"{"aud":["a",1]}"#, #"{"sub":"a","sub":"b"}"#,
            #"{"sub":"a","s\u0075b":"b"}"#, #"{"iss":"a\u0000"}"#, #"{"iss":"a","x":["\u0000"]}"#,
        ]
    )
    func malformed(text: String) {
        #expect(throws: JOSEError.self) { try claims(text) }
    }

    // RFC 7523 §3
    @Test(
        "RFC 7519 §4.1.4, §4.1.5, §4.1.6: a token is current from nbf and iat until before exp, give or take the leeway",
        arguments: [
            (#"{"exp":1061}"#, nil), (#"{"exp":941}"#, nil), (#"{"exp":940}"#, .notCurrent),
            (#"{"exp":0}"#, .notCurrent),
            ("{}", .malformed), (#"{"nbf":0}"#, .malformed), (#"{"exp":2000,"nbf":1060}"#, nil),
            (#"{"exp":2000,"nbf":1061}"#, .notCurrent), (#"{"exp":2000,"iat":1060}"#, nil),
            (#"{"exp":2000,"iat":1061}"#, .notCurrent), (#"{"exp":2000,"iat":0,"nbf":0}"#, nil),
            (#"{"exp":253402300799}"#, nil),
        ] as [(String, JOSEError.Kind?)]
    )
    func times(text: String, refusal: JOSEError.Kind?) throws {
        let claims = try claims(text)
        if let refusal {
            let error = #expect(throws: JOSEError.self) { try claims.requireCurrent(at: 1000, leeway: 60) }
            #expect(error?.kind == refusal)
        } else {
            #expect(throws: Never.self) { try claims.requireCurrent(at: 1000, leeway: 60) }
        }
    }

    @Test("a clock without leeway is exact")
    func exactTimes() throws {
        #expect(throws: JOSEError.self) { try claims(#"{"exp":1000}"#).requireCurrent(at: 1000, leeway: 0) }
        #expect(throws: Never.self) { try claims(#"{"exp":1001}"#).requireCurrent(at: 1000, leeway: 0) }
    }
}
