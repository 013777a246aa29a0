import HTTP
import SMART

/// A launch that the EHR prepared for one app and one user (SMART app-launch#launch-app-ehr-launch).
package struct Launch: Sendable, Equatable {
    package let handle: SecretDigest
    package let clientID: String
    package let account: String
    package let context: LaunchContext
    package let expiresAt: Instant
    /// When an EHR signed its user in, where it vouches for that: no second sign-in is needed here, and no cookie. `nil`
    /// where the user's own session with us has to be there.
    package let vouchedAt: Instant?

    package init(
        handle: SecretDigest, clientID: String, account: String, context: LaunchContext, expiresAt: Instant,
        vouchedAt: Instant? = nil
    ) {
        self.handle = handle
        self.clientID = clientID
        self.account = account
        self.context = context
        self.expiresAt = expiresAt
        self.vouchedAt = vouchedAt
    }

    /// Checks that the handle may serve this client's request; it is spent when the interaction is stored.
    package func accepted(for client: ClientRegistration, at now: Instant) throws(OAuthError) -> Launch {
        try require(
            clientID.isExactly(client.id),
            else: .invalidRequest("launch is unknown or expired", detail: "launch of another client"))
        try require(now < expiresAt, else: .invalidRequest("launch is unknown or expired", detail: "launch expired"))
        return self
    }
}
