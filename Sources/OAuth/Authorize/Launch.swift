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

    /// What a handle is to the client that brings it.
    package enum Use: Sendable {
        /// It is spent when the interaction is stored.
        case fresh
        /// Another client has it: it is good for nobody any more.
        case leaked
    }

    /// Checks that the handle may serve a request of this client.
    package func used(by client: ClientRegistration, at now: Instant) throws(OAuthError) -> Use {
        guard clientID.isExactly(client.id) else { return .leaked }
        try require(now < expiresAt, else: .invalidRequest(Self.refusal, detail: "launch expired"))
        return .fresh
    }

    package static let refusal = "launch is unknown, expired or already used"
}
