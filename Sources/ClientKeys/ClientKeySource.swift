import JOSE
import OAuth

/// Where the token endpoint gets a client's public keys from.
package protocol ClientKeySource: Sendable {
    /// The client's keys: from memory as long as they may be kept, otherwise from where they are registered to be.
    func keys(_ registered: RegisteredKeys) throws(ClientKeysError) -> PreparedKeys

    /// Keys that came later than those known, for an assertion whose key is not among them.
    ///
    /// - Returns: `nil` when there are none, or when it is too early to ask the client's host once more.
    func newerKeys(_ registered: RegisteredKeys, than known: PreparedKeys) throws(ClientKeysError) -> PreparedKeys?
}

extension ClientKeySource {
    /// Proves an assertion with the client's keys, and with newer ones where its key is not among those known.
    package func verified(
        _ assertion: CheckedAssertion, with registered: RegisteredKeys
    ) throws(OAuthError) -> VerifiedAssertion {
        let known = try asked { () throws(ClientKeysError) in try keys(registered) }
        switch try assertion.verified(with: known.key) {
        case .verified(let verified): return verified
        case .keyNotFound(let refusal):
            let newer = try asked { () throws(ClientKeysError) in try newerKeys(registered, than: known) }
            guard let newer, case .verified(let verified) = try assertion.verified(with: newer.key) else {
                throw refusal
            }
            return verified
        }
    }

    private func asked<Keys>(_ ask: () throws(ClientKeysError) -> Keys) throws(OAuthError) -> Keys {
        do throws(ClientKeysError) {
            return try ask()
        } catch {
            // SMART client-confidential-asymmetric#signature-verification: any failure is invalid_client.
            throw .invalidClient(error.description, detail: error.detail)
        }
    }
}
