import Testing

@testable import JOSE

@Suite("RFC 7914 Password hashes")
struct PasswordHashTests {
    private func cheap() throws -> PasswordHash.Parameters {
        try #require(PasswordHash.Parameters(ln: 4, r: 8, p: 1))
    }

    // RFC 7914 §6
    @Test(
        "RFC 7914 §12: the test vectors",
        arguments: [
            (
                "", "", 4, 1, 1,
                """
                77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
                fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
                """
            ),
            (
                "password", "NaCl", 10, 8, 16,
                """
                fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
                2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
                """
            ),
            (
                "pleaseletmein", "SodiumChloride", 14, 8, 1,
                """
                7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
                d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
                """
            ),
        ]
    )
    func vectors(password: String, salt: String, ln: Int, r: Int, p: Int, key: String) throws {
        let parameters = try #require(PasswordHash.Parameters(ln: ln, r: r, p: p))
        let derived = Scrypt.derive(Array(password.utf8), salt: Array(salt.utf8), parameters: parameters, count: 64)
        #expect(derived == hex(key))
    }

    @Test("a hash knows its password, stored or not", arguments: ["correct horse", "", "pass\0word", "é€😀"])
    func roundTrip(password: String) throws {
        let hash = try PasswordHash(of: password, parameters: cheap())
        let stored = try #require(PasswordHash(hash.stored))
        for hash in [hash, stored] {
            #expect(hash.matches(password))
            #expect(hash.matches(Array(password.utf8)))
            #expect(!hash.matches(password + "x"))
            #expect(hash.parameters == (try cheap()))
        }
        #expect(stored.stored == hash.stored)
    }

    @Test("the usual costs are scrypt's for a person who waits")
    func standard() throws {
        let hash = try PasswordHash(of: "correct horse")
        #expect(hash.stored.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
        #expect(hash.matches("correct horse"))
        #expect(!hash.matches("correct Horse"))
    }

    @Test("the same password never makes the same hash, and none is ever printed")
    func salt() throws {
        let one = try PasswordHash(of: "a", parameters: cheap())
        let other = try PasswordHash(of: "a", parameters: cheap())
        #expect(one.stored != other.stored)
        #expect("\(one)" == "PasswordHash" && "\([one])" == "[PasswordHash]")
        #expect(String(reflecting: one) == "PasswordHash")
    }

    @Test(
        "a stored form that is not ours, or that costs too much, is refused",
        arguments: [
            "", "$", "scrypt", "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$", "$scrypt$ln=4,r=8,p=1$$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$r=8,ln=4,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=-4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=19,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=16,r=8,p=16$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=63,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=99999999999999999999,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=33,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA$",
            " $scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        ]
    )
    func malformed(stored: String) {
        #expect(PasswordHash(stored) == nil)
    }

    // RFC 7914 §2
    @Test("costs are bounded", arguments: [(18, 8, 1, true), (19, 8, 1, false), (17, 8, 4, true), (17, 8, 5, false)])
    func bounds(ln: Int, r: Int, p: Int, isAccepted: Bool) {
        #expect((PasswordHash.Parameters(ln: ln, r: r, p: p) != nil) == isAccepted)
    }
}
