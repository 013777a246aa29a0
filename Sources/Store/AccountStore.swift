import JOSE
import OAuth

/// The people who can sign in.
package protocol AccountStore {
    func account(named username: String) throws(StoreError) -> Account?

    /// By user name.
    func accounts() throws(StoreError) -> [Account]

    func add(_ account: Account, at now: Instant) throws(StoreError)

    /// - Returns: whether there is such an account. Disabling ends its sessions.
    func setDisabled(_ isDisabled: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool

    /// Ends the account's sessions too.
    func setPassword(_ password: PasswordHash, account username: String) throws(StoreError) -> Bool

    /// The wrong passwords for a user name, be it somebody's or nobody's.
    func attempts(named username: String, at now: Instant) throws(StoreError) -> SignInAttempts

    /// Counts one wrong password, whoever else is counting at the same time, and sets the wait that follows from it.
    func countFailure(named username: String, at now: Instant) throws(StoreError)
}
