import COpenSSL

/// What is kept of a password: scrypt (RFC 7914), with its costs and its salt beside it.
///
/// The stored form is `$scrypt$ln=15,r=8,p=1$salt$hash`, both parts in base64 without padding.
package struct PasswordHash: Sendable, CustomStringConvertible {
    package let parameters: Parameters
    private let salt: [UInt8]
    private let hash: [UInt8]

    private static let saltSize = 16
    private static let hashSize = 32

    /// Hashes a new password; slow and large on purpose, so the caller limits how many run at once.
    package init(of password: [UInt8], parameters: Parameters = .standard) throws(JOSEError) {
        let salt = Random.bytes(Self.saltSize)
        guard let hash = Scrypt.derive(password, salt: salt, parameters: parameters, count: Self.hashSize) else {
            throw JOSEError(.failed, "the password could not be hashed")
        }
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    package init(of password: String, parameters: Parameters = .standard) throws(JOSEError) {
        try self.init(of: Array(password.utf8), parameters: parameters)
    }

    /// Reads the stored form; costs that would keep a worker busy for many seconds are refused.
    package init?(_ stored: String) {
        let fields = stored.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt", let parameters = Parameters(fields[2]),
            let salt = Base64Alphabet.standard.decode(fields[3].utf8), (8...64).contains(salt.count),
            let hash = Base64Alphabet.standard.decode(fields[4].utf8), (16...64).contains(hash.count)
        else { return nil }
        self.init(parameters: parameters, salt: salt, hash: hash)
    }

    private init(parameters: Parameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    package func matches(_ password: [UInt8]) -> Bool {
        guard let other = Scrypt.derive(password, salt: salt, parameters: parameters, count: hash.count) else {
            return false
        }
        return constantTimeEqual(hash, other)
    }

    package func matches(_ password: String) -> Bool {
        matches(Array(password.utf8))
    }

    /// The form for the store.
    package var stored: String {
        let parts = [salt, hash].map { String(decoding: Base64Alphabet.standard.encode($0), as: UTF8.self) }
        return "$scrypt$ln=\(parameters.ln),r=\(parameters.r),p=\(parameters.p)$" + parts.joined(separator: "$")
    }

    /// A log must not hold a hash either.
    package var description: String { "PasswordHash" }
}

extension PasswordHash {
    /// What one guess costs: 128 · r · 2^ln bytes of memory, gone through p times (RFC 7914 §2).
    package struct Parameters: Sendable, Equatable {
        package let ln: Int
        package let r: Int
        package let p: Int

        package static let standard = Parameters(unchecked: 15, 8, 1)

        /// At most 256 MiB of memory and 16 times the standard's work.
        package init?(ln: Int, r: Int, p: Int) {
            guard (1...20).contains(ln), (1...32).contains(r), (1...16).contains(p) else { return nil }
            guard r << ln <= 1 << 21, p * r << ln <= 1 << 22 else { return nil }
            self.init(unchecked: ln, r, p)
        }

        fileprivate init?(_ text: Substring) {
            let fields = text.split(separator: ",", omittingEmptySubsequences: false)
            let names = ["ln=", "r=", "p="]
            guard fields.count == names.count else { return nil }
            var values: [Int] = []
            for (field, name) in zip(fields, names) {
                guard field.hasPrefix(name), let value = Int(field.dropFirst(name.count)) else { return nil }
                values.append(value)
            }
            self.init(ln: values[0], r: values[1], p: values[2])
        }

        private init(unchecked ln: Int, _ r: Int, _ p: Int) {
            self.ln = ln
            self.r = r
            self.p = p
        }
    }
}

enum Scrypt {
    /// RFC 7914 §6
    static func derive(
        _ password: [UInt8], salt: [UInt8], parameters: PasswordHash.Parameters, count: Int
    ) -> [UInt8]? {
        let n = UInt64(1) << UInt64(parameters.ln)
        let r = UInt64(parameters.r)
        let p = UInt64(parameters.p)
        // The large table, the blocks, and a little for OpenSSL itself.
        let memory = 128 * r * (n + p + 2) + 65_536
        var key = [UInt8](repeating: 0, count: count)
        defer { ERR_clear_error() }
        let result = password.withUnsafeBytes { password in
            EVP_PBE_scrypt(
                password.bindMemory(to: CChar.self).baseAddress, password.count, salt, salt.count, n, r, p, memory,
                &key, count)
        }
        return result == 1 ? key : nil
    }
}
