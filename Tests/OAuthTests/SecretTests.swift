import JOSE
import OAuth
import Testing

@Suite("RFC 6749 §10.10 secrets that nobody guesses")
struct SecretTests {
    @Test(
        "256 random bits behind the prefix of its purpose, never twice",
        arguments: [
            Secret.Purpose.accessToken, .refreshToken, .code, .launch, .session, .browser, .interaction, .clientSecret,
        ])
    func fresh(_ purpose: Secret.Purpose) {
        let secrets = (0..<20).map { _ in SecretSource.system.fresh(purpose).text }
        #expect(Set(secrets).count == 20)
        for secret in secrets {
            #expect(secret.hasPrefix(purpose.rawValue))
            #expect(Base64URL.decode(String(secret.dropFirst(purpose.rawValue.count)))?.count == 32)
        }
    }

    @Test("a name for a row begins with a letter: the command line would take a hyphen for an option")
    func identifiers() {
        let names = (0..<2000).map { _ in SecretSource.system.identifier() }
        #expect(Set(names).count == 2000)
        #expect(names.allSatisfy { $0.count == 22 && $0.first?.isLetter == true })
        #expect(Set(names.compactMap(\.first)).count == 32)
    }

    @Test("a digest matches its own secret alone")
    func digests() {
        let digest = Secret(received: "vst_ac_x").digest
        #expect(digest.matches(SecretDigest(of: "vst_ac_x")))
        #expect(digest.matches(SecretDigest(stored: digest.bytes)))
        for other in ["vst_ac_X", "vst_ac_x ", "vst_ac_", ""] { #expect(!digest.matches(SecretDigest(of: other))) }
        #expect(!digest.matches(SecretDigest(stored: [])))
    }
}
