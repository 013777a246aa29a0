import JOSE
import Testing

@Suite("RFC 4648 §4 and §5 Base 64")
struct Base64Tests {
    @Test(
        "RFC 4648 §10: the test vectors",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, encoded: String) {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let unpadded = String(encoded.prefix { $0 != "=" })
        #expect(Base64URL.encode(plain.utf8) == unpadded)
        #expect(Base64URL.decode(unpadded) == Array(plain.utf8))
    }

    // RFC 7515 §2
    @Test("RFC 7515 Appendix C: the example")
    func urlSafe() {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        #expect(Base64URL.decode("A-z_4ME") == [3, 236, 255, 224, 193])
        #expect(Base64.decode("A+z/4ME=") == [3, 236, 255, 224, 193])
    }

    // RFC 4648 §3.5
    @Test(
        "another spelling of the same bytes is refused in URLs",
        arguments: [
            "Zg==", "Zg=", "Zm9v=", "Z", "Zm9vY", "Zh", "Zm9", "Zm9vYmF=", "A+z_4ME", "A-z/4ME", "Zm 9v", "Zm9v\n",
            " Zm9v", "Zm9v.", "Zm\u{0}v", "Zmé", "Zm9_é",
        ]
    )
    func strictURL(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    // RFC 4648 §3.5
    @Test(
        "another spelling of the same bytes is refused in HTTP Basic",
        arguments: [
            "Zg", "Zg=", "Zh==", "Zm9=", "Zm9v====", "Z===", "====", "=", "Zg==Zg==", "A-z_4ME=", "Zm9v\n", "Zm9 ",
        ]
    )
    func strictStandard(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("any bytes come back")
    func roundTrip() {
        let bytes = (0..<1024).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 256) }
        for count in 0..<bytes.count {
            #expect(Base64URL.decode(Base64URL.encode(bytes[..<count])) == Array(bytes[..<count]))
            #expect(Base64.decode(Base64.encode(bytes[count...])) == Array(bytes[count...]))
        }
    }
}
