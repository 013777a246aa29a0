import COpenSSL

/// Whether both are the same bytes, found out in a time that depends on nothing but their length.
package func constantTimeEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
}
