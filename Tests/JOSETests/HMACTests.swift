import JOSE
import Testing

@Suite("RFC 2104 HMAC")
struct HMACTests {
    @Test(
        "RFC 4231 §4: the test cases for SHA-256",
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), [UInt8](repeating: 0xCD, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
            ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ] as [([UInt8], [UInt8], String)]
    )
    func vectors(key: [UInt8], message: [UInt8], mac: String) {
        #expect(HMAC.sha256(key: key, message: message) == hex(mac))
        if let text = String(validating: message, as: UTF8.self) {
            #expect(HMAC.sha256(key: key, message: text) == hex(mac))
        }
    }
}

@Suite("Comparing and drawing bytes")
struct RandomTests {
    @Test("equal means same length and same bytes")
    func equality() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(!constantTimeEqual([1, 2], [1, 2, 3]))
        #expect(!constantTimeEqual([], [0]))
        let bytes = Random.bytes(32)
        for bit in 0..<256 { #expect(!constantTimeEqual(bytes, flipping(bit: bit, of: bytes))) }
    }

    @Test("random bytes come in the number asked for, and never twice")
    func random() {
        #expect(Random.bytes(0).isEmpty)
        #expect(Random.bytes(1).count == 1)
        #expect(Set((0..<1000).map { _ in Random.bytes(16) }).count == 1000)
    }
}
