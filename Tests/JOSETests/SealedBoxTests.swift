import JOSE
import Testing

@Suite("NIST SP 800-38D Sealed boxes")
struct SealedBoxTests {
    private let key = Random.bytes(SealedBox.keySize)

    @Test("what was sealed is opened", arguments: [0, 1, 15, 16, 17, 5000], ["", "signing key 7", "é"])
    func roundTrip(count: Int, context: String) throws {
        let secret = Random.bytes(count)
        let box = try SealedBox.seal(secret, under: key, context: context)
        #expect(box.count == 1 + 12 + count + 16)
        #expect(try SealedBox.open(box, under: key, context: context) == secret)
    }

    // NIST SP 800-38D §8.2.2
    @Test("the same secret never makes the same box")
    func freshNonce() throws {
        let boxes = try (0..<100).map { _ in try SealedBox.seal([1, 2, 3], under: key, context: "c") }
        #expect(Set(boxes.map { Array($0[1...12]) }).count == 100)
    }

    @Test("another key or another context does not open it")
    func wrongKeyOrContext() throws {
        let box = try SealedBox.seal(Array("secret".utf8), under: key, context: "row 1")
        #expect(throws: SealedBoxError.notAuthentic) {
            try SealedBox.open(box, under: flipping(bit: 255, of: key), context: "row 1")
        }
        for context in ["row 2", "row 1 ", "", "Row 1"] {
            #expect(throws: SealedBoxError.notAuthentic) { try SealedBox.open(box, under: key, context: context) }
        }
    }

    @Test("no bit can be changed")
    func everyBit() throws {
        let box = try SealedBox.seal(Array("a secret of some length".utf8), under: key, context: "row 1")
        for bit in 0..<(box.count * 8) {
            #expect(throws: bit < 8 ? SealedBoxError.unknownVersion : .notAuthentic) {
                try SealedBox.open(flipping(bit: bit, of: box), under: key, context: "row 1")
            }
        }
    }

    @Test("no byte can be missing or too many")
    func everyLength() throws {
        let box = try SealedBox.seal(Array("secret".utf8), under: key, context: "row 1")
        for count in 0..<box.count {
            #expect(throws: count < 29 ? SealedBoxError.malformed : .notAuthentic) {
                try SealedBox.open(Array(box[..<count]), under: key, context: "row 1")
            }
        }
        #expect(throws: SealedBoxError.notAuthentic) { try SealedBox.open(box + [0], under: key, context: "row 1") }
    }

    @Test("a key of another size is refused", arguments: [0, 16, 24, 31, 33])
    func keySize(size: Int) {
        #expect(throws: SealedBoxError.wrongKeySize) {
            try SealedBox.seal([1], under: Random.bytes(size), context: "")
        }
        #expect(throws: SealedBoxError.wrongKeySize) {
            try SealedBox.open([1], under: Random.bytes(size), context: "")
        }
    }
}
