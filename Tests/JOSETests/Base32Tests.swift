import JOSE
import Testing

@Suite("RFC 4648 §6 Base 32 Encoding")
struct Base32Tests {
    @Test(
        "RFC 4648 §10: the test vectors, without padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func vectors(text: String, encoded: String) {
        #expect(Base32.encode(text.utf8) == encoded)
    }
}
