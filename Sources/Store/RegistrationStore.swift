import OAuth

/// Apps that register themselves (RFC 7591, RFC 7592), and what an administrator decides about them.
package protocol RegistrationStore {
    /// Whether an initial access token would be good for one registration now.
    func isGood(initialAccessToken token: SecretDigest, at now: Instant) throws(StoreError) -> Bool

    /// Adds a client together with its registration access token, and uses up one use of the initial access token, if one
    /// was brought: all or nothing.
    ///
    /// - Parameter dailyLimit: how many clients may register themselves in a day.
    func register(
        _ client: ClientRegistration, management: SecretDigest, spending initialAccessToken: SecretDigest?,
        dailyLimit: Int?, at now: Instant
    ) throws(StoreError) -> RegistrationOutcome

    /// The client that a registration access token manages, if it is this one.
    func client(_ id: String, managedBy token: SecretDigest) throws(StoreError) -> RegisteredClient?

    /// A client with its history, for an administrator.
    func registeredClient(_ id: String) throws(StoreError) -> RegisteredClient?

    /// Replaces a registration, provided that it still is as it was read: what an administrator decides in the same moment is
    /// never undone. Secrets, roles and whether it is disabled have verbs of their own.
    ///
    /// - Returns: whether it was.
    func replace(_ read: ClientRegistration, with client: ClientRegistration, at now: Instant) throws(StoreError)
        -> Bool

    /// Deletes a client and ends its grants (RFC 7592 §2.3).
    func delete(client id: String, at now: Instant) throws(StoreError) -> Bool

    func add(_ token: InitialAccessToken, at now: Instant) throws(StoreError)

    /// Those that are still good for something, with the uses that are left.
    func initialAccessTokens(at now: Instant) throws(StoreError) -> [InitialAccessToken]

    /// - Returns: how many tokens of this label there were.
    func deleteInitialAccessTokens(label: String, at now: Instant) throws(StoreError) -> Int

    /// Keeps what an administrator says of a client: who approves it vouches for it, too.
    ///
    /// - Returns: whether there is such a client.
    func decide(_ approval: ClientRegistration.Approval, client id: String, at now: Instant) throws(StoreError) -> Bool
}

/// What became of a registration.
package enum RegistrationOutcome: Sendable, Equatable {
    case registered
    /// The initial access token is unknown, expired or used up.
    case tokenNotGood
    /// Too many clients registered themselves in the last day.
    case tooMany
}
