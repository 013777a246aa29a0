import JOSE
import OAuth

/// The people who can sign in.
package protocol AccountStore {
    func account(named username: String) throws(StoreError) -> Account?

    /// By user name.
    func accounts() throws(StoreError) -> [Account]

    func add(_ account: Account, at now: Instant) throws(StoreError)

    /// - Returns: whether there is such an account. Disabling ends its sessions and grants for good.
    func setDisabled(_ isDisabled: Bool, account username: String, at now: Instant) throws(StoreError) -> Bool

    /// Ends the account's sessions and grants too.
    func setPassword(_ password: PasswordHash, account username: String, at now: Instant) throws(StoreError) -> Bool

    /// Counts an attempt to sign in with a user name, be it somebody's or nobody's, before its password is looked at: of many
    /// that come at once, no more are looked at than the waits allow. The right password forgets it all (`begin`).
    ///
    /// - Returns: 0 when the password may be looked at, or the seconds to wait; then nothing was counted.
    func beginAttempt(named username: String, at now: Instant) throws(StoreError) -> Int
}
