import JOSE
import SMART
import Testing

@testable import OAuth

@Suite("RFC 6238 §4 TOTP")
struct TOTPTests {
    private static let totp = TOTP(secret: Array("12345678901234567890".utf8))

    @Test(
        "RFC 4226 appendix D: the codes of the first ten counters (RFC 4226 §5.3)",
        arguments: Array(
            [
                "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
            ].enumerated()
        ).map { ($0.offset, $0.element) })
    func hotp(counter: Int, code: String) {
        #expect(Self.totp.code(at: counter) == code)
    }

    @Test(
        "RFC 6238 appendix B: the codes for SHA-1, their last six digits",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ])
    func appendix(time: Int, code: String) {
        #expect(Self.totp.step(of: code, at: Instant(time)) == time / 30)
    }

    @Test("a clock may be one step off, and no more (RFC 6238 §5.2)")
    func window() {
        let code = Self.totp.code(at: 1000)
        for (time, isRight) in [
            (999 * 30 - 1, false), (999 * 30, true), (1000 * 30, true), (1001 * 30 + 29, true), (1002 * 30, false),
        ] {
            #expect((Self.totp.step(of: code, at: Instant(time)) == 1000) == isRight)
        }
    }

    @Test("what is no six digits is no code", arguments: ["", "28708", "2870822", "28708x", "２８７０８２", "-28708"])
    func malformed(code: String) {
        #expect(Self.totp.step(of: code, at: Instant(59)) == nil)
    }

    @Test("a blank within is forgiven, as apps show one")
    func blank() {
        #expect(Self.totp.step(of: "287 082", at: Instant(59)) == 1)
    }

    @Test("the link has the secret of 160 bits in base32 (RFC 4226 §4)")
    func uri() {
        #expect(
            Self.totp.uri(issuer: "Rowan Bay: Süd", account: "Dr. A&B")
                == "otpauth://totp/Rowan%20Bay%3A%20S%C3%BCd:Dr.%20A%26B?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Rowan%20Bay%3A%20S%C3%BCd"
        )
    }

    @Test("a sealed secret opens for its account alone (NIST SP 800-38D §8.2.2)")
    func sealing() throws {
        let key = [UInt8](repeating: 1, count: 32)
        let factor = SecondFactor(
            sealed: try SecondFactor.seal(Self.totp, of: "a", under: key), confirmedAt: nil, recoveryCodesLeft: 0)
        #expect(try factor.open(of: "a", under: key) == Self.totp)
        #expect(throws: OAuthError.self) { try factor.open(of: "b", under: key) }
        #expect(throws: OAuthError.self) { try factor.open(of: "a", under: [UInt8](repeating: 2, count: 32)) }
    }
}

@Suite("Recovery codes, and who has to have a second factor")
struct SecondFactorRuleTests {
    @Test("ten different ones of eighty bits; blanks, hyphens and small letters are forgiven; bound to the account")
    func recovery() {
        let codes = RecoveryCode.fresh(from: .system)
        #expect(Set(codes.map(\.text)).count == 10)
        for code in codes {
            #expect(code.text.count == 19)
            let typed = " " + code.text.lowercased().replacing("-", with: " ")
            #expect(RecoveryCode.digest(of: typed, account: "a") == code.digest(of: "a"))
            #expect(code.digest(of: "b") != code.digest(of: "a"))
        }
    }

    @Test(
        "the policy's words",
        arguments: [
            ("Patient/1", false, false, true), ("RelatedPerson/1", false, false, true),
            ("Practitioner/1", false, true, true), ("Person/1", false, true, true), (nil, false, true, true),
        ] as [(String?, Bool, Bool, Bool)])
    func policy(resource: String?, optional: Bool, staff: Bool, all: Bool) throws {
        func account(_ needs: Bool) throws -> Account {
            Account(
                user: User(
                    id: "1", subject: "1", name: "N", fhirUser: resource.flatMap { FHIRUser($0) }, access: .none),
                username: "n",
                password: try PasswordHash(
                    of: "a long password", parameters: #require(PasswordHash.Parameters(ln: 1, r: 1, p: 1))),
                needsSecondFactor: needs)
        }
        let words: [SecondFactorPolicy] = [.optional, .staff, .all]
        #expect(try words.map { $0.demands(of: try account(false)) } == [optional, staff, all])
        #expect(try words.allSatisfy { $0.demands(of: try account(true)) })
    }
}

@Suite("RFC 8176 §2 Authentication Method Reference Values")
struct AuthenticationMethodsTests {
    @Test("a class is named for two factors alone (OpenID Core §2)")
    func words() {
        #expect(AuthenticationMethods.password.references == ["pwd"])
        #expect(AuthenticationMethods.password.contextClass == nil)
        #expect(AuthenticationMethods.passwordAndCode.references == ["pwd", "otp", "mfa"])
        #expect(AuthenticationMethods.passwordAndCode.contextClass == AuthenticationMethods.multiFactor)
    }
}
