import COpenSSL

/// Bytes nobody can guess.
package enum Random {
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            // Without a random source every secret of this house would be weak: better no process than such a one.
            guard count == 0 || RAND_bytes(buffer.baseAddress, Int32(count)) == 1 else {
                fatalError("the system has no random bytes")
            }
            written = count
        }
    }
}
