import JOSE
import Synchronization

/// A client's key set with the keys that were used kept ready: preparing one costs as much as verifying with it.
package final class PreparedKeys: Sendable {
    package let set: JWKSet

    private let prepared = Mutex<[Name: VerificationKey]>([:])

    private struct Name: Hashable {
        // Bytes, not text: two spellings that Unicode calls equal are two names.
        let kid: [UInt8]
        let algorithm: SignatureAlgorithm
    }

    package init(_ set: JWKSet) {
        self.set = set
    }

    /// The one key that can have signed this.
    package func key(kid: String, algorithm: SignatureAlgorithm) throws(JOSEError) -> VerificationKey {
        let name = Name(kid: Array(kid.utf8), algorithm: algorithm)
        if let key = prepared.withLock({ $0[name] }) { return key }
        let key = try VerificationKey(set.key(kid: kid, alg: algorithm))
        prepared.withLock { $0[name] = key }
        return key
    }
}

extension PreparedKeys {
    /// Reads a set; `what` is what a developer would call it.
    convenience init(json: [UInt8], called what: String) throws(ClientKeysError) {
        let set: JWKSet
        do throws(JOSEError) {
            set = try JWKSet(json: json)
        } catch {
            throw .unusable(what, error)
        }
        guard set.keys.count + set.skipped.count <= ClientKeyLimits.keysInSet else {
            throw .tooManyKeys(what, limit: ClientKeyLimits.keysInSet)
        }
        self.init(set)
    }
}
