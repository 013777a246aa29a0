import Glibc
import JOSE

/// A secret of the house: one file a purpose, 32 bytes in hexadecimal, readable by its owner alone.
package enum SecretFile: String, Sendable, CaseIterable {
    /// Seals the private keys in the store. The token program and the command line tool alone read it.
    case master = "master.key"
    /// Derives each refresh token from the one before. The token program alone reads it.
    case refreshDerivation = "refresh-derivation.key"
    /// Signs the page links of filtered searches. The enforce program alone reads it.
    case pageLink = "page-link.key"
    /// Signs what the consent platform is told. The courier alone reads it, and the command line tool shows it.
    case webhook = "webhook.key"
    /// Derives what the owners of apps are told under: the platform's key would let the platform sign as us. The courier alone
    /// reads it, and the command line tool shows what follows from it.
    case ownerWebhooks = "owner-webhooks.key"
    /// Proves what the consent platform tells us. The consents program alone reads it, and the command line tool shows it.
    case inboundWebhook = "inbound-webhook.key"
    /// What the FHIR server's notifications carry. The consents program alone reads it, and the command line tool shows it.
    case notification = "notification.key"

    /// Seals the secrets of second factors. Portal alone reads it.
    case totp = "totp.key"

    package func path(in directory: String) -> String { "\(directory)/\(rawValue)" }

    /// - Throws: `ConfigurationError` that names the file: missing, open to others, or not a key.
    package func read(in directory: String) throws(ConfigurationError) -> [UInt8] {
        let path = path(in: directory)
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw ConfigurationError(path: path, reason: "\(reason(errno)); vestibule init makes it")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw ConfigurationError(path: path, reason: "others may read it; chmod 600 it, and rotate it if they did")
        }
        let bytes: [UInt8]
        do {
            bytes = try readFile(path, limit: 1024)
        } catch {
            throw ConfigurationError(path: path, reason: error.description)
        }
        guard let key = [UInt8](hexadecimal: bytes.filter { $0 > 0x20 }), key.count == 32 else {
            throw ConfigurationError(path: path, reason: "not a key of 64 hexadecimal digits")
        }
        return key
    }

    /// Makes the file with mode 0600; one that is there is never overwritten.
    ///
    /// - Returns: whether it was made.
    package func create(in directory: String, key: [UInt8]) throws(ConfigurationError) -> Bool {
        let path = path(in: directory)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw ConfigurationError(path: path, reason: reason(errno))
        }
        defer { close(descriptor) }
        let text = Array("\(key.hexadecimal)\n".utf8)
        guard write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
            let error = errno
            unlink(path)
            throw ConfigurationError(path: path, reason: reason(error))
        }
        return true
    }
}

/// Why a file could not be read.
package struct FileError: Error, CustomStringConvertible {
    package let description: String
}

package func readFile(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(description: reason(errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw FileError(description: reason(errno)) }
        if count == 0 { return bytes }
        bytes.append(contentsOf: buffer[..<count])
        guard bytes.count <= limit else { throw FileError(description: "the file is too large") }
    }
}

private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
