import COpenSSL

/// One key inside OpenSSL.
// An EVP_PKEY is built before it gets here and never changed after; OpenSSL lets any thread use it then.
final class EVPKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes the key over.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { EVP_PKEY_free(pointer) }

    /// A public key; nil if OpenSSL finds it impossible, as it does with a point that is not on the curve.
    convenience init?(_ material: JWK.Material) {
        defer { ERR_clear_error() }
        guard let builder = OSSL_PARAM_BLD_new() else { return nil }
        defer { OSSL_PARAM_BLD_free(builder) }
        let key: OpaquePointer? =
            switch material {
            case .rsa(let n, let e): Self.rsa(builder, n, e)
            case .elliptic(let curve, let x, let y): Self.elliptic(builder, curve, [0x04] + x + y)
            }
        guard let key else { return nil }
        self.init(key)
    }

    private static func rsa(_ builder: OpaquePointer, _ modulus: [UInt8], _ exponent: [UInt8]) -> OpaquePointer? {
        let n = BN_bin2bn(modulus, Int32(modulus.count), nil)
        let e = BN_bin2bn(exponent, Int32(exponent.count), nil)
        defer {
            BN_free(n)
            BN_free(e)
        }
        guard n != nil, e != nil, OSSL_PARAM_BLD_push_BN(builder, Parameter.n, n) == 1,
            OSSL_PARAM_BLD_push_BN(builder, Parameter.e, e) == 1
        else { return nil }
        return build("RSA", builder)
    }

    private static func elliptic(_ builder: OpaquePointer, _ curve: JWK.Curve, _ point: [UInt8]) -> OpaquePointer? {
        // The builder keeps these addresses, too, until the key is built.
        curve.rawValue.withCString { group in
            point.withUnsafeBufferPointer { point in
                guard OSSL_PARAM_BLD_push_utf8_string(builder, Parameter.group, group, 0) == 1,
                    OSSL_PARAM_BLD_push_octet_string(builder, Parameter.pub, point.baseAddress, point.count) == 1
                else { return nil }
                return build("EC", builder)
            }
        }
    }

    /// OpenSSL's names for the parts of a key; the builder keeps their addresses, so they must not move.
    private enum Parameter {
        static var n: UnsafePointer<CChar> { address("n") }
        static var e: UnsafePointer<CChar> { address("e") }
        static var group: UnsafePointer<CChar> { address("group") }
        static var pub: UnsafePointer<CChar> { address("pub") }

        private static func address(_ name: StaticString) -> UnsafePointer<CChar> {
            UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        }
    }

    private static func build(_ type: String, _ builder: OpaquePointer) -> OpaquePointer? {
        guard let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, COPENSSL_PUBLIC_KEY, parameters) == 1
        else {
            EVP_PKEY_free(key)
            return nil
        }
        return key
    }
}

extension EVPKey {
    /// The public half; nil if it is of no kind we use.
    var material: JWK.Material? {
        defer { ERR_clear_error() }
        if EVP_PKEY_is_a(pointer, "RSA") == 1 {
            guard let n = number(OSSL_PKEY_PARAM_RSA_N), let e = number(OSSL_PKEY_PARAM_RSA_E) else { return nil }
            return .rsa(n: n, e: e)
        }
        guard EVP_PKEY_is_a(pointer, "EC") == 1, let curve else { return nil }
        guard let x = number(OSSL_PKEY_PARAM_EC_PUB_X, size: curve.coordinateSize),
            let y = number(OSSL_PKEY_PARAM_EC_PUB_Y, size: curve.coordinateSize)
        else { return nil }
        return .elliptic(curve, x: x, y: y)
    }

    private var curve: JWK.Curve? {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else { return nil }
        // OpenSSL has names of its own for two curves.
        switch String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) {
        case "P-256", "prime256v1": return .p256
        case "P-384", "secp384r1": return .p384
        default: return nil
        }
    }

    /// A number of the key, big-endian: in as many bytes as it needs, or in so many.
    private func number(_ name: String, size: Int? = nil) -> [UInt8]? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let number else { return nil }
        defer { BN_free(number) }
        let count = Int32(size ?? Int(BN_num_bits(number) + 7) / 8)
        var bytes = [UInt8](repeating: 0, count: Int(count))
        return BN_bn2binpad(number, &bytes, count) == count ? bytes : nil
    }
}
