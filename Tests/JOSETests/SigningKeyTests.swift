import Testing

@testable import JOSE

@Suite("RFC 7518 §3 Signatures")
struct SigningKeyTests {
    private let message = Array("a message".utf8)

    @Test("what a key signs, its public half verifies, and no other algorithm", arguments: SignatureAlgorithm.allCases)
    func roundTrip(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm)
        let publicKey = try VerificationKey(key.publicKey)
        for message in [message, [], [UInt8](repeating: 7, count: 100_000)] {
            let signature = try key.sign(message, with: algorithm)
            #expect(signature.count == algorithm.curve.map { $0.coordinateSize * 2 } ?? 256)
            #expect(publicKey.isValid(signature: signature, of: message, with: algorithm))
            #expect(!publicKey.isValid(signature: signature, of: message + [0], with: algorithm))
            for other in SignatureAlgorithm.allCases where other != algorithm {
                #expect(!publicKey.isValid(signature: signature, of: message, with: other))
                let stranger = try VerificationKey(TestKeys.key(for: other).publicKey)
                #expect(!stranger.isValid(signature: signature, of: message, with: algorithm))
                #expect(!stranger.isValid(signature: signature, of: message, with: other))
            }
        }
    }

    @Test("a changed, cut or lengthened signature is refused", arguments: SignatureAlgorithm.allCases)
    func changedSignature(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm)
        let publicKey = try VerificationKey(key.publicKey)
        let signature = try key.sign(message, with: algorithm)
        for bit in stride(from: 0, to: signature.count * 8, by: 7) {
            #expect(!publicKey.isValid(signature: flipping(bit: bit, of: signature), of: message, with: algorithm))
        }
        for other in [[], Array(signature.dropLast()), signature + [0], [0] + signature] {
            #expect(!publicKey.isValid(signature: other, of: message, with: algorithm))
        }
    }

    @Test("RFC 7518 §3.4: zero and over-long numbers are no signature", arguments: [SignatureAlgorithm.es256, .es384])
    func degenerate(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm)
        let publicKey = try VerificationKey(key.publicKey)
        let size = try #require(algorithm.curve).coordinateSize
        let signature = try key.sign(message, with: algorithm)
        let zero = [UInt8](repeating: 0, count: size)
        let full = [UInt8](repeating: 0xFF, count: size)
        let der = try #require(ECDSASignature.der(ofConcatenated: signature, size: size))
        for forged in [
            zero + zero, zero + signature.suffix(size), signature.prefix(size) + zero, full + full, der,
        ] {
            #expect(!publicKey.isValid(signature: Array(forged), of: message, with: algorithm))
        }
        #expect(ECDSASignature.concatenated(ofDER: der, size: size) == signature)
        #expect(ECDSASignature.concatenated(ofDER: der, size: size / 2) == nil)
        #expect(ECDSASignature.concatenated(ofDER: [0x30], size: size) == nil)
    }

    @Test("a key signs only with its own algorithms")
    func mismatch() throws {
        let rsa = try TestKeys.key(for: .rs256)
        #expect(throws: Never.self) { try rsa.sign(message, with: .rs384) }
        #expect(throws: JOSEError.self) { try rsa.sign(message, with: .es256) }
        #expect(throws: JOSEError.self) { try TestKeys.key(for: .es256).sign(message, with: .es384) }
        #expect(throws: JOSEError.self) { try TestKeys.key(for: .es384).sign(message, with: .rs256) }
    }

    @Test("RFC 5208 §5: a key comes back from PKCS #8", arguments: SignatureAlgorithm.allCases)
    func pkcs8(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm)
        let der = try key.pkcs8
        let copy = try SigningKey(pkcs8: der)
        #expect(copy.publicKey == key.publicKey)
        #expect(try copy.pkcs8 == der)
        let signature = try copy.sign(message, with: algorithm)
        #expect(try VerificationKey(key.publicKey).isValid(signature: signature, of: message, with: algorithm))
        for count in der.indices where count % 5 == 0 {
            #expect(throws: JOSEError.self) { try SigningKey(pkcs8: Array(der[..<count])) }
        }
        #expect(throws: JOSEError.self) { try SigningKey(pkcs8: der + [0]) }
    }

    @Test("the public half is named by its thumbprint", arguments: SignatureAlgorithm.allCases)
    func publicHalf(algorithm: SignatureAlgorithm) throws {
        let key = try TestKeys.key(for: algorithm)
        #expect(key.publicKey.kid == key.publicKey.thumbprint)
        #expect(key.publicKey.use == "sig")
        #expect(try jwk(String(decoding: key.publicKey.bytes, as: UTF8.self)) == key.publicKey)
        let shown = "\(key) \(String(reflecting: key))"
        #expect(!shown.contains("0x"))
    }

    @Test("threads may share a key")
    func threads() async throws {
        let key = try TestKeys.key(for: .es256)
        let publicKey = try VerificationKey(key.publicKey)
        let message = message
        let valid = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    publicKey.isValid(signature: try key.sign(message, with: .es256), of: message, with: .es256)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(valid == 64)
    }
}
