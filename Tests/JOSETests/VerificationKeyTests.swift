import JOSE
import Testing

@Suite("RFC 7518 §6 Keys fit to verify with")
struct VerificationKeyTests {
    private func odd(bits: Int) -> [UInt8] {
        var number = [UInt8](repeating: 0xFF, count: (bits + 7) / 8)
        number[0] = 0xFF >> UInt8((8 - bits % 8) % 8)
        return number
    }

    @Test(
        "RFC 7518 §3.3: an RSA key has 2048 bits or more, and not absurdly many",
        arguments: [(1024, false), (2047, false), (2048, true), (4096, true), (8192, true), (8193, false)]
    )
    func modulus(bits: Int, isAccepted: Bool) {
        let key = JWK(.rsa(n: odd(bits: bits), e: [1, 0, 1]))
        #expect(((try? VerificationKey(key)) != nil) == isAccepted)
    }

    @Test(
        "an exponent that makes forging easy or verifying slow is refused",
        arguments: [
            ([], false), ([1], false), ([2], false), ([3], true), ([1, 0, 0], false), ([1, 0, 1], true),
            ([1, 0, 0, 0, 0, 0, 0, 0, 1], false),
        ] as [([UInt8], Bool)]
    )
    func exponent(e: [UInt8], isAccepted: Bool) {
        #expect(((try? VerificationKey(JWK(.rsa(n: odd(bits: 2048), e: e)))) != nil) == isAccepted)
    }

    @Test("an even modulus is refused")
    func evenModulus() {
        #expect(throws: JOSEError.self) {
            try VerificationKey(JWK(.rsa(n: odd(bits: 2048).dropLast() + [0xFE], e: [1, 0, 1])))
        }
    }

    @Test("a point that is not on the curve is refused", arguments: [SignatureAlgorithm.es256, .es384])
    func offCurve(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm).publicKey
        guard case .elliptic(let curve, let x, let y) = key.material else {
            Issue.record("not an EC key")
            return
        }
        let zero = [UInt8](repeating: 0, count: curve.coordinateSize)
        let full = [UInt8](repeating: 0xFF, count: curve.coordinateSize)
        for (x, y) in [(x, flipping(bit: 0, of: y)), (flipping(bit: 9, of: x), y), (y, x), (zero, zero), (full, full)] {
            #expect(throws: JOSEError.self) { try VerificationKey(JWK(.elliptic(curve, x: x, y: y))) }
        }
        let other: JWK.Curve = curve == .p256 ? .p384 : .p256
        #expect(throws: JOSEError.self) { try VerificationKey(JWK(.elliptic(other, x: x, y: y))) }
        #expect(throws: JOSEError.self) { try VerificationKey(JWK(.elliptic(curve, x: [0] + x, y: y))) }
        #expect(throws: Never.self) { try VerificationKey(JWK(.elliptic(curve, x: x, y: y))) }
    }

    @Test("RFC 7517 §4.2 and §4.4: a key for something else is refused")
    func purpose() throws {
        let signing = try TestKeys.key(for: .rs256)
        let signature = try signing.sign([1], with: .rs256)
        var key = signing.publicKey
        key.use = "enc"
        #expect(throws: JOSEError.self) { try VerificationKey(key) }
        key.use = nil
        #expect(try VerificationKey(key).isValid(signature: signature, of: [1], with: .rs256))
        key.alg = "RS256"
        #expect(try VerificationKey(key).isValid(signature: signature, of: [1], with: .rs256))
        for alg in ["RS384", "PS256", "rs256", "RSA-OAEP", ""] {
            key.alg = alg
            #expect(try !VerificationKey(key).isValid(signature: signature, of: [1], with: .rs256))
        }
    }
}
