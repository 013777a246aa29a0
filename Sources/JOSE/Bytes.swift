extension Collection<UInt8> {
    /// The bytes in one piece, copied only where they do not lie in one piece already.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        withContiguousStorageIfAvailable(body) ?? Array(self).withUnsafeBufferPointer(body)
    }
}

extension String {
    /// Whether both are the same code points; `==` would also take canonically equivalent ones, such as U+212A for K.
    func isExactly(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
