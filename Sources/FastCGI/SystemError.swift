import Glibc

/// What the operating system refused, in words an administrator can act on.
package struct SystemError: Error, CustomStringConvertible {
    package let description: String

    /// `errno` is read here: make the error right after the call that failed.
    init(_ attempt: String, code: Int32 = errno) {
        description = "\(attempt): \(String(cString: strerror(code))) (errno \(code))"
    }

    init(refusing reason: String) {
        description = reason
    }
}
