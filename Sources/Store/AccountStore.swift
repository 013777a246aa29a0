import JOSE
import OAuth
import SMART

/// The people who can sign in.
package protocol AccountStore {
    func account(named username: String) throws(StoreError) -> Account?

    /// By user name.
    func accounts() throws(StoreError) -> [Account]

    func add(_ account: Account, at now: Instant) throws(StoreError)

    /// - Returns: whether there is such an account. Disabling ends its sessions and grants for good.
    func setDisabled(_ isDisabled: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool

    /// Says anew whose patients the person may see; it holds from the next request on.
    func setAccess(_ access: UserAccess, account username: String, at now: Instant) throws(StoreError) -> Bool

    /// Ends the account's sessions and grants too.
    func setPassword(_ password: PasswordHash, account username: String, at now: Instant) throws(StoreError) -> Bool

    /// Whether somebody has signed in under this name with this browser lately.
    func knows(browser: SecretDigest, of username: String, at now: Instant) throws(StoreError) -> Bool
}
